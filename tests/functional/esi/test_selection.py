"""The page where a person chooses a character: who may, what it offers, and forged forms."""

import re
from html import unescape

import pytest
from sqlalchemy import func, select, text

from srp_portal.esi import tickets
from srp_portal.esi.models import CallbackRedirect

LOCATION = "esi-location.read_location.v1"
MAIL = "esi-mail.send_mail.v1"
PAGE = "/sso/select_token"


@pytest.fixture
def page(person, pilot, stored):
    """The page for user 7 with one character."""
    stored(pilot)
    return person.open(person.open("/choose?a=b", "7").location, "7")


def ticket_in(page):
    return unescape(re.search(r'name="ticket" value="([^"]+)"', page.text)[1])


def handovers(sessions):
    with sessions() as session:
        return session.scalar(select(func.count()).select_from(CallbackRedirect))


def test_page_when_shown_then_it_names_characters_and_scopes_and_is_kept_private(page, pilot):
    assert pilot.name in page.text
    assert LOCATION in page.text
    assert '<html lang="en">' in page.text
    assert 'name="viewport"' in page.text
    assert page.text.count("checked") == 1
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "same-origin"
    assert page.headers["X-Frame-Options"] == "DENY"
    assert page.content_type == "text/html"


def test_page_when_asked_by_head_then_as_by_get(person, page):
    answer = person.browser.head(page.request.path_qs, headers={"X-Test-User": "7"})
    assert answer.status_int == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.body == b""


def test_page_when_character_has_two_tokens_then_it_is_there_once(person, page, pilot, stored):
    newer = stored(pilot, f"{LOCATION}+{MAIL}")
    page = person.open(page.request.path_qs, "7")
    assert page.text.count(pilot.name) == 1
    assert person.choose(page, pilot.name, "7").json["id"] == newer


def test_page_when_name_holds_markup_then_it_is_escaped(person, page, sessions):
    with sessions() as session:
        session.execute(text("UPDATE esi_token SET character_name = '<b>&\"x'"))
        session.commit()
    shown = person.open(page.request.path_qs, "7")
    assert "<b>" not in shown.text
    assert "&lt;b&gt;&amp;&quot;x" in shown.text


def test_page_when_no_scopes_are_asked_then_none_are_named(person, pilot, stored):
    stored(pilot, scopes="")
    assert "It may then" not in person.open(person.open("/bare", "7").location, "7").text


def test_choice_when_double_clicked_then_it_counts_once(person, page, pilot, sessions):
    form = {"ticket": ticket_in(page), "_token": re.search(r'value="(\d+)"', page.text)[1]}
    first = person.post(PAGE, form, "7")
    second = person.post(PAGE, form, "7")
    assert first.location == second.location == "http://localhost/choose?a=b"
    assert person.open(first.location, "7").json["name"] == pilot.name
    assert handovers(sessions) == 0
    assert "/select_token" in person.open(first.location, "7").location


def test_choice_when_another_character_is_wanted_then_sso_and_back(person, page, another_pilot):
    away = person.post(PAGE, {"ticket": ticket_in(page), "_add": "1", "_token": "1"}, "7")
    assert "/v2/oauth/authorize" in away.location
    back = person.come_back(away, another_pilot.id, "7")
    assert back.location == "http://localhost/choose?a=b"
    assert person.open(back.location, "7").json["name"] == another_pilot.name


@pytest.mark.parametrize(
    "path", [PAGE, PAGE + "?ticket=", PAGE + "?ticket=x", PAGE + "?ticket=%FF"]
)
@pytest.mark.parametrize("method", ["open", "post"])
def test_page_when_ticket_is_none_then_it_says_so(person, page, path, method, sessions):
    arguments = (path, "7") if method == "open" else (path, {"_token": "1", "ticket": "y"}, "7")
    answer = getattr(person, method)(*arguments)
    assert answer.status_int == 400
    assert "try again" in answer.text
    assert handovers(sessions) == 0


def test_page_when_anonymous_then_hosts_forbidden_view_decides(person, page):
    assert person.open(page.request.path_qs).status_int == 403
    assert person.post(PAGE, {"ticket": ticket_in(page), "_token": "1"}).status_int == 403


