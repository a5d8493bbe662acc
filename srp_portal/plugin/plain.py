"""Plain text: what a page, XML and a terminal can all carry."""

from __future__ import annotations

import re

#: What XML 1.0 can't carry, and the C1 controls. Tab and line ends are no part of it.
UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
#: What ends a line, or moves along in it.
LINE_BREAKS = re.compile("[\t\n\r\u2028\u2029]")


def plain_text(value: object, length: int) -> str:
    """The value as text without control characters, cut to a length in characters."""
    text = UNPRINTABLE.sub("", str(value))
    return text if len(text) <= length else text[: length - 1] + "…"


def plain_name(value: str, number: int, length: int = 200) -> str:
    """A name as plugins take one: a line of plain text; `#` and the number in place of nothing."""
    name = LINE_BREAKS.sub(" ", plain_text(value, length)).strip()
    return name or f"#{number}"
