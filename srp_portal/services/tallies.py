"""Counts, totals and revisions of lists from the rows that the database keeps (models.tallies)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from secrets import randbelow
from typing import Any

from sqlalchemy import (
    BigInteger,
    Connection,
    DateTime,
    Integer,
    Select,
    bindparam,
    cast,
    delete,
    func,
    insert,
    literal,
    select,
    type_coerce,
)
from sqlalchemy.orm import Session

from srp_portal.domain.filter_kinds import NameCondition
from srp_portal.domain.filter_lists import LIST_STATUSES, ListName
from srp_portal.domain.filters import Filters
from srp_portal.domain.lifecycle import Status
from srp_portal.domain.money import from_hundredths
from srp_portal.domain.permissions import Identity
from srp_portal.models.requests import SrpRequest
from srp_portal.models.tallies import DivisionTally, MonthTally, NameRevision, SubmitterTally
from srp_portal.services.kept_statements import Conditions, connection_for, kept
from srp_portal.services.listing_query import in_divisions, reader_value

#: By how much the database lets a revision grow at most, by chance (migration 0003).
LARGEST_STEP = 2**24
#: In how many rows PostgreSQL keeps a division's status, and that of a month: more are written with
#: fewer waits, and read more slowly. Migration 0003 has the same numbers.
SHARDS = 8
MONTH_SHARDS = 4


@dataclass(frozen=True, slots=True)
class Tally:
    """How many requests a list has, the ISK of those not rejected, and the list's revision.

    revision: another one after every change of what the list shows; of requests, and of names.
    seen: how many requests the list has in each of its statuses. everybody: how many there are in
    each status of the database, whoever may see them.
    """

    count: int
    total: Decimal
    revision: tuple[int, int]
    seen: Mapping[Status, int]
    everybody: Mapping[Status, int]


def is_tallied(filters: Filters) -> bool:
    """Whether the filters ask for divisions and statuses alone, so that a tally tells all."""
    return all(each.attribute in ("division", "status") for each in filters.conditions)


def tally(dbsession: Session, filters: Filters, identity: Identity) -> Tally:
    """The tally of a list under those of its filters that ask for divisions and statuses."""
    conditions = tuple(each for each in filters.conditions if each.attribute == "division")
    statement = _statement(conditions, is_personal=filters.list_name is ListName.PERSONAL)
    values = {"reader": reader_value(filters.list_name, identity)}
    total, revision, names = 0, 0, 0
    seen = dict.fromkeys(filters.statuses, 0)
    everybody = dict.fromkeys(Status, 0)
    for columns in connection_for(dbsession, filters).execute(statement, values).all():
        # PostgreSQL sums bigints to numerics.
        status, requests, payouts, changes, others, names = Status(columns[0]), *columns[1:]
        everybody[status] = int(others)
        if status in seen:
            seen[status] = int(requests)
            revision += int(changes)
            total += int(payouts) if status is not Status.REJECTED else 0
    found = from_hundredths(total)
    return Tally(sum(seen.values()), found, (revision, names), seen, everybody)


@kept
def _statement(conditions: Conditions, *, is_personal: bool) -> Select[*tuple[Any, ...]]:
    """A row for each status: what the reader sees of it, and how many requests have it at all."""
    table: type[DivisionTally | SubmitterTally]
    if is_personal:
        table = SubmitterTally
        visible: list[Any] = [SubmitterTally.submitter_id == bindparam("reader")]
    else:
        table = DivisionTally
        visible = [DivisionTally.division_id.in_(bindparam("reader", expanding=True))]
    for condition in conditions:
        if isinstance(condition, NameCondition):
            visible += in_divisions(table.division_id, condition)

    def of_the_reader(column: Any) -> Any:
        return func.coalesce(func.sum(type_coerce(column, BigInteger)).filter(*visible), 0)

    statement = select(
        table.status,
        of_the_reader(table.requests),
        of_the_reader(table.payouts),
        of_the_reader(table.revision),
        func.sum(table.requests),
        select(NameRevision.revision).scalar_subquery(),
    ).group_by(table.status)
    # Others' tallies of a submitter are nobody's concern, and many.
    return statement.where(*visible) if is_personal else statement


def waiting(dbsession: Session, lists: dict[ListName, tuple[int, ...]]) -> dict[ListName, int]:
    """How many requests wait in each list, given the divisions that the reader sees there."""
    seen = sorted(set().union(*lists.values()))
    rows = dbsession.connection().execute(_waiting(), {"divisions": seen}).all()
    counts = dict.fromkeys(lists, 0)
    for division_id, status, count in rows:
        for name, divisions in lists.items():
            if division_id in divisions and status in LIST_STATUSES[name]:
                counts[name] += int(count)
    return counts


@lru_cache(maxsize=1)
def _waiting() -> Select[*tuple[Any, ...]]:
    statuses = sorted(status.value for status in LIST_STATUSES[ListName.PENDING])
    return (
        select(DivisionTally.division_id, DivisionTally.status, func.sum(DivisionTally.requests))
        .where(
            DivisionTally.division_id.in_(bindparam("divisions", expanding=True)),
            DivisionTally.status.in_(statuses),
        )
        .group_by(DivisionTally.division_id, DivisionTally.status)
    )


def months(dbsession: Session, filters: Filters, identity: Identity) -> dict[int, int]:
    """How many requests of a tallied list were submitted in each month, in UTC, such as 202507.

    The months come in no order. Not for the personal list, which nobody keeps by months.
    """
    conditions = tuple(each for each in filters.conditions if each.attribute == "division")
    values = {
        "reader": reader_value(filters.list_name, identity),
        "statuses": sorted(filters.statuses),
    }
    rows = connection_for(dbsession, filters).execute(_months(conditions), values).all()
    return {month: int(requests) for month, requests in rows if requests}


@kept
def _months(conditions: Conditions) -> Select[*tuple[Any, ...]]:
    visible: list[Any] = [MonthTally.division_id.in_(bindparam("reader", expanding=True))]
    for condition in conditions:
        if isinstance(condition, NameCondition):
            visible += in_divisions(MonthTally.division_id, condition)
    return (
        select(MonthTally.month, func.sum(MonthTally.requests))
        .where(*visible, MonthTally.status.in_(bindparam("statuses", expanding=True)))
        .group_by(MonthTally.month)
    )


def rebuild(connection: Connection) -> None:
    """Counts all requests anew, for a load that went past the triggers.

    Revisions go on above all that there were, so that none comes a second time.
    """
    is_sqlite = connection.dialect.name == "sqlite"
    keys: dict[str, Any] = {
        "division_id": SrpRequest.division_id,
        "status": SrpRequest.status,
        "submitter_id": SrpRequest.submitter_id,
        "month": _month(is_sqlite=is_sqlite),
    }
    tables: tuple[Any, ...] = (DivisionTally, MonthTally, SubmitterTally)
    for table in tables:
        shards = MONTH_SHARDS if table is MonthTally else SHARDS
        keys["shard"] = literal(0) if is_sqlite else SrpRequest.submitter_id % shards
        named = {name: key for name, key in keys.items() if name in table.__table__.columns}
        counts: dict[str, Any] = {"requests": func.count()}
        if table is not MonthTally:
            # More than any list's sum was: rows that count nothing are not made again.
            revision = connection.scalar(select(func.coalesce(func.sum(table.revision), 0))) or 0
            counts["payouts"] = func.sum(SrpRequest.payout)
            counts["revision"] = literal(int(revision) + 1 + randbelow(LARGEST_STEP))
        connection.execute(delete(table))
        counted = select(*named.values(), *counts.values()).group_by(*named.values())
        connection.execute(insert(table).from_select([*named, *counts], counted))


def _month(*, is_sqlite: bool) -> Any:
    """The month of a request's submission, as migration 0003 has it."""
    at: Any = type_coerce(SrpRequest.submitted_at, DateTime)
    text = (
        func.strftime("%Y%m", at) if is_sqlite else func.to_char(func.timezone("UTC", at), "YYYYMM")
    )
    return cast(text, Integer)
