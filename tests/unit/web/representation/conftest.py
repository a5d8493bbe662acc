"""Results made by hand, and a small application around the representation layer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from pyramid.config import Configurator
from pyramid.request import Request
from pyramid.response import Response
from webtest import TestApp

from srp_portal.domain.filters import parse_filters
from srp_portal.domain.permissions import Identity
from srp_portal.services.results import Reference, RequestPage, RequestRow
from srp_portal.testing.rows import changed
from srp_portal.testing.rows import make_row as row_with
from srp_portal.web.representation.links import Links

NOON = datetime(2014, 7, 9, 12, 0, tzinfo=UTC)
ALL_FORMATS = ("html", "json", "xml", "rss", "atom", "csv")


@pytest.fixture
def links() -> Links:
    return Links(origin="https://srp.example.com", site_name="Test SRP")


@pytest.fixture
def make_row() -> Callable[..., RequestRow]:
    """Makes a request; an id's seconds make the submission of a higher one the newer one."""

    def make(request_id: int = 100, **changes: Any) -> RequestRow:
        row = row_with(
            id=request_id,
            submitted_at=NOON + timedelta(seconds=request_id),
            killmail_url=f"https://zkillboard.com/kill/{request_id}/",
        )
        return changed(row, **changes)

    return make


@pytest.fixture
def make_page(make_row: Callable[..., RequestRow]) -> Callable[..., RequestPage]:
    def make(
        rows: tuple[RequestRow, ...] | None = None, path: str = "", **changes: Any
    ) -> RequestPage:
        rows = (make_row(101), make_row(100)) if rows is None else rows
        list_name = changes.pop("list_name", "pending")
        page = RequestPage(
            list_name=list_name,
            filters=parse_filters(path, list_name=list_name),
            rows=rows,
            count=len(rows),
            total=sum((row.payout for row in rows), Decimal("0.00")),
            page_size=200,
            reader=Reference(6, "reader"),
        )
        return replace(page, **changes)

    return make


@dataclass
class Portal:
    """What the layer needs of the portal; keeps the audit entries that it is given."""

    entries: list[Any] = field(default_factory=list)
    is_broken: bool = False
    settings: Any = field(default_factory=lambda: SimpleNamespace(site_name="Test SRP"))

    @property
    def session_factory(self) -> Any:
        return SimpleNamespace(begin=self._begin)

    @contextmanager
    def _begin(self) -> Iterator[Any]:
        if self.is_broken:
            raise RuntimeError("no database")
        yield SimpleNamespace(add=self.entries.append)


class Policy:
    """Knows one reader by a header, and one API key."""

    def identity(self, request: Request) -> Identity | None:
        key = request.GET.get("apikey")
        if request.method not in ("GET", "HEAD"):
            key = None
        if key is not None and key != "good":
            request.bad_credentials = True
            return None
        if key or "X-Reader" in request.headers:
            return Identity(user_id=6, name="reader")
        return None

    def permits(self, request: Request, context: object, permission: str) -> bool:
        return request.identity is not None


class Views:
    """The pages of the small application; a test puts what they return or raise into `result`."""

    def __init__(self) -> None:
        self.result: Any = None
        self.calls = 0
        self.seen: list[str] = []

    def page(self, request: Request) -> Any:
        self.calls += 1
        self.seen.append(request.representation)
        if isinstance(self.result, Exception):
            # As a view that was about to answer in a renderer of its own.
            request.override_renderer = "json"
            raise self.result
        if isinstance(self.result, Response):
            return self.result
        return {"document": self.result, "extra": "for the template"}


@pytest.fixture
def portal() -> Portal:
    return Portal()


@pytest.fixture
def views(make_page: Callable[..., RequestPage]) -> Views:
    views = Views()
    views.result = make_page()
    return views


@pytest.fixture
def app(portal: Portal, views: Views) -> TestApp:
    """`/list/…` in all formats, `/detail/ID/` in three, `/api/` in two, `/public/` without any."""
    with Configurator(settings={"retry.attempts": 1}) as config:
        config.set_security_policy(Policy())
        config.set_default_permission("user")
        config.add_request_method(lambda request: portal, "portal", reify=True)
        config.add_request_method(lambda request: NOON, "clock")
        config.add_renderer("html", lambda info: render_html)
        config.add_renderer(".jinja2", lambda info: render_error)
        config.include("srp_portal.web.representation")
        config.add_route("login", "/login/")
        config.add_route("list", "/list/*filters")
        config.add_route("detail", "/detail/{id:[0-9]+}/")
        config.add_route("api", "/api/")
        config.add_route("public", "/public/")
        config.add_route("form", "/form/")
        page = views.page
        add = config.add_view
        add(page, route_name="list", request_method="GET", formats=ALL_FORMATS, renderer="html")
        formats = ("html", "json", "xml")
        add(page, route_name="detail", request_method="GET", formats=formats, renderer="html")
        add(page, route_name="detail", request_method="POST", formats=formats, renderer="html")
        add(page, route_name="api", request_method="GET", formats=("json", "xml"))
        add(
            lambda request: Response("public"),
            route_name="public",
            permission="__no_permission_required__",
        )
        add(lambda request: Response("taken"), route_name="form", request_method="POST")
    return TestApp(config.make_wsgi_app())


def render_html(value: Any, system: Any) -> str:
    """Stands for a template: shows that it gets the whole dict."""
    return f"<p>{type(value['document']).__name__} {value['extra']}</p>"


def render_error(value: Any, system: Any) -> str:
    """Stands for error.jinja2."""
    if system["request"].headers.get("X-Broken-Template"):
        raise RuntimeError("the template needs the database")
    return f"<h1>{value['code']} {value['name']}</h1><p>{value['description']}</p>"
