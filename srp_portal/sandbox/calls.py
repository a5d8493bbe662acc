"""One call of an ESI operation, the refusal of it, and the pages of long answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from srp_portal.sandbox.switches import EsiSwitches

Entry = TypeVar("Entry")

LANGUAGES = ("en", "de", "fr", "ja", "ru", "zh", "ko", "es")


class RefusalError(Exception):
    """An answer that is an error: a status, a text and, perhaps, more members of the body."""

    def __init__(self, status: int, text: str, more: dict[str, Any] | None = None) -> None:
        super().__init__(text)
        self.status = status
        self.text = text
        self.more = more or {}

    def body(self) -> dict[str, Any]:
        """The body, as ESI writes errors."""
        return {"error": self.text, **self.more}


@dataclass
class Call:
    """One call: path parameters and query as text, the body's entries or object, the language.

    headers: what the answer adds. whole: the collection that the answer is a page of.
    """

    parameters: dict[str, str]
    query: dict[str, str]
    body: Any
    language: str
    switches: EsiSwitches
    headers: dict[str, str] = field(default_factory=dict)
    whole: Any = None

    def id(self, name: str) -> int:
        """A path parameter that is an id."""
        return int(self.parameters[name])

    def text(self, text: str) -> str:
        """A text in the language of the call; whatever is not English says so."""
        return text if self.language == "en" else f"{text} [{self.language}]"


def page_of(call: Call, entries: Sequence[Entry]) -> Sequence[Entry]:
    """One page of entries; tells how many pages there are, at least one."""
    text = call.query.get("page", "1")
    size = call.switches.page_size
    pages = max(1, -(-len(entries) // size))
    if not text.isdecimal() or int(text) < 1:
        raise RefusalError(400, "page must be 1 or more")
    if int(text) > pages:
        raise RefusalError(404, "Requested page does not exist!")
    call.headers["X-Pages"] = str(pages + call.switches.extra_pages)
    call.whole = entries
    start = (int(text) - 1) * size
    return entries[start : start + size]


def page_from_id(call: Call, numbers: range) -> range:
    """Numbers from `from_id` down, that one included; the newest ones when it is not given.

    numbers: all there are, newest first.
    """
    text = call.query.get("from_id")
    if text is not None and not text.isdecimal():
        raise RefusalError(400, "from_id must be a number")
    # With one entry a page would hold the one that is known already, and nobody got any further.
    size = max(call.switches.page_size, 2)
    skipped = max(0, numbers.start - int(text)) if text else 0
    call.whole = numbers
    return numbers[skipped : skipped + size]
