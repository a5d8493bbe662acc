"""What of a request a transformer can make a link of."""

from __future__ import annotations

#: Attributes of a request, as settings, plugins and divisions name them.
ATTRIBUTES = (
    "alliance",
    "constellation",
    "corporation",
    "division",
    "killmail",
    "pilot",
    "pilot_id",
    "region",
    "ship",
    "ship_id",
    "submitter",
    "system",
    "system_id",
)
