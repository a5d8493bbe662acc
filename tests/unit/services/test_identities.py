"""Rights are those of this very moment, found with few statements."""

from __future__ import annotations

from datetime import timedelta

import pytest

from srp_portal.domain.permissions import Permission
from srp_portal.services import apikeys, sessions
from srp_portal.services.identities import (
    identity_by_api_key,
    identity_by_session,
    load_identity,
)

CORPORATION, ALLIANCE = 98000001, 99000001


@pytest.fixture
def ada(world):
    return world.user("Ada")


@pytest.fixture
def load(dbsession, now, settings):
    def load(user, at=now, by=settings):
        return load_identity(dbsession, user.id, now=at, settings=by)

    return load


def test_load_identity_when_the_user_holds_grants_then_they_are_in_it_by_division(world, ada, load):
    first, second = world.division("First"), world.division("Second")
    world.grant(first, "review", user=ada)
    world.grant(first, "pay", user=ada)
    world.grant(second, "submit", user=ada)
    assert load(ada).grants == {
        first: frozenset({Permission.REVIEW, Permission.PAY}),
        second: frozenset({Permission.SUBMIT}),
    }


@pytest.mark.parametrize("kind", ["manual", "external"])
def test_load_identity_when_a_stored_group_holds_a_grant_then_members_alone_have_it(
    world, ada, load, kind
):
    other = world.user("Ben")
    division = world.division()
    world.grant(division, "review", group=world.group(kind=kind, members=[ada]))
    assert load(ada).grants == {division: frozenset({Permission.REVIEW})}
    assert load(other).grants == {}


@pytest.mark.parametrize(("kind", "eve_id"), [("corporation", CORPORATION), ("alliance", ALLIANCE)])
def test_load_identity_when_any_character_is_in_the_group_then_its_grant_counts(
    world, ada, load, now, kind, eve_id
):
    world.character(101, "Ada", ada, is_main=True, corporation_id=1, affiliated_at=now)
    world.character(
        102,
        "Alt",
        ada,
        corporation_id=CORPORATION,
        alliance_id=ALLIANCE,
        affiliated_at=now,
    )
    division = world.division()
    world.grant(division, "submit", group=world.group("Horde", kind, eve_id))
    assert load(ada).grants == {division: frozenset({Permission.SUBMIT})}


def test_load_identity_when_a_corporation_has_an_alliances_number_then_the_kinds_stay_apart(
    world, ada, load, now
):
    world.character(101, user=ada, corporation_id=ALLIANCE, affiliated_at=now)
    world.grant(world.division(), "submit", group=world.group("Horde", "alliance", ALLIANCE))
    assert load(ada).grants == {}


@pytest.mark.parametrize(
    ("hours", "counts"), [(71, True), (72, True), (73, False)], ids=["fresh", "edge", "stale"]
)
def test_load_identity_when_eve_was_last_heard_long_ago_then_its_groups_no_longer_count(
    world, ada, load, now, hours, counts
):
    world.character(101, user=ada, corporation_id=CORPORATION, affiliated_at=now)
    division = world.division()
    world.grant(division, "submit", group=world.group("Corp", "corporation", CORPORATION))
    assert bool(load(ada, at=now + timedelta(hours=hours)).grants) is counts


def test_load_identity_when_the_corporation_changes_then_the_rights_go_with_it(
    world, ada, load, now
):
    pilot = world.character(101, user=ada, corporation_id=CORPORATION, affiliated_at=now)
    world.grant(world.division(), "pay", group=world.group("Corp", "corporation", CORPORATION))
    assert load(ada).grants
    pilot.corporation_id = 1
    assert load(ada).grants == {}


def test_load_identity_when_the_user_is_disabled_or_a_plugins_then_there_is_none(world, load):
    assert load(world.user("Gone", is_disabled=True)) is None
    assert load(world.user("zkillboard", kind="plugin")) is None


@pytest.mark.parametrize("admins", ["ÅDA ONE", "101", "Someone, 101"])
def test_load_identity_when_a_verified_character_is_named_in_the_settings_then_it_is_admin(
    world, ada, load, make_settings, admins
):
    world.character(101, "Åda One", ada)
    assert load(ada, by=make_settings(srp__admins=admins)).is_admin


def test_load_identity_when_the_named_character_was_only_tied_by_hand_then_it_is_no_admin(
    world, ada, load, make_settings
):
    world.character(101, "Ada", ada, owner_hash=None)
    assert not load(ada, by=make_settings(srp__admins="Ada, 101")).is_admin


def test_load_identity_when_a_local_account_has_an_admins_name_then_it_is_no_admin(
    world, load, make_settings
):
    local = world.user("Ada", kind="local")
    assert not load(local, by=make_settings(srp__admins="Ada")).is_admin


def test_identity_by_session_when_it_is_open_then_one_statement_tells_all(
    world, ada, dbsession, secrets, now, settings, statements
):
    for id_ in (101, 102, 103):
        world.character(id_, f"Pilot {id_}", ada, corporation_id=id_, affiliated_at=now)
    world.grant(world.division(), "review", user=ada)
    text = sessions.start(dbsession, secrets, user_id=ada.id, method="sso", now=now)
    with statements() as seen:
        entry = identity_by_session(dbsession, sessions.digests(secrets, text), now, settings)
    assert len(seen) == 1
    assert entry.identity.character_ids == {101, 102, 103}
    assert entry.identity.session_id is not None
    assert not entry.identity.is_read_only


def test_identity_by_api_key_when_it_is_known_then_the_identity_only_reads(
    ada, dbsession, secrets, now, settings, statements
):
    key = apikeys.create(dbsession, secrets, user_id=ada.id, actor="test", now=now)
    with statements() as seen:
        entry = identity_by_api_key(dbsession, apikeys.digests_for(secrets, key.key), now, settings)
    assert len(seen) == 1
    assert entry.identity.is_read_only
    assert entry.identity.api_key_id == key.id
    assert entry.identity.session_id is None


def test_identity_by_api_key_when_it_expired_then_there_is_none(
    ada, dbsession, secrets, now, settings
):
    soon = now + timedelta(hours=1)
    key = apikeys.create(dbsession, secrets, user_id=ada.id, actor="test", now=now, expires_at=soon)
    digests = apikeys.digests_for(secrets, key.key)
    assert identity_by_api_key(dbsession, digests, now, settings) is not None
    assert identity_by_api_key(dbsession, digests, soon, settings) is None
