"""Periodic tasks: declared once, run by whichever process finds one due, by one process at a time.

`srp-portal tasks run` and `make serve` run them; a row in `periodic_tasks` says when each is due.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from srp_portal.esi.client import EsiClientProvider
from srp_portal.esi.errors import EsiError, EsiUnavailable
from srp_portal.esi.tasks import cleanup_callbackredirect
from srp_portal.models.events import PeriodicTask as TaskRow
from srp_portal.services.delivery import Delivery
from srp_portal.services.groups import refresh_affiliations
from srp_portal.services.sessions import purge_expired

logger = logging.getLogger(__name__)

#: How often a runner looks whether something is due, in seconds.
POLL_S = 5.0
#: How much of an error is kept.
ERROR_LENGTH = 1000


class Parts(Protocol):
    """What tasks need of a portal."""

    @property
    def session_factory(self) -> sessionmaker[Session]:
        """Sessions that write."""

    @property
    def read_session_factory(self) -> sessionmaker[Session]:
        """Sessions that only read."""

    @property
    def esi(self) -> EsiClientProvider:
        """EVE's API."""

    @property
    def delivery(self) -> Delivery:
        """The outbox's worker."""

    @property
    def clock(self) -> Callable[[], datetime]:
        """The present time, aware, UTC."""


@dataclass(frozen=True, slots=True)
class Task:
    """A periodic task.

    interval: from one start to the next. lease: how long one that never finished, as when its
    process was killed, keeps others from starting it. run: does it, and says what it did.
    """

    name: str
    interval: timedelta
    lease: timedelta
    run: Callable[[Parts], str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one run; error is empty when it went well."""

    name: str
    said: str = ""
    error: str = ""


def run_due(portal: Parts, tasks: Sequence[Task] | None = None) -> list[Outcome]:
    """Runs every task that is due, one after the other; a failing one doesn't stop the rest."""
    tasks = TASKS if tasks is None else tasks
    outcomes = []
    for task in tasks:
        started_at = _claim(portal, task)
        if started_at is not None:
            outcomes.append(_run(portal, task, started_at))
    return outcomes


def run_until(stop: threading.Event, portal: Parts, *, poll_s: float = POLL_S) -> None:
    """Runs tasks as they become due, until `stop` is set."""
    while not stop.is_set():
        try:
            run_due(portal)
        # The database may be away for a while, and a runner that died would not be missed soon.
        except Exception:
            logger.exception("Periodic tasks could not be looked up")
        stop.wait(poll_s)


def _claim(portal: Parts, task: Task) -> datetime | None:
    """When we began it; None where it isn't due or another has it. Ours until its lease ends."""
    now = portal.clock()
    with portal.read_session_factory() as dbsession:
        due_at = dbsession.scalar(select(TaskRow.due_at).where(TaskRow.name == task.name))
    if due_at is not None and due_at > now:
        return None
    try:
        with portal.session_factory.begin() as dbsession:
            if due_at is None:
                row = TaskRow(name=task.name, due_at=now + task.lease, started_at=now)
                dbsession.add(row)
                return now
            claimed = dbsession.execute(
                update(TaskRow)
                .where(TaskRow.name == task.name, TaskRow.due_at <= now)
                .values(due_at=now + task.lease, started_at=now)
                .returning(TaskRow.name)
                .execution_options(synchronize_session=False)
            )
            return None if claimed.one_or_none() is None else now
    except IntegrityError:
        logger.debug("another process began %s for the first time just now", task.name)
        return None


def _run(portal: Parts, task: Task, started_at: datetime) -> Outcome:
    try:
        outcome = Outcome(task.name, said=task.run(portal))
        logger.info("%s: %s", task.name, outcome.said)
    # Whatever a task raises, the others must go on; the row and the log tell.
    except EsiError as error:
        logger.warning("The periodic task %s could not ask EVE: %s", task.name, error)
        outcome = Outcome(task.name, error=f"EVE: {error}"[:ERROR_LENGTH])
    except Exception as error:
        logger.exception("The periodic task %s failed", task.name)
        outcome = Outcome(task.name, error=f"{type(error).__name__}: {error}"[:ERROR_LENGTH])
    finished_at = portal.clock()
    with portal.session_factory.begin() as dbsession:
        dbsession.execute(
            update(TaskRow)
            .where(TaskRow.name == task.name, TaskRow.started_at == started_at)
            .values(
                # A task that takes longer than its interval starts again at once, not twice.
                due_at=max(started_at + task.interval, finished_at),
                finished_at=finished_at,
                last_error=outcome.error,
            )
            .execution_options(synchronize_session=False)
        )
    return outcome


def _refresh_groups(portal: Parts) -> str:
    done = refresh_affiliations(portal.session_factory, portal.esi.client, now=portal.clock())
    if done.error:
        raise EsiUnavailable(f"no answer for {done.missed} characters: {done.error}")
    return f"{done.seen} characters seen, {done.moved} moved, {done.missed} unknown to EVE"


def _deliver_events(portal: Parts) -> str:
    return f"{portal.delivery.deliver_due()} deliveries tried"


def _purge_sessions(portal: Parts) -> str:
    with portal.session_factory.begin() as dbsession:
        return f"{purge_expired(dbsession, now=portal.clock())} sessions removed"


def _clean_callbacks(portal: Parts) -> str:
    with portal.session_factory.begin() as dbsession:
        return f"{cleanup_callbackredirect(dbsession)} unfinished logins forgotten"


#: Deliveries take leases of their own, so two processes may do that at once without harm.
TASKS: tuple[Task, ...] = (
    Task("events.deliver", timedelta(seconds=10), timedelta(seconds=10), _deliver_events),
    Task("groups.refresh", timedelta(hours=1), timedelta(minutes=30), _refresh_groups),
    Task("sessions.purge", timedelta(hours=6), timedelta(minutes=10), _purge_sessions),
    Task("esi.cleanup_callbacks", timedelta(hours=1), timedelta(minutes=10), _clean_callbacks),
)
