"""Locks in a process that forks while its threads are at work."""

import contextlib
import os
import re
import threading
from pathlib import Path

import pytest

import srp_portal.esi
from srp_portal.esi.locks import Lock
from srp_portal.esi.stores import MemoryStore

# A child that hangs is ended by this, and so fails.
PATIENCE_S = 10


def _status_of_child(action):
    child = os.fork()
    if child == 0:
        with contextlib.suppress(BaseException):
            import signal

            signal.alarm(PATIENCE_S)
            os._exit(0 if action() else 1)
        os._exit(2)
    return os.waitpid(child, 0)[1]


@pytest.fixture
def held():
    """Runs an action in a thread that stays in the middle of it, given an event to wait for."""
    leave = threading.Event()
    threads = []

    def start(action):
        entered = threading.Event()

        def pause():
            entered.set()
            leave.wait(PATIENCE_S)

        threads.append(threading.Thread(target=action, args=(pause,)))
        threads[-1].start()
        assert entered.wait(PATIENCE_S)

    yield start
    leave.set()
    for thread in threads:
        thread.join()


# Python 3.12 warns of what is tested here: a fork while there are threads.
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_lock_when_another_thread_held_it_at_the_fork_then_child_gets_it(held):
    lock = Lock()

    def hold(pause):
        with lock:
            pause()

    held(hold)
    assert _status_of_child(lambda: lock.acquire(timeout=PATIENCE_S / 2)) == 0
    assert not lock.acquire(timeout=0)


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_store_when_another_thread_was_at_it_at_the_fork_then_child_reads(held):
    main = threading.get_ident()
    paused = []

    def clock():
        if paused and threading.get_ident() != main:
            paused.pop()()
        return 1.0

    store = MemoryStore(clock=clock)
    store.set("answer", b"42", 60)

    def read(pause):
        paused.append(pause)
        store.get("answer")

    held(read)
    assert _status_of_child(lambda: store.get("answer") == b"42") == 0


def test_lock_when_released_then_next_one_gets_it():
    lock = Lock()
    with lock:
        assert not lock.acquire(timeout=0)
    assert lock.acquire()
    lock.release()
    assert lock.acquire(timeout=0)


def test_modules_when_they_lock_then_with_what_survives_a_fork():
    package = Path(srp_portal.esi.__file__).parent
    using = [
        path.name
        for path in package.rglob("*.py")
        if re.search(r"threading\.R?Lock\(|threading\.Condition\(", path.read_text())
    ]
    assert using == ["locks.py"]
