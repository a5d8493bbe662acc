"""Who may do what with a request."""

from __future__ import annotations

import pytest

from srp_portal.domain import permissions
from srp_portal.domain.permissions import Identity, Permission, RequestFacts

REQUEST = RequestFacts(submitter_id=1, pilot_id=90_000_001, division_id=7)


def person(*held, user_id=2, division_id=7, **more):
    return Identity(user_id, "somebody", grants={division_id: frozenset(held)}, **more)


SUBMIT, REVIEW, PAY, AUDIT, ADMIN = Permission
TABLE = {
    # permission: read, review, pay, comment, see internal
    SUBMIT: (False, False, False, False, False),
    REVIEW: (True, True, False, True, True),
    PAY: (True, False, True, True, True),
    AUDIT: (True, False, False, False, True),
    ADMIN: (True, True, True, True, True),
}


def rights(identity, **options):
    return (
        permissions.may_read(identity, REQUEST),
        permissions.may_review(identity, REQUEST, **options),
        permissions.may_pay(identity, REQUEST, **options),
        permissions.may_comment(identity, REQUEST),
        permissions.may_see_internal(identity, REQUEST),
    )


@pytest.mark.parametrize("held", list(Permission))
def test_rights_when_one_permission_is_held_are_those_of_the_table(held):
    assert rights(person(held)) == TABLE[held]


@pytest.mark.parametrize("held", list(Permission))
def test_rights_when_held_in_another_division_are_none(held):
    assert not any(rights(person(held, division_id=8)))


def test_rights_when_site_administrator_without_grant_are_none():
    assert not any(rights(person(is_admin=True)))


@pytest.mark.parametrize("held", [REVIEW, PAY, ADMIN])
def test_rights_when_request_is_own_exclude_deciding(held):
    assert rights(person(held, user_id=1)) == (True, False, False, True, False)


@pytest.mark.parametrize("held", [REVIEW, PAY, ADMIN])
def test_rights_when_pilot_is_own_exclude_deciding(held):
    read, review, pay, comment, _ = rights(person(held, character_ids=frozenset({90_000_001})))
    assert (read, review, pay, comment) == (True, False, False, True)


def test_rights_when_self_review_is_on_include_deciding():
    assert rights(person(ADMIN, user_id=1), self_review=True)[1:3] == (True, True)


def test_submitter_when_without_permission_reads_and_comments():
    assert rights(Identity(1, "pilot")) == (True, False, False, True, False)


def test_divisions_when_listed_are_those_where_one_permission_is_held():
    identity = Identity(2, "x", grants={3: frozenset({PAY}), 1: frozenset({SUBMIT, REVIEW})})
    assert identity.divisions(permissions.ABOVE_SUBMIT) == (1, 3)
    assert identity.divisions(frozenset({SUBMIT})) == (1,)
    assert identity.holds_anywhere(frozenset({PAY}))
    assert not identity.holds_anywhere(frozenset({AUDIT}))


@pytest.mark.parametrize(
    ("identity", "may"),
    [
        pytest.param(person(ADMIN), True, id="its-admin"),
        pytest.param(person(REVIEW), False, id="reviewer"),
        pytest.param(person(ADMIN, division_id=8), False, id="another-admin"),
        pytest.param(person(is_admin=True), True, id="site-admin"),
    ],
)
def test_division_when_administered_takes_its_admins(identity, may):
    assert permissions.may_administer_division(identity, 7) is may
