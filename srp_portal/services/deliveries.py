"""Deliveries that plugins did not take: counted, listed, sent again, forgotten."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Delete, Update, delete, func, select, text, update
from sqlalchemy.orm import Session

from srp_portal.domain.errors import NotFound
from srp_portal.models.events import IS_DEAD, IS_OPEN, DeliveryState, OutboxDelivery, OutboxEvent
from srp_portal.services import audit
from srp_portal.services.division_access import Actor, require_site_administrator
from srp_portal.services.plugin_results import DeadDelivery


@dataclass(frozen=True, slots=True)
class Which:
    """Which of the dead deliveries: one by its id, those for a plugin, or all."""

    id: int | None = None
    plugin: str | None = None

    def conditions(self) -> list[ColumnElement[Any]]:
        """For a statement about deliveries, served by the partial indexes."""
        # Word by word and not as a parameter: SQLite can't tell otherwise that an index fits.
        found: list[ColumnElement[Any]] = [text(IS_DEAD)]  # type: ignore[list-item]
        if self.id is not None:
            found.append(OutboxDelivery.id == self.id)
        if self.plugin is not None:
            found += [text(IS_OPEN), OutboxDelivery.plugin == self.plugin]  # type: ignore[list-item]
        return found


def open_counts(dbsession: Session) -> dict[str, tuple[int, int]]:
    """By plugin: how many deliveries wait, and how many are dead; without those that have none."""
    found: defaultdict[str, dict[str, int]] = defaultdict(dict)
    rows = dbsession.execute(
        select(OutboxDelivery.plugin, OutboxDelivery.state, func.count())
        .where(text(IS_OPEN))
        .group_by(OutboxDelivery.plugin, OutboxDelivery.state)
    )
    for plugin, state, count in rows:
        found[plugin][state] = count
    return {
        plugin: (
            counts.get(DeliveryState.PENDING.value, 0),
            counts.get(DeliveryState.DEAD.value, 0),
        )
        for plugin, counts in found.items()
    }


def dead_deliveries(
    dbsession: Session, which: Which, *, limit: int | None = None, offset: int = 0
) -> tuple[DeadDelivery, ...]:
    """Dead deliveries, those of the newest events first. limit: how many at most."""
    chosen = (
        select(OutboxDelivery.id)
        .where(*which.conditions())
        .order_by(OutboxDelivery.id.desc())
        .limit(limit)
        .offset(offset)
    )
    rows = dbsession.execute(
        select(
            OutboxDelivery.id,
            OutboxDelivery.plugin,
            OutboxEvent.kind,
            OutboxEvent.request_id,
            OutboxDelivery.attempts,
            OutboxDelivery.last_error,
            OutboxDelivery.due_at,
        )
        .join(OutboxEvent, OutboxEvent.id == OutboxDelivery.outbox_event_id)
        .where(OutboxDelivery.id.in_(chosen.scalar_subquery()))
        .order_by(OutboxDelivery.id.desc())
    )
    return tuple(DeadDelivery(*row) for row in rows)


def resend(dbsession: Session, actor: Actor, which: Which, *, now: datetime) -> int:
    """Has dead deliveries made again, with all their attempts, and says how many.

    Somebody must wake the delivery after the commit. Raises NotAllowed, NotFound for one that is
    not among the dead.
    """
    change = update(OutboxDelivery).values(
        state=DeliveryState.PENDING.value, attempts=0, due_at=now, last_error=""
    )
    return _change(dbsession, _Entry(actor, "delivery.resend", now), which, change)


def forget(dbsession: Session, actor: Actor, which: Which, *, now: datetime) -> int:
    """Removes dead deliveries, so that their plugins never learn of the events; says how many.

    Raises NotAllowed, NotFound for one that is not among the dead.
    """
    entry = _Entry(actor, "delivery.forget", now)
    return _change(dbsession, entry, which, delete(OutboxDelivery))


@dataclass(frozen=True, slots=True)
class _Entry:
    """Who does what, for the audit log."""

    actor: Actor
    action: str
    now: datetime


def _change(dbsession: Session, entry: _Entry, which: Which, change: Update | Delete) -> int:
    require_site_administrator(entry.actor, entry.action)
    told = None
    if which.id is not None:
        told = next(iter(dead_deliveries(dbsession, which)), None)
        if told is None:
            raise _gone(which.id)
    result: Any = dbsession.execute(
        change.where(*which.conditions()).execution_options(synchronize_session=False)
    )
    count: int = result.rowcount
    if told is not None and count == 0:
        # Somebody else was faster by a moment.
        raise _gone(told.id)
    if count:
        payload = {"count": count, "plugin": told.plugin if told else which.plugin}
        if told is not None:
            payload |= {"kind": told.kind, "error": told.error}
        audit.record(
            dbsession,
            now=entry.now,
            actor=entry.actor,
            action=entry.action,
            subject_type="delivery",
            subject_id=which.id,
            request_id=None if told is None else told.request_id,
            payload=payload,
        )
        dbsession.flush()
    return count


def _gone(delivery_id: int) -> NotFound:
    return NotFound(
        f"There is no dead delivery {delivery_id}; it was sent again or forgotten already."
    )
