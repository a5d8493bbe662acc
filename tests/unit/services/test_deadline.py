"""Work that must end in time, whatever the code that does it."""

from __future__ import annotations

import threading
import time
from contextvars import ContextVar

import pytest

from srp_portal.domain.errors import Unavailable
from srp_portal.esi.deadlines import remaining
from srp_portal.services.deadline import within

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
