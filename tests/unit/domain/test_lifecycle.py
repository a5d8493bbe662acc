"""The transition table, every pair of states for every set of roles."""

from __future__ import annotations

from itertools import product

import pytest

from srp_portal.domain.errors import NotAllowed, StateConflict
from srp_portal.domain.lifecycle import (
    Role,
    Status,
    check_not_finalized,
    check_payout_is_open,
    check_transition,
    valid_transitions,
)

REVIEW, PAY = Role.REVIEW, Role.PAY
#: The contract's table, written down a second time.
ALLOWED = {
    ("evaluating", "incomplete"): REVIEW,
    ("evaluating", "rejected"): REVIEW,
    ("evaluating", "approved"): REVIEW,
    ("incomplete", "rejected"): REVIEW,
    ("incomplete", "evaluating"): REVIEW,
    ("rejected", "evaluating"): REVIEW,
    ("approved", "evaluating"): REVIEW,
    ("approved", "paid"): PAY,
    ("paid", "approved"): PAY,
    ("paid", "evaluating"): PAY,
}
ROLE_SETS = [frozenset(), frozenset({REVIEW}), frozenset({PAY}), frozenset({REVIEW, PAY})]


def outcome(before, after, roles):
    try:
        check_transition(Status(before), Status(after), roles)
    except NotAllowed:
        return 403
    except StateConflict as conflict:
        return 409 if conflict.present == before else conflict.present
    return 200


@pytest.mark.parametrize(("before", "after"), list(product(Status, Status)))
@pytest.mark.parametrize("roles", ROLE_SETS, ids=lambda roles: "+".join(sorted(roles)) or "nobody")
def test_transition_when_tried_answers_as_the_table_says(before, after, roles):
    needed = ALLOWED.get((before, after))
    if needed is not None:
        expected = 200 if needed in roles else 403
    else:
        leads_there = {role for (_, to), role in ALLOWED.items() if to == after}
        expected = 409 if leads_there & roles else 403
    assert outcome(before, after, roles) == expected
    assert (after in valid_transitions(before, roles)) == (expected == 200)


def test_valid_transitions_when_listed_are_sorted():
    both = frozenset(Role)
    assert valid_transitions(Status.PAID, both) == (Status.APPROVED, Status.EVALUATING)
    assert list(valid_transitions(Status.EVALUATING, both)) == [
        "approved",
        "incomplete",
        "rejected",
    ]


@pytest.mark.parametrize("status", list(Status))
def test_payout_when_not_evaluating_is_closed(status):
    if status is Status.EVALUATING:
        assert check_payout_is_open(status) is None
    else:
        with pytest.raises(StateConflict):
            check_payout_is_open(status)


@pytest.mark.parametrize("status", list(Status))
def test_details_when_finalized_are_closed(status):
    if status in (Status.PAID, Status.REJECTED):
        with pytest.raises(StateConflict):
            check_not_finalized(status)
    else:
        assert check_not_finalized(status) is None
