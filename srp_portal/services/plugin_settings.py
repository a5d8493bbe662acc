"""A plugin's settings as administrators may see them: without what may be secret.

Nobody can list what secrets look like. So a value is shown only when all of it is surely harmless:
numbers, plain words and lists of them, paths of files, hosts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from srp_portal.domain.redaction import GONE, names_a_secret, without_secrets
from srp_portal.services.plugin_results import PluginSetting

HIDDEN = "set, not shown"
#: Longest value that is shown whole, in characters: a setting may hold a whole table.
LENGTH = 500

#: Longest word, number, and code such as `1DQ1-A` or `J123456`, in characters.
_WORD, _NUMBER, _CODE = 24, 20, 7
# Signs around words, in lists, tables and templates: `{pilot} lost {ship} (10 %)`.
_SEPARATORS = re.compile(r"[\s,;|=:()\[\]{}<>*!?&/\\\"%+$€…•~#]+|(?<=\s)\W|^\W")
# A capital in the middle of a word is a second word: `TimeZone`, `McDonald`.
_HUMPS = re.compile(r"[^\W\d_]?[^\W\dA-Z_]+(?:[A-Z][^\W\dA-Z_]+){0,2}|[A-Z]+s?")
_PARTS = re.compile(r"[-_.'\u2019@]+")
# A name in a path of files may end with a number, or have one before a letter: `rules2`, `5v5`.
_IN_PATH = re.compile(r"[^\W\d_]{1,24}[0-9]{0,4}|[0-9]{1,8}[a-z]{0,3}", re.IGNORECASE)
_PATH = re.compile(
    r"(?:~|\.{1,2})?/[^\s:]*|[a-z]:[\\/]\S*|\S+\.(?:toml|ini|cfg|conf|json|ya?ml|txt|csv|html|md)",
    re.IGNORECASE,
)


# What is left of URLs: their hosts may be shown, whatever they are called.
_HOSTS = re.compile(
    r"(?:\b[a-z][a-z0-9+.-]*://|//)?[\w.:\[\]-]+/…|\b[a-z][a-z0-9+.-]*://[\w.:\[\]-]*"
)


def shown_settings(settings: Mapping[str, str]) -> tuple[PluginSetting, ...]:
    """The settings by name; only what is surely harmless, of URLs no more than scheme and host."""
    return tuple(
        PluginSetting(name, shown_value(name, value)) for name, value in sorted(settings.items())
    )


def shown_value(name: str, value: str) -> str:
    """What of a setting's value may be shown."""
    value = value.strip()
    if not value:
        return ""
    if names_a_secret(name):
        return HIDDEN
    shown = without_secrets(value)
    if not is_harmless(shown):
        return HIDDEN
    return shown if len(shown) <= LENGTH else shown[: LENGTH - 1] + GONE


def is_harmless(text: str) -> bool:
    """Whether the text is made of numbers, words, codes, hosts and paths of files alone."""
    words = _SEPARATORS.split(_PATH.sub(_as_words, _HOSTS.sub(" ", text)))
    return not any(names_a_secret(word) for word in words) and all(
        _is_harmless_word(word.strip(".-_'\u2019")) for word in words
    )


def _as_words(match: re.Match[str]) -> str:
    """The path as words, its numbers taken away where they belong to a name."""
    parts = [part for part in re.split(r"[\\/:.\-_+@~]+", match[0]) if part]
    if all(_IN_PATH.fullmatch(part) for part in parts):
        return " ".join(re.sub("[0-9]", "", part) for part in parts)
    return match[0]


def _is_harmless_word(word: str) -> bool:
    if len(word) <= _CODE and re.fullmatch(r"[A-Z0-9-]*", word):
        return True
    parts = [part for part in _PARTS.split(word) if part]
    digits = sum(len(part) for part in parts if not part.isalpha())
    return digits <= _NUMBER and all(_is_harmless_part(part) for part in parts)


def _is_harmless_part(part: str) -> bool:
    if part.isdecimal() or re.fullmatch(
        r"v[0-9]{1,3}|[0-9]{1,6}(?:d|h|m|min|s|x|k|bn?|st|nd|rd|th)", part
    ):
        return True
    return len(part) <= _WORD and _HUMPS.fullmatch(part) is not None
