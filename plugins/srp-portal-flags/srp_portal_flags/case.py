"""One submission as the checks see it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from functools import cached_property
from time import monotonic
from typing import Any, Self, TypeVar

from srp_portal.plugin import (
    DivisionInfo,
    Item,
    Killmail,
    PastRequest,
    PluginContext,
    UserInfo,
)
from srp_portal_flags.options import Options

T = TypeVar("T")

#: How long a submission waits for EVE's API on behalf of flags, all checks together.
SECONDS = 4.0
_MOST_QUESTIONS = 4


class NoAnswer(Exception):
    """EVE's API refused, failed, or took too long; the message says which."""


class Case:
    """A submission, and what is asked about it; each thing is asked once, whoever needs it.

    A context manager: leaving it abandons questions to EVE that nobody waits for any more.
    seconds: how long all answers of EVE together are waited for, from the first question on.
    """

    def __init__(
        self,
        killmail: Killmail,
        division: DivisionInfo,
        submitter: UserInfo,
        context: PluginContext,
        options: Options,
        *,
        seconds: float = SECONDS,
    ) -> None:
        self.killmail = killmail
        self.division = division
        self.submitter = submitter
        self.context = context
        self.options = options
        self._seconds = seconds
        self._end = 0.0
        self._pool: ThreadPoolExecutor | None = None
        self._answers: dict[Callable[[Case], Any], Future[Any]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        if self._pool is not None:
            # Without waiting: what hangs ends by the deadline of the submission.
            self._pool.shutdown(wait=False, cancel_futures=True)

    @cached_property
    def earlier(self) -> Sequence[PastRequest]:
        """Everybody's requests for this hull, as far back as the settings say, but not this one."""
        found = self.context.history(self.options.history_days, self.killmail.ship_id)
        return [past for past in found if past.request_id != self.killmail.killmail_id]

    @cached_property
    def people(self) -> frozenset[int]:
        """Ids of the submitter's characters and of the pilot who lost the ship."""
        return frozenset({self.killmail.pilot_id, *self.submitter.character_ids})

    def contents(self) -> Iterator[tuple[Item, int]]:
        """All items with the inventory flag of where they were; what is in a container as well."""
        for outer in self.killmail.items:
            yield outer, outer.flag
            for inner in outer.items:
                yield inner, outer.flag

    def begin(self, question: Callable[[Case], Any]) -> None:
        """Asks EVE in a thread, so that questions don't wait for each other."""
        if question in self._answers:
            return
        if self._pool is None:
            self._pool = ThreadPoolExecutor(_MOST_QUESTIONS, thread_name_prefix="flags")
            self._end = monotonic() + self._seconds
        # In a copy of this context: deadlines are kept in context variables, which threads don't
        # inherit.
        self._answers[question] = self._pool.submit(copy_context().run, question, self)

    def answer(self, question: Callable[[Case], T]) -> T:
        """What the question gives; raises NoAnswer, also when the time is up."""
        self.begin(question)
        waiting: Future[T] = self._answers[question]
        try:
            return waiting.result(timeout=max(self._end - monotonic(), 0))
        except TimeoutError:
            raise NoAnswer(f"EVE's API did not answer within {self._seconds:g} seconds") from None
