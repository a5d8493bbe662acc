"""What every template can use: amounts, times, pictures, navigation."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from markupsafe import Markup
from pyramid.events import BeforeRender

from srp_portal.domain.filter_lists import ListName
from srp_portal.domain.payout import ModifierKind, modifier_text
from srp_portal.domain.permissions import Permission
from srp_portal.services.listing import may_open, waiting_counts
from srp_portal.web import pieces
from srp_portal.web.list_rows import ListRows

LIST_LABELS: Mapping[ListName, str] = {
    ListName.PERSONAL: "My requests",
    ListName.PENDING: "Pending",
    ListName.PAY: "Pay",
    ListName.COMPLETED: "Completed",
    ListName.ALL: "All",
}

_KILL_REFERENCE = re.compile(r"#([0-9]{1,18})\b", re.ASCII)


@dataclass(frozen=True, slots=True)
class NavItem:
    """An entry of the top bar; count is a badge, None for none."""

    name: str
    label: str
    url: str
    count: int | None
    is_active: bool


def includeme(config: Any) -> None:
    """Sets Jinja2 up, with the filters, and fills in the globals before each page."""
    settings = config.registry["srp_portal.portal"].settings
    pictures = pieces.Pictures(settings.esi_image_base_url)
    config.include("pyramid_jinja2")
    config.add_settings(
        {
            "jinja2.trim_blocks": True,
            "jinja2.lstrip_blocks": True,
            "jinja2.undefined": "strict",
            "jinja2.filters": {
                **pieces.FILTERS,
                **pictures.filters(),
                **ListRows(pictures).filters(),
                "modifier_text": modifier,
            },
        }
    )
    config.add_jinja2_search_path("srp_portal.web:templates", name=".jinja2")
    config.add_subscriber(add_globals, BeforeRender)
    config.add_request_method(navigation, "navigation", reify=True)


def modifier(value: Any) -> str:
    """The modifier for people: `15.0% bonus`."""
    return modifier_text(ModifierKind(value.kind), value.value)


def add_globals(event: Any) -> None:
    """Adds what the layout and the macros need; nothing here asks the database by itself."""
    request = event.get("request")
    if request is None:
        return
    settings = request.portal.settings
    identity = getattr(request, "identity", None)
    theme = request.cookies.get("theme", "auto")

    def linked_text(text: str) -> Markup:
        parts = _KILL_REFERENCE.split(text)
        link = Markup('<a href="{}">#{}</a>')
        return Markup("").join(
            link.format(request.route_path("request.detail", id=part), part)
            if position % 2
            else pieces.plain_text(part)
            for position, part in enumerate(parts)
        )

    event.update(
        identity=identity,
        site_name=settings.site_name,
        is_sandbox=settings.sandbox,
        may_submit=identity is not None and identity.holds_anywhere(frozenset({Permission.SUBMIT})),
        administers=identity is not None
        and (identity.is_admin or identity.holds_anywhere(frozenset({Permission.ADMIN}))),
        theme=theme if theme in ("dark", "light") else "auto",
        static=request.static,
        bootstrap_css=request.bootstrap_css,
        # One for the page: a list has a form in each row.
        csrf_field=cache(lambda: csrf_field(request)),
        linked_text=linked_text,
        # As functions: a page that shows neither asks for neither.
        navigation=_Lazy(lambda: request.navigation),
        flash=_Lazy(request.pop_flash),
    )


class _Lazy:
    """A list that is made when a template looks at it."""

    def __init__(self, make: Any) -> None:
        self._make = make
        self._made: list[Any] | None = None

    def _list(self) -> list[Any]:
        if self._made is None:
            self._made = list(self._make())
        return self._made

    def __iter__(self) -> Any:
        return iter(self._list())

    def __len__(self) -> int:
        return len(self._list())


def csrf_field(request: Any) -> Markup:
    """The hidden field that every form carries."""
    from pyramid.csrf import get_csrf_token

    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(
        get_csrf_token(request)
    )


def navigation(request: Any) -> list[NavItem]:
    """The lists that the reader may open, with what waits in them; one statement at most.

    An error page has no transaction to ask in: it shows the lists without numbers.
    """
    identity = request.identity
    if identity is None:
        return []
    is_error = getattr(request, "exception", None) is not None
    counts = {} if is_error else waiting_counts(request.dbsession, identity)
    matched = (request.matchdict or {}).get("list")
    return [
        NavItem(
            name.value,
            label,
            request.links.whole_list(name),
            counts.get(name),
            matched == name.value,
        )
        for name, label in LIST_LABELS.items()
        if may_open(name, identity)
    ]
