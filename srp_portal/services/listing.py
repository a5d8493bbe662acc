"""Lists of requests, a page at a time."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from srp_portal.domain.errors import NotAllowed
from srp_portal.domain.filter_lists import LIST_STATUSES, ListName
from srp_portal.domain.filters import Filters
from srp_portal.domain.lifecycle import Status
from srp_portal.domain.money import ZERO
from srp_portal.domain.permissions import Identity, Permission, RequestFacts, is_own
from srp_portal.models.divisions import Division
from srp_portal.models.requests import SrpRequest
from srp_portal.models.users import Character, User
from srp_portal.services import listing_query
from srp_portal.services.results import ApiKeyView, Reference, RequestPage, RequestRow

#: Columns of a request, named like RequestRow's fields.
_FACTS = (
    SrpRequest.id,
    SrpRequest.status,
    SrpRequest.is_withdrawn,
    SrpRequest.base_payout,
    SrpRequest.payout,
    SrpRequest.version,
    SrpRequest.details,
    SrpRequest.submitted_at,
    SrpRequest.killed_at,
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
)
_NAMES = tuple(column.key for column in _FACTS)


def row_statement() -> Any:
    """A SELECT of what `row_of` takes; the caller says which requests."""
    return (
        select(
            *_FACTS,
            SrpRequest.division_id,
            Division.name,
            SrpRequest.submitter_id,
            User.name,
            Character.id,
            Character.name,
        )
        .join(Division, Division.id == SrpRequest.division_id)
        .join(User, User.id == SrpRequest.submitter_id)
        .outerjoin(Character, and_(Character.user_id == User.id, Character.is_main))
    )


def row_of(columns: Any, identity: Identity) -> RequestRow:
    """A row from the columns of `row_statement`."""
    *facts, division_id, division, submitter_id, submitter, payee_id, payee = columns
    known = dict(zip(_NAMES, facts, strict=True))
    known["status"] = Status(known["status"])
    return RequestRow(
        **known,
        division=Reference(division_id, division),
        submitter=Reference(submitter_id, submitter),
        payee=None if payee_id is None else Reference(payee_id, payee),
        is_own=is_own(identity, RequestFacts(submitter_id, known["pilot_id"], division_id)),
    )


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
) -> RequestPage:
    """One page of a list, in two statements. Raises NotAllowed.

    A page past the end has no rows: what that means is the caller's to say.
    """
    check_may_open(filters.list_name, identity)
    ids = listing_query.page_ids(filters, identity, limit=page_size).subquery()
    statement = row_statement().join(ids, ids.c.id == SrpRequest.id)
    # The inner order found the page; the outer one puts its rows in that order again.
    statement = _reordered(statement, filters)
    rows = tuple(row_of(columns, identity) for columns in dbsession.execute(statement))
    count, total = dbsession.execute(listing_query.count_and_total(filters, identity)).one()
    return RequestPage(
        list_name=filters.list_name,
        filters=filters,
        rows=rows,
        count=count,
        total=_as_isk(total),
        page_size=page_size,
        reader=Reference(identity.user_id, identity.name),
        api_keys=api_keys,
    )


def _reordered(statement: Any, filters: Filters) -> Any:
    if filters.sort.attribute in ("division", "submitter"):
        column = Division.name_key if filters.sort.attribute == "division" else User.name_key
        if filters.sort.is_descending:
            return statement.order_by(column.desc(), SrpRequest.id.desc())
        return statement.order_by(column, SrpRequest.id)
    return listing_query.ordered(statement, filters.sort)


def _as_isk(total: Any) -> Decimal:
    # PostgreSQL sums bigints to a numeric; the column's type has made ISK of it either way.
    return ZERO if total is None else Decimal(total)


def waiting_counts(dbsession: Session, identity: Identity) -> dict[ListName, int]:
    """How many requests wait in the lists that the reader works on, in one statement."""
    lists = [name for name in (ListName.PENDING, ListName.PAY) if may_open(name, identity)]
    if not lists:
        return {}
    divisions = {name: identity.divisions(listing_query.LIST_PERMISSIONS[name]) for name in lists}
    waiting = sorted(LIST_STATUSES[ListName.PENDING])
    statement = (
        select(SrpRequest.division_id, SrpRequest.status, func.count())
        .where(
            SrpRequest.division_id.in_(sorted(set().union(*divisions.values()))),
            SrpRequest.status.in_(waiting),
        )
        .group_by(SrpRequest.division_id, SrpRequest.status)
    )
    counts = dict.fromkeys(lists, 0)
    for division_id, status, count in dbsession.execute(statement):
        for name in lists:
            if division_id in divisions[name] and Status(status) in LIST_STATUSES[name]:
                counts[name] += count
    return counts


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
    statement = select(Division.name).order_by(Division.name_key)
    if list_name is ListName.PERSONAL:
        ids = identity.divisions(frozenset(Permission))
    else:
        ids = identity.divisions(listing_query.LIST_PERMISSIONS[list_name])
    return list(dbsession.scalars(statement.where(Division.id.in_(ids))))
