"""Which events one message speaks of.

Events of the same change are each delivered on their own. The first of those that belong together
carries the message for all of them, the others do nothing; so nothing needs to be remembered, and
telling an event again tells the same.
"""

from __future__ import annotations

from srp_portal.plugin import RequestEvent
from srp_portal_notify.settings import NotifySettings
from srp_portal_notify.topics import topic_of


def group_of(
    event: RequestEvent, channel: str, settings: NotifySettings
) -> tuple[RequestEvent, ...]:
    """All events that the event's message on a channel speaks of, in order of writing.

    Empty when nothing is to be sent for this event: its topic is not told, its division has no
    such channel, or another event of the same change carries the message.
    """
    key = _key(event, channel, settings)
    if key is None:
        return ()
    group: list[RequestEvent] = []
    for other in event.batch or (event,):
        if _key(other, channel, settings) != key:
            continue
        if not group and other.event_id != event.event_id:
            return ()
        group.append(other)
    return tuple(group)


def _key(event: RequestEvent, channel: str, settings: NotifySettings) -> tuple[str, str] | None:
    route = settings.route(event.division)
    target = route.targets.get(channel)
    topic = topic_of(event)
    return None if target is None or topic not in route.topics else (topic, target.url)
