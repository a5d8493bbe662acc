"""Lists of requests, a page at a time."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, DateTime, and_, bindparam, null, select, type_coerce
from sqlalchemy.orm import Session

from srp_portal.domain.errors import NotAllowed
from srp_portal.domain.filter_lists import ListName, Sort
from srp_portal.domain.filters import Filters
from srp_portal.domain.money import ZERO
from srp_portal.domain.permissions import Identity, Permission
from srp_portal.models.divisions import Division
from srp_portal.models.requests import SrpRequest
from srp_portal.models.users import Character, User
from srp_portal.services import listing_query, listing_walk, tallies
from srp_portal.services.kept_statements import connection_for, kept
from srp_portal.services.listing_span import span_at
from srp_portal.services.listing_walk import Way
from srp_portal.services.results import ApiKeyView, Reference, RequestPage, RequestRow
from srp_portal.services.tallies import Tally

#: Columns of a request as the database has them, in the order of RequestRow's fields.
_FACTS = (
    SrpRequest.id,
    SrpRequest.status,
    SrpRequest.is_withdrawn,
    type_coerce(SrpRequest.base_payout, BigInteger),
    type_coerce(SrpRequest.payout, BigInteger),
    SrpRequest.version,
    SrpRequest.details,
    type_coerce(SrpRequest.submitted_at, DateTime),
    type_coerce(SrpRequest.killed_at, DateTime),
    SrpRequest.killmail_url,
    SrpRequest.pilot_id,
    SrpRequest.pilot,
    SrpRequest.corporation_id,
    SrpRequest.corporation,
    SrpRequest.alliance_id,
    SrpRequest.alliance,
    SrpRequest.ship_id,
    SrpRequest.ship,
    SrpRequest.system,
    SrpRequest.constellation,
    SrpRequest.region,
    SrpRequest.division_id,
    Division.name,
    SrpRequest.submitter_id,
    User.name,
)
#: So many are sooner gathered than met one by one among a million.
_FEW = 5_000


def row_statement(*, with_payee: bool) -> Any:
    """A SELECT of what `rows_of` takes; the caller says which requests."""
    payee = (Character.id, Character.name) if with_payee else (null(), null())
    statement = (
        select(*_FACTS, *payee)
        .join(Division, Division.id == SrpRequest.division_id)
        .join(User, User.id == SrpRequest.submitter_id)
    )
    if not with_payee:
        return statement
    return statement.outerjoin(Character, and_(Character.user_id == User.id, Character.is_main))


def rows_of(found: Iterable[Any], identity: Identity) -> tuple[RequestRow, ...]:
    """The rows of what `row_statement` found, as the reader has them."""
    user_id, own_pilots = identity.user_id, identity.character_ids
    make, submitter, pilot = RequestRow._make, _SUBMITTER, _PILOT
    # domain.permissions.is_own, without an object for each row.
    return tuple(
        make((*columns, columns[submitter] == user_id or columns[pilot] in own_pilots))
        for columns in found
    )


_SUBMITTER = RequestRow._fields.index("submitter_id")
_PILOT = RequestRow._fields.index("pilot_id")


def may_open(list_name: ListName, identity: Identity) -> bool:
    """Whether the reader may open a list at all."""
    if list_name is ListName.PERSONAL:
        return True
    return identity.holds_anywhere(listing_query.LIST_PERMISSIONS[list_name])


def check_may_open(list_name: ListName, identity: Identity) -> None:
    """Raises NotAllowed for a reader who may not open the list."""
    if not may_open(list_name, identity):
        raise NotAllowed(f"You may not open the list “{list_name}”.", attempt=f"list {list_name}")


def request_page(
    dbsession: Session,
    identity: Identity,
    filters: Filters,
    *,
    page_size: int,
    api_keys: tuple[ApiKeyView, ...] | None = None,
    tally: Tally | None = None,
    offset: int | None = None,
    with_payee: bool = False,
) -> RequestPage:
    """One page of a list, in two statements, or in one where the list's tally is known.

    Far behind in a long list it takes one more.

    offset: how many rows come before it, if not as many as the page's number says. A page past
    the end has no rows: what that means is the caller's to say. with_payee: whether rows say who
    is to be paid, which only the pages of payers show. Raises NotAllowed.
    """
    check_may_open(filters.list_name, identity)
    start = (filters.page - 1) * page_size if offset is None else offset
    count, total, rows = _found(
        dbsession, identity, filters, (start, page_size), tally, with_payee=with_payee
    )
    return RequestPage(
        list_name=filters.list_name,
        filters=filters,
        rows=rows,
        count=count,
        total=total,
        page_size=page_size,
        chosen_offset=offset,
        reader=Reference(identity.user_id, identity.name),
        api_keys=api_keys,
    )


def _found(
    dbsession: Session,
    identity: Identity,
    filters: Filters,
    window: tuple[int, int],
    tally: Tally | None,
    *,
    with_payee: bool,
) -> tuple[int, Decimal, tuple[RequestRow, ...]]:
    """Count and total of the whole list, and the rows of the window: offset and limit."""
    first, values = filters.replace(page=1), _reader(filters, identity)
    kept = None
    if tallies.is_tallied(filters):
        kept = tally or tallies.tally(dbsession, filters, identity)
        count, total = kept.count, kept.total
    else:
        found = connection_for(dbsession, filters).execute(_counting_statement(first), values).one()
        # PostgreSQL sums bigints to a numeric; the column's type has made ISK of it either way.
        count, total = found[0], ZERO if found[1] is None else Decimal(found[1])
    offset, limit = window
    if kept is not None and listing_walk.is_walked(filters):
        walk = listing_walk.walk(dbsession, identity, filters, kept, window)
        if walk is None:
            return count, total, ()
        statement = _walked_statement(
            first, way=walk.way, is_limited=walk.is_limited, with_payee=with_payee
        )
        values |= walk.values
    elif offset >= count:
        return count, total, ()
    else:
        statement = _page_statement(first, are_few=count <= _FEW, with_payee=with_payee)
        values |= {"offset": offset, "limit": limit}
    rows = connection_for(dbsession, filters).execute(statement, values).all()
    return count, total, rows_of(rows, identity)


def revision(dbsession: Session, identity: Identity, filters: Filters) -> tuple[Tally, str]:
    """The list's tally, and a text that is another one after every change of what it shows.

    The text tells the reader's part as well: whose requests and which divisions. One statement.
    """
    kept = tallies.tally(dbsession, filters, identity)
    parts = (
        identity.user_id,
        identity.name,
        listing_query.reader_value(filters.list_name, identity),
        kept.revision,
        kept.count,
        kept.total,
    )
    return kept, repr(parts)


def rows_before(
    dbsession: Session, identity: Identity, filters: Filters, anchor: int
) -> int | None:
    """How many rows of a list come before a request, in the list or not.

    None for one that there isn't, or that the reader may not see: its place would tell of it.
    While requests are added the pages move away under a reader who walks back: by number alone
    some would never be met.
    """
    first, connection = filters.replace(page=1), connection_for(dbsession, filters)
    values = {**_reader(filters, identity), "anchor": anchor}
    place = connection.scalar(_place_statement(filters.list_name, filters.sort), values)
    if place is None:
        return None
    values["place"] = place
    is_limited, passed = listing_walk.is_by_months(filters), 0
    if is_limited:
        months = tallies.months(dbsession, filters, identity)
        span = span_at(months, place, is_descending=filters.sort.is_descending)
        passed = span.passed
        values |= {"span_start": span.start, "span_end": span.end}
    found = connection.scalar(_before_statement(first, is_limited=is_limited), values)
    return passed + (found or 0)


@lru_cache(maxsize=64)
def _place_statement(list_name: ListName, sort: Sort) -> Any:
    return listing_query.place_of(list_name, sort)


@kept
def _before_statement(filters: Filters, *, is_limited: bool) -> Any:
    return listing_query.rows_before(filters, is_limited=is_limited)


def _reader(filters: Filters, identity: Identity) -> dict[str, Any]:
    return {"reader": listing_query.reader_value(filters.list_name, identity)}


@kept
def _counting_statement(filters: Filters) -> Any:
    return listing_query.count_and_total(filters)


@kept
def _page_statement(filters: Filters, *, are_few: bool, with_payee: bool) -> Any:
    ids = listing_query.page_ids(filters, are_few=are_few)
    return _with_rows(ids, filters, with_payee=with_payee)


@kept
def _walked_statement(filters: Filters, *, way: Way, is_limited: bool, with_payee: bool) -> Any:
    ids = listing_walk.ids(filters, way, is_limited=is_limited)
    return _with_rows(ids, filters, with_payee=with_payee)


def _with_rows(page_ids: Any, filters: Filters, *, with_payee: bool) -> Any:
    ids = page_ids.subquery()
    statement = row_statement(with_payee=with_payee).join(ids, ids.c.id == SrpRequest.id)
    return listing_query.in_place(statement, ids, filters.sort)


def waiting_counts(dbsession: Session, identity: Identity) -> dict[ListName, int]:
    """How many requests wait in the lists that the reader works on, in one statement."""
    lists = [name for name in (ListName.PENDING, ListName.PAY) if may_open(name, identity)]
    if not lists:
        return {}
    permissions = listing_query.LIST_PERMISSIONS
    return tallies.waiting(
        dbsession, {name: identity.divisions(permissions[name]) for name in lists}
    )


def submit_divisions(dbsession: Session, identity: Identity) -> tuple[Reference, ...]:
    """The divisions that somebody may submit to, by name."""
    ids = identity.divisions(frozenset({Permission.SUBMIT}))
    statement = (
        select(Division.id, Division.name)
        .where(Division.id.in_(ids), Division.archived_at.is_(None))
        .order_by(Division.name_key)
    )
    return tuple(Reference(*columns) for columns in dbsession.execute(statement))


def division_names(dbsession: Session, identity: Identity, list_name: ListName) -> list[str]:
    """Names of the divisions whose requests a list may show, for its filter form."""
    if list_name is ListName.PERSONAL:
        ids = identity.divisions(frozenset(Permission))
    else:
        ids = identity.divisions(listing_query.LIST_PERMISSIONS[list_name])
    # As the ORM would: a change of this transaction counts.
    dbsession.flush()
    return list(dbsession.connection().execute(_names(), {"divisions": ids}).scalars())


@lru_cache(maxsize=1)
def _names() -> Any:
    return (
        select(Division.name)
        .where(Division.id.in_(bindparam("divisions", expanding=True)))
        .order_by(Division.name_key)
    )
