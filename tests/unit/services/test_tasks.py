"""Periodic tasks: due, claimed by one, run, and due again."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from srp_portal.models import metadata
from srp_portal.models.engine import make_engine, make_session_factory, writing
from srp_portal.models.events import PeriodicTask
from srp_portal.services import tasks
from srp_portal.services.tasks import Task, run_due

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self):
        self.now = START

    def __call__(self):
        return self.now

    def pass_(self, **span):
        self.now += timedelta(**span)


@pytest.fixture
def portal(tmp_path):
    engine = make_engine(f"sqlite:///{tmp_path}/test.db")
    metadata.create_all(engine)
    yield SimpleNamespace(
        session_factory=make_session_factory(writing(engine)),
        read_session_factory=make_session_factory(engine),
        clock=Clock(),
    )
    engine.dispose()


def make_task(run, name="count", minutes=10):
    return Task(name, timedelta(minutes=minutes), timedelta(hours=1), run)


def row_of(portal, name="count"):
    with portal.read_session_factory() as dbsession:
        return dbsession.scalars(select(PeriodicTask).where(PeriodicTask.name == name)).one()


def test_run_due_when_never_run_then_it_runs_and_is_due_after_the_interval(portal):
    task = make_task(lambda _: "done")
    assert [(o.name, o.said, o.error) for o in run_due(portal, [task])] == [("count", "done", "")]
    assert row_of(portal).due_at == START + timedelta(minutes=10)
    portal.clock.pass_(minutes=9)
    assert run_due(portal, [task]) == []
    portal.clock.pass_(minutes=1)
    assert len(run_due(portal, [task])) == 1
    assert row_of(portal).started_at == START + timedelta(minutes=10)


def test_run_due_when_it_takes_longer_than_its_interval_then_it_is_due_at_its_end(portal):
    def dawdle(parts):
        parts.clock.pass_(minutes=25)
        return "late"

    run_due(portal, [make_task(dawdle)])
    assert row_of(portal).due_at == START + timedelta(minutes=25)
    assert row_of(portal).finished_at == START + timedelta(minutes=25)


def test_run_due_when_one_fails_then_it_is_noted_and_the_next_one_runs(portal, caplog):
    def fail(_):
        raise RuntimeError("EVE is down")

    outcomes = run_due(portal, [make_task(fail), make_task(lambda _: "done", "other")])
    assert [(o.name, o.error) for o in outcomes] == [
        ("count", "RuntimeError: EVE is down"),
        ("other", ""),
    ]
    assert row_of(portal).last_error == "RuntimeError: EVE is down"
    assert row_of(portal).due_at == START + timedelta(minutes=10)
    assert "count" in caplog.text


def test_run_due_when_it_works_again_then_the_old_error_is_gone(portal):
    task = make_task(lambda _: "done")
    with portal.session_factory.begin() as dbsession:
        dbsession.add(PeriodicTask(name="count", due_at=START, last_error="EVE is down"))
    run_due(portal, [task])
    assert row_of(portal).last_error == ""


def test_run_due_when_another_process_died_over_it_then_its_lease_must_end_first(portal):
    with portal.session_factory.begin() as dbsession:
        dbsession.add(
            PeriodicTask(name="count", due_at=START + timedelta(hours=1), started_at=START)
        )
    task = make_task(lambda _: "done")
    portal.clock.pass_(minutes=59)
    assert run_due(portal, [task]) == []
    portal.clock.pass_(minutes=1)
    assert len(run_due(portal, [task])) == 1


def test_run_due_when_its_lease_ended_while_it_ran_then_the_next_run_is_left_alone(portal):
    later = START + timedelta(hours=2)

    def outlive_the_lease(parts):
        parts.clock.pass_(hours=2)
        with parts.session_factory.begin() as dbsession:
            row = dbsession.get_one(PeriodicTask, "count")
            row.started_at, row.due_at = later, later + timedelta(hours=1)
        return "late"

    run_due(portal, [make_task(outlive_the_lease)])
    assert row_of(portal).due_at == later + timedelta(hours=1)
    assert row_of(portal).finished_at is None


@pytest.mark.parametrize("is_known", [False, True], ids=["first run", "later run"])
def test_run_due_when_many_want_it_at_once_then_one_runs_it(portal, is_known):
    if is_known:
        with portal.session_factory.begin() as dbsession:
            dbsession.add(PeriodicTask(name="count", due_at=START))
    runs = []
    everybody = threading.Barrier(8)
    task = make_task(lambda _: runs.append(1) or "done")

    def want():
        everybody.wait()
        run_due(portal, [task])

    threads = [threading.Thread(target=want) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert runs == [1]


def test_run_until_when_a_look_up_fails_then_it_goes_on_until_stopped(portal, monkeypatch, caplog):
    stop = threading.Event()
    rounds = []

    def look(_):
        rounds.append(1)
        if len(rounds) == 1:
            raise RuntimeError("the database is away")
        stop.set()
        return []

    monkeypatch.setattr(tasks, "run_due", look)
    tasks.run_until(stop, portal, poll_s=0)
    assert len(rounds) == 2
    assert "the database is away" in caplog.text


def test_tasks_when_declared_then_names_are_unique_and_leases_cover_an_interval_or_a_run():
    names = [task.name for task in tasks.TASKS]
    assert len(set(names)) == len(names)
    assert all(len(name) <= 50 for name in names)
    assert all(task.interval > timedelta(0) and task.lease > timedelta(0) for task in tasks.TASKS)
