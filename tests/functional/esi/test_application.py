"""The minimal application: an ordinary Pyramid application with nothing of the portal."""

import re

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from webtest import TestApp

from srp_portal.esi.models import CallbackRedirect, Token


@pytest.fixture
def app(application, settings, tmp_path):
    app = application.make_app(
        {
            **settings,
            "app.database": f"sqlite:///{tmp_path}/application.sqlite",
            "app.secret": "a-secret-of-the-test",
        }
    )
    yield app
    app.registry["app.engine"].dispose()


class Visitor:
    """Somebody with a browser who knows their way at EVE."""

    def __init__(self, app, universe):
        self.browser = TestApp(app)
        self._universe = universe

    def open(self, path, as_character=None):
        """The page after all redirects, with the character chosen wherever EVE asks."""
        answer = self.browser.get(path)
        while answer.status_int == 303:
            location = answer.location
            if "/v2/oauth/authorize" in location:
                location = self._universe.approve(location, as_character.id)
            answer = self.browser.get(location.removeprefix("http://localhost"))
        return answer


@pytest.fixture
def visitor(app, universe):
    return Visitor(app, universe)


def count(app, model):
    with Session(app.registry["app.engine"]) as session:
        return session.scalar(select(func.count()).select_from(model))


def test_login_when_new_token_came_then_account_is_remembered_and_token_gone(app, visitor, pilot):
    assert "Hello stranger" in visitor.open("/").text
    assert f"Hello {pilot.name}" in visitor.open("/login", pilot).text
    assert f"Hello {pilot.name}" in visitor.open("/").text
    assert count(app, Token) == 0
    assert count(app, CallbackRedirect) == 0


def test_assets_when_visitor_is_anonymous_then_forbidden_view_leads_to_the_login(visitor, pilot):
    assert visitor.browser.get("/assets", status=303).location == "http://localhost/login"


def test_assets_when_character_is_chosen_then_all_pages_are_read(
    visitor, pilot, another_pilot, universe
):
    universe.esi(page_size=20)
    visitor.open("/login", pilot)
    first = visitor.open("/assets", pilot)
    owned = int(re.search(r"owns (\d+) items", first.text)[1])
    assert owned > 40
    assert first.text.count("<li>") == owned
    selection = visitor.open("/assets")
    assert "Choose a character" in selection.text
    away = selection.form.submit("_add")
    callback = universe.approve(away.location, another_pilot.id)
    back = visitor.browser.get(callback.removeprefix("http://localhost"))
    assert f"{another_pilot.name} owns" in visitor.open(back.location).text
    selection = visitor.open("/assets")
    labels = [pilot.name, another_pilot.name]
    assert all(name in selection.text for name in labels)
    pages = [path for _, path in universe.requests if path.endswith("/assets")]
    assert len(pages) >= 2 * -(-owned // 20)


def test_places_when_there_is_a_token_then_eve_is_not_asked_again(visitor, pilot):
    visitor.open("/login", pilot)
    first = visitor.open("/places", pilot)
    assert f"{pilot.name}: 3" in first.text
    assert visitor.browser.get("/places", status=200).text == first.text


def test_guest_when_nobody_is_logged_in_then_shown_and_forgotten(app, visitor, another_pilot):
    assert f"{another_pilot.name} is in 3" in visitor.open("/guest", another_pilot).text
    assert count(app, Token) == count(app, CallbackRedirect) == 0


def test_ship_when_view_has_the_option_then_it_gets_a_token(visitor, pilot):
    visitor.open("/login", pilot)
    assert visitor.open("/ship", pilot).json["ship_type_id"] > 0
