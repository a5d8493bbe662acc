"""One call of an ESI operation, the refusal of it, and the pages of long answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

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
    """One call: path parameters and query as text, the body's entries, the language.

    headers: what the answer adds. whole: the collection that the answer is a page of.
    """

    parameters: dict[str, str]
    query: dict[str, str]
    body: list[Any]
    language: str
    page_size: int
    headers: dict[str, str] = field(default_factory=dict)
    whole: Any = None

    def id(self, name: str) -> int:
        """A path parameter that is an id."""
        return int(self.parameters[name])

    def text(self, text: str) -> str:
        """A text in the language of the call; whatever is not English says so."""
        return text if self.language == "en" else f"{text} [{self.language}]"


def page_of(call: Call, entries: list[Any]) -> list[Any]:
    """One page of entries; tells how many pages there are, at least one."""
    text = call.query.get("page", "1")
    pages = max(1, -(-len(entries) // call.page_size))
    if not text.isdecimal() or int(text) < 1:
        raise RefusalError(400, "page must be 1 or more")
    if int(text) > pages:
        raise RefusalError(404, "Requested page does not exist!")
    call.headers["X-Pages"] = str(pages)
    call.whole = entries
    start = (int(text) - 1) * call.page_size
    return entries[start : start + call.page_size]


def cursor_page(call: Call, entries: list[Any]) -> dict[str, Any]:
    """A stretch of entries, the newest one unless the query says before or after what.

    Cursors are positions here; clients must not know.
    """
    limit = call.query.get("limit", "10")
    before, after = call.query.get("before"), call.query.get("after")
    if (before and after) or not limit.isdecimal() or not 10 <= int(limit) <= 100:
        raise RefusalError(400, "before and after exclude each other, limit is 10 to 100")
    if not all(each.isdecimal() for each in (before, after) if each):
        raise RefusalError(400, "not a cursor")
    if after:
        start = int(after)
        end = min(start + int(limit), len(entries))
    else:
        end = len(entries) if before in {None, "", "0"} else int(before or 0) - 1
        start = max(0, end - int(limit))
    chosen = entries[start:end]
    answer: dict[str, Any] = {"projects": chosen}
    if chosen:
        answer["cursor"] = {"before": str(start + 1), "after": str(end)}
    return answer
