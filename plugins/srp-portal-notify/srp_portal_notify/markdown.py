"""Discord's Markdown: words of people that stay words, and its limit of a message."""

from __future__ import annotations

import re
from collections.abc import Sequence

#: Most characters of a message, counted as the longer of the two ways in which one may count.
LIMIT = 2000
#: Most characters of one line among several.
LINE_LIMIT = 300

_SPECIAL = re.compile(r"[\\*_~`|<>\[\]#]")
#: What makes a list only at the start of a line.
_LEADING = re.compile(r"^[-+]")


def escape(text: str) -> str:
    """The text with a backslash before everything that Discord would read as Markdown."""
    return _LEADING.sub(r"\\\g<0>", _SPECIAL.sub(r"\\\g<0>", text))


def size(text: str) -> int:
    """Length in UTF-16 units, where an emoji counts as two."""
    return len(text) + sum(character > "\uffff" for character in text)


def cut(text: str, limit: int) -> str:
    """The text, cut to a limit in UTF-16 units with an ellipsis at its end."""
    if size(text) <= limit:
        return text
    # A unit for the ellipsis; in the worst case everything left counts as two.
    kept = text[: limit - 1]
    while size(kept) > limit - 1:
        kept = kept[:-1]
    # Half of an escape would escape the ellipsis.
    backslashes = len(kept) - len(kept.rstrip("\\"))
    return (kept[:-1] if backslashes % 2 else kept) + "…"


def line(text: str, link: str, limit: int) -> str:
    """A text and the link after it, within a limit.

    link: empty where the text has it already. It is left out when it would take half of the line.
    """
    # Without the angle brackets Discord would show a picture of the page.
    suffix = f" <{link.replace('>', '%3E')}>" if link else ""
    if size(suffix) > limit // 2:
        suffix = ""
    return cut(text, limit - size(suffix)) + suffix


def paragraph(header: str, lines: Sequence[str]) -> str:
    """A header, if any, and as many lines as a message can hold; the last one counts the others."""
    texts = [cut(header, LINE_LIMIT)] if header else []
    for index, added in enumerate(lines):
        rest = len(lines) - index - 1
        more = [f"… and {rest} more"] if rest else []
        if size("\n".join([*texts, added, *more])) > LIMIT:
            return "\n".join([*texts, f"… and {rest + 1} more"])
        texts.append(added)
    return "\n".join(texts)
