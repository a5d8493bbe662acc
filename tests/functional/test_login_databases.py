"""Logins on both databases: at the same moment with real threads, and one whole walk."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import pytest
from sqlalchemy import select

from srp_portal.esi import provider
from srp_portal.models.users import Character, User
from srp_portal.services import groups
from srp_portal.services.sso_login import login_with_character


@dataclass(frozen=True)
class Verified:
    """What EVE vouches for."""

    character_id: int
    character_name: str = "Ada"
    owner_hash: str = "hash"


@pytest.fixture(params=["sqlite", "postgresql"])
def any_portal(request, make_portal):
    """A portal on each database."""
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgresql_url")
    # EVE lets its answers be kept for an hour, which is too long for a test.
    return make_portal({"esi.cache_response": "false"}, database_url=url)


def at_once(portal, *works):
    """Runs each work in a thread and a transaction of its own; gives what they gave."""
    barrier = threading.Barrier(len(works))
    given, failed = [], []

    def run(work):
        try:
            barrier.wait(timeout=10)
            with portal.writing() as dbsession:
                given.append(work(dbsession))
        except Exception as error:  # noqa: BLE001 (shown by the thread that waits)
            failed.append(error)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert failed == []
    return given


def login(portal, character_id, current=None):
    def work(dbsession):
        return login_with_character(
            dbsession, Verified(character_id), current_user_id=current, now=portal.clock()
        ).id

    return work


def test_first_login_when_twice_at_once_then_there_is_one_account(any_portal):
    for character_id in (101, 102, 103):
        works = [login(any_portal, character_id)] * 4
        assert len(set(at_once(any_portal, *works))) == 1
    with any_portal.reading() as dbsession:
        assert len(dbsession.scalars(select(User.id)).all()) == 3


def test_first_characters_when_several_join_at_once_then_one_is_the_main_one(any_portal):
    user_id = any_portal.make_user("ada")
    at_once(any_portal, *(login(any_portal, id_, user_id) for id_ in range(101, 107)))
    with any_portal.reading() as dbsession:
        mains = dbsession.scalars(select(Character.is_main)).all()
    assert sorted(mains) == [False] * 5 + [True]


def test_groups_when_two_logins_bring_one_corporation_then_there_is_one_group(any_portal):
    def bring(dbsession):
        groups.ensure_eve_groups(dbsession, {7: "Seven"}, {8: "Eight"}, now=any_portal.clock())

    at_once(any_portal, *[bring] * 4)


def test_walk_when_on_each_database_then_login_sale_key_and_refresh_work(any_portal, universe):
    character_id, other = sorted(universe.characters)[:2]
    seller = any_portal.login_with_eve(character_id)
    any_portal.login_with_eve(other, seller)
    any_portal.post(seller, "/apikeys/", {"action": "add", "name": "Sheet"}, status=303)
    [key] = seller.get("/apikeys/?fmt=json").json["api_keys"]
    form = {"id_": "main", "character_id": str(other)}
    any_portal.post(seller, "/account/", form, status=303)
    universe.sell_character(character_id)
    buyer = any_portal.login_with_eve(character_id)
    names = {
        browser.get("/apikeys/?fmt=json").json["current_user"]["name"]
        for browser in (seller, buyer)
    }
    assert names == {universe.characters[id_].name for id_ in (character_id, other)}
    by_key = any_portal.browser().get(f"/apikeys/?fmt=json&apikey={key['key']}").json
    assert by_key["current_user"]["name"] == universe.characters[other].name
    assert any_portal.browser().get("/apikeys/?apikey=" + "A" * 43, status="*").status_int == 401
    form = {"username": "nobody\x1f", "password": "x"}
    assert any_portal.post(buyer, "/login/local/", form, status="*").status_int == 422


def test_refresh_when_the_sandbox_moves_somebody_then_rights_move_too(any_portal, universe):
    character_id = min(universe.characters)
    corporation = universe.characters[character_id].corporation_id
    browser = any_portal.login_with_eve(character_id)
    with any_portal.reading() as dbsession:
        group = dbsession.scalars(select(groups.Group).filter_by(eve_id=corporation)).one()
    any_portal.make_division("Fleet", submit=f"group:{group.name}")
    assert browser.get("/request/add/").status_int == 200
    elsewhere = next(
        each.corporation_id
        for each in universe.characters.values()
        if each.corporation_id != corporation
    )
    universe.set_character(character_id, corporation_id=elsewhere)
    client = provider(any_portal.wsgi.registry).client
    factory = any_portal.portal.session_factory
    done = groups.refresh_affiliations(factory, client, now=any_portal.clock())
    assert (done.seen, done.moved, done.missed) == (1, 1, 0)
    assert browser.get("/request/add/", status="*").status_int == 403
