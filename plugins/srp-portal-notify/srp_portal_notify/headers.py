"""The line above several requests."""

from __future__ import annotations

from collections.abc import Sequence

from srp_portal.plugin import RequestEvent
from srp_portal_notify.settings import NotifySettings
from srp_portal_notify.texts import Escape, batch_facts


def batch_header(events: Sequence[RequestEvent], settings: NotifySettings, escape: Escape) -> str:
    """The line, empty where all events are of one request."""
    if len({event.request_id for event in events}) == 1:
        return ""
    return settings.route(events[0].division).batch.render(batch_facts(events, escape))
