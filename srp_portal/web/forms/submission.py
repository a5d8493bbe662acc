"""The forms by which a pilot submits a loss and moves it to another division."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from srp_portal.web.forms.declaration import VERSION, Field, Form
from srp_portal.web.forms.fields import text

_DIVISION = Field("division", "The division's id.", is_required=True)

#: `POST /request/add/`; the page is filled in from the same names in its query.
SUBMIT_FORM = Form(
    "Submits a loss.",
    (
        Field(
            "url",
            "A killmail link, or the game's own `killReport:ID:HASH`, in its `<url=…>` or bare.",
            is_required=True,
        ),
        Field("details", "What happened, plain text; the site may require it."),
        _DIVISION,
        Field(
            "check",
            "`1` to be told what would be submitted, and its payout; nothing is stored, and "
            "details are not needed.",
        ),
    ),
)


def is_checked(posted: Mapping[str, Any]) -> bool:
    """Whether the loss shall only be looked at."""
    return text(posted, "check").strip() in ("1", "on", "true")


#: `POST /request/ID/division/`.
MOVE_FORM = Form("Moves a request to another division.", (_DIVISION, VERSION))
