"""Tells plugins what the outbox holds, after the commit, outside any transaction."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, sessionmaker

from srp_portal.hooks import notify
from srp_portal.hooks.context import ContextFactory
from srp_portal.hooks.errors import PluginFailed
from srp_portal.hooks.registry import PluginRegistry
from srp_portal.models.events import DeliveryState, OutboxDelivery, OutboxEvent
from srp_portal.plugin import RequestEvent
from srp_portal.services.deadline import TookTooLong, within
from srp_portal.services.history import history_of
from srp_portal.services.outbox import event_from_json

logger = logging.getLogger(__name__)

#: How long a plugin may take for one event, in seconds; then the attempt has failed.
ATTEMPT_SECONDS = 60.0
#: After this time another process may make an attempt again: its first one must have crashed.
LEASE = timedelta(minutes=5)
#: How long a plugin that took too long comes after all others.
REMEMBERED = timedelta(hours=1)
#: Why a delivery is dead whose attempts nobody could count to the end.
ENDED = "the portal's process ended while the plugin was being told"
#: The longest rest of the thread while deliveries wait for their next attempt, in seconds.
LONGEST_REST = 300.0
BATCH = 100


class Delivery:
    """Works the outbox off; safe to run in several threads and processes at once."""

    def __init__(
        self,
        plugins: PluginRegistry,
        contexts: ContextFactory,
        session_factory: sessionmaker[Session],
        clock: Callable[[], datetime],
    ) -> None:
        self._plugins = plugins
        self._contexts = contexts
        self._session_factory = session_factory
        self._clock = clock
        # Id and events of the batch read last: its deliveries follow one another. Events never
        # change, and threads put a whole pair in place of a whole pair.
        self._last_batch: tuple[str, dict[str, RequestEvent]] = ("", {})
        # When an attempt last took too long, by plugin.
        self._late: dict[str, datetime] = {}
        self._is_stopped = False

    def deliver_due(self) -> int:
        """Makes one attempt for each delivery that is due, and says how many it made."""
        attempts = 0
        while batch := self._due():
            for delivery_id in batch:
                if self._is_stopped:
                    return attempts
                told = self._attempt(delivery_id)
                attempts += told is not None
                if told in self._hanging():
                    # It took its time: what others are to be told meanwhile comes before the rest.
                    break
        return attempts

    def stop(self) -> None:
        """Lets no attempt begin any more; what is due waits in the outbox."""
        self._is_stopped = True

    def seconds_to_next(self) -> float | None:
        """How long until a delivery is due, None while none waits."""
        with self._session_factory() as dbsession:
            next_at = dbsession.scalar(
                select(func.min(OutboxDelivery.due_at)).where(
                    OutboxDelivery.state == DeliveryState.PENDING.value
                )
            )
        return None if next_at is None else max(0.0, (next_at - self._clock()).total_seconds())

    def _hanging(self) -> list[str]:
        """Names of the plugins that took too long a short while ago."""
        since = self._clock() - REMEMBERED
        return sorted(name for name, at in list(self._late.items()) if at > since)

    def _due(self) -> list[int]:
        due = select(OutboxDelivery.id).where(
            OutboxDelivery.state == DeliveryState.PENDING.value,
            OutboxDelivery.due_at <= self._clock(),
        )
        # No such order without need: an index gives the other one.
        if hanging := self._hanging():
            due = due.order_by(OutboxDelivery.plugin.in_(hanging))
        due = due.order_by(OutboxDelivery.due_at, OutboxDelivery.id).limit(BATCH)
        with self._session_factory() as dbsession:
            return list(dbsession.scalars(due))

    def _attempt(self, delivery_id: int) -> str | None:
        """Makes one attempt, and gives the name of the plugin, or None if there was none to make.

        The lease is taken, and the attempt counted, in a transaction of its own: no lock is held
        while the plugin runs, and one that ends the process does not do so for ever.
        """
        now = self._clock()
        with self._session_factory.begin() as dbsession:
            taken = dbsession.execute(
                update(OutboxDelivery)
                .where(
                    OutboxDelivery.id == delivery_id,
                    OutboxDelivery.state == DeliveryState.PENDING.value,
                    OutboxDelivery.due_at <= now,
                )
                .values(due_at=now + LEASE, attempts=OutboxDelivery.attempts + 1)
                .returning(OutboxDelivery.plugin, OutboxDelivery.attempts)
            ).one_or_none()
            if taken is None:
                return None
            if taken.attempts > notify.MOST_ATTEMPTS:
                self._give_up(dbsession, delivery_id, taken.plugin)
                return None
            event_id, batch_id = dbsession.execute(
                select(OutboxEvent.event_id, OutboxEvent.batch_id)
                .join(OutboxDelivery, OutboxDelivery.outbox_event_id == OutboxEvent.id)
                .where(OutboxDelivery.id == delivery_id)
            ).one()
            event = self._event(dbsession, event_id, batch_id)
        self._keep(delivery_id, self._tell(taken.plugin, taken.attempts, event))
        return taken.plugin

    def _give_up(self, dbsession: Session, delivery_id: int, plugin: str) -> None:
        """Of a delivery whose last attempt came to no end."""
        row = dbsession.get_one(OutboxDelivery, delivery_id)
        row.state = DeliveryState.DEAD.value
        row.attempts = notify.MOST_ATTEMPTS
        row.last_error = ENDED
        row.due_at = self._clock()
        logger.warning("Plugin %s: delivery %d is dead: %s", plugin, delivery_id, ENDED)
        self._plugins.report(PluginFailed(plugin, "request_changed", ENDED))

    def _event(self, dbsession: Session, event_id: str, batch_id: str | None) -> RequestEvent:
        """The event as plugins get it, with those of its batch."""
        known_id, events = self._last_batch
        if batch_id is None or batch_id != known_id:
            of_batch = (
                OutboxEvent.event_id == event_id
                if batch_id is None
                else OutboxEvent.batch_id == batch_id
            )
            rows = dbsession.execute(
                select(OutboxEvent.event_id, OutboxEvent.payload)
                .where(of_batch)
                .order_by(OutboxEvent.id)
            )
            events = {row.event_id: event_from_json(row.payload) for row in rows}
            self._last_batch = (batch_id or "", events)
        event = events[event_id]
        return event if len(events) == 1 else replace(event, batch=tuple(events.values()))

    def _tell(self, plugin: str, attempts: int, event: RequestEvent) -> notify.Outcome:
        """attempts: with this one."""
        history = history_of(self._session_factory, event.submitter.id, self._clock)
        try:
            return within(
                ATTEMPT_SECONDS,
                lambda: notify.deliver(
                    self._plugins,
                    notify.Delivery(plugin, attempts - 1),
                    event,
                    self._contexts.for_hooks(history),
                    now=self._clock(),
                ),
                too_slow=f"it took longer than {ATTEMPT_SECONDS:g} s",
            )
        except TookTooLong as late:
            # One that hangs must not hold up what the others are to be told.
            self._late[plugin] = self._clock()
            logger.warning("Plugin %s: event %s: %s", plugin, event.event_id, late)
            return notify.failed(attempts, str(late), now=self._clock())

    def _keep(self, delivery_id: int, outcome: notify.Outcome) -> None:
        states = {
            notify.DeliveryState.DELIVERED: DeliveryState.DONE,
            notify.DeliveryState.RETRY: DeliveryState.PENDING,
            notify.DeliveryState.DEAD: DeliveryState.DEAD,
        }
        now = self._clock()
        with self._session_factory.begin() as dbsession:
            row = dbsession.get_one(OutboxDelivery, delivery_id)
            row.state = states[outcome.state].value
            row.attempts = outcome.attempts
            row.last_error = outcome.error
            # Of a dead one it says since when.
            row.due_at = outcome.next_at or now
            if outcome.state is notify.DeliveryState.DELIVERED:
                row.delivered_at = now


class Deliverer(Protocol):
    """What a thread wakes: the Delivery of this process, or something that asks another one."""

    def deliver_due(self) -> int | None:
        """Has what is due delivered."""

    def seconds_to_next(self) -> float | None:
        """How long until it must be asked again, None when it needn't be."""


