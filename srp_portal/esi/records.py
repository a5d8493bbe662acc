"""Records of a collection one after the other, in each of ESI's three kinds of paging.

`page` counts pages, `before` and `after` are cursors into a listing that is sorted by
the last change of its records, and `from_id` gives what is older than an id.
"""

from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from srp_portal.esi.connections import Answer
from srp_portal.esi.errors import EsiError, EsiNotFound, IncompleteResponseError
from srp_portal.esi.paging import MOST_PAGES, ROUNDS, last_modified, page_count

# What a record is known by in listings that go on from an id.
_ID_NAMES: Final = ("transaction_id", "id", "ref_id")

# What a listing with cursors gives at most at once; unasked it gives 10.
MOST_RECORDS: Final = 100

# Gives the answer to the operation with these arguments changed, past the cache if true.
Ask = Callable[[Mapping[str, Any], bool], tuple[Answer, Any]]


@dataclass(frozen=True)
class Step:
    """What one request added to a walk: its answer, its records and where to go on."""

    answer: Answer
    records: list[Any]
    after: str | None = None
    before: str | None = None


class Records(Iterator[Any]):
    """All records of an operation, fetched when they are wanted; for one thread.

    What a request gave is forgotten when it was handed out, but for the ids of a
    listing with cursors. An error ends it: it is raised again by every further use.
    """

    def __init__(self, steps: Iterator[Step]) -> None:
        self._steps = steps
        self._left: list[Any] = []
        self._first: Step | None = None
        self._last: Step | None = None
        self._error: EsiError | None = None
        self._is_forward = False

    @classmethod
    def by_cursor(cls, steps: Iterator[Step], *, is_forward: bool) -> "Records":
        """Records of a listing with cursors, towards newer ones if forward."""
        records = cls(steps)
        records._is_forward = is_forward
        return records

    def __next__(self) -> Any:
        while not self._left:
            if self._error is not None:
                raise self._error
            try:
                step = next(self._steps)
            except EsiError as error:
                self._error = error
                raise
            self._first = self._first or step
            self._last = _with_cursors_of(step, self._last)
            self._left = step.records[::-1]
        return self._left.pop()

    @property
    def after(self) -> str | None:
        """The cursor from which a later walk sees what changed since this one began.

        None without cursors, and before the first record was fetched. A walk that was
        itself begun with `after` gives the place that it has reached.
        """
        step = self._last if self._is_forward else self._first
        return None if step is None else step.after

    @property
    def before(self) -> str | None:
        """The cursor from which a walk towards older records goes on; None as with `after`."""
        step = self._first if self._is_forward else self._last
        return None if step is None else step.before

    def __repr__(self) -> str:
        return "<Records>"


def _with_cursors_of(step: Step, previous: Step | None) -> Step:
    # The last page of a listing is empty, and may have no cursors.
    if previous is None:
        return step
    after, before = step.after or previous.after, step.before or previous.before
    return Step(step.answer, step.records, after, before)


def single(ask: Ask) -> Iterator[Step]:
    """The only answer of an operation without pages: its list, or its value as the one record."""
    answer, value = ask({}, False)
    yield Step(answer, value if isinstance(value, list) else [] if value is None else [value])


def numbered(operation: str, ask: Ask) -> Iterator[Step]:
    """Pages by number, in order.

    Raises IncompleteResponseError when ESI rebuilt the collection meanwhile: records
    that were given away can't be taken back.
    """
    first, second = _beginning(operation, ask)
    yield first
    count = page_count(operation, first.answer)
    for number in range(2, count + 1):
        step = second if second is not None else _page(operation, ask, number, fresh=False)
        second = None
        if _differ(first, step):
            # The cache may have kept an older state of it.
            step = _page(operation, ask, number, fresh=True)
        if _differ(first, step):
            raise _incomplete(
                f"{operation} changed while it was read, begin again with ignore_cache=True",
                operation,
                step.answer,
            )
        yield step


def _beginning(operation: str, ask: Ask) -> tuple[Step, Step | None]:
    """The first two pages: only now can a first page that the cache kept too long be replaced."""
    first = _page(operation, ask, 1, fresh=False)
    for _ in range(ROUNDS):
        if page_count(operation, first.answer) == 1:
            return first, None
        second = _page(operation, ask, 2, fresh=False)
        if not _is_newer(second, first):
            break
        first = _page(operation, ask, 1, fresh=True)
    return first, second


def _page(operation: str, ask: Ask, number: int, *, fresh: bool) -> Step:
    try:
        answer, value = ask({"page": number}, fresh)
    except EsiNotFound as error:
        if number == 1:
            raise
        raise IncompleteResponseError(
            f"{operation} has fewer pages than it said",
            status=error.status,
            operation=operation,
            request_id=error.request_id,
        ) from error
    return Step(answer, listed(operation, answer, value))


def _is_newer(one: Step, other: Step) -> bool:
    moment, known = last_modified(one.answer), last_modified(other.answer)
    return moment is not None and known is not None and moment > known


