"""The views that serve documents or take their forms, as Pyramid knows them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pyramid.interfaces import IRoutesMapper
from pyramid.security import NO_PERMISSION_REQUIRED

from srp_portal.web.forms.declaration import Field, Form


@dataclass(frozen=True, slots=True)
class Served:
    """A view of a route.

    about: the first sentence of its docstring. formats: empty where it answers in one way only.
    gives, takes, asks, refuses: its options of these names. is_public: open without a login.
    """

    route: str
    pattern: str
    method: str
    about: str
    formats: tuple[str, ...]
    gives: type | str | None
    takes: tuple[Form, ...]
    asks: tuple[Field, ...]
    refuses: tuple[int, ...]
    is_public: bool


def served_views(registry: Any) -> Iterator[Served]:
    """The views of every route that serves documents, in the order in which routes are matched.

    A route serves documents when one of its views has `formats` or `gives`; its other views come
    along.
    """
    by_route: dict[str, list[dict[str, Any]]] = {}
    for entry in registry.introspector.get_category("views", ()):
        by_route.setdefault(entry["introspectable"].get("route_name"), []).append(entry)
    for route in registry.getUtility(IRoutesMapper).get_routes():
        entries = by_route.get(route.name, ())
        if not any(_says_what(entry["introspectable"]) for entry in entries):
            continue
        for entry in sorted(entries, key=lambda entry: _method(entry["introspectable"])):
            yield _served(route, entry)


def _says_what(view: Any) -> bool:
    return bool(view.get("formats") or view.get("gives"))


def _method(view: Any) -> str:
    methods = view["request_methods"] or ("GET",)
    return methods if isinstance(methods, str) else methods[0]


def _served(route: Any, entry: dict[str, Any]) -> Served:
    view = entry["introspectable"]
    public = any(
        related.category_name == "permissions" and related["value"] == NO_PERMISSION_REQUIRED
        for related in entry["related"]
    )
    return Served(
        route=route.name,
        pattern=route.pattern,
        method=_method(view),
        about=(getattr(view["callable"], "__doc__", None) or "").strip().split("\n", 1)[0],
        formats=tuple(view.get("formats") or ()),
        gives=view.get("gives"),
        takes=tuple(view.get("takes") or ()),
        asks=tuple(view.get("asks") or ()),
        refuses=tuple(view.get("refuses") or ()),
        is_public=public,
    )
