"""Signed messages to any program."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from srp_portal.plugin import PluginContext, RequestEvent
from srp_portal_notify.headers import batch_header
from srp_portal_notify.sending import NotDelivered, post
from srp_portal_notify.settings import NotifySettings
from srp_portal_notify.targets import Target
from srp_portal_notify.texts import as_written, known_to_all, line_facts
from srp_portal_notify.topics import topic_of


def send(
    events: Sequence[RequestEvent],
    target: Target,
    settings: NotifySettings,
    values: Mapping[int, Decimal | None],
    context: PluginContext,
) -> None:
    """Sends one signed message about all events; values: ISK by request. Raises NotDelivered."""
    body = json.dumps(document(events, settings, values), separators=(",", ":")).encode()
    timestamp = str(int(time.time()))
    answer = post(
        context,
        target,
        body,
        {
            "X-SRP-Event": topic_of(events[0]),
            "X-SRP-Delivery": events[0].event_id,
            "X-SRP-Timestamp": timestamp,
            "X-SRP-Signature": signature(target.secret, timestamp, body),
        },
    )
    if not answer.is_good:
        raise NotDelivered(f"{target.host} answered {answer.status}")


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """`sha256=` and the HMAC, in hex, of the timestamp, a dot and the body."""
    signed = timestamp.encode() + b"." + body
    return "sha256=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def document(
    events: Sequence[RequestEvent],
    settings: NotifySettings,
    values: Mapping[int, Decimal | None],
) -> dict[str, Any]:
    """The message: the same for the same events whenever it is sent again."""
    known = known_to_all(events, values)
    lines = [_text(event, settings, known.get(event.request_id)) for event in events]
    header = batch_header(events, settings, as_written)
    return {
        "delivery": events[0].event_id,
        "event": topic_of(events[0]),
        "text": "\n".join([header, *lines] if header else lines),
        "events": [_entry(event, settings, values.get(event.request_id)) for event in events],
    }


def _text(event: RequestEvent, settings: NotifySettings, value: Decimal | None) -> str:
    route = settings.route(event.division)
    return route.templates[topic_of(event)].render(line_facts(event, value, with_note=route.notes))


def _entry(event: RequestEvent, settings: NotifySettings, value: Decimal | None) -> dict[str, Any]:
    return {
        "event_id": event.event_id,
        "kind": event.kind,
        "timestamp": event.timestamp.isoformat(),
        "request": {
            "id": event.request_id,
            "url": event.url,
            "pilot": event.pilot,
            "ship": event.ship,
            "value": None if value is None else f"{value:.2f}",
            "payout": f"{event.payout:.2f}",
            "status": event.status,
            "previous_status": event.previous_status,
        },
        "division": {"id": event.division.id, "name": event.division.name},
        "submitter": {"id": event.submitter.id, "name": event.submitter.name},
        "actor": {"id": event.actor.id, "name": event.actor.name},
        "note": event.note if settings.route(event.division).notes else None,
    }
