"""Ctrl-C is the operator's; a KeyboardInterrupt that a plugin raises is that plugin's failure."""

from __future__ import annotations

import signal
import threading

import pytest

from srp_portal.hooks.interrupts import interrupts
from srp_portal.hooks.manager import build_plugin_manager


def press(*_):
    """What the operating system does at Ctrl-C."""
    signal.raise_signal(signal.SIGINT)


def base_payout():
    press()


def includeme(config):
    press()


class Importing:
    """A plugin during whose import somebody presses Ctrl-C."""

    name = "a"
    dist = None

    def load(self):
        press()


def test_interrupt_when_raised_by_a_signal_then_is_known_and_the_handler_is_as_before():
    before = signal.getsignal(signal.SIGINT)
    with interrupts() as is_interrupt:
        assert not is_interrupt(KeyboardInterrupt())
        with pytest.raises(KeyboardInterrupt) as caught:
            press()
        assert is_interrupt(caught.value)
        assert not is_interrupt(RuntimeError())
    assert signal.getsignal(signal.SIGINT) is before


def test_interrupts_when_the_plugin_takes_the_signal_itself_then_its_handler_stays():
    def handler(*_):
        raise AssertionError

    before = signal.getsignal(signal.SIGINT)
    try:
        with interrupts():
            signal.signal(signal.SIGINT, handler)
        assert signal.getsignal(signal.SIGINT) is handler
    finally:
        signal.signal(signal.SIGINT, before)


def test_interrupts_when_in_another_thread_or_ignored_then_none_is_known():
    answers = []

    def ask():
        with interrupts() as is_interrupt:
            answers.append(is_interrupt(KeyboardInterrupt()))

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        ask()
    finally:
        signal.signal(signal.SIGINT, before)
    assert answers == [False, False]


def test_start_when_interrupted_while_a_plugin_loads_then_ends():
    with pytest.raises(KeyboardInterrupt):
        build_plugin_manager(None, {}, [Importing()])


def test_start_when_interrupted_in_an_includeme_then_ends(load, make_plugin):
    class Config:
        def include(self, callable):  # noqa: A002 - Pyramid's own name
            callable(self)

    registry = load(a=make_plugin(includeme))
    with pytest.raises(KeyboardInterrupt):
        registry.includeme(Config())


def test_hook_when_interrupted_then_so_is_the_caller(load, make_plugin, contexts, division):
    registry = load(a=make_plugin(base_payout))
    with pytest.raises(KeyboardInterrupt):
        registry.base_payout(None, division, contexts)
