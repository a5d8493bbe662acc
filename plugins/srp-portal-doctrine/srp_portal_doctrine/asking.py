"""Several questions to EVE at once, with an end to the waiting."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextvars import copy_context
from typing import Any, TypeVar

logger = logging.getLogger(__name__)

K = TypeVar("K", int, str)

#: So many questions are on their way at a time.
_THREADS = 6


class EveSilentError(Exception):
    """EVE did not answer, or not in time, or nothing that can be understood."""


class Patience:
    """So many seconds for all questions together, counted from now."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    @property
    def left(self) -> float:
        """Seconds, from 0."""
        return max(0.0, self._end - time.monotonic())


def ask_all(
    operations: Mapping[K, Any], patience: Patience, keep: Callable[[K, Any], None]
) -> None:
    """Hands each answer to `keep`, with None for what EVE doesn't know.

    operations: of the ESI client. All that was answered is kept before EveSilentError is raised
    for the rest, so that the next time there is less to ask.
    """
    if not operations:
        return
    pool = ThreadPoolExecutor(max_workers=_THREADS, thread_name_prefix="doctrine")
    try:
        # In a copy of this context each: the deadline of the work at hand is kept there.
        asked: dict[Future[Any], K] = {
            pool.submit(copy_context().run, _answer, operation, patience): key
            for key, operation in operations.items()
        }
        done, silent = wait(asked, timeout=patience.left)
    finally:
        # ESI's client may wait for a limit longer than we do. It is left behind, not waited for.
        pool.shutdown(wait=False, cancel_futures=True)
    trouble: Exception | None = TimeoutError("EVE took too long") if silent else None
    for future in done:
        try:
            keep(asked[future], future.result())
        except (EveSilentError, AttributeError, LookupError, TypeError, ValueError) as error:
            trouble = error
    if trouble is not None:
        logger.warning("EVE can't tell the types of modules: %s", trouble)
        raise EveSilentError(str(trouble)) from trouble


def _answer(operation: Any, patience: Patience) -> Any:
    try:
        return operation.result(timeout=max(0.1, patience.left), retries=1)
    except Exception as error:
        if not hasattr(error, "status"):
            # Not the client's word about ESI: a mistake in the program is no outage.
            raise
        if error.status == 404:
            return None
        raise EveSilentError(str(error)) from error
