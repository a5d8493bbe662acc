"""Plain text: what a page, XML and a terminal can all carry."""

from __future__ import annotations

import re

#: What XML 1.0 can't carry, and the C1 controls. Tab and line ends are no part of it.
UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def plain_text(value: object, length: int) -> str:
    """The value as text without control characters, cut to a length in characters."""
    text = UNPRINTABLE.sub("", str(value))
    return text if len(text) <= length else text[: length - 1] + "…"
