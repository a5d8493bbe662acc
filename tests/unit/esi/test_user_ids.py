"""A user id is kept as text, and still equals what the host calls the user."""

from uuid import uuid4

import pytest

from srp_portal.esi.user_ids import UserId, user_id_text


@pytest.mark.parametrize("known", [42, "42", "ada", uuid4()])
def test_user_id_when_compared_with_the_hosts_own_then_equal(known):
    kept = user_id_text(known)
    assert kept == known
    assert known == kept
    assert not kept != known  # noqa: SIM202 - the other operator
    assert isinstance(kept, str)


@pytest.mark.parametrize("other", [43, "43", None, "", 4, b"42"])
def test_user_id_when_compared_with_another_then_different(other):
    assert UserId("42") != other
    assert not UserId("42") == other  # noqa: SIM201 - the other operator


def test_user_id_when_its_text_is_none_then_still_somebody():
    assert UserId("None") != None  # noqa: E711 - the operator
    assert user_id_text(None) is None


def test_user_id_when_looked_up_then_found_as_text():
    assert {"42": "ada"}[UserId("42")] == "ada"
