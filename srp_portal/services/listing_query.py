"""From parsed filters to SQL; nothing else turns a filter into a query."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, false, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from srp_portal.domain.filter_conditions import Condition, Operator
from srp_portal.domain.filter_kinds import (
    AmountCondition,
    DetailsCondition,
    NameCondition,
    TimeCondition,
)
from srp_portal.domain.filter_lists import ListName, Sort
from srp_portal.domain.filter_times import Interval
from srp_portal.domain.filters import Filters
from srp_portal.domain.lifecycle import Status
from srp_portal.domain.permissions import ABOVE_SUBMIT, PAYING, Identity, Permission
from srp_portal.models import search
from srp_portal.models.divisions import Division
from srp_portal.models.requests import NAMES, SrpRequest
from srp_portal.models.search import RequestWords
from srp_portal.models.unindexed import by_database, unindexed
from srp_portal.models.users import User

Clause = ColumnElement[bool]
#: Requests, or the narrow rows that full text finds them by.
Table = type[SrpRequest] | type[RequestWords]

#: Who sees a list's requests: the permissions of which one is held in the request's division.
LIST_PERMISSIONS: dict[ListName, frozenset[Permission]] = {
    ListName.PENDING: frozenset({Permission.REVIEW, Permission.AUDIT, Permission.ADMIN}),
    ListName.PAY: PAYING,
    ListName.COMPLETED: ABOVE_SUBMIT,
    ListName.ALL: ABOVE_SUBMIT,
}

#: More names are compared with the requests' own: for full text each is a term of its own.
_MOST_TAGS = 100
_UNTAGGED = frozenset(NAMES).difference(search.TAGGED)

#: Where a table of requests has what filters compare and lists sort by.
_COLUMNS = {
    "alliance": "alliance_key",
    "base_payout": "base_payout",
    "constellation": "constellation_key",
    "corporation": "corporation_key",
    "kill_timestamp": "killed_at",
    "payout": "payout",
    "pilot": "pilot_key",
    "region": "region_key",
    "ship": "ship_key",
    "status": "status",
    "submit_timestamp": "submitted_at",
    "system": "system_key",
}
_COMPARE: dict[Operator, Callable[[Any, Any], Clause]] = {
    Operator.BELOW: lambda column, value: column < value,
    Operator.AT_MOST: lambda column, value: column <= value,
    Operator.ABOVE: lambda column, value: column > value,
    Operator.AT_LEAST: lambda column, value: column >= value,
}


def visible(list_name: ListName, table: Table = SrpRequest) -> Clause:
    """Which requests a list may show, whatever the filters say, to a reader bound as `reader`."""
    if list_name is ListName.PERSONAL:
        return table.submitter_id == bindparam("reader")
    found: Clause = _division(table).in_(bindparam("reader", expanding=True))
    return found


# Readers see most divisions and most statuses as a rule: what a filter compares, or else the order,
# has an index that leads to less. listing_walk sees to lists without such filters.
def _division(table: Table) -> Any:
    return unindexed(table.division_id)


def reader_value(list_name: ListName, identity: Identity) -> int | tuple[int, ...]:
    """What a reader is bound as: the user, or the divisions whose requests the list may show."""
    if list_name is ListName.PERSONAL:
        return identity.user_id
    return identity.divisions(LIST_PERMISSIONS[list_name])


def clauses(
    filters: Filters, table: Table = SrpRequest, *, is_walked: bool = False
) -> list[Clause]:
    """What the filters demand of a request, all of which must hold.

    is_walked: where an order's index is to be walked, and not what words find gathered.
    """
    found: list[Clause] = []
    if not filters.statuses:
        found.append(false())
    elif filters.statuses != frozenset(Status):
        status: Any = unindexed(table.status)
        found.append(status.in_(sorted(filters.statuses)))
    names = _tagged(filters) if table is RequestWords else ()
    asked_with_words = {name.attribute for name in names}
    for condition in filters.conditions:
        if isinstance(condition, DetailsCondition):
            texts = condition.any_of
            found.append(search.found(_id(table), texts, names, is_walked=is_walked))
        elif condition.attribute not in asked_with_words:
            found.extend(_clauses(condition, table))
    return found


def _tagged(filters: Filters) -> tuple[search.Names, ...]:
    """The names that are found with the words."""
    return tuple(
        search.Names(condition.attribute, condition.any_keys, condition.none_keys)
        for condition in filters.of_kind(NameCondition)
        if condition.attribute in search.TAGGED
    )


def _clauses(condition: Condition[Any], table: Table) -> list[Clause]:
    match condition:
        case NameCondition():
            return _name_clauses(condition, table)
        case AmountCondition():
            column = _column(condition.attribute, table)
            found = [_COMPARE[bound.operator](column, bound.value) for bound in condition.bounds]
            return [*found, *_membership(column, condition.any_of, condition.none_of)]
        case TimeCondition():
            return _time_clauses(condition, _column(condition.attribute, table))
        case _:  # the status stands in filters.statuses
            return []


def _column(attribute: str, table: Table) -> Any:
    return getattr(table, _COLUMNS[attribute])


def _id(table: Table) -> Any:
    return table.request_id if table is RequestWords else SrpRequest.id


def _name_clauses(condition: NameCondition, table: Table) -> list[Clause]:
    attribute, any_keys, none_keys = condition.attribute, condition.any_keys, condition.none_keys
    if attribute == "division":
        return in_divisions(_division(table), condition)
    if attribute == "submitter":
        return _referenced(table.submitter_id, User, any_keys, none_keys)
    if table is RequestWords:
        # A search that asks for any of such names looks in the requests, see `_searched`.
        return [_nowhere(attribute, none_keys)]
    return _membership(_column(attribute, table), any_keys, none_keys)


def _nowhere(attribute: str, keys: tuple[str, ...]) -> Clause:
    """That the request of some words has none of the names."""
    ids, named = RequestWords.request_id, _column(attribute, SrpRequest).in_(keys)
    return by_database(
        sqlite=ids.not_in(select(SrpRequest.id).where(named)),
        postgresql=~exists().where(SrpRequest.id == ids, named).correlate(RequestWords),
    )


def in_divisions(column: InstrumentedAttribute[int], condition: NameCondition) -> list[Clause]:
    """What a filter for divisions demands of a column with the id of one."""
    return _referenced(column, Division, condition.any_keys, condition.none_keys)


def _referenced(
    column: InstrumentedAttribute[int],
    entity: type[Division | User],
    any_keys: tuple[str, ...],
    none_keys: tuple[str, ...],
) -> list[Clause]:
    found: list[Clause] = []
    if any_keys:
        found.append(column.in_(select(entity.id).where(entity.name_key.in_(any_keys))))
    if none_keys:
        found.append(column.not_in(select(entity.id).where(entity.name_key.in_(none_keys))))
    return found


def _membership(
    column: InstrumentedAttribute[Any], any_of: tuple[Any, ...], none_of: tuple[Any, ...]
) -> list[Clause]:
    found: list[Clause] = []
    if any_of:
        found.append(column.in_(any_of))
    if none_of:
        found.append(column.not_in(none_of))
    return found


def _time_clauses(condition: TimeCondition, column: Any) -> list[Clause]:
    def within(interval: Interval) -> Clause:
        return and_(column >= interval.start, column < interval.end)

    found = [_COMPARE[limit.operator](column, limit.value) for limit in condition.limits]
    if condition.any_of:
        found.append(or_(*(within(interval) for interval in condition.any_of)))
    found.extend(~within(interval) for interval in condition.none_of)
    return found


def ordered(statement: Select[Any], sort: Sort, table: Table = SrpRequest) -> Select[Any]:
    """The statement in the filters' order; ties break by id in the same direction."""
    if sort.attribute == "division":
        statement = statement.join(Division, Division.id == table.division_id)
    elif sort.attribute == "submitter":
        statement = statement.join(User, User.id == table.submitter_id)
    return _by(statement, (place(sort, table), _id(table)), sort)


