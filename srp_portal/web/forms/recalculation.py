"""What the page of recalculation is asked with, and its form."""

from __future__ import annotations

import re
from typing import Any

from srp_portal.domain.errors import BadRequest, InvalidInput
from srp_portal.web.forms.declaration import Field, Form
from srp_portal.web.forms.fields import text

#: Most requests that are looked at, or changed, at once.
MOST = 50
ALL = "all"

DIVISION = Field(
    "division",
    "A division's id, or `all`: whose evaluated requests are worked out. Without it none are.",
)
AFTER = Field("after", "A request's id, to go on with those that were submitted after it.")

FORM = Form(
    "Applies changes that the page showed.",
    (
        Field(
            "change",
            "The `change` of a request, as the page gave it; one for each request, 50 at most.",
        ),
        Field(
            "apply",
            "`all` for every `shown` in place of every `change`; for pages.",
            choices=("ticked", "all"),
        ),
        Field("shown", "As `change`; with `apply=all` these count."),
        DIVISION,
        AFTER,
    ),
)

_TOKEN = re.compile(r"([0-9]{1,18})\.[0-9]{1,9}\.[0-9a-f]{16}", re.ASCII)
_NUMBER = re.compile(r"[0-9]{1,18}", re.ASCII)


def parse_division(query: Any) -> int | str:
    """The id of a division, `all`, or nothing. Raises BadRequest."""
    typed = text(query, DIVISION.name).strip()
    if typed in ("", ALL):
        return typed
    if _NUMBER.fullmatch(typed) is None:
        raise BadRequest("`division` is a division's id, or `all`.")
    return int(typed)


def parse_after(query: Any) -> int | None:
    """The request behind which to begin. Raises BadRequest."""
    typed = text(query, AFTER.name).strip()
    if not typed:
        return None
    if _NUMBER.fullmatch(typed) is None:
        raise BadRequest("`after` is a request's id.")
    return int(typed)


def parse_changes(posted: Any) -> dict[int, str]:
    """The changes that somebody agreed to, by the requests' ids.

    Raises InvalidInput for none, BadRequest for too many and for what no page of ours has shown.
    """
    name = "shown" if text(posted, "apply") == ALL else "change"
    tokens: dict[int, str] = {}
    for typed in posted.getall(name):
        found = _TOKEN.fullmatch(typed) if isinstance(typed, str) else None
        if found is None:
            raise BadRequest(f"A `{name}` is what the page gave for a request.")
        tokens[int(found[1])] = typed
    if not tokens:
        raise InvalidInput("change", "Choose the requests to change first.")
    if len(tokens) > MOST:
        raise BadRequest(f"At most {MOST} requests are changed at once.")
    return tokens
