"""Sessions: found by their digest alone, used for a while, ended for good."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from srp_portal.domain.errors import NotFound
from srp_portal.models.access import BrowserSession
from srp_portal.services import sessions
from srp_portal.services.crypto import Secrets
from srp_portal.services.identities import identity_by_session

DAY = timedelta(days=1)


@pytest.fixture
def ada(world):
    return world.user("Ada")


@pytest.fixture
def start(dbsession, secrets, now):
    def start(user, at=now, **more):
        return sessions.start(dbsession, secrets, user_id=user.id, method="sso", now=at, **more)

    return start


@pytest.fixture
def find(dbsession, secrets, settings):
    def find(text, at, by=secrets):
        return identity_by_session(dbsession, sessions.digests(by, text), at, settings)

    return find


def only_row(dbsession):
    return dbsession.scalars(select(BrowserSession)).one()


def test_start_when_called_then_the_database_holds_no_secret_id(dbsession, ada, start, now):
    text = start(ada, address="10.0.0.1", user_agent="Browser\n1" + "x" * 400)
    row = only_row(dbsession)
    assert len(text) == 43
    assert text not in (row.digest, row.user_agent)
    assert row.user_agent.startswith("Browser 1x")
    assert len(row.user_agent) == 300
    assert row.address == "10.0.0.1"


def test_start_when_called_twice_then_the_ids_differ(ada, start):
    assert start(ada) != start(ada)


def test_find_when_the_id_is_wrong_then_nobody_is_in(ada, start, find, now):
    text = start(ada)
    assert find(text, now).identity.user_id == ada.id
    assert find("A" * 43, now) is None


def test_find_when_the_secret_was_rotated_then_old_sessions_stay(ada, start, find, now):
    text = start(ada)
    rotated = Secrets(("another secret that writes from now on", *find_secret()))
    assert find(text, now, by=rotated) is not None
    assert find(text, now, by=Secrets(("another secret that writes from now on",))) is None


def find_secret():
    return ("a secret for the tests of the services",)


def test_touch_when_in_use_then_it_lives_thirty_days_more_but_ninety_in_all(
    dbsession, ada, start, find, now
):
    text = start(ada)
    moment = now
    while (entry := find(text, moment)) is not None:
        sessions.touch(
            dbsession, entry.identity.session_id, created_at=entry.created_at, now=moment
        )
        moment += 10 * DAY
    assert moment - now == 90 * DAY


def test_find_when_unused_for_thirty_days_then_it_is_over(ada, start, find, now):
    text = start(ada)
    assert find(text, now + 30 * DAY - timedelta(seconds=1)) is not None
    assert find(text, now + 30 * DAY) is None


@pytest.mark.parametrize(
    ("minutes", "is_due"), [(4, False), (5, True)], ids=["a moment later", "five minutes later"]
)
def test_touch_when_called_then_it_notes_the_use_every_five_minutes(
    dbsession, ada, start, now, minutes, is_due
):
    start(ada)
    row, later = only_row(dbsession), now + timedelta(minutes=minutes)
    assert sessions.is_touch_due(row.last_seen_at, later) is is_due
    sessions.touch(dbsession, row.id, created_at=now, now=later)
    dbsession.refresh(row)
    assert row.last_seen_at == (later if is_due else now)


def test_end_when_called_then_the_session_is_over(dbsession, secrets, ada, start, find, now):
    text, other = start(ada), start(ada)
    sessions.end(dbsession, sessions.digests(secrets, text), now=now)
    assert find(text, now) is None
    assert find(other, now) is not None


def test_list_sessions_when_some_ended_then_only_open_ones_are_in_it(
    dbsession, secrets, world, ada, start, find, now
):
    start(world.user("Ben"))
    start(ada, now - 40 * DAY)
    gone, here, there = start(ada), start(ada), start(ada, now - DAY)
    sessions.end(dbsession, sessions.digests(secrets, gone), now=now)
    current = find(here, now).identity.session_id
    shown = sessions.list_sessions(dbsession, ada.id, now=now, current_id=current)
    assert [(each.id, each.is_current) for each in shown] == [
        (current, True),
        (find(there, now).identity.session_id, False),
    ]


def test_revoke_when_it_is_somebody_elses_then_it_is_not_found(
    dbsession, world, ada, start, find, now
):
    ben = world.user("Ben")
    text = start(ada)
    id_ = find(text, now).identity.session_id
    with pytest.raises(NotFound):
        sessions.revoke(dbsession, ben.id, id_, now=now)
    assert find(text, now) is not None
    sessions.revoke(dbsession, ada.id, id_, now=now)
    assert find(text, now) is None
    with pytest.raises(NotFound):
        sessions.revoke(dbsession, ada.id, id_, now=now)


def test_revoke_others_when_called_then_only_ones_own_others_end(
    dbsession, world, ada, start, find, now
):
    here, there, bens = start(ada), start(ada), start(world.user("Ben"))
    current = find(here, now).identity.session_id
    assert sessions.revoke_others(dbsession, ada.id, current, now=now) == 1
    assert find(here, now) is not None
    assert find(bens, now) is not None
    assert find(there, now) is None


def test_purge_expired_when_sessions_ended_long_ago_then_they_are_removed(
    dbsession, secrets, ada, start, find, now
):
    start(ada, now - 40 * DAY)
    ended = start(ada, now - 20 * DAY)
    sessions.end(dbsession, sessions.digests(secrets, ended), now=now - 8 * DAY)
    lately = start(ada, now - DAY)
    sessions.end(dbsession, sessions.digests(secrets, lately), now=now)
    open_one = start(ada)
    assert sessions.purge_expired(dbsession, now=now) == 2
    assert find(open_one, now) is not None
