"""Celery by `celery.broker_url`: what stops a start, what is sent, and what the worker runs."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
import threading

import pytest
from kombu import Message
from kombu.exceptions import ContentDisallowed

from srp_portal import worker
from srp_portal.broker import DELIVER, RUN_DUE, RemoteDelivery, make_celery
from srp_portal.composition import compose
from srp_portal.services import delivery, tasks
from srp_portal.settings import Settings, SettingsError

NOWHERE = "redis://:hidden-word@127.0.0.1:1/0"
IN_MEMORY = "memory://localhost"


def settings(broker_url=NOWHERE, **more):
    ini = {"sqlalchemy.url": "sqlite://", "srp.secret": "s" * 32, "srp.sandbox": "true"}
    ini |= {"celery.broker_url": broker_url, "srp.plugins": "zkillboard"}
    return Settings.load(ini | {name.replace("__", "."): value for name, value in more.items()}, {})


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("nonsense://:hidden-word@127.0.0.1/0", "no such kind"),
        ("redis://:hidden-word@127.0.0.1:port/0", "malformed"),
    ],
    ids=["kind", "port"],
)
def test_portal_when_its_broker_is_unusable_then_it_is_refused_without_telling_the_url(url, why):
    with pytest.raises(SettingsError, match=why) as caught:
        compose(settings(url))
    assert caught.value.name == "celery.broker_url"
    assert "hidden-word" not in str(caught.value)


def test_portal_when_celery_is_not_installed_then_the_setting_and_the_extra_are_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "celery", None)
    with pytest.raises(SettingsError, match=r"celery\.broker_url .*srp-portal\[celery\]"):
        compose(settings())


def test_portal_when_there_is_no_broker_then_celery_is_not_loaded():
    program = (
        "import sys, srp_portal.worker\n"
        "from srp_portal.composition import compose\n"
        "from srp_portal.settings import Settings\n"
        "ini = {'sqlalchemy.url': 'sqlite://', 'srp.secret': 's' * 32, 'srp.sandbox': 'true'}\n"
        "compose(Settings.load(ini, {})).close()\n"
        "print({'celery', 'kombu'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "set()"


def test_celery_when_there_is_no_broker_then_there_is_none_of_it():
    with pytest.raises(SettingsError, match=r"celery\.broker_url"):
        make_celery(settings(""))


def test_queue_when_portals_share_a_broker_then_each_has_its_own():
    mine, again, other = (
        make_celery(settings(srp__secret=secret)).conf.task_default_queue
        for secret in ("a" * 32, "a" * 32 + " " + "b" * 32, "b" * 32)
    )
    assert mine == again != other
    assert "a" * 8 not in mine


def test_message_when_sent_is_json_without_arguments():
    sent = send_into_memory()
    assert (sent.content_type, sent.headers["task"]) == ("application/json", DELIVER)
    assert json.loads(sent.body)[:2] == [[], {}]
    assert sent.headers["ignore_result"] is True
    assert sent.headers["expires"]


def send_into_memory():
    """What a RemoteDelivery puts into its queue."""
    loaded = settings(IN_MEMORY)
    RemoteDelivery(loaded).deliver_due()
    app = make_celery(loaded)
    with app.connection_for_read() as connection:
        queue = connection.SimpleQueue(app.amqp.queues[app.conf.task_default_queue])
        message = queue.get(timeout=2)
        message.ack()
        queue.close()
    return message


def test_worker_when_a_message_is_pickled_then_it_is_refused():
    app = worker.make_worker(settings(IN_MEMORY))
    kind = {"content_type": "application/x-python-serialize", "content_encoding": "binary"}
    with app.connection_for_read() as connection:
        accepted = app.amqp.TaskConsumer(connection.channel()).accept
        with pytest.raises(ContentDisallowed):
            Message(pickle.dumps([[], {}, {}]), accept=accepted, **kind).decode()
        read = Message("[]", content_type="application/json", accept=accepted).decode()
    assert read == []


def test_delivery_when_the_broker_is_away_then_it_is_one_line_of_the_log(caplog):
    asked = RemoteDelivery(settings())
    asked.deliver_due()
    [record] = [record for record in caplog.records if record.name == "srp_portal.broker"]
    assert "celery.broker_url" in record.getMessage()
    assert record.exc_info is None
    assert "hidden-word" not in caplog.text
    assert asked.seconds_to_next() is None


def test_portal_when_there_is_a_broker_then_its_thread_asks_workers(monkeypatch):
    asked = threading.Event()
    monkeypatch.setattr(RemoteDelivery, "deliver_due", lambda _: asked.set())
    monkeypatch.setattr(delivery.Delivery, "deliver_due", lambda _: pytest.fail("delivered here"))
    portal = compose(settings())
    portal.delivery_thread.wake()
    assert asked.wait(5)
    portal.close()


def test_worker_when_its_tasks_run_then_they_work_on_the_portal_of_the_process(monkeypatch):
    seen = []
    monkeypatch.setattr(worker, "run_due", lambda portal: seen.append(("due", portal)))
    monkeypatch.setattr(
        delivery.Delivery, "deliver_due", lambda self: seen.append(("deliver", self))
    )
    app = worker.make_worker(settings())
    app.tasks[RUN_DUE]()
    app.tasks[DELIVER]()
    (_, portal), (_, delivered_by) = seen
    assert delivered_by is portal.delivery
    assert portal.settings.celery_broker_url == NOWHERE


def test_worker_when_it_beats_then_it_looks_as_often_as_other_runners():
    app = worker.make_worker(settings())
    entries = app.conf.beat_schedule
    assert {entry["task"] for entry in entries.values()} <= set(app.tasks)
    assert entries[RUN_DUE]["schedule"] == tasks.POLL_S


def test_worker_when_no_portal_can_be_made_then_it_does_not_start():
    with pytest.raises(SettingsError, match=r"srp\.plugins"):
        worker.make_worker(settings(srp__plugins="missing"))


def test_portal_of_process_when_the_process_forks_then_the_child_has_its_own(monkeypatch):
    of_process = worker.PortalOfProcess(settings())
    here = of_process.get()
    assert of_process.get() is here
    pid = os.getpid()
    monkeypatch.setattr(os, "getpid", lambda: pid + 1)
    there = of_process.get()
    assert there is not here
    assert there.engine is not here.engine


def test_worker_when_asked_for_something_else_then_it_has_no_such_attribute():
    assert not hasattr(worker, "celery")