def place(sort: Sort, table: Table = SrpRequest) -> Any:
    """The column that says where in an order a request stands."""
    if sort.attribute == "division":
        return Division.name_key
    if sort.attribute == "submitter":
        return User.name_key
    return _column(sort.attribute, table)


def _searched(filters: Filters) -> Table:
    """Where to look: in the words for words, if no name is asked for that leads to less."""
    tags = sum(len(each.any_of) + len(each.none_of) for each in _tagged(filters))
    leads = any(
        each.any_of and each.attribute in _UNTAGGED for each in filters.of_kind(NameCondition)
    )
    is_worded = any(isinstance(each, DetailsCondition) for each in filters.conditions)
    return RequestWords if is_worded and not leads and tags <= _MOST_TAGS else SrpRequest


def in_place(statement: Select[Any], ids: Any, sort: Sort) -> Select[Any]:
    """The statement in the order of a subquery's own columns, `place` and `id`.

    By the table's columns SQLite would walk all of its index to put a page in order.
    """
    return _by(statement, (ids.c.place, ids.c.id), sort)


def _by(statement: Select[Any], columns: tuple[Any, ...], sort: Sort) -> Select[Any]:
    if sort.is_descending:
        return statement.order_by(*(column.desc() for column in columns))
    return statement.order_by(*(column.asc() for column in columns))


