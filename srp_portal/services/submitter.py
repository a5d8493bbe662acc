"""What submitters do with a request of theirs: change details or division, withdraw."""

from __future__ import annotations

from srp_portal.domain import permissions
from srp_portal.domain.errors import InvalidInput, StateConflict
from srp_portal.domain.lifecycle import ActionType, Role, Status, check_not_finalized
from srp_portal.models.requests import SrpRequest
from srp_portal.services.request_access import facts_of
from srp_portal.services.request_work import Work, clean_text
from srp_portal.services.results import Reference
from srp_portal.services.review import set_status


def change_details(work: Work, details: str, *, is_required: bool) -> SrpRequest:
    """New details; the old ones are kept in a comment, and the request is evaluated again.

    Raises NotAllowed, StateConflict, InvalidInput.
    """
    request = work.lock()
    work.check_submitter(request)
    work.check_version(request)
    check_not_finalized(Status(request.status))
    details = clean_text(details, "details")
    if not details and is_required:
        raise InvalidInput("details", "Details are required.")
    if details == request.details:
        return request
    before, request.details = request.details, details
    note = f"Old details: {before}" if before else "There were no details before."
    work.changed(request)
    work.act(request, ActionType.COMMENT, note)
    work.tell("details_changed", request, note=note)
    work.log("request.details", {"from": before, "to": details})
    _evaluate_again(work, request, "The details were changed.")
    return request


def change_division(work: Work, division_id: int, *, targets: tuple[Reference, ...]) -> SrpRequest:
    """Moves the request to another division; the submitter's may be evaluated again.

    targets: the divisions that the submitter may submit to. Raises NotAllowed, StateConflict,
    InvalidInput.
    """
    request = work.lock()
    is_submitter = permissions.is_submitter(work.identity, facts_of(request))
    if not is_submitter:
        work.check_role(request, Role.REVIEW)
    work.check_version(request)
    check_not_finalized(Status(request.status))
    names = {target.id: target.name for target in targets}
    if division_id not in names:
        raise InvalidInput("division", "The submitter may not submit to that division.")
    if division_id == request.division_id:
        return request
    before, request.division_id = request.division_id, division_id
    note = f"Moved to the division {names[division_id]}."
    work.changed(request)
    work.act(request, ActionType.COMMENT, note)
    work.tell("division_changed", request, note=note)
    work.log("request.division", {"from": before, "to": division_id})
    # An approval was the other division's; whoever moved the request, its new reviewers decide.
    _evaluate_again(work, request, note)
    return request


def _evaluate_again(work: Work, request: SrpRequest, note: str) -> None:
    if Status(request.status) in (Status.INCOMPLETE, Status.APPROVED):
        set_status(work, request, Status.EVALUATING, note)


def withdraw(work: Work, note: str) -> SrpRequest:
    """Takes one's own request back: it is rejected, marked as withdrawn.

    Raises NotAllowed, StateConflict.
    """
    request = work.lock()
    work.check_submitter(request)
    work.check_version(request)
    if Status(request.status) not in (Status.EVALUATING, Status.INCOMPLETE):
        raise StateConflict(
            f"The request is {request.status} now and can't be withdrawn.", present=request.status
        )
    set_status(work, request, Status.REJECTED, clean_text(note, "note") or "Withdrawn.")
    request.is_withdrawn = True
    return request


def undo_withdrawal(work: Work, note: str) -> SrpRequest:
    """Asks again for what was withdrawn. Raises NotAllowed, StateConflict."""
    request = work.lock()
    work.check_submitter(request)
    work.check_version(request)
    if not request.is_withdrawn:
        raise StateConflict(
            f"The request is {request.status} now and was not withdrawn.", present=request.status
        )
    set_status(work, request, Status.EVALUATING, clean_text(note, "note") or "No longer withdrawn.")
    return request
