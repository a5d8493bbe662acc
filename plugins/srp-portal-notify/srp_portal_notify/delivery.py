"""One event, to every channel of its division."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from srp_portal.plugin import PluginContext, RequestEvent
from srp_portal_notify import discord, webhook
from srp_portal_notify.groups import group_of
from srp_portal_notify.sending import NotDelivered
from srp_portal_notify.settings import NotifySettings
from srp_portal_notify.targets import Target

_Values = Mapping[int, Decimal | None]
_Sender = Callable[[Sequence[RequestEvent], Target, NotifySettings, _Values, PluginContext], None]

CHANNELS: dict[str, _Sender] = {"discord": discord.send, "webhook": webhook.send}

#: How far back values are looked up: as far as anything goes.
_DAYS = 36_500
#: How long a channel that got the message is left out of repeats: the cache's longest.
_KEPT_S = 30 * 86_400


def tell(event: RequestEvent, context: PluginContext, settings: NotifySettings) -> None:
    """Sends what is to be sent for an event; raises NotDelivered after every channel was tried.

    A channel that got its message is left out when the event is told again for the other's sake.
    """
    route = settings.route(event.division)
    told: list[str] = []
    failures: list[str] = []
    values: _Values | None = None
    for channel, send in CHANNELS.items():
        events = group_of(event, channel, settings)
        if not events:
            continue
        target = route.targets[channel]
        key = _key(event, channel, target)
        # Only where two channels share a delivery can one of them have got it already.
        if len(route.targets) > 1 and context.cache.get(key):
            continue
        if values is None:
            values = _values(context)
        try:
            send(events, target, settings, values, context)
        except NotDelivered as error:
            failures.append(str(error))
        else:
            told.append(key)
    if failures:
        for key in told:
            context.cache.set(key, 1, _KEPT_S)
        raise NotDelivered("; ".join(failures))


def _key(event: RequestEvent, channel: str, target: Target) -> str:
    told = f"{channel} {target.url} {event.event_id}"
    return f"told {hashlib.sha256(told.encode()).hexdigest()}"


def _values(context: PluginContext) -> _Values:
    """ISK lost by request, of the submitter's requests: events know payouts alone."""
    return {past.request_id: past.value for past in context.history(_DAYS)}
