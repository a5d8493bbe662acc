"""A user's own page: the main character, and the browsers that are logged in."""

from __future__ import annotations

import pytest

from srp_portal.testing.portal import ORIGIN


@pytest.fixture
def characters(universe):
    return sorted(universe.characters)[:2]


@pytest.fixture
def browser(portal, characters):
    portal.make_pilot("ada", *characters)
    return portal.login("ada")


def session_ids(page):
    forms = [form for form in page.forms.values() if "session_id" in form.fields]
    return [form["session_id"].value for form in forms]


def test_page_when_opened_then_it_shows_characters_and_browsers(browser, universe, characters):
    page = browser.get("/account/")
    assert all(universe.characters[id_].name in page.text for id_ in characters)
    assert "this one" in page.text


def test_page_when_anonymous_then_it_leads_to_the_login(portal):
    answer = portal.browser().get("/account/", status=303)
    assert answer.location == f"{ORIGIN}/login/?next=%2Faccount%2F"


def test_page_when_opened_with_a_key_then_is_403_even_beside_a_session(portal):
    portal.make_user("ben")
    key = portal.make_key(portal.make_user("cid"))
    for visitor in (portal.browser(), portal.login("ben"), portal.login("cid")):
        page = visitor.get(f"/account/?apikey={key}", status=403)
        assert "session_id" not in page.text
        visitor.get("/account/", headers={"Authorization": f"Bearer {key}"}, status=403)


def test_main_when_another_is_chosen_then_the_account_says_so(
    portal, browser, universe, characters
):
    form = {"id_": "main", "character_id": str(characters[1])}
    assert portal.post(browser, "/account/", form).location == f"{ORIGIN}/account/"
    page = browser.get("/account/")
    assert "Your main character is changed." in page.text
    mains = [f["character_id"].value for f in page.forms.values() if "character_id" in f.fields]
    assert mains == [str(characters[0])]


def test_revoke_when_another_browser_is_chosen_then_it_is_out(portal, browser):
    other = portal.login("ada")
    [other_id] = session_ids(browser.get("/account/"))
    portal.post(browser, "/account/", {"id_": "revoke", "session_id": other_id}, status=303)
    assert other.get("/account/", status="*").status_int == 303
    assert browser.get("/account/").status_int == 200


def test_revoke_others_when_pressed_then_only_this_browser_stays(portal, browser):
    others = [portal.login("ada") for _ in range(3)]
    portal.post(browser, "/account/", {"id_": "revoke_others"}, status=303)
    assert "Other browsers logged out: 3." in browser.get("/account/").text
    assert [each.get("/account/", status="*").status_int for each in others] == [303] * 3


def test_revoke_when_the_session_is_somebody_elses_then_it_is_not_found(portal, browser):
    portal.make_user("ben")
    ben, bens_other = portal.login("ben"), portal.login("ben")
    [their_id] = session_ids(ben.get("/account/"))
    form = {"id_": "revoke", "session_id": their_id}
    assert portal.post(browser, "/account/", form, status="*").status_int == 404
    assert bens_other.get("/account/").status_int == 200


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"id_": "main", "character_id": "1"}, 404),
        ({"id_": "main", "character_id": "-1"}, 400),
        ({"id_": "main"}, 400),
        ({"id_": "revoke", "session_id": "x"}, 400),
        ({"id_": "delete"}, 400),
        ({}, 400),
    ],
)
def test_form_when_it_makes_no_sense_then_it_is_refused(portal, browser, form, status):
    assert portal.post(browser, "/account/", form, status="*").status_int == status
