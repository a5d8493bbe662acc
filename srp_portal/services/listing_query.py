"""From parsed filters to SQL; nothing else turns a filter into a query."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
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
from srp_portal.models.divisions import Division
from srp_portal.models.requests import SrpRequest
from srp_portal.models.users import User

Clause = ColumnElement[bool]

#: Who sees a list's requests: the permissions of which one is held in the request's division.
LIST_PERMISSIONS: dict[ListName, frozenset[Permission]] = {
    ListName.PENDING: frozenset({Permission.REVIEW, Permission.AUDIT, Permission.ADMIN}),
    ListName.PAY: PAYING,
    ListName.COMPLETED: ABOVE_SUBMIT,
    ListName.ALL: ABOVE_SUBMIT,
}

_NAME_COLUMNS: dict[str, InstrumentedAttribute[Any]] = {
    "alliance": SrpRequest.alliance_key,
    "constellation": SrpRequest.constellation_key,
    "corporation": SrpRequest.corporation_key,
    "pilot": SrpRequest.pilot_key,
    "region": SrpRequest.region_key,
    "ship": SrpRequest.ship_key,
    "system": SrpRequest.system_key,
}
_AMOUNT_COLUMNS = {"payout": SrpRequest.payout, "base_payout": SrpRequest.base_payout}
_TIME_COLUMNS = {
    "kill_timestamp": SrpRequest.killed_at,
    "submit_timestamp": SrpRequest.submitted_at,
}
_COMPARE: dict[Operator, Callable[[Any, Any], Clause]] = {
    Operator.BELOW: lambda column, value: column < value,
    Operator.AT_MOST: lambda column, value: column <= value,
    Operator.ABOVE: lambda column, value: column > value,
    Operator.AT_LEAST: lambda column, value: column >= value,
}


def visible(list_name: ListName, identity: Identity) -> Clause:
    """Which requests a list may show to this reader, whatever the filters say."""
    if list_name is ListName.PERSONAL:
        return SrpRequest.submitter_id == identity.user_id
    return SrpRequest.division_id.in_(identity.divisions(LIST_PERMISSIONS[list_name]))


def clauses(filters: Filters) -> list[Clause]:
    """What the filters demand of a request, all of which must hold."""
    found: list[Clause] = []
    if not filters.statuses:
        found.append(false())
    elif filters.statuses != frozenset(Status):
        found.append(SrpRequest.status.in_(sorted(filters.statuses)))
    for condition in filters.conditions:
        found.extend(_clauses(condition))
    return found


def _clauses(condition: Condition[Any]) -> list[Clause]:
    match condition:
        case NameCondition():
            return _name_clauses(condition)
        case AmountCondition():
            column = _AMOUNT_COLUMNS[condition.attribute]
            found = [_COMPARE[bound.operator](column, bound.value) for bound in condition.bounds]
            return [*found, *_membership(column, condition.any_of, condition.none_of)]
        case TimeCondition():
            return _time_clauses(condition)
        case DetailsCondition():
            return [or_(*(_contains_words(text) for text in condition.any_of))]
        case _:  # the status stands in filters.statuses
            return []


def _name_clauses(condition: NameCondition) -> list[Clause]:
    attribute, any_keys, none_keys = condition.attribute, condition.any_keys, condition.none_keys
    if attribute == "division":
        return _referenced(SrpRequest.division_id, Division, any_keys, none_keys)
    if attribute == "submitter":
        return _referenced(SrpRequest.submitter_id, User, any_keys, none_keys)
    return _membership(_NAME_COLUMNS[attribute], any_keys, none_keys)


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


def _time_clauses(condition: TimeCondition) -> list[Clause]:
    column = _TIME_COLUMNS[condition.attribute]

    def within(interval: Interval) -> Clause:
        return and_(column >= interval.start, column < interval.end)

    found = [_COMPARE[limit.operator](column, limit.value) for limit in condition.limits]
    if condition.any_of:
        found.append(or_(*(within(interval) for interval in condition.any_of)))
    found.extend(~within(interval) for interval in condition.none_of)
    return found


def _contains_words(text: str) -> Clause:
    return and_(*(_contains(word) for word in text.split()))


def _contains(word: str) -> Clause:
    # SQLite, and PostgreSQL in its plainest locale, know upper and lower case of ASCII alone; with
    # both spellings a word is found whose other letters are all small or all large.
    spellings = {word} if word.isascii() else {word, word.lower(), word.upper()}
    return or_(*(SrpRequest.details.icontains(each, autoescape=True) for each in sorted(spellings)))


def ordered(statement: Select[Any], sort: Sort) -> Select[Any]:
    """The statement in the filters' order; ties break by id in the same direction."""
    attribute = sort.attribute
    if attribute == "division":
        statement = statement.join(Division, Division.id == SrpRequest.division_id)
        column: Any = Division.name_key
    elif attribute == "submitter":
        statement = statement.join(User, User.id == SrpRequest.submitter_id)
        column = User.name_key
    elif attribute == "status":
        column = SrpRequest.status
    else:
        column = (_NAME_COLUMNS | _AMOUNT_COLUMNS | _TIME_COLUMNS)[attribute]
    if sort.is_descending:
        return statement.order_by(column.desc(), SrpRequest.id.desc())
    return statement.order_by(column.asc(), SrpRequest.id.asc())


def page_ids(filters: Filters, identity: Identity, *, limit: int) -> Select[tuple[int]]:
    """Ids of one page, found in an index without reading the rows of the pages before it."""
    statement = select(SrpRequest.id).where(visible(filters.list_name, identity), *clauses(filters))
    return ordered(statement, filters.sort).limit(limit).offset((filters.page - 1) * limit)


def count_and_total(filters: Filters, identity: Identity) -> Select[*tuple[Any, ...]]:
    """How many requests the filters find, and the ISK of those that were not rejected."""
    total = func.sum(SrpRequest.payout).filter(SrpRequest.status != Status.REJECTED.value)
    return select(func.count(), total).where(
        visible(filters.list_name, identity), *clauses(filters)
    )
