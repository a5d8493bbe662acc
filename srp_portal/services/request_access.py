"""Finding a request for somebody who wants to read or change it, and what they may do with it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from srp_portal.domain import permissions
from srp_portal.domain.errors import NotAllowed, NotFound
from srp_portal.domain.lifecycle import FINALIZED, Role, Status
from srp_portal.domain.permissions import Identity, RequestFacts
from srp_portal.models.requests import SrpRequest
from srp_portal.services.results import RequestRights


def facts_of(request: SrpRequest) -> RequestFacts:
    """What the permission predicates need to know."""
    return RequestFacts(request.submitter_id, request.pilot_id, request.division_id)


def lock_request(dbsession: Session, identity: Identity, request_id: int) -> SrpRequest:
    """The request, held against other writers until the transaction ends.

    Raises NotFound, and NotAllowed when the reader may not even see it.
    """
    request = dbsession.scalars(
        select(SrpRequest)
        .where(SrpRequest.id == request_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if request is None:
        raise NotFound(f"There is no request for killmail {request_id}.")
    check_readable(identity, facts_of(request))
    return request


def check_readable(identity: Identity, facts: RequestFacts) -> None:
    """Raises NotAllowed unless the reader may see the request."""
    if not permissions.may_read(identity, facts):
        raise NotAllowed("You may not see this request.", attempt="read request")


def roles_for(identity: Identity, facts: RequestFacts, *, self_review: bool) -> frozenset[Role]:
    """The roles in which the reader may work on this request."""
    roles = set()
    if permissions.may_review(identity, facts, self_review=self_review):
        roles.add(Role.REVIEW)
    if permissions.may_pay(identity, facts, self_review=self_review):
        roles.add(Role.PAY)
    return frozenset(roles)


def rights_for(
    identity: Identity,
    facts: RequestFacts,
    status: Status,
    *,
    is_withdrawn: bool,
    self_review: bool,
) -> RequestRights:
    """What the reader may do with the request as it stands."""
    roles = roles_for(identity, facts, self_review=self_review)
    is_submitter = permissions.is_submitter(identity, facts)
    is_open = status not in FINALIZED
    may_see_internal = permissions.may_see_internal(identity, facts)
    return RequestRights(
        review=Role.REVIEW in roles,
        pay=Role.PAY in roles,
        comment=permissions.may_comment(identity, facts),
        edit_payout=Role.REVIEW in roles and status is Status.EVALUATING,
        edit_details=is_submitter and is_open,
        change_division=(is_submitter or Role.REVIEW in roles) and is_open,
        note=may_see_internal,
        withdraw=is_submitter and status in (Status.EVALUATING, Status.INCOMPLETE),
        undo_withdraw=is_submitter and status is Status.REJECTED and is_withdrawn,
        see_internal=may_see_internal,
    )
