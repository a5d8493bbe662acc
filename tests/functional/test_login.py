"""Coming in by a local account or by EVE, over HTTP with the sandbox, and going out again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from srp_portal.esi.models import Token
from srp_portal.models.divisions import Group
from srp_portal.models.events import AuditEntry
from srp_portal.models.users import Character, User
from srp_portal.testing.portal import ORIGIN, PASSWORD, csrf_token

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def characters(universe):
    return sorted(universe.characters)


def send(portal, browser, name, password=PASSWORD, **more):
    """Sends the form of the login; keeps the token of the page for further tries."""
    token = csrf_token(browser.get("/login/").text)
    form = {"username": name, "password": password, "csrf_token": token, **more}
    return browser.post("/login/local/", form, status="*")


def whoami(browser):
    answer = browser.get("/apikeys/?fmt=json", status="*")
    return answer.json["current_user"]["name"] if answer.status_int == 200 else None


def rows(portal, statement):
    with portal.reading() as dbsession:
        return dbsession.execute(statement).all()


@pytest.mark.parametrize("path", ["/login/", "/login/local/"])
def test_login_page_when_opened_then_it_offers_both_ways(portal, path):
    page = portal.browser().get(f"{path}?next=/request/pay/")
    assert 'name="username"' in page.text
    assert "/login/eve/?next=%2Frequest%2Fpay%2F" in page.text


def test_login_page_when_logged_in_then_it_leads_on(portal):
    portal.make_user("ada")
    answer = portal.login("ada").get("/login/?next=/request/personal/", status=303)
    assert answer.location == f"{ORIGIN}/request/personal/"


def test_local_login_when_right_then_it_leads_to_where_one_wanted(portal):
    portal.make_user("Ada")
    browser = portal.browser()
    away = browser.get("/request/personal/status/paid?fmt=html", status=303)
    page = browser.get(away.location)
    form = next(each for each in page.forms.values() if "username" in each.fields)
    form["username"], form["password"] = "ADA", PASSWORD
    answer = form.submit(status=303)
    assert answer.location == f"{ORIGIN}/request/personal/status/paid?fmt=html"
    assert whoami(browser) == "Ada"


@pytest.mark.parametrize(
    "elsewhere", ["//evil.example/", "https://evil.example/", "/\\evil.example", "/logout/"]
)
def test_local_login_when_the_link_leads_elsewhere_then_it_goes_to_the_start(portal, elsewhere):
    portal.make_user("ada")
    assert send(portal, portal.browser(), "ada", next=elsewhere).location == f"{ORIGIN}/"


@pytest.mark.parametrize(
    ("name", "password"),
    [("ada", "wrong"), ("nobody", PASSWORD), ("", ""), ("<script>alert(1)</script>", "x")],
)
def test_local_login_when_wrong_then_the_form_keeps_the_name(portal, name, password):
    portal.make_user("ada")
    browser = portal.browser()
    answer = send(portal, browser, name, password, next="/request/pay/")
    assert answer.status_int == 422
    assert "no local account with that user name and password" in answer.text
    assert answer.forms  # there is a form to try again with
    form = next(each for each in answer.forms.values() if "username" in each.fields)
    assert form["username"].value == name
    assert form["next"].value == "/request/pay/"
    assert "<script>alert" not in answer.text
    assert whoami(browser) is None
    form["username"], form["password"] = "ada", PASSWORD
    assert form.submit(status=303).location == f"{ORIGIN}/request/pay/"


def test_local_login_when_a_field_is_a_file_then_it_is_as_if_empty(portal):
    browser = portal.browser()
    token = csrf_token(browser.get("/login/").text)
    answer = browser.post(
        "/login/local/",
        {"csrf_token": token, "password": "x"},
        upload_files=[("username", "name.txt", b"ada")],
        status="*",
    )
    assert answer.status_int == 422


def test_local_login_when_it_fails_often_then_it_waits_even_for_the_right_password(portal):
    portal.now = NOON
    portal.make_user("ada")
    browser = portal.browser()
    statuses = [send(portal, browser, "ada", "wrong").status_int for _ in range(11)]
    assert statuses == [422] * 10 + [429]
    answer = send(portal, browser, "ada")
    assert answer.status_int == 429
    assert answer.headers["Retry-After"] == "901"
    assert "Too many failed logins" in answer.text
    portal.now = NOON + timedelta(minutes=15)
    assert send(portal, browser, "ada").status_int == 303


def test_local_login_when_local_accounts_are_off_then_there_is_no_such_page(make_portal):
    portal = make_portal({"srp.local_accounts": "false"})
    browser = portal.browser()
    page = browser.get("/login/")
    assert 'name="username"' not in page.text
    assert browser.get("/login/local/", status="*").status_int == 404


def test_login_when_somebody_planted_a_session_id_then_a_new_one_is_used(portal):
    portal.make_user("ada")
    browser = portal.browser()
    planted = "A" * 43
    browser.set_cookie("srp_session", planted)
    assert send(portal, browser, "ada").status_int == 303
    assert browser.cookies["srp_session"] != planted
    first = browser.cookies["srp_session"]
    browser.set_cookie("srp_session", planted)
    assert whoami(browser) is None
    browser.set_cookie("srp_session", first)
    assert whoami(browser) == "ada"


def test_login_when_the_session_is_old_then_it_is_over(portal):
    portal.now = NOON
    portal.make_user("ada")
    browser = portal.login("ada")
    portal.now = NOON + timedelta(days=29)
    assert whoami(browser) == "ada"
    portal.now = NOON + timedelta(days=58)
    assert whoami(browser) == "ada"
    portal.now = NOON + timedelta(days=90)
    assert whoami(browser) is None


def test_logout_when_only_a_link_was_followed_then_nothing_happens(portal):
    portal.make_user("ada")
    browser = portal.login("ada")
    assert "<form" in browser.get("/logout/").text
    assert whoami(browser) == "ada"


def test_logout_when_the_button_is_pressed_then_the_id_is_worthless(portal):
    portal.make_user("ada")
    browser = portal.login("ada")
    session_id = browser.cookies["srp_session"]
    answer = portal.post(browser, "/logout/", {}, status=303)
    assert answer.location == f"{ORIGIN}/login/"
    assert "srp_session" not in browser.cookies
    assert "You are logged out." in browser.get("/login/").text
    assert "You are logged out." not in browser.get("/login/").text
    browser.set_cookie("srp_session", session_id)
    assert whoami(browser) is None


def test_eve_login_when_new_then_an_account_with_its_corporation_is_there(
    portal, universe, characters
):
    browser = portal.login_with_eve(characters[0])
    character = universe.characters[characters[0]]
    assert whoami(browser) == character.name
    [(user, stored)] = rows(portal, select(User, Character).join(User.characters))
    assert (user.kind, user.login) == ("sso", None)
    assert stored.corporation_id == character.corporation_id
    groups = {(group.kind, group.eve_id) for (group,) in rows(portal, select(Group))}
    assert ("corporation", character.corporation_id) in groups
    assert len(rows(portal, select(Token.id))) == 1


def test_eve_login_when_logged_in_then_the_character_joins_the_account(portal, characters):
    portal.make_user("ada")
    browser = portal.login("ada")
    session_id = browser.cookies["srp_session"]
    portal.login_with_eve(characters[0], browser)
    portal.login_with_eve(characters[1], browser)
    assert whoami(browser) == "ada"
    assert browser.cookies["srp_session"] == session_id
    owners = {owner for (owner,) in rows(portal, select(Character.user_id))}
    assert len(owners) == 1
    # And from now on each of them leads to that account.
    assert whoami(portal.login_with_eve(characters[1])) == "ada"


def test_eve_login_when_a_character_was_added_then_it_is_shown_on_the_account(
    portal, universe, characters
):
    portal.make_user("ada")
    browser = portal.login("ada")
    away = browser.get("/login/eve/", status=303)
    callback = universe.approve(away.location, characters[0])
    answer = browser.get(callback.removeprefix(ORIGIN), status=303)
    assert answer.location == f"{ORIGIN}/account/"
    page = browser.get("/account/").text
    assert f"{universe.characters[characters[0]].name} belongs to your account." in page


def test_eve_login_when_one_was_on_the_way_then_it_leads_on(portal, universe, characters):
    browser = portal.browser()
    away = browser.get("/login/eve/?next=/request/personal/status/paid", status=303)
    callback = universe.approve(away.location, characters[0])
    answer = browser.get(callback.removeprefix(ORIGIN), status=303)
    assert answer.location == f"{ORIGIN}/request/personal/status/paid"


def test_eve_login_when_the_character_was_sold_then_the_buyer_gets_an_account_without_rights(
    portal, universe, characters
):
    seller = portal.login_with_eve(characters[0])
    universe.sell_character(characters[0])
    buyer = portal.login_with_eve(characters[0])
    ids = [
        browser.get("/apikeys/?fmt=json").json["current_user"]["id"] for browser in (seller, buyer)
    ]
    assert ids[0] != ids[1]
    assert [user_id for (user_id,) in rows(portal, select(Token.user_id))] == [str(ids[1])]
    actions = [action for (action,) in rows(portal, select(AuditEntry.action))]
    assert "character.owner_changed" in actions


def test_eve_login_when_a_local_account_has_the_pilots_name_then_it_stays_closed(
    portal, universe, characters
):
    name = universe.characters[characters[0]].name
    local = portal.make_user(name, is_admin=True)
    browser = portal.login_with_eve(characters[0])
    me = browser.get("/apikeys/?fmt=json").json["current_user"]
    assert (me["name"], me["id"] == local) == (name, False)
    assert browser.get("/division/", status="*").status_int == 403


def test_eve_login_when_tied_by_hand_then_it_logs_into_that_account(portal, characters):
    user_id = portal.make_pilot("reviewer", characters[0])
    browser = portal.login_with_eve(characters[0])
    assert browser.get("/apikeys/?fmt=json").json["current_user"]["id"] == user_id
    assert len(rows(portal, select(Character.owner_hash).where(Character.owner_hash.isnot(None))))


def test_eve_login_when_the_settings_name_the_character_then_it_administers(
    make_portal, universe, characters
):
    portal = make_portal({"srp.admins": f"Somebody Else, {characters[0]}"})
    assert portal.login_with_eve(characters[0]).get("/division/").status_int == 200
    assert portal.login_with_eve(characters[1]).get("/division/", status="*").status_int == 403


def test_eve_login_when_eve_does_not_say_the_corporation_then_one_is_in_all_the_same(
    portal, universe, characters
):
    portal.login_with_eve(characters[0])
    [(before,)] = rows(portal, select(Character.corporation_id))
    universe.add_fault("/esi/characters/affiliation", "status", status=502)
    browser = portal.login_with_eve(characters[0])
    assert whoami(browser) == universe.characters[characters[0]].name
    assert rows(portal, select(Character.corporation_id)) == [(before,)]


@pytest.mark.parametrize("is_logged_in", [False, True], ids=["anonymous", "in another account"])
def test_eve_login_when_the_account_is_disabled_then_it_says_so(
    portal, universe, characters, is_logged_in
):
    portal.login_with_eve(characters[0])
    with portal.writing() as dbsession:
        dbsession.scalars(select(User)).one().is_disabled = True
    browser = portal.browser()
    if is_logged_in:
        portal.make_user("ada")
        browser = portal.login("ada")
    away = browser.get("/login/eve/", status=303)
    callback = universe.approve(away.location, characters[0])
    answer = browser.get(callback.removeprefix(ORIGIN), status="*")
    assert answer.status_int == 403
    assert "This account is disabled." in answer.text


def test_session_when_the_account_is_disabled_then_it_ends_at_once(portal):
    user_id = portal.make_user("ada")
    browser = portal.login("ada")
    key = portal.make_key(user_id)
    with portal.writing() as dbsession:
        dbsession.get(User, user_id).is_disabled = True
    assert whoami(browser) is None
    assert portal.browser().get(f"/apikeys/?apikey={key}", status="*").status_int == 401


def test_eve_login_when_cancelled_then_nothing_is_made(portal, universe):
    browser = portal.browser()
    away = browser.get("/login/eve/", status=303)
    answer = browser.get(universe.refuse(away.location).removeprefix(ORIGIN), status="*")
    assert answer.status_int == 403
    assert "cancelled" in answer.text
    assert rows(portal, select(User.id)) == []
