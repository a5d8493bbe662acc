"""A small Pyramid application that is not the portal: `srp_portal.esi` and little else.

It keeps accounts of its own, logs people in by EVE, and shows what their characters own and
where they are. To try it by hand, in two terminals:

    srp-portal sandbox serve
    python tests/esi_application/app.py --sandbox http://127.0.0.1:6544 --port 6550
"""

import argparse
from html import escape

import pyramid_tm
import waitress
import zope.sqlalchemy
from pyramid.authentication import AuthTktCookieHelper
from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPSeeOther
from pyramid.response import Response
from pyramid.security import remember
from pyramid.view import forbidden_view_config, view_config
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, sessionmaker

from srp_portal.esi import single_use_token, token_required, tokens_required
from srp_portal.esi.models import metadata as esi_metadata

ASSETS = "esi-assets.read_assets.v1"
LOCATION = "esi-location.read_location.v1"
SHIP = "esi-location.read_ship_type.v1"
PAGES = {"assets": "What a character owns", "places": "Where all of yours are",
         "guest": "Where a guest is", "ship": "What a character flies"}  # fmt: skip


class Base(DeclarativeBase):
    """This application's own tables."""


class Account(Base):
    """Somebody who logged in; a character that is sold is somebody else."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_hash: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]


class Policy:
    """A signed cookie says which account it is."""

    def __init__(self, secret):
        self._cookies = AuthTktCookieHelper(secret, hashalg="sha512", http_only=True)

    def identity(self, request):
        """The account, None for a visitor."""
        found = self._cookies.identify(request)
        return found and request.dbsession.get(Account, int(found["userid"]))

    def authenticated_userid(self, request):
        """Its number, which tokens are kept under."""
        account = self.identity(request)
        return account and account.id

    def permits(self, request, context, permission):
        """Views ask the ESI layer, and nothing else."""
        return self.identity(request) is not None

    def remember(self, request, userid, **kw):
        """The headers of a login."""
        return self._cookies.remember(request, str(userid), **kw)

    def forget(self, request, **kw):
        """The headers of a logout."""
        return self._cookies.forget(request, **kw)


@view_config(route_name="home")
def home(request):
    """The way to everything."""
    name = request.identity.name if request.identity else "stranger"
    paths = {"login": "Log in", **PAGES}
    return page(f"Hello {name}", *(f'<a href="/{path}">{paths[path]}</a>' for path in paths))


@forbidden_view_config()
def forbidden(request):
    """Whoever may not see a page has to log in."""
    return HTTPSeeOther(request.route_path("login"))


@view_config(route_name="login")
@token_required(new=True)
def login(request, token):
    """The account of the character that EVE vouched for."""
    wanted = select(Account).where(Account.owner_hash == token.character_owner_hash)
    account = request.dbsession.scalar(wanted)
    if account is None:
        account = Account(owner_hash=token.character_owner_hash, name=token.character_name)
        request.dbsession.add(account)
        request.dbsession.flush()
    # It said who it is, and nothing else can be done with it.
    request.dbsession.delete(token)
    return HTTPSeeOther(request.route_path("home"), headers=remember(request, account.id))


@view_config(route_name="assets")
@token_required(scopes=ASSETS)
def assets(request, token):
    """All pages of what a character owns."""
    owned = request.esi.client.Assets.get_characters_character_id_assets(
        character_id=token.character_id, token=token.valid_access_token()
    ).results()
    return page(f"{token.character_name} owns {len(owned)} items", *(x["item_id"] for x in owned))


@view_config(route_name="places")
@tokens_required(scopes=LOCATION)
def places(request, tokens):
    """Where all characters of the account are."""
    return page("Your characters", *(f"{escape(t.character_name)}: {place(t)}" for t in tokens))


@view_config(route_name="guest")
@single_use_token(scopes=LOCATION)
def guest(request, token):
    """Where a character is, who then is forgotten."""
    return page(f"{token.character_name} is in {place(token)}")


@view_config(route_name="ship", esi_token=SHIP, renderer="json")
def ship(request, token):
    """What a character flies."""
    location = token.get_esi_client().Location
    return location.get_characters_character_id_ship(character_id=token.character_id).result()


def place(token):
    """The number of the solar system where the token's character is."""
    location = token.get_esi_client().Location
    found = location.get_characters_character_id_location(character_id=token.character_id)
    return found.result()["solar_system_id"]


def page(title, *items):
    """A page with a list."""
    rows = "".join(f"<li>{item}</li>" for item in items)
    head = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(title)}</title>'
    return Response(f"{head}<h1>{escape(title)}</h1><ul>{rows}</ul>")


def make_app(settings):
    """The application; needs `app.database`, `app.secret` and the `esi.…` settings."""
    engine = create_engine(settings["app.database"])
    Base.metadata.create_all(engine)
    esi_metadata.create_all(engine)
    sessions = sessionmaker(engine)

    def dbsession(request):
        session = sessions()
        zope.sqlalchemy.register(session, transaction_manager=request.tm)
        return session

    transactions = {
        "tm.manager_hook": pyramid_tm.explicit_manager,
        "tm.commit_veto": "pyramid_tm.default_commit_veto",
    }
    config = Configurator(settings={**transactions, **settings})
    config.include("pyramid_tm")
    config.add_request_method(dbsession, "dbsession", reify=True)
    config.set_security_policy(Policy(settings["app.secret"]))
    config.registry["esi.app_info_text"] = "small-app v1.0.0"
    config.include("srp_portal.esi", route_prefix="/sso")
    config.add_route("home", "/")
    for name in ("login", *PAGES):
        config.add_route(name, f"/{name}")
    config.scan(__name__)
    app = config.make_wsgi_app()
    app.registry["app.engine"] = engine
    return app


def main():
    """Serve it beside a sandbox, until interrupted."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--sandbox", required=True, help="what srp-portal sandbox serve printed")
    parser.add_argument("--port", type=int, default=6550)
    parser.add_argument("--database", default="sqlite:///esi-application.sqlite")
    given = parser.parse_args()
    settings = {
        "app.database": given.database,
        "app.secret": "a-secret-of-this-machine-and-nothing-else",
        "esi.secret": "another-secret-of-this-machine-for-tokens",
        "esi.sandbox": "true",
        "esi.base_url": f"{given.sandbox}/esi",
        "esi.sso_base_url": f"{given.sandbox}/sso",
        "esi.sso_callback_url": f"http://127.0.0.1:{given.port}/sso/callback",
    }
    print(f"http://127.0.0.1:{given.port}/", flush=True)
    waitress.serve(make_app(settings), host="127.0.0.1", port=given.port, _quiet=True)


if __name__ == "__main__":
    main()
