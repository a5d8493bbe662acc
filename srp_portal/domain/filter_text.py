"""The text of filter paths: the second level of percent-encoding, and errors that quote it."""

from __future__ import annotations

from urllib.parse import quote, unquote

from srp_portal.domain.errors import BadRequest

#: Segments that would be taken for something else than a value: feed suffixes at the end of a
#: path, and dot segments, which clients and proxies resolve (RFC 3986, section 5.2.4).
_MISREAD_SEGMENTS = frozenset({"rss.xml", "atom.xml", ".", ".."})
_SHOWN_LENGTH = 80


class FilterError(BadRequest):
    """A filter that can't be understood (400); its message names attribute and value.

    attribute, value: as they may be shown: shortened, unprintable characters escaped.
    reason: a clause without capital and full stop.
    """

    def __init__(self, attribute: str, value: str, reason: str) -> None:
        self.attribute = printable(attribute)
        self.value = printable(value)
        self.reason = reason
        super().__init__(f"Filter “{self.attribute}”, value “{self.value}”: {reason}.")


def printable(text: str) -> str:
    """Text for a message: at most 80 characters, what XML or UTF-8 can't carry is escaped."""
    if len(text) > _SHOWN_LENGTH:
        text = text[: _SHOWN_LENGTH - 1] + "…"
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode("ascii")
        for char in text
    )


def decode_value(attribute: str, raw: str) -> str:
    """A piece of a path that was decoded once, with its own encoding undone, once.

    A percent sign that starts no escape stands for itself. Raises FilterError for what is not
    UTF-8.
    """
    try:
        return unquote(raw, errors="strict")
    except UnicodeDecodeError as error:
        raise FilterError(attribute, raw, "not UTF-8") from error


def check_value(attribute: str, text: str) -> None:
    """Whether a decoded value has text that a database can look for; raises FilterError."""
    if not text or text.isspace():
        raise FilterError(attribute, text, "the value is empty")
    if "\x00" in text:
        raise FilterError(attribute, text, "a NUL character")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        # Lone surrogates stand for bytes that somebody upstream could not decode.
        raise FilterError(attribute, text, "not UTF-8") from error


def encode_name(text: str) -> str:
    """A name as it stands in a path that was decoded once; `decode_value` gives it back."""
    escaped = encode_details(text).replace(",", "%2C")
    if escaped.startswith(("-", "<", ">")):
        escaped = f"%{ord(escaped[0]):02X}{escaped[1:]}"
    return escaped


def encode_details(text: str) -> str:
    """Like `encode_name`, for text in which commas and operators mean nothing."""
    if text in _MISREAD_SEGMENTS:
        return text.replace(".", "%2E")
    return text.replace("%", "%25").replace("/", "%2F")


def encode_url_path(path: str) -> str:
    """A path for a URL, ASCII only: WSGI's decoding turns it into `path` again."""
    return quote(path, safe="/,:")