class DeliveryThread:
    """A thread that delivers when it is woken and when a failed delivery is due again.

    It starts with the first wake, so not before a server forks.
    """

    def __init__(self, delivery: Deliverer) -> None:
        self._delivery = delivery
        self._wanted = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._is_stopped = False

    def wake(self) -> None:
        """Says that there is something to deliver; returns at once."""
        with self._lock:
            if self._is_stopped:
                return
            if self._thread is None or not self._thread.is_alive():
                # A daemon: a plugin that hangs must not keep the server from stopping, and the
                # outbox still holds what it did not get.
                self._thread = threading.Thread(target=self._run, name="srp-delivery", daemon=True)
                self._thread.start()
        self._wanted.set()

    def stop(self, timeout_s: float = 5) -> None:
        """Ends the thread after the attempt at hand, or leaves it behind."""
        with self._lock:
            self._is_stopped = True
            thread = self._thread
        self._wanted.set()
        if thread is not None:
            thread.join(timeout_s)

    def _run(self) -> None:
        rest: float | None = None
        while True:
            self._wanted.wait(rest)
            self._wanted.clear()
            if self._is_stopped:
                return
            try:
                self._delivery.deliver_due()
                rest = self._delivery.seconds_to_next()
            # The database may be away for a while.
            except Exception:
                logger.exception("Deliveries failed")
                rest = LONGEST_REST
            if rest is not None:
                # At least a second: a clock that stands still must not make the thread spin.
                rest = min(max(rest, 1.0), LONGEST_REST)
