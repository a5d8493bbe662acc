"""All pages of a collection that counts its pages, as one state of it."""

import contextvars
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from email.utils import parsedate_to_datetime
from typing import Final

from srp_portal.esi.connections import Answer
from srp_portal.esi.errors import EsiNotFound, IncompleteResponseError

# ESI rebuilds a collection at most every few minutes: who meets two rebuilds gives up.
ROUNDS: Final = 3
# A server that claims more pages than any collection has is not believed.
MOST_PAGES: Final = 10_000

Fetch = Callable[[int, bool], Answer]


def collect(operation: str, fetch: Fetch, workers: int) -> list[Answer]:
    """All pages in order, the first one included.

    fetch(page, fresh) gets a page, past the cache if fresh; it is called from up to
    `workers` threads at once. Pages whose Last-Modified is not the newest are
    fetched again. Raises IncompleteResponseError when they keep differing or a page
    is gone, and whatever fetch raises.
    """
    pages = {1: fetch(1, False)}
    fresh = False
    for _ in range(ROUNDS):
        count = page_count(operation, pages[1])
        missing = [number for number in range(2, count + 1) if number not in pages]
        pages.update(_fetch_all(operation, fetch, missing, fresh, workers))
        pages = {number: pages[number] for number in range(1, count + 1)}
        stale = _stale(pages)
        if not stale:
            return list(pages.values())
        fresh = True
        for number in stale:
            del pages[number]
        if 1 in stale:
            pages[1] = fetch(1, True)
    raise IncompleteResponseError(
        f"the pages of {operation} changed while they were read", operation=operation
    )


def page_count(operation: str, answer: Answer) -> int:
    """How many pages there are; an answer that does not say so is the only one."""
    text = answer.headers.get("X-Pages", "1")
    # A number of thousands of digits can't be read at all.
    count = int(text[:9]) if text.isascii() and text.isdigit() else 1
    if count > MOST_PAGES:
        raise IncompleteResponseError(
            f"{operation} speaks of {count} pages",
            status=answer.status_code,
            operation=operation,
            request_id=answer.request_id,
        )
    return max(1, count)


def _stale(pages: dict[int, Answer]) -> set[int]:
    """Numbers of pages that are older than the newest of them."""
    moments = {number: last_modified(answer) for number, answer in pages.items()}
    known = [moment for moment in moments.values() if moment is not None]
    newest = max(known, default=None)
    return {n for n, moment in moments.items() if moment is not None and moment != newest}


def last_modified(answer: Answer) -> float | None:
    """When the data of an answer last changed, in seconds since 1970; None where it is not said."""
    value = answer.headers.get("Last-Modified")
    try:
        return None if value is None else parsedate_to_datetime(value).timestamp()
    except ValueError:
        return None


def _fetch_all(
    operation: str, fetch: Fetch, numbers: Iterable[int], fresh: bool, workers: int
) -> dict[int, Answer]:
    numbers = list(numbers)
    if not numbers:
        return {}
    # The deadline of the caller lives in its context, which threads don't inherit.
    contexts = [contextvars.copy_context() for _ in numbers]
    executor = ThreadPoolExecutor(min(workers, len(numbers)), thread_name_prefix="esi-pages")
    try:
        futures = [
            executor.submit(context.run, fetch, number, fresh)
            for context, number in zip(contexts, numbers, strict=True)
        ]
        return {number: future.result() for number, future in zip(numbers, futures, strict=True)}
    except EsiNotFound as error:
        raise IncompleteResponseError(
            f"{operation} has fewer pages than it said",
            status=error.status,
            operation=operation,
            request_id=error.request_id,
        ) from error
    finally:
        executor.shutdown(wait=True, cancel_futures=True)
