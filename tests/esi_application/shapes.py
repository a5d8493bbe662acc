"""Views that ask for tokens, of every shape that Pyramid knows; to be scanned."""

import sys

from pyramid.httpexceptions import HTTPNotFound
from pyramid.response import Response
from pyramid.view import view_config, view_defaults

from srp_portal.esi import single_use_token, token_required, tokens_required

LOCATION = "esi-location.read_location.v1"
SHIP = "esi-location.read_ship_type.v1"
ROUTES = (
    "choose", "bare", "context", "several", "new", "news", "once", "two", "fails", "missing",
    "class", "class-option", "instance", "option", "option-rendered", "option-class",
    "option-secret", "cached",
)  # fmt: skip


def told(token):
    """What a test wants to know about a token."""
    return Response(
        json_body={
            "id": token.id,
            "name": token.character_name,
            "scopes": list(token.scope_names),
            "user": token.user_id,
            "access": token.valid_access_token(),
            "refresh": token.refresh_token,
        }
    )


@view_config(route_name="choose")
@token_required(scopes=LOCATION)
def choose(request, token):
    return told(token)


@view_config(route_name="bare")
@token_required()
def bare(request, token):
    return told(token)


@view_config(route_name="context")
@token_required([LOCATION, SHIP])
def with_context(context, request, token):
    assert context is request.context
    return told(token)


@view_config(route_name="several", renderer="json")
@tokens_required(scopes=f"{LOCATION} {SHIP}")
def several(request, tokens):
    return [token.character_name for token in tokens]


@view_config(route_name="new")
@token_required(new=True, scopes=LOCATION)
def new(request, token):
    return told(token)


@view_config(route_name="news", renderer="json")
@tokens_required(new=True, scopes=LOCATION)
def news(request, tokens):
    return [token.character_name for token in tokens.filter_by(character_owner_hash=None)] + [
        token.character_name for token in tokens
    ]


@view_config(route_name="once")
@single_use_token(scopes=LOCATION)
def once(request, token):
    return told(token)


@view_config(route_name="two", renderer="json")
@token_required(scopes=LOCATION)
@single_use_token(scopes=SHIP, new=True)
def two(request, token, guest):
    return [token.character_name, guest.character_name]


@view_config(route_name="fails")
@single_use_token(scopes=LOCATION)
def fails(request, token):
    answers = request.registry.settings["test.answers"]
    answer = answers.pop(0) if answers else 200
    if answer == 500:
        raise RuntimeError("the view failed")
    return Response(token.character_name, status=answer)


@view_config(route_name="missing")
@token_required(scopes=LOCATION)
def missing(request, token):
    if request.registry.settings["test.answers"]:
        raise HTTPNotFound(request.registry.settings["test.answers"].pop())
    return told(token)


@view_config(route_name="cached", http_cache=3600)
@token_required(scopes=LOCATION)
def cached(request, token):
    return told(token)


@view_defaults(route_name="class")
class ClassView:
    def __init__(self, request):
        self.request = request

    @view_config()
    @token_required(scopes=LOCATION)
    def show(self, token):
        return told(token)


class OptionBase:
    def __init__(self, context, request):
        self.request = request

    def greeting(self, name):
        return f"hello {name}"


@view_defaults(route_name="option-class", renderer="json")
class OptionView(OptionBase):
    @view_config(esi_token=LOCATION)
    def show(self, token):
        assert isinstance(self.request.__view__, OptionView)
        return self.greeting(token.character_name)

    @view_config(request_param="plain")
    def plain(self):
        return "no token"

    def greeting(self, name):
        return super().greeting(name).upper()


@view_config(route_name="class-option", esi_token=LOCATION)
class CallableClass:
    def __init__(self, request):
        self.request = request

    def __call__(self, token):
        return told(token)


class Instance:
    @token_required(scopes=LOCATION)
    def __call__(self, request, token):
        return told(token)


@view_config(route_name="option", esi_token=[LOCATION])
def option(request, token):
    return told(token)


@view_config(route_name="option-rendered", esi_token=LOCATION, renderer="json")
def option_rendered(context, request, token):
    request.response.headers["X-Seen"] = "yes"
    return {"name": token.character_name}


@view_config(route_name="option-secret", esi_token=LOCATION, permission="secret")
def option_secret(request, token):
    return told(token)


def host(config):
    """Adds all of it to an application."""
    config.add_settings({"test.answers": []})
    for name in ROUTES:
        config.add_route(name, f"/{name}")
    config.add_view(Instance(), route_name="instance")
    config.scan(sys.modules[__name__])