def page_ids(filters: Filters, *, are_few: bool = False) -> Select[Any]:
    """Ids of one page with their `place`, found without reading the rows of the pages before it.

    are_few: all that the filters find are gathered and then put in order; walked in order, an
    index may have none of them for long. Bound: `reader`, see `reader_value`; `limit` and `offset`,
    in rows.
    """
    sort = filters.sort
    # Whatever else they are sorted by, the requests have an index in that order.
    table = _searched(filters) if sort.attribute == "submit_timestamp" else SrpRequest
    statement = select(_id(table).label("id"), place(sort, table).label("place"))
    demanded = clauses(filters, table, is_walked=not are_few)
    statement = statement.where(visible(filters.list_name, table), *demanded)
    statement = ordered(statement, sort, table)
    if are_few:
        # Without this word PostgreSQL looks into the subquery and walks all the same.
        found = statement.order_by(None).cte("found").prefix_with("MATERIALIZED")
        statement = in_place(select(found.c.id, found.c.place), found, sort)
    return statement.limit(bindparam("limit")).offset(bindparam("offset"))


def place_of(list_name: ListName, sort: Sort) -> Select[Any]:
    """Where in an order the request bound as `anchor` stands, if the list may show it.

    Whatever its status is by now. Bound: `reader`, see `reader_value`.
    """
    statement = select(place(sort)).select_from(SrpRequest).where(visible(list_name))
    return ordered(statement.where(SrpRequest.id == bindparam("anchor")), sort).order_by(None)


def in_span() -> list[Clause]:
    """That a request was submitted between two times bound as `span_start` and `span_end`."""
    at = SrpRequest.submitted_at
    return [at >= bindparam("span_start"), at < bindparam("span_end")]


def rows_before(filters: Filters, *, is_limited: bool = False) -> Select[Any]:
    """How many requests of a list come before one, be it in the list (any more) or not.

    Bound: `reader`, see `reader_value`; `anchor`, its id, and `place`, what `place_of` gives;
    `span_start` and `span_end`, times between which to count, if limited.
    """
    column = place(filters.sort)
    at = bindparam("place", type_=column.type)
    anchor: Any = bindparam("anchor")
    if filters.sort.is_descending:
        earlier = or_(column > at, and_(column == at, SrpRequest.id > anchor))
    else:
        earlier = or_(column < at, and_(column == at, SrpRequest.id < anchor))
    statement = select(func.count()).where(visible(filters.list_name), *clauses(filters), earlier)
    if is_limited:
        statement = statement.where(*in_span())
    return ordered(statement.select_from(SrpRequest), filters.sort).order_by(None)


def count_and_total(filters: Filters) -> Select[*tuple[Any, ...]]:
    """How many requests the filters find, and the ISK of those that were not rejected.

    Bound: `reader`, see `reader_value`.
    """
    table = _searched(filters)
    total = func.sum(table.payout).filter(table.status != Status.REJECTED.value)
    return select(func.count(), total).where(
        visible(filters.list_name, table), *clauses(filters, table)
    )
