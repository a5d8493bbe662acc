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

from sqlalchemy import or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from srp_portal.esi.client import EsiClientProvider
from srp_portal.esi.errors import EsiError, EsiUnavailable
from srp_portal.esi.runtime import Runtime, serve
from srp_portal.esi.tasks import cleanup_callbackredirect, cleanup_token
from srp_portal.models.events import PeriodicTask as TaskRow
from srp_portal.services.delivery import Delivery
from srp_portal.services.groups import refresh_affiliations
from srp_portal.services.sessions import purge_expired

logger = logging.getLogger(__name__)

#: How often a runner looks whether something is due, in seconds.
POLL_S = 5.0
#: How much of an error is kept.
ERROR_LENGTH = 1000

CLEANUP_CALLBACKREDIRECT = "srp_portal.esi.cleanup_callbackredirect"
CLEANUP_TOKEN = "srp_portal.esi.cleanup_token"  # noqa: S105 - the name of a task
#: From which age on logins are forgotten, in seconds: later than `srp_portal.esi` gives up waiting
#: for the person, as a slow one must not be lost to housekeeping, nor one that has just come back.
LOGIN_KEPT_S = 2400.0


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
    def esi_runtime(self) -> Runtime:
        """EVE's login, and what it needs to read stored tokens."""

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


def run_now(portal: Parts, name: str, tasks: Sequence[Task] | None = None) -> Outcome | None:
    """Runs the task of that name, due or not; it is due again after its interval.

    None where somebody is running it at this moment. Raises LookupError for an unknown name.
    """
    found = next((each for each in (TASKS if tasks is None else tasks) if each.name == name), None)
    if found is None:
        raise LookupError(f"there is no task {name}")
    started_at = _claim(portal, found, only_due=False)
    return None if started_at is None else _run(portal, found, started_at)


def run_until(stop: threading.Event, portal: Parts, *, poll_s: float = POLL_S) -> None:
    """Runs tasks as they become due, until `stop` is set."""
    while not stop.is_set():
        try:
            run_due(portal)
        # The database may be away for a while, and a runner that died would not be missed soon.
        except Exception:
            logger.exception("Periodic tasks could not be looked up")
        stop.wait(poll_s)


def _claim(portal: Parts, task: Task, *, only_due: bool = True) -> datetime | None:
    """When we began it; None where it isn't due or another has it. Ours until its lease ends."""
    now = portal.clock()
    with portal.read_session_factory() as dbsession:
        due_at = dbsession.scalar(select(TaskRow.due_at).where(TaskRow.name == task.name))
    if only_due and due_at is not None and due_at > now:
        return None
    # While it runs, the time when it is due is the end of its lease.
    is_free = TaskRow.due_at <= now
    if not only_due:
        is_free = or_(
            is_free, TaskRow.started_at.is_(None), TaskRow.finished_at >= TaskRow.started_at
        )
    try:
        with portal.session_factory.begin() as dbsession:
            if due_at is None:
                row = TaskRow(name=task.name, due_at=now + task.lease, started_at=now)
                dbsession.add(row)
                return now
            claimed = dbsession.execute(
                update(TaskRow)
                .where(TaskRow.name == task.name, is_free)
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


def callback_cleanup(max_age: float) -> Task:
    """The task that forgets logins with EVE begun more than max_age seconds ago."""

    def clean_callbacks(portal: Parts) -> str:
        with portal.session_factory.begin() as dbsession:
            forgotten = cleanup_callbackredirect(dbsession, max_age=max_age)
        return f"{forgotten} unfinished logins forgotten"

    return Task(
        CLEANUP_CALLBACKREDIRECT, timedelta(hours=4), timedelta(minutes=10), clean_callbacks
    )


def clean_tokens(portal: Parts) -> tuple[str, int]:
    """Renews EVE's expired tokens or deletes them: what was done, and how many are left."""
    serve(portal.esi_runtime)
    with portal.session_factory() as dbsession:
        done = cleanup_token(dbsession)
        dbsession.commit()
    return f"{done.renewed} tokens renewed, {done.deleted} deleted, {done.left} left", done.left


def _clean_tokens(portal: Parts) -> str:
    said, left = clean_tokens(portal)
    if left:
        raise EsiUnavailable(f"not all tokens could be renewed: {said}")
    return said


#: Deliveries take leases of their own, so two processes may do that at once without harm, and
#: tokens do, so that a clean-up that outlasts its lease is not done twice.
TASKS: tuple[Task, ...] = (
    Task("events.deliver", timedelta(seconds=10), timedelta(seconds=10), _deliver_events),
    Task("groups.refresh", timedelta(hours=1), timedelta(minutes=30), _refresh_groups),
    Task("sessions.purge", timedelta(hours=6), timedelta(minutes=10), _purge_sessions),
    callback_cleanup(LOGIN_KEPT_S),
    Task(CLEANUP_TOKEN, timedelta(days=1), timedelta(hours=6), _clean_tokens),
)
