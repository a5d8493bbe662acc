"""The states of a request, the ways between them, and who may take them."""

from __future__ import annotations

from enum import StrEnum

from srp_portal.domain.errors import NotAllowed, StateConflict


class Status(StrEnum):
    """Where a request stands."""

    EVALUATING = "evaluating"
    INCOMPLETE = "incomplete"
    REJECTED = "rejected"
    APPROVED = "approved"
    PAID = "paid"


class ActionType(StrEnum):
    """What the history of a request records: a change of state, or a comment."""

    EVALUATING = "evaluating"
    INCOMPLETE = "incomplete"
    REJECTED = "rejected"
    APPROVED = "approved"
    PAID = "paid"
    COMMENT = "comment"


class Role(StrEnum):
    """In what role somebody works on a request; an administrator of the division has both."""

    REVIEW = "review"
    PAY = "pay"


FINALIZED = frozenset({Status.PAID, Status.REJECTED})

#: Every transition by `id_=action`, and the role that may make it.
TRANSITIONS: dict[tuple[Status, Status], Role] = {
    (Status.EVALUATING, Status.INCOMPLETE): Role.REVIEW,
    (Status.EVALUATING, Status.REJECTED): Role.REVIEW,
    (Status.EVALUATING, Status.APPROVED): Role.REVIEW,
    (Status.INCOMPLETE, Status.REJECTED): Role.REVIEW,
    (Status.INCOMPLETE, Status.EVALUATING): Role.REVIEW,
    (Status.REJECTED, Status.EVALUATING): Role.REVIEW,
    (Status.APPROVED, Status.EVALUATING): Role.REVIEW,
    (Status.APPROVED, Status.PAID): Role.PAY,
    (Status.PAID, Status.APPROVED): Role.PAY,
    (Status.PAID, Status.EVALUATING): Role.PAY,
}


def valid_transitions(status: Status, roles: frozenset[Role]) -> tuple[Status, ...]:
    """The states that somebody in these roles may take the request to, by name."""
    return tuple(
        sorted(
            after
            for (before, after), role in TRANSITIONS.items()
            if before is status and role in roles
        )
    )


def check_transition(before: Status, after: Status, roles: frozenset[Role]) -> None:
    """Whether somebody in these roles may take a request from one state to the other.

    Raises NotAllowed when they never may, StateConflict when they may, but not from here.
    """
    needed = TRANSITIONS.get((before, after))
    if needed is not None:
        if needed not in roles:
            raise NotAllowed(f"You may not set this request to {after}.", attempt=f"set {after}")
        return
    ways = {role for (_, to), role in TRANSITIONS.items() if to is after}
    if not ways & roles:
        raise NotAllowed(f"You may not set this request to {after}.", attempt=f"set {after}")
    raise StateConflict(
        f"The request is {before} now and can't become {after}.", present=before.value
    )


def check_payout_is_open(status: Status) -> None:
    """Payout and modifiers change only while a request is evaluated; raises StateConflict."""
    if status is not Status.EVALUATING:
        raise StateConflict(
            f"The request is {status} now; its payout can only change while it is evaluated.",
            present=status.value,
        )


def check_not_finalized(status: Status) -> None:
    """Details and division change until a request is paid or rejected; raises StateConflict."""
    if status in FINALIZED:
        raise StateConflict(f"The request is {status} already.", present=status.value)
