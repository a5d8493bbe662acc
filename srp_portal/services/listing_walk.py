"""How the ids of a page are found in an index: which one.

A list without other filters than divisions and statuses can be walked in the order of submission
(all requests, or those of each status), or gathered by division and put in order. Which is less
work depends on how much of it the reader sees; the tally knows. Where even that is much, the months
of the page are found first, and nothing outside them is looked at. All ways find the same page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from sqlalchemy import Select, bindparam, select, union_all
from sqlalchemy.orm import Session

from srp_portal.domain.filter_kinds import NameCondition
from srp_portal.domain.filter_lists import ListName
from srp_portal.domain.filters import Filters
from srp_portal.domain.lifecycle import Status
from srp_portal.domain.permissions import Identity
from srp_portal.models.requests import SrpRequest
from srp_portal.models.unindexed import unindexed
from srp_portal.services import listing_query, tallies
from srp_portal.services.listing_query import in_place
from srp_portal.services.listing_span import Span, span_of
from srp_portal.services.tallies import Tally

#: Gathered rows must be put in order as well.
_ORDERING = 2
#: With so many rows to look at, finding their months first is less work.
_MANY = 20_000


class Way(Enum):
    """How to find a page."""

    ALL = "walk the submissions of all requests"
    STATUS = "walk the submissions of each status, and merge"
    GATHER = "gather the reader's requests, and put them in order"


@dataclass(frozen=True, slots=True)
class Walk:
    """A way, what its statement (see `ids`) binds, and whether months limit it."""

    way: Way
    values: Mapping[str, int | datetime]
    is_limited: bool = False


def walk(
    dbsession: Session,
    identity: Identity,
    filters: Filters,
    tally: Tally,
    window: tuple[int, int],
) -> Walk | None:
    """How to find the rows of a window, its offset and limit; None where there are none.

    Only for lists whose tally tells all, in the order of submission. One statement, if any.
    """
    offset, limit = window
    chosen = way(filters, tally, offset, limit)
    if chosen is None:
        return None
    if is_by_months(filters) and _costs(filters, tally, offset, limit)[chosen] > _MANY:
        months = tallies.months(dbsession, filters, identity)
        found = span_of(months, offset, limit, is_descending=filters.sort.is_descending)
        # There are none only if requests went meanwhile.
        return None if found is None else _within(found, tally, offset - found.passed, limit)
    values = {"offset": offset, "limit": limit}
    return Walk(chosen, values | ({"end": offset + limit} if chosen is Way.STATUS else {}))


def is_by_months(filters: Filters) -> bool:
    """Whether it is known how many of a list's requests were submitted in each month."""
    return (
        tallies.is_tallied(filters)
        and is_walked(filters)
        and filters.list_name is not ListName.PERSONAL
    )


def _within(span: Span, tally: Tally, offset: int, limit: int) -> Walk:
    wanted = min(offset + limit, span.count)
    # Taken for granted: the reader sees as large a part of these months as of all.
    met = wanted * sum(tally.everybody.values()) // tally.count
    chosen = Way.ALL if met < span.count * _ORDERING else Way.GATHER
    times = {"span_start": span.start, "span_end": span.end}
    return Walk(chosen, {"offset": offset, "limit": limit, **times}, is_limited=True)


def way(filters: Filters, tally: Tally, offset: int, limit: int) -> Way | None:
    """The cheapest way to the rows after so many others; None when there are none.

    Only for lists whose tally tells all, in the order of submission.
    """
    if offset >= tally.count:
        return None
    costs = _costs(filters, tally, offset, limit)
    return min(costs, key=costs.__getitem__)


def _costs(filters: Filters, tally: Tally, offset: int, limit: int) -> dict[Way, int]:
    """How many rows each way looks at."""
    wanted = min(offset + limit, tally.count)
    if filters.list_name is ListName.PERSONAL:
        return {Way.GATHER: wanted}
    return {
        Way.GATHER: tally.count * _ORDERING,
        Way.ALL: wanted * sum(tally.everybody.values()) // tally.count,
        Way.STATUS: sum(
            # One of which the reader sees nothing is walked to its end in vain.
            min(wanted * tally.everybody[status] // (seen or 1), tally.everybody[status])
            * _ORDERING
            for status, seen in tally.seen.items()
        ),
    }


def is_walked(filters: Filters) -> bool:
    """Whether the list is in the order of submission, either way round."""
    return filters.sort.attribute == "submit_timestamp"


def ids(filters: Filters, way: Way, *, is_limited: bool = False) -> Select[Any]:
    """Ids of a page, each with the time of submission as `place`.

    Bound: `reader`, see listing_query.reader_value; `offset`, `limit`, in rows; `end`, which is
    both together, for Way.STATUS; `span_start` and `span_end`, times, if limited by months.
    """
    limits = listing_query.in_span() if is_limited else []
    if way is Way.STATUS:
        parts = [
            _ordered(_of_status(filters, status).where(*limits), filters).limit(bindparam("end"))
            for status in sorted(filters.statuses)
        ]
        found = union_all(*(part.subquery().select() for part in parts)).subquery()
        statement: Any = in_place(select(found.c.id, found.c.place), found, filters.sort)
    else:
        seen = _seen(filters, by_division=way is Way.GATHER, is_limited=is_limited)
        statement = _ordered(seen.where(*limits), filters)
    return statement.limit(bindparam("limit")).offset(bindparam("offset"))


def _ordered(statement: Any, filters: Filters) -> Any:
    return listing_query.ordered(statement, filters.sort)


def _of_status(filters: Filters, status: Status) -> Any:
    statement = select(SrpRequest.id, SrpRequest.submitted_at.label("place"))
    return statement.where(SrpRequest.status == status.value, *_visible(filters, by_division=False))


def _seen(filters: Filters, *, by_division: bool, is_limited: bool) -> Any:
    statement = select(SrpRequest.id, SrpRequest.submitted_at.label("place")).where(
        *_visible(filters, by_division=by_division)
    )
    # The index by division has the times of each status: limited by time, all of them are named.
    if filters.statuses == frozenset(Status) and not (by_division and is_limited):
        return statement
    status: Any = SrpRequest.status if by_division else unindexed(SrpRequest.status)
    return statement.where(status.in_(sorted(filters.statuses)))


def _visible(filters: Filters, *, by_division: bool) -> list[Any]:
    """What the reader may see, looked up in the index by division or not."""
    if filters.list_name is ListName.PERSONAL:
        return [SrpRequest.submitter_id == bindparam("reader"), *_divisions(filters, by_division)]
    division = _division(by_division)
    return [division.in_(bindparam("reader", expanding=True)), *_divisions(filters, by_division)]


def _division(by_division: bool) -> Any:
    return SrpRequest.division_id if by_division else unindexed(SrpRequest.division_id)


def _divisions(filters: Filters, by_division: bool) -> list[Any]:
    return [
        clause
        for condition in filters.of_kind(NameCondition)
        for clause in listing_query.in_divisions(_division(by_division), condition)
    ]
