"""What reviewers and payers do with a request: transitions, payouts, modifiers, comments, notes."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from srp_portal.domain import permissions
from srp_portal.domain.errors import InvalidInput, NotAllowed, StateConflict
from srp_portal.domain.lifecycle import (
    TRANSITIONS,
    ActionType,
    Role,
    Status,
    check_payout_is_open,
    check_transition,
)
from srp_portal.domain.money import LIMIT, pretty_isk
from srp_portal.domain.payout import ModifierKind, ModifierTerm, payout
from srp_portal.models.requests import Modifier, SrpRequest, UserNote
from srp_portal.services import payments
from srp_portal.services.request_access import facts_of
from srp_portal.services.request_work import Work, clean_text


def change_status(work: Work, after: Status, note: str) -> SrpRequest:
    """Takes the request to another state, and pays or voids with it.

    Raises NotAllowed, StateConflict, InvalidInput (a rejection needs a note).
    """
    request = work.lock()
    before = Status(request.status)
    roles = work.roles(request)
    if not roles:
        # Says why where the person would have the role in somebody else's request.
        work.check_role(request, Role.PAY if after is Status.PAID else Role.REVIEW)
    if any(to is after and role in roles for (_, to), role in TRANSITIONS.items()):
        # Whoever may do this in some state is told first that the state is not what they saw.
        work.check_version(request)
    check_transition(before, after, roles)
    note = clean_text(note, "note")
    if after is Status.REJECTED and not note:
        raise InvalidInput("note", "Say why the request is rejected.")
    if after is Status.PAID:
        _pay(work, request)
    elif before is Status.PAID:
        payments.void_payment(
            work.dbsession,
            request,
            voided_by_id=work.identity.user_id,
            reason=note,
            now=work.now,
        )
    set_status(work, request, after, note)
    return request


def set_status(work: Work, request: SrpRequest, after: Status, note: str) -> None:
    """Writes a transition that has been checked: state, history, event, log."""
    before = Status(request.status)
    request.status = after.value
    request.is_withdrawn = False
    work.changed(request)
    work.act(request, ActionType(after.value), note)
    work.tell("status_changed", request, previous_status=before.value, note=note)
    work.log(
        f"request.{after}",
        {"from": before, "to": after, "payout": request.payout, "note": note},
    )


def _pay(work: Work, request: SrpRequest) -> None:
    try:
        with work.dbsession.begin_nested():
            payments.record_payment(
                work.dbsession, request, payer_id=work.identity.user_id, now=work.now
            )
    except IntegrityError as error:
        raise StateConflict(
            "A payment for this request is recorded already.", present=request.status
        ) from error


def comment(work: Work, note: str) -> SrpRequest:
    """Adds a comment to the history. Raises NotAllowed, InvalidInput."""
    request = work.lock()
    if not permissions.may_comment(work.identity, facts_of(request)):
        raise NotAllowed("You may not comment on this request.", attempt="comment")
    work.check_version(request)
    note = clean_text(note, "note")
    if not note:
        raise InvalidInput("note", "Write a comment first.")
    work.changed(request)
    work.act(request, ActionType.COMMENT, note)
    work.tell("commented", request, note=note)
    work.log("request.comment", {"note": note})
    return request


def set_base_payout(work: Work, value: Decimal) -> SrpRequest:
    """Sets the base payout, ISK. Raises NotAllowed, StateConflict, InvalidInput."""
    request = work.lock(Role.REVIEW)
    check_payout_is_open(Status(request.status))
    base_before, payout_before = request.base_payout, request.payout
    request.base_payout = value
    request.is_base_by_hand = True
    refresh_payout(work, request)
    work.changed(request)
    work.tell("payout_changed", request)
    work.log(
        "request.payout",
        {
            "from": {"base": base_before, "payout": payout_before},
            "to": {"base": value, "payout": request.payout},
        },
    )
    return request


def add_modifier(work: Work, kind: ModifierKind, value: Decimal, note: str) -> Modifier:
    """Adds a bonus, or by a negative value a deduction: ISK or a fraction.

    Raises NotAllowed, StateConflict, InvalidInput.
    """
    request = work.lock(Role.REVIEW)
    check_payout_is_open(Status(request.status))
    before = request.payout
    modifier = make_modifier(request, work.identity.user_id, kind, value, clean_text(note, "note"))
    modifier.created_at = work.now
    work.dbsession.add(modifier)
    work.dbsession.flush()
    _payout_changed(work, request, "modifier.add", modifier, before)
    work.tell("modifier_added", request, note=modifier.note)
    return modifier


def make_modifier(
    request: SrpRequest, user_id: int, kind: ModifierKind, value: Decimal, note: str
) -> Modifier:
    """A modifier with its value where its kind keeps it."""
    return Modifier(
        request_id=request.id,
        user_id=user_id,
        kind=kind.value,
        amount=value if kind is ModifierKind.ABSOLUTE else None,
        ratio=value if kind is ModifierKind.RELATIVE else None,
        note=note,
    )


def void_modifier(work: Work, modifier_id: int) -> Modifier:
    """Takes a modifier back; it stays, struck through.

    Raises NotAllowed, StateConflict (also when it is void already), InvalidInput.
    """
    request, modifier = _open_modifier(work, modifier_id)
    before = request.payout
    modifier.voided_at = work.now
    modifier.voided_by_id = work.identity.user_id
    work.dbsession.flush()
    _payout_changed(work, request, "modifier.void", modifier, before)
    work.tell("modifier_voided", request, note=modifier.note)
    return modifier


def take_suggestion(work: Work, modifier_id: int) -> Modifier:
    """Makes a plugin's suggestion count like any other modifier.

    Raises NotAllowed, StateConflict (taken or void already), InvalidInput.
    """
    request, modifier = _open_modifier(work, modifier_id)
    if not modifier.is_suggested:
        raise StateConflict("This suggestion was taken already.", present=request.status)
    before = request.payout
    modifier.is_suggested = False
    modifier.taken_at = work.now
    modifier.taken_by_id = work.identity.user_id
    work.dbsession.flush()
    _payout_changed(work, request, "modifier.take", modifier, before)
    work.tell("modifier_added", request, note=modifier.note)
    return modifier


def _open_modifier(work: Work, modifier_id: int) -> tuple[SrpRequest, Modifier]:
    request = work.lock(Role.REVIEW)
    modifier = work.dbsession.scalars(
        select(Modifier).where(Modifier.id == modifier_id, Modifier.request_id == request.id)
    ).one_or_none()
    if modifier is None:
        raise InvalidInput("modifier_id", f"This request has no modifier {modifier_id}.")
    check_payout_is_open(Status(request.status))
    if modifier.voided_at is not None:
        raise StateConflict("This modifier is void already.", present=request.status)
    return request, modifier


def _payout_changed(
    work: Work, request: SrpRequest, action: str, modifier: Modifier, before: Decimal
) -> None:
    refresh_payout(work, request)
    work.changed(request)
    work.log(
        f"request.{action}",
        {
            "modifier": modifier.id,
            "kind": modifier.kind,
            "value": str(modifier.value),
            "note": modifier.note,
            "payout": {"from": before, "to": request.payout},
        },
    )


def refresh_payout(work: Work, request: SrpRequest) -> None:
    """Computes the payout anew from base and modifiers; raises InvalidInput above the limit."""
    modifiers = work.dbsession.scalars(
        select(Modifier).where(Modifier.request_id == request.id)
    ).all()
    result = payout(request.base_payout, (term_of(modifier) for modifier in modifiers))
    if result > LIMIT:
        raise InvalidInput("value", f"The payout would be more than {pretty_isk(LIMIT)} ISK.")
    request.payout = result


def term_of(modifier: Modifier) -> ModifierTerm:
    """What the arithmetic needs of a stored modifier."""
    return ModifierTerm(
        ModifierKind(modifier.kind),
        modifier.value,
        is_void=modifier.voided_at is not None,
        is_suggested=modifier.is_suggested,
    )


def add_note(work: Work, note: str) -> UserNote:
    """A note about the submitter, for the staff alone. Raises NotAllowed, InvalidInput."""
    request = work.lock()
    if not permissions.may_see_internal(work.identity, facts_of(request)):
        raise NotAllowed("You may not write notes about this user.", attempt="note")
    work.check_version(request)
    note = clean_text(note, "note")
    if not note:
        raise InvalidInput("note", "Write a note first.")
    row = UserNote(
        user_id=request.submitter_id,
        author_id=work.identity.user_id,
        division_id=request.division_id,
        note=note,
        created_at=work.now,
    )
    work.dbsession.add(row)
    work.dbsession.flush()
    work.log("user.note", {"about": request.submitter_id, "note": note})
    return row
