"""A small application that is not the portal, with the ESI layer and a login handler."""

import importlib.util
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pyramid_tm
import pytest
import zope.sqlalchemy
from pyramid.config import Configurator
from pyramid.response import Response
from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import Session, sessionmaker
from webtest import TestApp

from srp_portal.esi import begin_login, save_token
from srp_portal.esi.models import Token, metadata
from srp_portal.esi.runtime import Runtime
from srp_portal.sandbox import Character, Sandbox

USER = "X-Test-User"
LOCATION = "esi-location.read_location.v1"


@pytest.fixture(scope="session")
def universe() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture(autouse=True)
def clean_universe(universe: Sandbox) -> None:
    universe.reset()


@pytest.fixture
def settings(universe: Sandbox) -> dict[str, Any]:
    return {
        **universe.settings(),
        "esi.secret": "a-secret-for-the-tests-of-this-layer",
        "esi.sandbox": "true",
        "esi.sso_callback_url": "http://localhost/sso/callback",
        "esi.sso_client_id": "client",
        "esi.sso_client_secret": "secret",
        "esi.server_error_backoff_factor": "0.01",
        "esi.requests_read_timeout": "5",
    }


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Any]:
    engine = create_engine(f"sqlite:///{tmp_path}/esi.sqlite", connect_args={"timeout": 5})
    metadata.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def sessions(engine: Any) -> sessionmaker[Session]:
    return sessionmaker(engine)


@pytest.fixture
def app(settings: dict[str, Any], sessions: sessionmaker[Session]) -> Any:
    return make_app(settings, sessions)


@pytest.fixture
def app_with(settings: dict[str, Any], sessions: sessionmaker[Session]) -> Any:
    """Makes an application with a host of its own, and other settings."""

    def make(host: Any = None, **changes: Any) -> Any:
        return make_app({**settings, **changes}, sessions, host)

    return make


@pytest.fixture(params=["sqlite", "postgresql"])
def app_on(request: Any, settings: dict[str, Any]) -> Iterator[Any]:
    """Makes an application on each of the databases; gives it and a session factory."""
    name = "sqlite_url" if request.param == "sqlite" else "empty_postgresql"
    engine = create_engine(request.getfixturevalue(name))
    metadata.create_all(engine)
    sessions = sessionmaker(engine)
    yield lambda host: (make_app(settings, sessions, host), sessions)
    engine.dispose()


@pytest.fixture(scope="session")
def shapes() -> ModuleType:
    """The module of views that ask for tokens in every shape."""
    return load("shapes")


@pytest.fixture(scope="session")
def application() -> ModuleType:
    """The module of the minimal application."""
    return load("app")


def load(name: str) -> ModuleType:
    """A module of tests/esi_application, which is no package."""
    path = Path(__file__).parents[2] / "esi_application" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"esi_application_{name}", path)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def runtime(app: Any) -> Runtime:
    found: Runtime = app.registry["esi.runtime"]
    return found


@pytest.fixture
def traveller(app: Any, universe: Sandbox) -> "Traveller":
    return Traveller(app, universe)


@pytest.fixture
def travel(universe: Sandbox) -> Any:
    """Makes people with a browser of their own."""
    return lambda app: Traveller(app, universe)


@pytest.fixture
def shaped_with(app_with: Any, shapes: Any) -> Any:
    """Makes an application with views of every shape, which stores what plain logins bring."""

    def host(config: Any) -> None:
        shapes.host(config)
        config.add_esi_login_handler(_store)

    return lambda **changes: app_with(host, **changes)


@pytest.fixture
def shaped(shaped_with: Any) -> Any:
    return shaped_with()


@pytest.fixture
def person(travel: Any, shaped: Any) -> "Traveller":
    return travel(shaped)


@pytest.fixture
def stored(person: "Traveller", sessions: sessionmaker[Session]) -> Any:
    """Stores a token of a user's character, and gives its id."""

    def store(pilot: Character, scopes: str = LOCATION, user: str = "7") -> int | None:
        person.log_in(pilot.id, f"scopes={scopes}", user)
        with sessions() as session:
            return session.scalar(select(func.max(Token.id)))

    return store


@pytest.fixture
def pilot(universe: Sandbox) -> Character:
    return next(iter(universe.characters.values()))


