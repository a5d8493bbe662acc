"""Celery's worker as a process on a real broker, and the web while its broker is silent."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from datetime import UTC, datetime, timedelta
from importlib.metadata import distributions

import pytest
import redis
from sqlalchemy import select

from srp_portal import broker
from srp_portal.broker import make_celery
from srp_portal.esi.models import CallbackRedirect, Token, utc_now
from srp_portal.esi.runtime import serve
from srp_portal.models.events import OutboxDelivery, PeriodicTask
from srp_portal.services.tasks import CLEANUP_CALLBACKREDIRECT, CLEANUP_TOKEN, TASKS
from srp_portal.worker import make_worker

LONGEST_WAIT = 30
CELERY = (sys.executable, "-m", "celery", "-A", "srp_portal.worker")
COMMENT = {"id_": "action", "type_": "comment", "note": "Hm"}

PLUGIN = """\
import os
from pathlib import Path

from srp_portal.plugin import hookimpl

API_VERSION = 1


@hookimpl
def request_changed(event):
    with (Path(__file__).parent / "told").open("a") as told:
        told.write(f"{os.getpid()} {event.kind}\\n")
"""


def until(condition):
    """Waits for another process; gives what the condition gave at last."""
    end = time.monotonic() + LONGEST_WAIT
    while not (result := condition()) and time.monotonic() < end:
        time.sleep(0.05)
    return result


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Where the worker runs; a plugin that writes down what it is told is installed there."""
    metadata = tmp_path / "teller-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: teller\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text("[srp_portal]\nteller = teller\n")
    (tmp_path / "teller.py").write_text(PLUGIN)
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path
    sys.modules.pop("teller", None)


@pytest.fixture
def make_house(make_portal, furnish, folder):
    """Makes furnished portals with the plugin and a secret, so a queue, of their own."""

    def make(broker_url, database_url=""):
        found = [point for each in distributions(path=[str(folder)]) for point in each.entry_points]
        settings = {
            "srp.secret": uuid.uuid4().hex,
            "srp.plugins": "teller",
            "celery.broker_url": broker_url,
        }
        return furnish(make_portal(settings, database_url, entry_points=found))

    return make


@pytest.fixture
def emptied_redis(redis_url):
    """Forgets what a test leaves in Redis: `emptied_redis(portal)` gives the names afterwards."""
    queues = []
    yield lambda house: queues.append(
        make_celery(house.portal.portal.settings).conf.task_default_queue
    )
    with redis.Redis.from_url(redis_url) as client:
        for queue in queues:
            for key in client.scan_iter(f"*{queue}*"):
                client.delete(key)


