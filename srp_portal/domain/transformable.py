"""What of a request a transformer can make a link of."""

from __future__ import annotations

#: Attributes of a request, as settings, plugins and divisions name them; `killmail` is the id,
#: and `ship_type` EVE-SRP's word for the ship.
ATTRIBUTES = (
    "alliance",
    "constellation",
    "corporation",
    "division",
    "id",
    "killmail",
    "pilot",
    "pilot_id",
    "region",
    "ship",
    "ship_id",
    "ship_type",
    "submitter",
    "system",
    "system_id",
)
