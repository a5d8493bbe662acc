"""Work that must end in time, whatever the code that does it."""

from __future__ import annotations

import threading
import time
from contextvars import ContextVar

import pytest

from srp_portal.domain.errors import Unavailable
from srp_portal.esi.deadlines import remaining
from srp_portal.hooks.border import guarded
from srp_portal.services.deadline import TookTooLong, those_within, within

name = ContextVar("name", default="")


def test_work_when_in_time_then_its_result_is_given():
    assert within(5, lambda: 42, too_slow="") == 42


@pytest.mark.parametrize("error", [KeyError("x"), SystemExit(3)], ids=["error", "exit"])
def test_work_when_it_raises_then_that_is_raised_here(error):
    def fail():
        raise error

    with pytest.raises(type(error)) as caught:
        within(5, fail, too_slow="")
    assert caught.value is error


def test_work_when_it_takes_too_long_then_is_left_behind():
    may_end = threading.Event()
    started = time.monotonic()
    with pytest.raises(Unavailable, match="Too slow"):
        within(0.05, lambda: may_end.wait(10), too_slow="Too slow.")
    assert time.monotonic() - started < 5
    may_end.set()


def test_work_when_it_runs_then_knows_its_deadline_and_its_callers_context():
    name.set("caller")
    left, known = within(5, lambda: (remaining(), name.get()), too_slow="")
    assert 4 < left <= 5
    assert known == "caller"
    assert remaining() is None


@pytest.fixture
def hang():
    """Gives hang(plugin, error=None): work in which a plugin's hook hangs until the test ends."""
    may_end, ended = threading.Event(), threading.Event()

    def make(plugin, reported, error=None):
        def work():
            try:
                with guarded(plugin, "base_payout", reported.append):
                    may_end.wait(10)
                    if error is not None:
                        raise error
            finally:
                ended.set()

        return work

    make.end = lambda: may_end.set() or ended.wait(10)
    yield make
    may_end.set()


def test_work_when_a_hook_hangs_in_it_then_log_report_and_error_name_it(hang, caplog):
    reported = []
    with pytest.raises(TookTooLong, match="Too slow") as caught:
        within(0.05, hang("prices", reported), too_slow="Too slow.")
    assert (caught.value.running.plugin, caught.value.running.hook) == ("prices", "base_payout")
    [failure] = reported
    assert (failure.plugin, failure.hook) == ("prices", "base_payout")
    assert failure.message == "it was still running when 0.05 s were over"
    assert f"Plugin prices: base_payout: {failure.message}" in caplog.text


def test_work_when_its_hook_fails_after_all_then_that_is_not_reported_again(hang):
    reported = []
    with pytest.raises(TookTooLong):
        within(0.05, hang("prices", reported, ZeroDivisionError()), too_slow="")
    assert hang.end()
    assert len(reported) == 1


def test_work_when_it_is_late_after_a_hook_then_no_plugin_is_named():
    may_end, reported = threading.Event(), []

    def work():
        with guarded("prices", "base_payout", reported.append):
            pass
        may_end.wait(10)

    with pytest.raises(TookTooLong) as caught:
        within(0.05, work, too_slow="")
    may_end.set()
    assert caught.value.running is None
    assert reported == []


def test_works_when_side_by_side_then_late_ones_are_left_out_and_the_rest_is_in_order(hang):
    reported = []
    started = time.monotonic()
    works = [lambda: ["a", "b"], hang("x", reported), hang("y", reported), lambda: ["c"]]
    assert those_within(0.8, works) == ["a", "b", "c"]
    # Together, and not one after the other.
    assert time.monotonic() - started < 1.6
    assert [failure.plugin for failure in reported] == ["x", "y"]


def test_works_when_one_raises_then_so_do_all():
    def fail():
        raise KeyError("x")

    with pytest.raises(KeyError):
        those_within(5, [lambda: ["a"], fail])
