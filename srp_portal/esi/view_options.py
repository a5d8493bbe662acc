"""The view option `esi_token`: `@view_config(esi_token="scopes…")` on `view(request, token)`.

It is the decorator `token_required`, put on just before Pyramid finds out how the view wants
to be called: permission, CSRF token, renderer and everything else of the view stay outside.
"""

import copy
import inspect
import types
from typing import Any

from pyramid.exceptions import ConfigurationError
from pyramid.viewderivers import mapped_view

from srp_portal.esi.decorators import token_required


def token_mapped_view(view: Any, info: Any) -> Any:
    """Pyramid's view deriver `mapped_view`, for views that want a token as well.

    Raises ConfigurationError for a view that can't take one.
    """
    scopes = info.options.get("esi_token")
    if scopes is None:
        return mapped_view(view, info)
    try:
        decorate = token_required(scopes)
        if inspect.isclass(view):
            return mapped_view(_class_with_token(view, info.options.get("attr"), decorate), info)
        attr = info.options.get("attr")
        if attr is None and not inspect.isroutine(view):
            attr = "__call__"
        decorated = decorate(view if attr is None else getattr(view, attr))
    except (TypeError, AttributeError) as error:
        raise ConfigurationError(f"esi_token of {view!r}: {error}") from error
    info = copy.copy(info)
    info.options = {**info.options, "attr": None}
    return mapped_view(decorated, info)


token_mapped_view.options = (*mapped_view.options, "esi_token")  # type: ignore[attr-defined]


def _class_with_token(view: type, attr: str | None, decorate: Any) -> type:
    """The class with its method decorated; the class itself may serve other views as it is."""
    name = attr or "__call__"
    method = decorate(getattr(view, name))
    body = {name: method, "__module__": view.__module__, "__doc__": view.__doc__}
    return types.new_class(view.__name__, (view,), exec_body=lambda space: space.update(body))
