"""From events to short lines of text."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from srp_portal.plugin import RequestEvent, short_isk
from srp_portal_notify.topics import TOPICS, topic_of

#: Fields of a line, and whether they are always known.
FIELDS: dict[str, bool] = {
    "id": True,
    "ship": True,
    "pilot": True,
    "value": False,
    "payout": True,
    "division": True,
    "submitter": True,
    "actor": True,
    "status": True,
    "previous_status": False,
    "note": False,
    "url": True,
}

#: Fields of the line above several requests, in the same way.
BATCH_FIELDS: dict[str, bool] = {
    "count": True,
    "total": True,
    "what": True,
    "division": False,
    "actor": False,
}
BATCH_TEMPLATE = "{count} requests {what}, {total} in all."

#: Most characters of a note that are told.
LONGEST_NOTE = 300

#: Makes people's words harmless where they are shown.
Escape = Callable[[str], str]


def as_written(text: str) -> str:
    """The text, where nothing in it has a meaning."""
    return text


def one_line(text: str, length: int = LONGEST_NOTE) -> str:
    """The text on one line, cut to a length in characters."""
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1].rstrip() + "…"


def line_facts(
    event: RequestEvent, value: Decimal | None, *, with_note: bool, escape: Escape = as_written
) -> dict[str, str]:
    """What the fields of a line stand for; empty is unknown.

    value: ISK that was lost, None where nobody knows.
    """
    written = {
        "id": str(event.request_id),
        "value": "" if value is None else short_isk(value),
        "payout": short_isk(event.payout),
        "status": event.status,
        "previous_status": event.previous_status or "",
        "url": event.url,
    }
    words = {
        "ship": event.ship,
        "pilot": event.pilot,
        "division": event.division.name,
        "submitter": event.submitter.name,
        "actor": event.actor.name,
        "note": one_line(event.note) if with_note else "",
    }
    return written | {name: escape(text) for name, text in words.items()}


def batch_facts(events: Sequence[RequestEvent], escape: Escape = as_written) -> dict[str, str]:
    """What the fields of the line above several requests stand for.

    division, actor: empty unless they are the same for all.
    """
    payouts = {event.request_id: event.payout for event in events}
    divisions = {event.division.name for event in events}
    actors = {event.actor.name for event in events}
    return {
        "count": str(len(payouts)),
        "total": short_isk(sum(payouts.values(), Decimal(0))),
        "what": TOPICS[topic_of(events[0])].what,
        "division": escape(divisions.pop()) if len(divisions) == 1 else "",
        "actor": escape(actors.pop()) if len(actors) == 1 else "",
    }


def known_to_all(
    events: Sequence[RequestEvent], values: Mapping[int, Decimal | None]
) -> Mapping[int, Decimal | None]:
    """The values where those of all events are known, else none: lines of a list look alike."""
    if all(values.get(event.request_id) is not None for event in events):
        return values
    return {}