def _differ(one: Step, other: Step) -> bool:
    return _is_newer(one, other) or _is_newer(other, one)


def from_id(operation: str, ask: Ask) -> Iterator[Step]:
    """Stretches of a listing from newest to oldest, each record once."""
    bound: int | None = None
    for _ in range(MOST_PAGES):
        answer, value = ask({} if bound is None else {"from_id": bound}, False)
        ids = {_number(operation, answer, each): each for each in listed(operation, answer, value)}
        # The record that was named is there again.
        fresh = {number: each for number, each in ids.items() if bound is None or number < bound}
        yield Step(answer, list(fresh.values()))
        if not fresh:
            return
        bound = min(fresh)
    raise _endless(operation, answer)


def by_cursor(operation: str, ask: Ask, start: Mapping[str, Any], direction: str) -> Iterator[Step]:
    """Stretches of a listing with cursors, until an empty one.

    start: `after` or `before`, or nothing for the newest records. direction: `after`
    towards newer records, `before` towards older ones; each stretch is in ESI's order,
    which is that of the last change, newest last.
    """
    arguments = start
    seen = {start.get(direction)}
    for _ in range(MOST_PAGES):
        step = _stretch(operation, *ask(arguments, False))
        yield step
        cursor = step.after if direction == "after" else step.before
        if not step.records or cursor is None:
            return
        if cursor in seen:
            break
        seen.add(cursor)
        arguments = {direction: cursor}
    raise _endless(operation, step.answer)


def older(steps: Iterator[Step]) -> Iterator[Step]:
    """A walk towards older records, newest first; one that moved is there once, as first met."""
    known: set[Hashable] = set()
    for step in steps:
        kept = []
        for record in reversed(step.records):
            identity = _identity(record)
            if identity is None or identity not in known:
                kept.append(record)
            known.add(identity)
        yield Step(step.answer, kept, step.after, step.before)


def all_from_id(operation: str, ask: Ask) -> tuple[list[Any], Answer]:
    """All of a listing that goes on by `from_id`, newest first, and the last answer."""
    steps = list(from_id(operation, ask))
    return [record for step in steps for record in step.records], steps[-1].answer


def all_by_cursor(operation: str, ask: Ask, start: Mapping[str, Any]) -> tuple[list[Any], Answer]:
    """All of a listing with cursors in ESI's order, and the last answer.

    start: `after` or `before`, or nothing for all there are.
    """
    if "after" in start:
        steps = list(by_cursor(operation, ask, start, "after"))
        return _merged([record for step in steps for record in step.records]), steps[-1].answer
    steps = list(older(by_cursor(operation, ask, start, "before")))
    known = [record for step in steps for record in step.records][::-1]
    newest = steps[0].after
    if newest is None or start.get("before", "0") != "0":
        return known, steps[-1].answer
    # What changed while we read moved behind us, away from where we had yet to come.
    later = list(by_cursor(operation, ask, {"after": newest}, "after"))
    changed = [record for step in later for record in step.records]
    return _merged(known + changed), later[-1].answer


def _merged(records: list[Any]) -> list[Any]:
    """Each record once, as it is and where it is at last."""
    found: dict[Hashable, Any] = {}
    for position, record in enumerate(records):
        identity = _identity(record)
        key = ("at", position) if identity is None else identity
        found.pop(key, None)
        found[key] = record
    return list(found.values())


def _stretch(operation: str, answer: Answer, value: Any) -> Step:
    if not isinstance(value, Mapping):
        return Step(answer, listed(operation, answer, value))
    lists = [each for each in value.values() if isinstance(each, list)]
    if len(lists) > 1:
        raise _incomplete(f"{operation} gave several lists at once", operation, answer)
    cursor = value.get("cursor") or {}
    after, before = cursor.get("after") or None, cursor.get("before") or None
    return Step(answer, lists[0] if lists else [], after, before)


def _identity(record: Any) -> Hashable:
    value = record.get("id") if isinstance(record, Mapping) else None
    return value if isinstance(value, int | str) else None


def _number(operation: str, answer: Answer, record: Any) -> int:
    for name in _ID_NAMES:
        value = record.get(name) if isinstance(record, Mapping) else None
        if isinstance(value, int):
            return value
    raise _incomplete(f"{operation} has records without an id", operation, answer)


def listed(operation: str, answer: Answer, value: Any) -> list[Any]:
    """The list that an answer has to be. Raises IncompleteResponseError."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise _incomplete(f"{operation} did not give a list", operation, answer)
    return value


def _endless(operation: str, answer: Answer) -> IncompleteResponseError:
    return _incomplete(f"{operation} does not come to an end", operation, answer)


def _incomplete(message: str, operation: str, answer: Answer) -> IncompleteResponseError:
    return IncompleteResponseError(
        message, status=answer.status_code, operation=operation, request_id=answer.request_id
    )
