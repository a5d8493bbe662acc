"""Tells a plugin what happened to a request, and says when to tell it again.

Pure delivery: the outbox that keeps events and outcomes, and the thread that works it off, are the
services'. A delivery is one event for one plugin.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from srp_portal.hooks.errors import PluginFailed, describe
from srp_portal.hooks.registry import ContextFor, PluginRegistry
from srp_portal.hooks.running import is_awaited
from srp_portal.plugin import RequestEvent

logger = logging.getLogger(__name__)

#: Pauses after the first, second, … failed attempt; after one more the delivery is dead.
PAUSES = (
    timedelta(seconds=10),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=12),
    timedelta(hours=24),
)
MOST_ATTEMPTS = len(PAUSES) + 1


class DeliveryState(StrEnum):
    """How an attempt ended: done, to be repeated, or given up until an administrator resends."""

    DELIVERED = "delivered"
    RETRY = "retry"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event for one plugin. attempts: those made before, 0 for a new one or a resent one."""

    plugin: str
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What to keep after an attempt.

    attempts: with this one. next_at: aware UTC, for RETRY alone. error: for an administrator, empty
    when delivered, at most 500 characters, without the secret parts of URLs.
    """

    state: DeliveryState
    attempts: int
    next_at: datetime | None = None
    error: str = ""


def deliver(
    registry: PluginRegistry,
    delivery: Delivery,
    event: RequestEvent,
    context_for: ContextFor,
    *,
    now: datetime,
) -> Outcome:
    """Makes one attempt; whatever the plugin raises becomes part of the outcome.

    now: aware UTC, the moment that the pause counts from.
    """
    attempts = delivery.attempts + 1
    if delivery.plugin not in registry.request_changed_subscribers:
        # Not dead at once: another process may have it, or this one be about to with new settings.
        error = f"the plugin {delivery.plugin} is not enabled, or listens to changes no more"
        return failed(attempts, error, now=now)
    context = context_for(delivery.plugin)
    try:
        registry.notify(delivery.plugin, event, context)
    # sys.exit() in a plugin, or a cancelled asyncio, must not end the thread that tells the others.
    except BaseException as error:
        logger.warning(
            "Plugin %s: request_changed failed for event %s (attempt %d): %s",
            delivery.plugin,
            event.event_id,
            attempts,
            describe(error),
        )
        # Not in the line above: it would say the error twice, and at length.
        logger.debug("Where plugin %s failed", delivery.plugin, exc_info=True)
        if is_awaited():
            registry.report(PluginFailed(delivery.plugin, "request_changed", describe(error)))
        return failed(attempts, describe(error), now=now)
    return Outcome(DeliveryState.DELIVERED, attempts)


def failed(attempts: int, error: str, *, now: datetime) -> Outcome:
    """What follows from a failed attempt, the one of that number."""
    if attempts >= MOST_ATTEMPTS:
        return Outcome(DeliveryState.DEAD, attempts, error=error)
    return Outcome(DeliveryState.RETRY, attempts, now + PAUSES[attempts - 1], error)
