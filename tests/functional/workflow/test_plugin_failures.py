"""What plugins failed at is kept, beside the answer, on both databases and by several at once."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import delete, text
from sqlalchemy.exc import OperationalError

from srp_portal.models.events import PluginFailure
from srp_portal.services.plugin_failures import FailureRecorder, failures_by_plugin

WAIT_S = 10


@pytest.fixture(scope="module")
def any_shared_house(make_any_shared_house):
    return make_any_shared_house()


@pytest.fixture
def house(any_shared_house):
    """A portal on either database without any failures."""
    house = any_shared_house
    with house.portal.writing() as dbsession:
        dbsession.execute(delete(PluginFailure))
    yield house
    house.portal.now = None


@pytest.fixture
def make_recorder(house):
    """Makes recorders such as that of a process has; they end with the test."""
    made = []

    def make(**options):
        recorder = FailureRecorder(
            house.portal.portal.session_factory, house.portal.clock, **options
        )
        made.append(recorder)
        return recorder

    yield make
    for recorder in made:
        recorder.stop()


def kept(house, plugin="prices"):
    """What is kept of a plugin."""
    with house.portal.reading() as dbsession:
        return failures_by_plugin(dbsession).get(plugin, ())


def test_failures_when_a_hook_fails_again_then_are_counted_with_the_last_message(
    house, make_recorder
):
    recorder = make_recorder()
    house.portal.now = first = house.portal.clock()
    recorder.note("prices", "base_payout", "KeyError: 587")
    recorder.stop()
    house.portal.now = first + timedelta(hours=1)
    other = make_recorder()
    other.note("prices", "base_payout", "KeyError: 588")
    other.note("prices", "review_flags", "ValueError")
    other.stop()
    by_hook = {failure.hook: failure for failure in kept(house)}
    assert set(by_hook) == {"base_payout", "review_flags"}
    base = by_hook["base_payout"]
    assert (base.message, base.count) == ("KeyError: 588", 2)
    assert (base.first_at, base.last_at) == (first, house.portal.now)


def test_failures_when_several_processes_write_at_once_then_all_are_counted(house, make_recorder):
    recorders = [make_recorder() for _ in range(4)]
    start = threading.Barrier(len(recorders))

    def work(recorder, number):
        start.wait(WAIT_S)
        for turn in range(5):
            # In different orders: rows that are locked crosswise would end in a deadlock.
            for hook in ("a", "b", "c") if (turn + number) % 2 else ("c", "b", "a"):
                recorder.note("prices", hook, f"{number}")
            recorder.write()

    threads = [
        threading.Thread(target=work, args=pair)
        for pair in zip(recorders, range(len(recorders)), strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT_S)
    for recorder in recorders:
        recorder.stop()
    assert {failure.hook: failure.count for failure in kept(house)} == {"a": 20, "b": 20, "c": 20}


def test_failures_when_there_are_many_then_are_written_once_a_pause(
    house, make_recorder, count_statements
):
    recorder = make_recorder(pause_s=60)
    with count_statements(house.portal) as statements:
        for _ in range(1000):
            recorder.note("prices", "base_payout", "KeyError")
        recorder.stop()
    writes = [said for said in statements.seen if said.startswith("INSERT INTO plugin_failures")]
    # The first one at once, and the last ones at the end.
    assert 1 <= len(writes) <= 2
    assert [failure.count for failure in kept(house)] == [1000]


def test_failures_when_names_and_messages_are_long_then_are_cut_to_what_is_kept(
    house, make_recorder
):
    recorder = make_recorder()
    recorder.note("p" * 300, "h" * 300, "x" * 500)
    recorder.stop()
    [failure] = kept(house, "p" * 100)
    assert (failure.hook, failure.message) == ("h" * 200, "x" * 500)


def test_failures_when_the_database_is_locked_then_delay_nobody(house, make_recorder):
    recorder = make_recorder()
    is_over = threading.Event()

    def note():
        recorder.note("prices", "base_payout", "KeyError")
        is_over.set()

    with house.portal.writing() as dbsession:
        # On SQLite it is locked already.
        if dbsession.get_bind().dialect.name == "postgresql":
            dbsession.execute(text("LOCK TABLE plugin_failures"))
        threading.Thread(target=note, daemon=True).start()
        assert is_over.wait(WAIT_S)
    recorder.stop()
    assert [failure.count for failure in kept(house)] == [1]


def test_failures_when_the_database_is_away_then_are_logged_and_lost(house, caplog):
    class Away:
        def begin(self):
            raise OperationalError("INSERT", {}, Exception("no such host"))

    recorder = FailureRecorder(Away(), house.portal.clock)
    recorder.note("prices", "base_payout", "KeyError")
    recorder.stop()
    assert "prices: base_payout" in caplog.text
    assert "no such host" in caplog.text