def test_page_when_ticket_is_of_another_user_or_browser_then_refused(
    person, page, travel, shaped, sessions
):
    form = {"ticket": ticket_in(page), "_token": re.search(r'value="(\d+)"', page.text)[1]}
    assert person.open(page.request.path_qs, "8").status_int == 400
    assert person.post(PAGE, form, "8").status_int == 400
    stranger = travel(shaped)
    assert stranger.post(PAGE, form, "7").status_int == 400
    stranger.open("/once", "7")
    assert stranger.post(PAGE, form, "7").status_int == 400
    with sessions() as session:
        kinds = session.scalars(select(CallbackRedirect.kind)).all()
    assert kinds == ["esi.single_use"]


def test_page_when_ticket_is_changed_or_another_signed_text_then_refused(person, page):
    signed = ticket_in(page)
    changed = ("A" if signed[0] != "A" else "B") + signed[1:]
    cookie = person.browser.cookies["esi_sso"].strip('"')
    for forged in (changed, cookie, signed + "0", signed.rpartition(".")[0]):
        assert person.post(PAGE, {"ticket": forged, "_token": "1"}, "7").status_int == 400


def test_page_when_ticket_is_too_old_then_refused(person, page, monkeypatch):
    late = tickets.time.time() + 3600
    monkeypatch.setattr(tickets.time, "time", lambda: late)
    assert person.open(page.request.path_qs, "7").status_int == 400


def test_choice_when_token_is_foreign_or_unfit_then_page_again(
    person, page, pilot, another_pilot, stored, sessions
):
    foreign = stored(another_pilot, user="8")
    nobodys = stored(another_pilot, user=None)
    unfit = stored(another_pilot, scopes=MAIL)
    for token_id in (foreign, nobodys, unfit, 999, "x", "-1", "1" * 30, "٣"):
        form = {"ticket": ticket_in(page), "_token": str(token_id)}
        answer = person.post(PAGE, form, "7")
        assert answer.status_int == 422
        assert 'role="alert"' in answer.text
        assert "can&#x27;t be used" in answer.text
        assert pilot.name in answer.text
        assert another_pilot.name not in answer.text
    assert handovers(sessions) == 0


def test_choice_when_nothing_is_chosen_then_page_again(person, page):
    answer = person.post(PAGE, {"ticket": ticket_in(page)}, "7")
    assert answer.status_int == 422
    assert "Please choose" in answer.text


def test_choice_when_token_was_refused_meanwhile_then_page_again_without_it(
    person, page, pilot, sessions, universe
):
    with sessions() as session:
        session.execute(text("UPDATE esi_token SET expires_at = '2020-01-01 00:00:00'"))
        session.commit()
    universe.sso(next_error="invalid_grant", error_times=2)
    form = {"ticket": ticket_in(page), "_token": re.search(r'value="(\d+)"', page.text)[1]}
    answer = person.post(PAGE, form, "7")
    assert answer.status_int == 422
    assert pilot.name not in answer.text
    assert "None of your characters" in answer.text


def test_page_when_host_has_a_renderer_then_it_gets_the_page(shaped_with, travel, pilot):
    person = travel(shaped_with(**{"test.renderer": "json"}))
    person.log_in(pilot.id, f"scopes={LOCATION}", "7")
    shown = person.open(person.open("/choose", "7").location, "7")
    assert shown.json["choices"][0]["character_name"] == pilot.name
    assert shown.json["choices"][0]["character_id"] == pilot.id
    assert shown.json["scopes"] == [LOCATION]
    assert shown.json["action"] == PAGE
    assert shown.json["problem"] == ""
    assert shown.headers["Cache-Control"] == "no-store"
    form = {"ticket": shown.json["ticket"], "_token": shown.json["choices"][0]["token_id"]}
    assert person.post(PAGE, form, "7").location == "http://localhost/choose"
    refused = person.post(PAGE, {**form, "_token": "0"}, "7")
    assert refused.status_int == 422
    assert "choose again" in refused.json["problem"]
