"""Words of a text, as full-text search compares them on every database."""

from __future__ import annotations

import base64
import re
import unicodedata
from functools import lru_cache
from hashlib import blake2b

#: Of a longer word nobody compares more; PostgreSQL keeps none of more than 2,046 bytes.
LONGEST_WORD = 64
#: A shorter word is found whole alone: half of all texts have a word that begins with an s.
SHORTEST_BEGINNING = 3

#: What a tag begins with: nothing that is in words, and a letter to the tokenizer of SQLite.
_TAG = "·"
#: Bytes of a tag's digest: of a million names no two share one, but once in 30 million portals.
_TAG_BYTES = 8

_ASCII_WORDS = re.compile("[a-z0-9]+")
#: Accents and the like, in decomposed text; other scripts' vowel signs are letters to us.
_ACCENTS = re.compile("[\u0300-\u036f]+")
#: Scripts that put no spaces between words: Thai to Khmer, kana, Han.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\U00020000-\U0003ffff]+"
)


@lru_cache(maxsize=1024)
def words_of(text: str) -> tuple[str, ...]:
    """The different words of a text, sorted: runs of letters and digits, without case and accents.

    Everything else separates, so `it's` is two words. Scripts without spaces give each letter with
    its neighbour, and the last one alone.
    """
    if text.isascii():
        found = set(_ASCII_WORDS.findall(text.lower()))
    else:
        found = {part for run in _runs(_folded(text)) for part in _parts(run)}
    return tuple(sorted({word[:LONGEST_WORD] for word in found}))


@lru_cache(maxsize=4096)
def tag_of(attribute: str, key: str) -> str:
    """A word, as short for every name, that no text has: it stands for a name of an attribute.

    key: the name as domain.text.name_key makes it.
    """
    digest = blake2b(f"{attribute}:{key}".encode(), digest_size=_TAG_BYTES).digest()
    return _TAG + base64.b32encode(digest).decode().lower().rstrip("=")


def finds_longer(word: str) -> bool:
    """Whether a searched word finds longer ones that begin with it; numbers are found whole."""
    if _UNSPACED.match(word):
        return True
    return len(word) >= SHORTEST_BEGINNING and not word.isdigit()


def _folded(text: str) -> str:
    # Folding can give what has to be decomposed once more, as with U+0390.
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return unicodedata.normalize("NFKC", _ACCENTS.sub("", decomposed))


def _runs(text: str) -> list[str]:
    marked = "".join(each if _is_of_word(each) else " " for each in text)
    return marked.split()


def _is_of_word(character: str) -> bool:
    return character.isalnum() or unicodedata.category(character)[0] == "M"


def _parts(run: str) -> list[str]:
    parts: list[str] = []
    end = 0
    for unspaced in _UNSPACED.finditer(run):
        parts.append(run[end : unspaced.start()])
        letters, end = unspaced.group(), unspaced.end()
        parts += [letters[at : at + 2] for at in range(len(letters))]
    parts.append(run[end:])
    # A mark without anything to stand on is no word.
    return [part for part in parts if any(each.isalnum() for each in part)]
