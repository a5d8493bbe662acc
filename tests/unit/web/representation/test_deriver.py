"""The view option `formats`, through a small application."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from lxml import etree
from pyramid.config import Configurator
from pyramid.exceptions import ConfigurationError
from pyramid.response import Response
from webtest import TestApp

from srp_portal.services.results import RequestPage

LOGGED_IN = {"X-Reader": "yes"}
CONTENT_TYPES = {
    "html": "text/html; charset=UTF-8",
    "json": "application/json",
    "xml": "application/xml; charset=utf-8",
    "rss": "application/rss+xml; charset=utf-8",
    "atom": "application/atom+xml; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
}
TAGGED = sorted(set(CONTENT_TYPES) - {"html"})


@pytest.mark.parametrize("fmt", CONTENT_TYPES)
def test_page_when_asked_for_a_format_comes_in_it(fmt: str, app: TestApp, views: Any) -> None:
    response = app.get(f"/list/?fmt={fmt}", headers=LOGGED_IN)
    assert response.headers["Content-Type"] == CONTENT_TYPES[fmt]
    assert response.headers["Vary"] == "Accept, Cookie"
    assert views.seen == [fmt]


def test_html_page_gets_the_whole_dict(app: TestApp) -> None:
    response = app.get("/list/", headers=LOGGED_IN)
    assert response.text == "<p>RequestPage for the template</p>"
    assert response.headers["Cache-Control"] == "private, no-store"
    assert "ETag" not in response.headers


def test_json_page_is_made_of_the_document_alone(app: TestApp) -> None:
    document = app.get("/list/", headers={**LOGGED_IN, "Accept": "application/json"}).json
    assert document["request_count"] == 2
    assert "extra" not in document


@pytest.mark.parametrize(("suffix", "root"), [("rss.xml", "rss"), ("atom.xml", "feed")])
def test_path_suffix_gives_a_feed(suffix: str, root: str, app: TestApp) -> None:
    response = app.get(f"/list/ship/Rifter/{suffix}", headers=LOGGED_IN)
    assert etree.QName(etree.fromstring(response.body)).localname == root


def test_links_when_mounted_keep_prefix_host_key_and_format(
    app: TestApp, views: Any, make_page: Callable[..., RequestPage]
) -> None:
    views.result = make_page(count=500)
    response = app.get(
        "/list/?apikey=good&fmt=json",
        extra_environ={"SCRIPT_NAME": "/my srp", "HTTP_HOST": "a.b:81"},
    )
    expected = "http://a.b:81/my%20srp/request/pending/page/2?apikey=good&fmt=json"
    assert response.json["next"] == expected
    assert response.json["requests"][0]["href"] == "/my%20srp/request/101/"


@pytest.mark.parametrize("fmt", TAGGED)
def test_get_when_the_reader_has_it_is_304(fmt: str, app: TestApp) -> None:
    first = app.get(f"/list/?fmt={fmt}", headers=LOGGED_IN)
    tag = first.headers["ETag"]
    assert tag.startswith('W/"')
    assert first.headers["Cache-Control"] == "private, no-cache"
    for sent in (tag, tag.removeprefix("W/"), f'"other", {tag}', "*"):
        again = app.get(f"/list/?fmt={fmt}", headers={**LOGGED_IN, "If-None-Match": sent})
        assert (again.status_int, again.body) == (304, b"")
        assert again.headers["ETag"] == tag
        assert again.headers["Vary"] == "Accept, Cookie"
        assert again.headers["Cache-Control"] == "private, no-cache"
        assert "Content-Type" not in again.headers


@pytest.mark.parametrize("sent", ['"other"', "", "nonsense", 'W/"'])
def test_get_when_the_reader_has_another_is_200(sent: str, app: TestApp) -> None:
    headers = {**LOGGED_IN, "If-None-Match": sent}
    assert app.get("/list/?fmt=json", headers=headers).status_int == 200


def test_tag_when_the_content_changed_is_another(
    app: TestApp, views: Any, make_page: Callable[..., RequestPage]
) -> None:
    before = app.get("/list/?fmt=json", headers=LOGGED_IN).headers["ETag"]
    views.result = make_page(count=3)
    assert app.get("/list/?fmt=json", headers=LOGGED_IN).headers["ETag"] != before


def test_tag_of_the_view_itself_is_kept(app: TestApp, views: Any) -> None:
    views.result = Response("made by the view", etag="mine")
    response = app.get("/list/?fmt=json", headers=LOGGED_IN)
    assert response.headers["ETag"] == '"mine"'
    views.result = Response("made by the view", etag="mine")
    headers = {**LOGGED_IN, "If-None-Match": '"mine"'}
    assert app.get("/list/?fmt=json", headers=headers).status_int == 304


@pytest.mark.parametrize("fmt", CONTENT_TYPES)
def test_head_has_the_headers_of_get_and_no_body(fmt: str, app: TestApp) -> None:
    get = app.get(f"/list/?fmt={fmt}", headers=LOGGED_IN)
    head = app.head(f"/list/?fmt={fmt}", headers=LOGGED_IN)
    assert head.body == b""
    assert head.headers == get.headers


def test_head_when_the_reader_has_it_is_304(app: TestApp) -> None:
    tag = app.head("/list/?fmt=json", headers=LOGGED_IN).headers["ETag"]
    headers = {**LOGGED_IN, "If-None-Match": tag}
    assert app.head("/list/?fmt=json", headers=headers).status_int == 304


def test_post_has_no_tag_and_is_never_stored(app: TestApp) -> None:
    response = app.post(
        "/detail/1/", headers={**LOGGED_IN, "Accept": "application/json", "If-None-Match": "*"}
    )
    assert response.status_int == 200
    assert "ETag" not in response.headers
    assert response.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("fmt", ["html", "json"])
def test_redirect_of_the_view_passes_with_its_headers_kept(
    fmt: str, app: TestApp, views: Any
) -> None:
    views.result = Response(status=303, location="/elsewhere/", vary="Origin, cookie")
    views.result.headers["Cache-Control"] = "max-age=5"
    response = app.get(f"/list/?fmt={fmt}", headers=LOGGED_IN)
    assert response.status_int == 303
    assert response.headers["Vary"] == "Origin, cookie, Accept"
    assert response.headers["Cache-Control"] == "max-age=5"
    assert "ETag" not in response.headers


def test_vary_on_everything_stays_so(app: TestApp, views: Any) -> None:
    views.result = Response("made by the view", vary="*")
    assert app.get("/list/", headers=LOGGED_IN).headers["Vary"] == "*"


@pytest.mark.parametrize(
    ("path", "accept"),
    [
        ("/list/", "image/png"),
        ("/detail/1/", "application/rss+xml"),
        ("/api/", "text/html"),
        ("/list/", "text/html;q=0, */*;q=0"),
    ],
)
def test_page_when_nothing_is_acceptable_is_406_and_never_computed(
    path: str, accept: str, app: TestApp, views: Any
) -> None:
    response = app.get(path, headers={**LOGGED_IN, "Accept": accept}, status=406)
    assert "application/json" in response.text
    assert response.headers["Vary"] == "Accept, Cookie"
    assert views.calls == 0


@pytest.mark.parametrize("fmt", ["yaml", "rss", "atom", "csv", "%FF", "%00", "html&fmt=json"])
def test_detail_when_the_format_is_not_offered_is_400(fmt: str, app: TestApp, views: Any) -> None:
    app.get(f"/detail/1/?fmt={fmt}", headers=LOGGED_IN, status=400)
    assert views.calls == 0


def test_authorization_comes_before_negotiation(app: TestApp) -> None:
    assert app.get("/list/?fmt=yaml", status=303).location.startswith("http://localhost/login/")


def test_view_without_formats_is_left_alone(app: TestApp) -> None:
    response = app.get("/public/?fmt=yaml", headers={"Accept": "image/png"})
    assert response.text == "public"
    assert "Vary" not in response.headers


def test_status_and_headers_of_the_view_are_kept(app: TestApp, views: Any) -> None:
    class Created:
        def __init__(self) -> None:
            self.page = views.page

        def __call__(self, request: Any) -> Any:
            request.response.status_int = 422
            request.response.headers["X-Extra"] = "1"
            return self.page(request)

    with Configurator(registry=app.app.registry) as config:
        config.add_route("other", "/other/")
        config.add_view(Created(), route_name="other", formats=("json",))
        config.commit()
        response = app.get("/other/", headers=LOGGED_IN, status=422)
    assert response.headers["X-Extra"] == "1"
    assert response.headers["Content-Type"] == "application/json"
    assert "ETag" not in response.headers
    assert json.loads(response.body)["request_count"] == 2


@pytest.mark.parametrize("formats", [("html", "yaml"), (), "json"], ids=repr)
def test_formats_when_wrong_fail_at_start(formats: Any) -> None:
    config = Configurator()
    config.include("srp_portal.web.representation")
    config.add_view(lambda request: {}, name="x", formats=formats)
    with pytest.raises(ConfigurationError, match="formats="):
        config.commit()
