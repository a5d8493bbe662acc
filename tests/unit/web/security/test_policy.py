"""The policy where no page of ours leads: unknown permissions, a failing database."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from sqlalchemy.exc import OperationalError

from srp_portal.domain.permissions import Identity
from srp_portal.web.security import policy as module
from srp_portal.web.security.policy import USER, Entrance, SecurityPolicy


@pytest.fixture
def enter(monkeypatch):
    """Lets everybody in as the given entrance; counts how often it was looked up."""
    calls = []

    def enter(entrance):
        def look_up(request):
            calls.append(request)
            if isinstance(entrance, Exception):
                raise entrance
            return entrance

        monkeypatch.setattr(module, "_enter", look_up)
        return calls

    return enter


@pytest.mark.parametrize(
    ("permission", "identity", "is_open"),
    [
        (USER, Identity(user_id=7, name="Ada"), True),
        (USER, None, False),
        ("admin", Identity(user_id=7, name="Ada", is_admin=True), False),
        ("", Identity(user_id=7, name="Ada", is_admin=True), False),
    ],
)
def test_permits_when_asked_then_only_the_known_permission_opens(
    make_request, enter, permission, identity, is_open
):
    enter(Entrance(identity))
    assert bool(SecurityPolicy().permits(make_request(), None, permission)) is is_open


def test_identity_when_asked_often_then_it_is_looked_up_once_a_request(make_request, enter):
    calls = enter(Entrance(Identity(user_id=7, name="Ada")))
    policy, request = SecurityPolicy(), make_request()
    assert policy.authenticated_userid(request) == "7"
    assert policy.identity(request).name == "Ada"
    policy.identity(make_request())
    assert len(calls) == 2


def test_identity_when_the_database_fails_then_the_error_page_finds_nobody(make_request, enter):
    enter(OperationalError("SELECT 1", {}, Exception("gone")))
    policy, request = SecurityPolicy(), make_request()
    with pytest.raises(OperationalError):
        policy.identity(request)
    assert policy.identity(request) is None
    assert not policy.entrance(request).has_bad_credentials


def test_use_when_it_cannot_be_noted_then_the_answer_stays_and_the_log_says_so(
    make_request, answer, caplog
):
    request = make_request()

    def begin():
        raise OperationalError("BEGIN", {}, Exception("locked"))

    request.portal.session_factory = SimpleNamespace(begin=begin)
    module._after_the_answer(request, lambda dbsession: None)
    answer(request)
    assert "could not be noted" in caplog.text
