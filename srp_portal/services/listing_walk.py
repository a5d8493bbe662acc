"""How the ids of a page are found in an index: which one.

A list without other filters than divisions and statuses can be walked in the order of submission
(all requests, or those of each status), or gathered by division and put in order. Which is less
work depends on how much of it the reader sees; the tally knows. All ways find the same page.
"""

from __future__ import annotations

from enum import Enum
from typing import Any

from sqlalchemy import Select, bindparam, select, union_all

from srp_portal.domain.filter_kinds import NameCondition
from srp_portal.domain.filter_lists import ListName
from srp_portal.domain.filters import Filters
from srp_portal.domain.lifecycle import Status
from srp_portal.models.requests import SrpRequest
from srp_portal.models.unindexed import unindexed
from srp_portal.services import listing_query
from srp_portal.services.listing_query import in_place
from srp_portal.services.tallies import Tally

#: Gathered rows must be put in order as well.
_ORDERING = 2


class Way(Enum):
    """How to find a page."""

    ALL = "walk the submissions of all requests"
    STATUS = "walk the submissions of each status, and merge"
    GATHER = "gather the reader's requests, and put them in order"


def way(filters: Filters, tally: Tally, offset: int, limit: int) -> Way | None:
    """The way to the rows after so many others; None when there are none.

    Only for lists whose tally tells all, in the order of submission.
    """
    wanted = min(offset + limit, tally.count)
    if wanted <= offset:
        return None
    if filters.list_name is ListName.PERSONAL:
        return Way.GATHER
    costs = {
        Way.GATHER: tally.count * _ORDERING,
        Way.ALL: wanted * sum(tally.everybody.values()) // tally.count,
        Way.STATUS: sum(
            # One of which the reader sees nothing is walked to its end in vain.
            min(wanted * tally.everybody[status] // (seen or 1), tally.everybody[status])
            * _ORDERING
            for status, seen in tally.seen.items()
        ),
    }
    return min(costs, key=costs.__getitem__)


def is_walked(filters: Filters) -> bool:
    """Whether the list is in the order of submission, either way round."""
    return filters.sort.attribute == "submit_timestamp"


def ids(filters: Filters, way: Way) -> Select[Any]:
    """Ids of a page, each with the time of submission as `place`.

    Bound: `reader`, see listing_query.reader_value; `offset`, `limit`, in rows; `end`, which is
    both together.
    """
    if way is Way.STATUS:
        parts = [
            _ordered(_of_status(filters, status), filters).limit(bindparam("end"))
            for status in sorted(filters.statuses)
        ]
        found = union_all(*(part.subquery().select() for part in parts)).subquery()
        statement: Any = in_place(select(found.c.id, found.c.place), found, filters.sort)
    else:
        statement = _ordered(_seen(filters, by_division=way is Way.GATHER), filters)
    return statement.limit(bindparam("limit")).offset(bindparam("offset"))


def _ordered(statement: Any, filters: Filters) -> Any:
    return listing_query.ordered(statement, filters.sort)


def _of_status(filters: Filters, status: Status) -> Any:
    statement = select(SrpRequest.id, SrpRequest.submitted_at.label("place"))
    return statement.where(SrpRequest.status == status.value, *_visible(filters, by_division=False))


def _seen(filters: Filters, *, by_division: bool) -> Any:
    statement = select(SrpRequest.id, SrpRequest.submitted_at.label("place")).where(
        *_visible(filters, by_division=by_division)
    )
    if filters.statuses == frozenset(Status):
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