@pytest.fixture
def another_pilot(universe: Sandbox) -> Character:
    return list(universe.characters.values())[1]


def make_app(settings: dict[str, Any], sessions: sessionmaker[Session], host: Any = None) -> Any:
    config = Configurator(
        settings={
            "tm.manager_hook": pyramid_tm.explicit_manager,
            "tm.commit_veto": "pyramid_tm.default_commit_veto",
            **settings,
        }
    )
    config.include("pyramid_tm")
    if "test.renderer" in settings:
        config.registry["esi.select_token_renderer"] = settings["test.renderer"]
    config.include("srp_portal.esi", route_prefix="/sso")
    config.add_request_method(lambda request: _session(request, sessions), "dbsession", reify=True)
    config.set_security_policy(_HeaderPolicy())
    config.add_route("login", "/login")
    config.add_view(_login, route_name="login")
    if host is None:
        config.add_esi_login_handler(_welcome)
    else:
        host(config)
    return config.make_wsgi_app()


def _session(request: Any, sessions: sessionmaker[Session]) -> Session:
    session = sessions()
    zope.sqlalchemy.register(session, transaction_manager=request.tm)
    return session


class _HeaderPolicy:
    """Believes what the test says about who is logged in."""

    def identity(self, request: Any) -> str | None:
        found: str | None = request.headers.get(USER)
        return found

    authenticated_userid = identity

    def permits(self, request: Any, context: Any, permission: str) -> bool:
        return permission != "secret" or self.identity(request) == "admin"


def _login(request: Any) -> Any:
    return begin_login(
        request,
        scopes=request.params.get("scopes", ""),
        return_to=request.params.get("to", "/"),
        kind=request.params.get("kind", "login"),
    )


def _store(request: Any, login: Any) -> Response:
    save_token(request.dbsession, login, request.authenticated_userid)
    return Response("stored")


def _welcome(request: Any, login: Any) -> Response:
    save_token(request.dbsession, login, request.authenticated_userid)
    return Response(
        json_body={
            "id": login.character_id,
            "name": login.character_name,
            "scopes": list(login.scopes),
            "to": login.return_to,
        }
    )


class Traveller:
    """A person with a browser on the way through the SSO."""

    def __init__(self, app: Any, universe: Sandbox) -> None:
        self.browser = TestApp(app)
        self._universe = universe

    def begin(self, query: str = "", user: str | None = None) -> Any:
        """The redirect to EVE that the application answers with."""
        return self.browser.get(f"/login?{query}", headers=_headers(user), status=303)

    def come_back(self, redirect: Any, character_id: int, user: str | None = None) -> Any:
        """The callback's answer after the person chose a character."""
        return self.open(self._universe.approve(redirect.location, character_id), user)

    def open(self, url: str, user: str | None = None) -> Any:
        """Any answer of the application."""
        path = url.removeprefix("http://localhost")
        return self.browser.get(path, headers=_headers(user), expect_errors=True)

    def post(self, url: str, form: Any, user: str | None = None) -> Any:
        """The answer to a form."""
        path = url.removeprefix("http://localhost")
        return self.browser.post(path, form, headers=_headers(user), expect_errors=True)

    def bring(self, url: str, character_id: int, user: str | None = None) -> Any:
        """What a view answers after its way through the SSO."""
        away = self.open(url, user)
        assert away.status_int == 303
        back = self.come_back(away, character_id, user)
        assert back.status_int == 303
        return self.open(back.location, user)

    def choose(self, page: Any, name: str, user: str | None = None) -> Any:
        """What a view answers after a choice on the selection page."""
        token_id = re.search(rf'value="(\d+)"[^>]*> {re.escape(name)}<', page.text)
        assert token_id is not None, page.text
        form = {"ticket": ticket(page), "_token": token_id[1]}
        back = self.post("/sso/select_token", form, user)
        assert back.status_int == 303
        return self.open(back.location, user)

    def log_in(self, character_id: int, query: str = "", user: str | None = None) -> Any:
        """The whole way."""
        return self.come_back(self.begin(query, user), character_id, user)


def ticket(page: Any) -> str:
    """The ticket in a selection page."""
    found = re.search(r'name="ticket" value="([^"]+)"', page.text)
    assert found is not None, page.text
    return found[1]


def _headers(user: str | None) -> dict[str, str]:
    return {} if user is None else {USER: user}
