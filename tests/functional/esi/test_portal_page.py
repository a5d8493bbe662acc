"""The portal's own page for choosing a character, and its views that ask for tokens."""

import pytest
from pyramid.response import Response

from srp_portal.esi import single_use_token, token_required
from srp_portal.esi.models import CallbackRedirect, Token

LOCATION = "esi-location.read_location.v1"
ORIGIN = "http://localhost"


@token_required(scopes=LOCATION)
def whereabouts(request, token):
    return Response(f"of {token.character_name}")


@single_use_token(scopes=LOCATION)
def once(request, token):
    return Response(f"once {token.character_name}")


class Plugin:
    """What a plugin of the portal may add."""

    API_VERSION = 1

    def includeme(self, config):
        config.add_route("whereabouts", "/whereabouts/")
        config.add_view(whereabouts, route_name="whereabouts")
        config.add_route("once", "/once/")
        config.add_view(once, route_name="once")


@pytest.fixture
def portal(make_portal):
    from srp_portal.plugin import hookimpl

    class EntryPoint:
        name = "whereabouts"
        dist = None

        @staticmethod
        def load():
            return _hooked(hookimpl)

    return make_portal(entry_points=[EntryPoint])


def _hooked(hookimpl):
    class Hooked(Plugin):
        @hookimpl
        def includeme(self, config):
            super().includeme(config)

    return Hooked()


def count(portal, model):
    with portal.reading() as dbsession:
        return dbsession.query(model).count()


def bring(browser, universe, path, character_id):
    away = browser.get(path, status=303)
    callback = universe.approve(away.location, character_id)
    return browser.get(callback.removeprefix(ORIGIN), status=303)


def test_page_when_user_has_two_characters_then_it_is_in_the_portals_layout(
    portal, universe, pilot, another_pilot
):
    browser = portal.login_with_eve(pilot.id)
    back = bring(browser, universe, "/whereabouts/?list=1", pilot.id)
    assert back.location == f"{ORIGIN}/whereabouts/?list=1"
    assert browser.get(back.location).text == f"of {pilot.name}"
    page = browser.get("/whereabouts/?list=1", status=303).follow()
    assert "<title>Choose a character - " in page.text
    assert f"/characters/{pilot.id}/portrait" in page.text
    assert "Log out" in page.text
    assert 'role="alert"' not in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "same-origin"
    form = page.forms[1] if "ticket" in page.forms[1].fields else page.forms[0]
    callback = universe.approve(form.submit("_add").location, another_pilot.id)
    back = browser.get(callback.removeprefix(ORIGIN), status=303)
    assert browser.get(back.location).text == f"of {another_pilot.name}"
    page = browser.get("/whereabouts/", status=303).follow()
    form = next(each for each in page.forms.values() if "ticket" in each.fields)
    assert len(form.fields["_token"][0].options) == 2
    assert form.submit().follow().text.startswith("of ")
    assert count(portal, CallbackRedirect) == 0


def test_page_when_choice_is_refused_then_it_says_so_with_422(portal, universe, pilot):
    browser = portal.login_with_eve(pilot.id)
    browser.get(bring(browser, universe, "/whereabouts/", pilot.id).location)
    page = browser.get("/whereabouts/", status=303).follow()
    form = next(each for each in page.forms.values() if "ticket" in each.fields)
    choice = {"ticket": form["ticket"].value, "_token": "999"}
    token = {"csrf_token": form["csrf_token"].value}
    answer = browser.post("/sso/select_token", {**choice, **token}, status=422)
    assert 'role="alert"' in answer.text
    assert pilot.name in answer.text
    # The portal's own check holds besides that of the ticket.
    browser.post("/sso/select_token", choice, status=400)


def test_page_when_anonymous_then_login_leads_back_to_it(portal, universe, pilot):
    browser = portal.login_with_eve(pilot.id)
    browser.get(bring(browser, universe, "/whereabouts/", pilot.id).location)
    address = browser.get("/whereabouts/", status=303).location
    browser.reset()
    login = browser.get(address.removeprefix(ORIGIN), status=303).location
    assert login.startswith(f"{ORIGIN}/login/?next=%2Fsso%2Fselect_token")


def test_page_when_ticket_is_bad_then_error_page_tells_how_to_go_on(portal, pilot):
    browser = portal.login_with_eve(pilot.id)
    answer = browser.get("/sso/select_token?ticket=x", status=400)
    assert "No character was chosen" in answer.text


def test_single_use_view_when_portal_is_asked_then_nothing_is_left(portal, universe, pilot):
    browser = portal.login_with_eve(pilot.id)
    before = count(portal, Token)
    back = bring(browser, universe, "/once/", pilot.id)
    assert browser.get(back.location).text == f"once {pilot.name}"
    assert count(portal, Token) == before
    assert count(portal, CallbackRedirect) == 0


def test_single_use_view_when_somebody_writes_meanwhile_then_it_is_run_again(
    make_portal, universe, pilot
):
    runs = []

    @single_use_token(scopes=LOCATION)
    def disturbed(request, token):
        runs.append(token.character_name)
        if len(runs) == 1:
            # Another request commits after this one began to read.
            with request.portal.session_factory.begin() as dbsession:
                dbsession.query(Token).update({Token.character_name: "Renamed"})
        return Response("done")

    portal = make_portal(entry_points=[])
    config = portal._configurator
    config.add_route("disturbed", "/disturbed/")
    config.add_view(disturbed, route_name="disturbed")
    config.commit()
    browser = portal.login_with_eve(pilot.id)
    back = bring(browser, universe, "/disturbed/", pilot.id)
    assert browser.get(back.location).text == "done"
    assert runs == [pilot.name] * 2
    assert count(portal, CallbackRedirect) == 0
