"""The schema of the page of plugins."""

from __future__ import annotations

from srp_portal.plugin.types import EVENT_KINDS
from srp_portal.web.openapi.shapes import (
    by_name,
    href,
    many,
    number,
    one_of,
    record,
    text,
    time,
    truth,
    user,
)

_FAILURE = record(
    "The last failure of a hook.",
    {
        "count": number("How many there were."),
        "first": time("When the first one was."),
        "hook": text("The hook."),
        "message": text("What was raised, or what was wrong with the answer."),
        "timestamp": time("When it was."),
    },
)

_PLUGIN = record(
    "A plugin.",
    {
        "dead": number("Deliveries of events that were given up."),
        "distribution": text("What it was installed with; may be empty."),
        "enabled": truth("It is in use."),
        "failures": many(_FAILURE, "The latest first."),
        "hooks": many({"type": "string"}, "What it implements."),
        "name": text("Its name, which its settings begin with."),
        "reason": text("Why it is not in use, or does nothing; else empty."),
        "settings": by_name(
            text("The value; `set, not shown` for a secret, of a URL the host alone."),
            "Its settings by name.",
        ),
        "version": text("Of the distribution; may be empty."),
        "waiting": number("Deliveries of events that are still to be made."),
    },
)

_DELIVERY = record(
    "A delivery that was given up.",
    {
        "attempts": number("How many were made."),
        "error": text("What the last one failed at."),
        "id": number("The delivery's number."),
        "kind": one_of(EVENT_KINDS, "What happened to the request."),
        "plugin": text("Whom it was for."),
        "request": record(
            "The request.",
            {"href": href("Path of its document."), "id": number("Its number.")},
        ),
        "timestamp": time("When the last attempt was made."),
    },
)

PLUGINS = record(
    "Plugins, and what they could not be told.",
    {
        "count": number("Dead deliveries on all pages."),
        "current_user": user("Who you are."),
        "dead_deliveries": many(_DELIVERY, "This page of them, the newest events first."),
        "page": number("This page, from 1."),
        "pages": number("How many there are."),
        "plugins": many(_PLUGIN, "In the order in which they were loaded, those in use first."),
    },
)
