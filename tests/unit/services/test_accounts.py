"""Local accounts, passwords, characters tied by hand, main characters, plugins' accounts."""

from __future__ import annotations

import json

import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, select

from srp_portal.domain.errors import InvalidInput, NotFound
from srp_portal.domain.permissions import Identity
from srp_portal.models.users import User
from srp_portal.services import accounts, passwords, sessions


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch):
    """Hashes of the same kind that take a millisecond."""
    monkeypatch.setattr(passwords, "_HASHER", PasswordHasher(1, 8, 1))
    passwords._nobodys_hash.cache_clear()
    yield
    passwords._nobodys_hash.cache_clear()


@pytest.fixture
def create(dbsession, now):
    def create(name="Ada", password="secret", is_admin=False):
        return accounts.create_local_user(dbsession, name, password, is_admin=is_admin, now=now)

    return create


@pytest.fixture
def tie(dbsession, now):
    def tie(user, id_=101, name="Pilot"):
        return accounts.tie_character(dbsession, user, id_, name, now=now)

    return tie


def identity_of(user):
    return Identity(user_id=user.id, name=user.name)


def test_hash_password_when_called_then_it_is_argon2id_of_rfc_strength(monkeypatch):
    monkeypatch.undo()
    hashed = passwords.hash_password("secret")
    assert hashed.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert not passwords.is_outdated(hashed)


@pytest.mark.parametrize("name", ["Ada", "  ADA ", "ada"])
def test_authenticate_local_when_the_name_differs_in_case_then_it_is_the_account(
    dbsession, create, name
):
    user = create()
    assert accounts.authenticate_local(dbsession, name, "secret") is user


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("Ada", "Secret"),
        ("Ada", ""),
        ("Ada", "x" * 5000),
        ("Ben", "secret"),
        ("", ""),
        ("Ad\x00a", "secret"),
        ("x" * 5000, "secret"),
    ],
)
def test_authenticate_local_when_something_is_wrong_then_there_is_nobody(
    dbsession, create, name, password
):
    create()
    assert accounts.authenticate_local(dbsession, name, password) is None


def test_authenticate_local_when_the_account_is_disabled_then_there_is_nobody(dbsession, create):
    create().is_disabled = True
    assert accounts.authenticate_local(dbsession, "Ada", "secret") is None


def test_authenticate_local_when_a_pilot_is_called_so_then_the_pilot_is_not_meant(dbsession, world):
    world.user("Ada", kind="sso")
    assert accounts.authenticate_local(dbsession, "Ada", "secret") is None


def test_authenticate_local_when_nobody_has_the_name_then_a_hash_is_checked_all_the_same(
    dbsession, monkeypatch
):
    checked = []

    class Counting(PasswordHasher):
        def verify(self, stored, password):
            checked.append(stored)
            return super().verify(stored, password)

    monkeypatch.setattr(passwords, "_HASHER", Counting(1, 8, 1))
    assert accounts.authenticate_local(dbsession, "Nobody", "secret") is None
    assert len(checked) == 1


def test_authenticate_local_when_the_hash_is_weak_then_it_is_renewed(
    dbsession, create, monkeypatch
):
    user = create()
    before = user.password_hash
    monkeypatch.setattr(passwords, "_HASHER", PasswordHasher(2, 16, 1))
    assert accounts.authenticate_local(dbsession, "Ada", "secret") is user
    assert user.password_hash != before
    assert "m=16,t=2" in user.password_hash
    assert accounts.authenticate_local(dbsession, "Ada", "secret") is user


def test_authenticate_local_when_accents_are_typed_otherwise_then_it_is_the_same_password(
    dbsession, create
):
    user = create(password="caf\N{LATIN SMALL LETTER E WITH ACUTE}")
    assert accounts.authenticate_local(dbsession, "Ada", "cafe\N{COMBINING ACUTE ACCENT}") is user


@pytest.mark.parametrize(
    ("name", "password", "field"),
    [
        ("", "secret", "name"),
        ("x" * 101, "secret", "name"),
        ("A\nda", "secret", "name"),
        ("ADA", "secret", "name"),
        ("Ben", "", "password"),
        ("Ben", "x" * 1001, "password"),
    ],
    ids=["empty", "long", "line break", "taken", "no password", "long password"],
)
def test_create_local_user_when_a_value_is_bad_then_it_names_the_field(
    create, name, password, field
):
    create()
    with pytest.raises(InvalidInput) as error:
        create(name, password)
    assert error.value.field == field


def test_create_local_user_when_a_pilot_has_the_name_then_both_exist(world, create):
    pilot = world.user("Ada", kind="sso")
    local = create("Ada")
    assert pilot.id != local.id
    assert pilot.login is None


def test_create_local_user_when_made_then_it_is_audited_without_the_password(world, create):
    create(is_admin=True)
    [(action, actor, payload)] = world.audited()
    assert (action, actor) == ("user.create", "command line")
    assert json.loads(payload) == {"name": "Ada", "is_admin": True}


def test_find_user_when_a_local_account_and_a_pilot_share_a_name_then_the_account_is_meant(
    dbsession, world, create
):
    world.user("Ada", kind="sso")
    local = create()
    assert accounts.find_user(dbsession, "ada") is local


