"""Whose account a character leads to, whatever became of it since it was last seen."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from srp_portal.domain.errors import NotAllowed
from srp_portal.esi.models import Token
from srp_portal.models.users import Character, User
from srp_portal.services import accounts, ownership
from srp_portal.services.sso_login import login_with_character


@dataclass(frozen=True)
class Verified:
    """What EVE vouches for."""

    character_id: int = 101
    character_name: str = "Ada"
    owner_hash: str = "hash"


@pytest.fixture
def login(dbsession, now):
    def login(current=None, **changes):
        return login_with_character(
            dbsession,
            Verified(**changes),
            current_user_id=current.id if current else None,
            now=now + timedelta(days=1),
        )

    return login


@pytest.fixture
def store_token(dbsession, now):
    def store_token(character_id=101, owner_hash="hash"):
        # As text: what a token is encrypted with is another room's business.
        dbsession.execute(
            text(
                "INSERT INTO esi_token (access_token, created, expires_at, user_id, character_id,"
                " character_name, character_owner_hash)"
                " VALUES ('-', :now, :now, '1', :character_id, 'Ada', :owner_hash)"
            ),
            {"now": str(now), "character_id": character_id, "owner_hash": owner_hash},
        )

    return store_token


def token_count(dbsession):
    return dbsession.scalar(select(func.count(Token.id)))


def actions(world):
    return [action for action, _, _ in world.audited()]


def test_login_when_the_character_is_unknown_then_it_gets_an_account_of_its_own(
    dbsession, world, login, now
):
    user = login()
    character = dbsession.get(Character, 101)
    assert (user.kind, user.name, user.login) == ("sso", "Ada", None)
    assert user.last_login_at == now + timedelta(days=1)
    assert (character.user_id, character.owner_hash) == (user.id, "hash")
    assert character.is_main
    assert world.owners() == [(user.id, "hash", False)]
    assert actions(world) == ["character.added"]


def test_login_when_a_local_account_has_the_name_then_it_is_not_that_account(
    dbsession, world, login
):
    local = world.user("Ada", kind="local", login="ada", is_admin=True)
    user = login()
    assert user.id != local.id
    assert not user.is_admin


def test_login_when_known_then_it_is_the_same_account_under_its_present_name(world, login):
    first = login()
    assert login(character_name="Ada Renamed") is first
    assert first.name == "Ada Renamed"
    assert len(world.owners()) == 1
    assert actions(world) == ["character.added"]


def test_login_when_logged_in_then_another_character_joins_the_account(dbsession, world, login):
    user = login()
    assert login(user, character_id=102, character_name="Alt", owner_hash="other") is user
    alt = dbsession.get(Character, 102)
    assert (alt.user_id, alt.is_main) == (user.id, False)
    assert user.name == "Ada"


def test_login_when_tied_by_hand_then_it_leads_to_that_account_and_is_verified(
    dbsession, world, login, now
):
    local = world.user("Reviewer", kind="local", login="reviewer")
    accounts.tie_character(dbsession, local, 101, "Ada", now=now)
    assert login() is local
    assert local.name == "Reviewer"
    assert world.owners() == [(local.id, "hash", False)]
    assert actions(world)[-1] == "character.verified"
    # From now on the owner counts: whoever buys the character gets nothing of the account.
    assert login(owner_hash="a buyer's") is not local


def test_login_when_tied_by_hand_to_another_account_then_it_leads_there_all_the_same(
    dbsession, world, login, now
):
    local = world.user("Reviewer", kind="local", login="reviewer")
    accounts.tie_character(dbsession, local, 101, "Ada", now=now)
    other = login(character_id=102, character_name="Ben", owner_hash="other")
    assert login(other) is local


def test_login_when_sold_then_the_buyer_has_a_new_account_and_the_tokens_are_gone(
    dbsession, world, login, store_token
):
    seller = login()
    alt = {"character_id": 102, "character_name": "Alt", "owner_hash": "other"}
    login(seller, **alt)
    store_token()
    store_token(character_id=102, owner_hash="other")
    buyer = login(owner_hash="a buyer's")
    assert buyer is not seller
    assert dbsession.get(Character, 101).user_id == buyer.id
    assert world.owners() == [(seller.id, "hash", True), (buyer.id, "a buyer's", False)]
    assert token_count(dbsession) == 1
    # The seller keeps the account, which goes by the character that is left.
    assert login(**alt) is seller
    assert (seller.name, ownership.main_character(dbsession, seller.id).id) == ("Alt", 102)
    action, actor, payload = world.audited()[-1]
    assert (action, actor) == ("character.owner_changed", "Ada")
    assert json.loads(payload)["from_user_id"] == seller.id


def test_login_when_the_only_character_is_sold_then_the_account_stays_without_any(
    dbsession, world, login
):
    seller = login()
    login(owner_hash="a buyer's")
    assert ownership.main_character(dbsession, seller.id) is None
    assert seller.name == "Ada"


def test_login_when_a_logged_in_buyer_adds_it_then_it_joins_their_account(dbsession, world, login):
    seller = login()
    buyer = login(character_id=102, character_name="Ben", owner_hash="ben's")
    assert login(buyer, owner_hash="a buyer's") is buyer
    assert dbsession.get(Character, 101).user_id == buyer.id
    assert seller.id != buyer.id


def test_login_when_moved_between_ones_own_eve_accounts_while_logged_in_then_it_stays(
    dbsession, world, login, store_token
):
    user = login()
    store_token()
    assert login(user, owner_hash="second account") is user
    assert world.owners() == [(user.id, "hash", True), (user.id, "second account", False)]
    assert dbsession.get(Character, 101).is_main
    assert token_count(dbsession) == 0


def test_login_when_logged_in_elsewhere_with_the_same_owner_then_the_character_moves(
    dbsession, world, login, store_token
):
    old = login()
    store_token()
    new = login(character_id=102, character_name="Ben", owner_hash="other")
    assert login(new) is new
    character = dbsession.get(Character, 101)
    assert (character.user_id, character.is_main) == (new.id, False)
    assert world.owners() == [(old.id, "hash", True), (new.id, "hash", False)]
    assert token_count(dbsession) == 0
    action, actor, payload = world.audited()[-1]
    assert (action, actor) == ("character.moved", "Ben")
    assert json.loads(payload)["from_user_id"] == old.id


def test_login_when_the_character_was_released_then_it_starts_anew(dbsession, world, login, now):
    first = login()
    ownership.release(dbsession, dbsession.get(Character, 101), now=now)
    assert login() is not first
    assert [ended for _, _, ended in world.owners()] == [True, False]


@pytest.mark.parametrize("has_session", [False, True], ids=["anonymous", "logged in elsewhere"])
def test_login_when_the_owners_account_is_disabled_then_it_is_refused(
    dbsession, world, login, has_session
):
    banned = login()
    banned.is_disabled = True
    other = login(character_id=102, character_name="Ben", owner_hash="other")
    with pytest.raises(NotAllowed):
        login(other if has_session else None)
    assert dbsession.get(Character, 101).user_id == banned.id


def test_login_when_tied_to_a_disabled_account_then_it_is_refused(dbsession, world, login, now):
    local = world.user("Gone", kind="local", login="gone", is_disabled=True)
    accounts.tie_character(dbsession, local, 101, "Ada", now=now)
    with pytest.raises(NotAllowed):
        login()


def test_login_when_the_account_logged_in_is_disabled_then_it_is_refused(world, login):
    banned = world.user("Gone", is_disabled=True)
    with pytest.raises(NotAllowed):
        login(banned)


def test_login_when_two_first_logins_race_then_both_lead_to_one_account(
    dbsession, engine, world, login, monkeypatch
):
    look = ownership.lock_character
    lost, raced = [], []

    def look_then_lose_the_race(session: Session, character_id: int):
        found = look(session, character_id)
        if not lost:
            lost.append(True)
            raced.append(login())
        return found

    monkeypatch.setattr(ownership, "lock_character", look_then_lose_the_race)
    user = login()
    assert raced == [user]
    assert dbsession.scalar(select(func.count(User.id))) == 1
