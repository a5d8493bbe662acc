"""One request with everything that its reader may know."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import Integer, bindparam, func, literal_column, select
from sqlalchemy.orm import Session

from srp_portal.domain import permissions
from srp_portal.domain.errors import NotFound
from srp_portal.domain.lifecycle import Status, valid_transitions
from srp_portal.domain.permissions import Identity, RequestFacts
from srp_portal.models.killmails import Killmail
from srp_portal.models.requests import SrpRequest
from srp_portal.models.tallies import SubmitterTally
from srp_portal.services.listing import row_statement, rows_of
from srp_portal.services.request_access import check_readable, rights_for, roles_for
from srp_portal.services.request_loss import stored_loss
from srp_portal.services.request_records import records_of
from srp_portal.services.results import Reference, RequestDetail
from srp_portal.services.transformers import Offered
from srp_portal.services.transforming import transform


def request_detail(
    dbsession: Session,
    identity: Identity,
    request_id: int,
    *,
    self_review: bool,
    offered: Offered,
    is_moved: bool = False,
    with_loss: bool = False,
    with_killmail: bool = False,
) -> RequestDetail:
    """The request, in two statements, a third where transformers are offered, and two for the loss.

    offered: the transformers of this portal. is_moved: the reader has just moved it, perhaps to
    where they may not look. with_loss: with what only the page in HTML shows, the killmail's own
    facts and the number of the submitter's requests. with_killmail: also with the killmail as
    plugins know it, for readers of the staff. Raises NotFound, NotAllowed.
    """
    with_loss = with_loss or with_killmail
    # As the ORM would: a change of this transaction counts.
    dbsession.flush()
    columns = (
        dbsession.connection()
        .execute(_header(with_count=with_loss), {"request_id": request_id})
        .first()
    )
    if columns is None:
        raise NotFound(f"There is no request for killmail {request_id}.")
    *facts, system_id, submitter_requests = columns
    [row] = rows_of([facts], identity)
    asked = RequestFacts(row.submitter_id, row.pilot_id, row.division_id)
    if not is_moved:
        check_readable(identity, asked)
    rights = rights_for(
        identity, asked, Status(row.status), is_withdrawn=row.is_withdrawn, self_review=self_review
    )
    roles = roles_for(identity, asked, self_review=self_review)
    is_internal = permissions.may_see_internal(identity, asked)
    records = records_of(
        dbsession, request_id, submitter_id=row.submitter_id, is_internal=is_internal
    )
    loss = stored_loss(dbsession, request_id) if with_loss else None
    return RequestDetail(
        row=row,
        reader=Reference(identity.user_id, identity.name),
        actions=records.actions,
        modifiers=records.modifiers,
        valid_actions=valid_transitions(Status(row.status), roles),
        rights=rights,
        flags=records.flags,
        notes=records.notes,
        payments=records.payments,
        transformed=transform(dbsession, row, system_id, offered),
        loss=None if loss is None else loss.view(),
        submitter_request_count=int(submitter_requests) if is_internal else 0,
        killmail=(
            loss.as_plugins_know_it()
            if loss is not None and is_internal and with_killmail
            else None
        ),
    )


def is_readable(dbsession: Session, identity: Identity, request_id: int) -> bool:
    """Whether there is such a request and the reader may see it."""
    facts = dbsession.execute(
        select(SrpRequest.submitter_id, SrpRequest.pilot_id, SrpRequest.division_id).where(
            SrpRequest.id == request_id
        )
    ).one_or_none()
    return facts is not None and permissions.may_read(identity, RequestFacts(*facts))


# Put together once for each way to ask, since that takes several times as long as asking.
@cache
def _header(*, with_count: bool) -> Any:
    """A list's columns, the killmail's system, and how many requests the submitter has, or 0."""
    count = _requests_of_the_submitter() if with_count else literal_column("0", Integer)
    return (
        row_statement(with_payee=True)
        .add_columns(Killmail.system_id, count)
        .join(Killmail, Killmail.id == SrpRequest.id)
        .where(SrpRequest.id == bindparam("request_id"))
    )


def _requests_of_the_submitter() -> Any:
    # A sum of bigints is a numeric on PostgreSQL.
    return (
        select(func.coalesce(func.sum(SubmitterTally.requests), 0))
        .where(SubmitterTally.submitter_id == SrpRequest.submitter_id)
        .correlate(SrpRequest)
        .scalar_subquery()
    )