def test_find_user_when_nobody_or_several_fit_then_it_says_so(dbsession, world):
    with pytest.raises(NotFound):
        accounts.find_user(dbsession, "Ada")
    world.user("zkillboard", kind="plugin")
    with pytest.raises(NotFound):
        accounts.find_user(dbsession, "zkillboard")
    world.user("Ada")
    world.user("ADA")
    with pytest.raises(InvalidInput, match="Several"):
        accounts.find_user(dbsession, "Ada")


def test_set_admin_when_it_changes_then_it_is_audited_once(dbsession, world, create, now):
    user = create()
    for wanted in (True, True, False):
        accounts.set_admin(dbsession, user, wanted, now=now)
        assert user.is_admin is wanted
    assert [action for action, _, _ in world.audited()[1:]] == ["user.admin", "user.admin"]


def test_tie_character_when_it_is_new_then_it_waits_for_its_first_login(world, create, tie):
    user = create()
    character = tie(user)
    assert (character.user_id, character.owner_hash) == (user.id, None)
    assert character.is_main
    assert user.name == "Ada"
    assert world.owners() == [(user.id, None, False)]


def test_tie_character_when_tied_again_then_only_its_name_changes(world, create, tie):
    user = create()
    tie(user)
    assert tie(user, name="Renamed").name == "Renamed"
    assert len(world.owners()) == 1


def test_tie_character_when_it_belongs_to_another_account_then_it_is_refused(world, create, tie):
    world.character(101, "Pilot", world.user("Pilot"))
    with pytest.raises(InvalidInput) as error:
        tie(create())
    assert error.value.field == "character_id"


def test_tie_character_when_it_lost_its_owner_then_what_was_proven_of_them_is_forgotten(
    world, create, tie
):
    world.character(101, "Pilot", user=None, owner_hash="of an old owner")
    assert tie(create()).owner_hash is None


@pytest.mark.parametrize("id_", [0, -1, 2**63])
def test_tie_character_when_the_id_is_impossible_then_it_is_refused(create, tie, id_):
    with pytest.raises(InvalidInput):
        tie(create(), id_)


def test_choose_main_character_when_it_is_ones_own_then_a_pilots_account_goes_by_it(
    dbsession, world, now
):
    user = world.user("Ada")
    world.character(101, "Ada", user, is_main=True)
    alt = world.character(102, "Alt", user)
    accounts.choose_main_character(dbsession, identity_of(user), 102, now=now)
    assert alt.is_main
    assert (user.name, user.name_key) == ("Alt", "alt")
    # Once more changes nothing, and the log has it once.
    accounts.choose_main_character(dbsession, identity_of(user), 102, now=now)
    assert [json.loads(payload) for _, _, payload in world.audited()] == [{"from": 101, "to": 102}]


@pytest.mark.parametrize("id_", [101, 999])
def test_choose_main_character_when_it_is_not_ones_own_then_it_is_not_found(
    dbsession, world, now, id_
):
    world.character(101, "Ada", world.user("Ada"))
    with pytest.raises(NotFound):
        accounts.choose_main_character(dbsession, identity_of(world.user("Ben")), id_, now=now)


def test_plugin_user_when_wanted_twice_then_it_is_one_account(dbsession, world, now):
    world.user("home-region", kind="sso")
    first = accounts.plugin_user(dbsession, "home-region", now)
    assert accounts.plugin_user(dbsession, "home-region", now) is first
    assert first.kind == "plugin"
    count = select(func.count()).select_from(User).where(User.kind == "plugin")
    assert dbsession.scalar(count) == 1


def test_plugin_users_when_some_are_known_then_the_others_are_made(dbsession, world, now):
    known = accounts.plugin_user(dbsession, "home-region", now)
    found = accounts.plugin_users(dbsession, ["doctrine", "home-region", "doctrine"], now)
    assert found == {
        "doctrine": accounts.plugin_user(dbsession, "doctrine", now).id,
        "home-region": known.id,
    }
    assert accounts.plugin_users(dbsession, [], now) == {}


def test_account_page_when_shown_then_the_main_character_is_first_and_places_have_names(
    dbsession, secrets, world, now
):
    user = world.user("Zoe")
    world.character(101, "Alt", user, owner_hash=None)
    world.character(
        102, "Zoe", user, is_main=True, corporation_id=7, alliance_id=8, affiliated_at=now
    )
    world.group("Seven Corp", "corporation", 7)
    world.group("Eight Alliance", "alliance", 8)
    world.group("Wrong kind", "alliance", 7)
    sessions.start(dbsession, secrets, user_id=user.id, method="sso", now=now)
    page = accounts.account_page(dbsession, identity_of(user), now=now)
    assert [
        (each.name, each.corporation, each.alliance, each.is_main, each.is_verified)
        for each in page.characters
    ] == [
        ("Zoe", "Seven Corp", "Eight Alliance", True, True),
        ("Alt", "", "", False, False),
    ]
    assert page.kind == "sso"
    assert len(page.sessions) == 1
