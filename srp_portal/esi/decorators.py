"""Decorators for views that need tokens of the person who asks.

    @token_required(scopes="esi-assets.read_assets.v1")
    def assets(request, token): ...

They fit functions `view(request, token)` and `view(context, request, token)`, and methods of
class views, `view(self, token)`. To Pyramid the decorated view looks as if it had no last
argument. Through the SSO or the selection page the browser comes back with a GET.
"""

import inspect
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, Final

from pyramid.httpexceptions import HTTPForbidden, HTTPSeeOther
from pyramid.interfaces import IRequest
from pyramid.request import Request

from srp_portal.esi.browser import name_browser, remember_browser
from srp_portal.esi.handovers import Purpose, arrival, forget, take, view_url
from srp_portal.esi.logins import RUNTIME, begin_login, local_path, redirect_once, user_id_of
from srp_portal.esi.models import CallbackRedirect
from srp_portal.esi.queries import TokenQuery, scope_names, tokens
from srp_portal.esi.single_use import unpacked
from srp_portal.esi.tickets import issue

View = Callable[..., Any]
# What a view gets, or where to send the person for it; `call` runs the view with it.
_Supply = Callable[[Request, tuple[str, ...], Callable[[Any], Any]], Any]

_ASKS: Final = "_srp_portal_esi_asks"


def token_required(scopes: str | Iterable[str] = "", new: bool = False) -> Callable[[View], View]:
    """Give the view a `Token` with these scopes that the person chose, their own and valid.

    It always asks which one, also when there is only one; without any it is the SSO that
    asks. new: always a token fresh from the SSO, also for anonymous visitors, for logins;
    its user_id is then None. Otherwise anonymous visitors raise HTTPForbidden.
    """
    return _decorator(scopes, _new_token if new else _chosen_token)


def tokens_required(scopes: str | Iterable[str] = "", new: bool = False) -> Callable[[View], View]:
    """Give the view a `TokenQuery` of all the person's valid tokens with these scopes.

    Without any the SSO is asked for one. new: always the SSO, and a query with the fresh
    token alone, also for anonymous visitors. Otherwise these raise HTTPForbidden.
    """
    return _decorator(scopes, _new_tokens if new else _own_tokens)


def single_use_token(
    scopes: str | Iterable[str] = "",
    new: bool = False,  # noqa: ARG001
) -> Callable[[View], View]:
    """Give the view a `Token` that exists for this one run of it, logged in or not.

    It always comes fresh from the SSO, whatever `new` says, is no row of the database
    (its id is None), and is forgotten when the view ended well.
    """
    return _decorator(scopes, _token_for_once)


def _decorator(scopes: str | Iterable[str], supply: _Supply) -> Callable[[View], View]:
    if callable(scopes):
        raise TypeError("the decorator is to be called: @token_required()")
    names = scope_names(scopes)

    def decorate(view: View) -> View:
        signature = _without_token(view)

        @wraps(view)
        def asking(*args: Any) -> Any:
            return supply(_request_in(args), names, lambda token: view(*args, token))

        # Pyramid looks at the arguments to find out how to call a view.
        asking.__signature__ = signature  # type: ignore[attr-defined]
        return asking

    return decorate


def _without_token(view: View) -> inspect.Signature:
    if inspect.isclass(view) or not callable(view):
        raise TypeError(f"{view!r} is no function; of a class view, decorate the method")
    signature = inspect.signature(view)
    parameters = list(signature.parameters.values())
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    if len(parameters) < 2 or any(each.kind not in kinds for each in parameters):
        raise TypeError(f"{view!r} must take a request, or self, and a token after it")
    return signature.replace(parameters=parameters[:-1])


def _request_in(args: tuple[Any, ...]) -> Request:
    for each in args:
        if IRequest.providedBy(each):
            return each
    return args[0].request


def _chosen_token(request: Request, scopes: tuple[str, ...], call: Callable[[Any], Any]) -> Any:
    user_id = _user_id(request)
    row = arrival(request, Purpose.CHOICE, scopes)
    # Once more: it may have been given to somebody else, or deleted, in the meantime.
    token = None if row is None else _token(request, row, user_id)
    if row is not None and token is not None:
        row_id = row.id
        return _run(request, call, token, lambda: forget(request, Purpose.CHOICE, scopes, row_id))
    if _valid(request, user_id, scopes).first() is None:
        return _to_sso(request, scopes, Purpose.CHOICE)
    return _to_selection(request, scopes)


def _own_tokens(request: Request, scopes: tuple[str, ...], call: Callable[[Any], Any]) -> Any:
    found = _valid(request, _user_id(request), scopes)
    if found.first() is None:
        return _to_sso(request, scopes, Purpose.MORE)
    return call(found)


def _new_token(request: Request, scopes: tuple[str, ...], call: Callable[[Any], Any]) -> Any:
    row = arrival(request, Purpose.NEW, scopes)
    token = None if row is None else _token(request, row, user_id_of(request))
    if row is None or token is None:
        return _to_sso(request, scopes, Purpose.NEW)
    row_id = row.id
    return _run(request, call, token, lambda: take(request, row_id))


def _new_tokens(request: Request, scopes: tuple[str, ...], call: Callable[[Any], Any]) -> Any:
    def call_with_query(token: Any) -> Any:
        return call(tokens(request.dbsession).filter_by(id=token.id))

    return _new_token(request, scopes, call_with_query)


def _token_for_once(request: Request, scopes: tuple[str, ...], call: Callable[[Any], Any]) -> Any:
    row = arrival(request, Purpose.SINGLE_USE, scopes)
    if row is None or row.single_use is None:
        return _to_sso(request, scopes, Purpose.SINGLE_USE)
    row_id = row.id
    token = unpacked(row.single_use, user_id_of(request))
    return _run(request, call, token, lambda: take(request, row_id))


def _run(request: Request, call: Callable[[Any], Any], token: Any, end: Callable[[], None]) -> Any:
    """Run the view, and end the hand-over if that went well; else it may be tried again."""
    result = call(token)
    status = getattr(result, "status_int", None) or request.response.status_int
    # A view that wants two tokens asks for the second one while the first one waits.
    if status < 400 and not hasattr(result, _ASKS):
        end()
    return result


def _user_id(request: Request) -> str:
    user_id = user_id_of(request)
    if user_id is None:
        raise HTTPForbidden("This page needs a token of yours, so please log in first.")
    return user_id


def _token(request: Request, row: CallbackRedirect, user_id: str | None) -> Any:
    return tokens(request.dbsession).filter_by(id=row.token_id, user_id=user_id).first()


def _valid(request: Request, user_id: str, scopes: tuple[str, ...]) -> TokenQuery:
    return (
        tokens(request.dbsession).filter_by(user_id=user_id).require_scopes(scopes).require_valid()
    )


def _to_sso(request: Request, scopes: tuple[str, ...], purpose: Purpose) -> HTTPSeeOther:
    return _asking(begin_login(request, scopes, view_url(request), purpose))


def _to_selection(request: Request, scopes: tuple[str, ...]) -> HTTPSeeOther:
    cipher = request.registry[RUNTIME].cipher
    browser = name_browser(request, cipher)
    ticket = issue(request, local_path(view_url(request)), scopes, browser)
    response = redirect_once(request.route_path("esi.select_token", _query={"ticket": ticket}))
    remember_browser(request, response, cipher, browser)
    return _asking(response)


def _asking(response: HTTPSeeOther) -> HTTPSeeOther:
    setattr(response, _ASKS, True)
    return response