class Worker:
    """A worker beside a portal; `log` is what it wrote."""

    def __init__(self, folder, house, *options):
        ini = folder / "worker.ini"
        lines = [f"{name} = {value}" for name, value in house.portal.ini.items()]
        ini.write_text("\n".join(["[app:main]", "use = egg:srp_portal", *lines, LOGGING]))
        self._path = folder / "log"
        with self._path.open("w") as log:
            self.process = subprocess.Popen(
                [*CELERY, "worker", "--concurrency=2", *options],
                cwd=folder,
                env=environment(folder, SRP_CONFIG="worker.ini"),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    @property
    def log(self):
        return self._path.read_text()

    def stop(self):
        """Lets it end what it does; gives its exit status."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(LONGEST_WAIT)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            return self.process.wait()


LOGGING = """
[loggers]
keys = root, srp_portal
[handlers]
keys = console
[formatters]
keys = generic
[logger_root]
level = WARNING
handlers = console
[logger_srp_portal]
level = INFO
handlers =
qualname = srp_portal
[handler_console]
class = StreamHandler
args = (sys.stderr,)
level = NOTSET
formatter = generic
[formatter_generic]
format = <%(name)s> %(message)s
"""


def environment(folder, **more):
    """An environment in which no setting of this process counts."""
    ours = ("SRP_", "ESI_", "SQLALCHEMY_", "CELERY_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return kept | {"PYTHONPATH": str(folder)} | more


@pytest.fixture
def start(folder, emptied_redis):
    """Starts workers that end with the test."""
    started = []

    def start(house, *options):
        emptied_redis(house)
        started.append(Worker(folder, house, *options))
        return started[-1]

    yield start
    for worker in started:
        if worker.process.poll() is None:
            worker.stop()


def told(folder):
    """The lines that the plugin wrote: (process, event)."""
    path = folder / "told"
    return [tuple(line.split()) for line in path.read_text().splitlines()] if path.exists() else []


def rows(house, model):
    with house.portal.reading() as dbsession:
        return list(dbsession.scalars(select(model)))


def finished(house):
    """Names of the tasks whose last run is over."""
    runs = [row for row in rows(house, PeriodicTask) if row.finished_at]
    return {row.name for row in runs if row.finished_at >= row.started_at}


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_event_when_there_is_a_broker_then_a_worker_tells_the_plugin(
    request, make_house, redis_url, start, folder, database
):
    url = "" if database == "sqlite" else request.getfixturevalue("postgresql_url")
    house = make_house(redis_url, url)
    worker = start(house)
    id_ = house.store()
    assert house.act("reviewer", id_, **COMMENT).status_int == 200
    assert until(lambda: len(told(folder)) == 2), worker.log
    assert {event for _, event in told(folder)} == {"submitted", "commented"}
    assert str(os.getpid()) not in {process for process, _ in told(folder)}
    assert until(lambda: {row.state for row in rows(house, OutboxDelivery)} == {"done"})
    # Nothing but the message can have caused it: this worker has no beat.
    assert rows(house, PeriodicTask) == []
    assert worker.stop() == 0, worker.log


def test_tasks_when_the_worker_beats_then_each_is_run_and_logged_as_the_ini_says(
    make_house, redis_url, start, folder
):
    house = make_house(redis_url)
    before = set(folder.iterdir())
    worker = start(house, "--beat")

    assert until(lambda: finished(house) == {task.name for task in TASKS}), worker.log
    assert [row.last_error for row in rows(house, PeriodicTask) if row.last_error] == []
    assert worker.stop() == 0, worker.log
    assert "<srp_portal.services.tasks> sessions.purge: 0 sessions removed\n" in worker.log
    left = {path.name for path in set(folder.iterdir()) - before}
    assert left <= {"worker.ini", "log", "told", "__pycache__"}


def test_cleanups_when_sent_by_their_names_then_a_worker_does_them_due_or_not(
    make_house, redis_url, start
):
    house = make_house(redis_url)
    serve(house.portal.portal.esi_runtime)
    worker = start(house)
    celery = make_celery(house.portal.portal.settings)
    for _ in range(2):
        with house.portal.writing() as dbsession:
            character = next(iter(house.portal.sandbox.characters.values()))
            dbsession.add(
                Token(
                    access_token="expired",
                    refresh_token="used up",
                    expires_at=utc_now() - timedelta(days=1),
                    character_id=character.id,
                    character_name=character.name,
                    character_owner_hash=character.owner,
                )
            )
            dbsession.add(
                CallbackRedirect(
                    state_digest="state",
                    browser_digest="browser",
                    code_verifier="verifier",
                    url="/",
                    kind="login",
                    created=utc_now() - timedelta(days=1),
                )
            )
        celery.send_task("srp_portal.esi.cleanup_token")
        celery.send_task("srp_portal.esi.cleanup_callbackredirect")
        assert until(lambda: not rows(house, Token) + rows(house, CallbackRedirect)), worker.log
        assert until(lambda: finished(house) == {CLEANUP_TOKEN, CLEANUP_CALLBACKREDIRECT})
    celery.close()
    assert worker.stop() == 0, worker.log


def test_callback_cleanup_when_sent_with_an_age_then_only_older_logins_are_forgotten(
    make_house, redis_url, start
):
    house = make_house(redis_url)
    serve(house.portal.portal.esi_runtime)
    with house.portal.writing() as dbsession:
        for minutes in (1, 10, 60):
            dbsession.add(
                CallbackRedirect(
                    state_digest=f"state of {minutes}",
                    browser_digest="browser",
                    code_verifier="verifier",
                    url="/",
                    kind="login",
                    created=utc_now() - timedelta(minutes=minutes),
                )
            )
    worker = start(house)
    celery = make_celery(house.portal.portal.settings)
    # The beat's, what the task does unless told otherwise, and one by its place.
    entry = make_worker(house.portal.portal.settings).conf.beat_schedule[CLEANUP_CALLBACKREDIRECT]
    for call, left in (({"kwargs": entry["kwargs"]}, 2), ({}, 1), ({"args": (0,)}, 0)):
        celery.send_task(CLEANUP_CALLBACKREDIRECT, **call)
        assert until(lambda left=left: len(rows(house, CallbackRedirect)) == left), worker.log
        assert until(lambda: finished(house) == {CLEANUP_CALLBACKREDIRECT})
    celery.close()
    assert worker.stop() == 0, worker.log


def test_beat_when_asked_then_it_sends_the_cleanups_every_four_hours_and_daily(
    make_house, redis_url
):
    app = make_worker(make_house(redis_url).portal.portal.settings)
    noon = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
    for name, longest in ((CLEANUP_CALLBACKREDIRECT, 4), (CLEANUP_TOKEN, 24)):
        entry = app.conf.beat_schedule[name]
        assert entry["task"] == name
        assert name in app.tasks
        schedule = entry["schedule"]
        schedule.app, schedule.nowfun = app, lambda: noon
        first = noon + schedule.remaining_estimate(noon)
        assert noon < first <= noon + timedelta(hours=longest)
        schedule.nowfun = lambda first=first: first
        assert first + schedule.remaining_estimate(first) == first + timedelta(hours=longest)


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({}, "sqlalchemy.url"),
        ({"SQLALCHEMY_URL": "sqlite://", "SRP_SECRET": "s" * 32}, "celery.broker_url"),
        ({"SRP_CONFIG": "absent.ini"}, "absent.ini"),
    ],
    ids=["nothing", "broker", "ini"],
)
def test_worker_when_it_cannot_start_then_it_says_why_in_one_line(folder, settings, named):
    done = subprocess.run(
        [*CELERY, "worker"],
        cwd=folder,
        env=environment(folder, **settings),
        capture_output=True,
        text=True,
        check=False,
        timeout=LONGEST_WAIT,
    )
    assert done.returncode == 1
    [line] = done.stderr.strip().splitlines()
    assert line.startswith("srp-portal: ")
    assert named in line


def test_answer_when_the_broker_is_silent_then_does_not_wait_for_it(make_house, monkeypatch):
    monkeypatch.setattr(broker, "PATIENCE_S", 2.0 * LONGEST_WAIT)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        house = make_house(f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
        id_ = house.store()
        began = time.monotonic()
        assert house.act("reviewer", id_, **COMMENT).status_int == 200
        assert time.monotonic() - began < LONGEST_WAIT
        silent.settimeout(LONGEST_WAIT)
        # The thread did turn to the broker; closing the line ends its wait.
        silent.accept()[0].close()
    assert {row.state for row in rows(house, OutboxDelivery)} == {"pending"}


def test_answer_when_the_broker_is_down_then_is_given_and_the_event_waits(make_house, caplog):
    house = make_house("redis://127.0.0.1:1/0")
    id_ = house.store()
    assert house.act("reviewer", id_, **COMMENT).status_int == 200
    assert until(lambda: "celery.broker_url took no message" in caplog.text)
    assert {row.state for row in rows(house, OutboxDelivery)} == {"pending"}
