"""The API's description: valid, complete, open to all, and a page to read it."""

from __future__ import annotations

import re

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator
from pyramid.exceptions import ConfigurationError

from srp_portal.web.openapi.parameters import is_described
from srp_portal.web.openapi.results import schema_name
from srp_portal.web.openapi.served import served_views
from srp_portal.web.representation.negotiate import FORMATS

PATH = "/api/openapi.json"


@pytest.fixture
def house(shared_house):
    return shared_house


@pytest.fixture(scope="module")
def description(shared_house):
    return shared_house.portal.browser().get(PATH).json


@pytest.fixture(scope="module")
def views(shared_house):
    return list(served_views(shared_house.portal.wsgi.registry))


def operations(description):
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def references(value):
    """Every `$ref` in a document."""
    if isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"]
        for each in value.values():
            yield from references(each)
    elif isinstance(value, list):
        for each in value:
            yield from references(each)


def test_description_when_checked_by_openapis_rules_is_valid(description):
    assert description["openapi"].startswith("3.1.")
    assert list(OpenAPIV31SpecValidator(description).iter_errors()) == []


def test_description_when_it_refers_to_a_part_then_it_is_there_and_each_part_is_used(description):
    found = set(references(description))
    there = {
        f"#/components/{kind}/{name}"
        for kind, parts in description["components"].items()
        for name in parts
        if kind != "securitySchemes"
    }
    assert found == there


def test_routes_when_a_view_serves_documents_have_a_schema_and_formats_of_their_own(
    views, description
):
    """Fails for a view with `formats` and without `gives`: say there what it serves."""
    silent = [view.route for view in views if set(view.formats) - {"html"} and view.gives is None]
    assert silent == []
    schemas = description["components"]["schemas"]
    given = {view.gives for view in views if isinstance(view.gives, str)} | {
        view.gives for view in views if view.formats and view.method == "GET"
    }
    assert {schema_name(each) for each in given - {None}} <= set(schemas)


def test_routes_when_a_view_takes_a_form_say_which(views):
    assert [view.route for view in views if view.method == "POST" and not view.takes] == []


def test_routes_when_views_answer_without_formats_are_known_to_serve_no_document(house, views):
    """What is left out of the description: pages to log in and out, files, SSO, redirects."""
    described = {view.route for view in views}
    registry = house.portal.wsgi.registry
    left = {
        entry["introspectable"]["route_name"]
        for entry in registry.introspector.get_category("views", ())
        if entry["introspectable"]["callable"].__module__.startswith("srp_portal.web.")
    }
    left -= described | {None}
    assert {name for name in left if not name.startswith("__")} == {
        "home", "login", "login.local", "login.eve", "logout",
    }  # fmt: skip


def test_paths_when_a_route_serves_documents_are_all_there(views, description):
    """A path that a route of ours matches is described by the operation of that route."""
    for view in views:
        fixed = re.sub(r"\{\w+(?::(?:[^{}]|\{[^{}]*\})*)?\}.*", "", view.pattern)
        assert any(
            path.startswith(fixed) and view.method.lower() in methods
            for path, methods in description["paths"].items()
        ), view


def test_places_when_a_path_has_them_are_explained(views):
    for view in views:
        for name in re.findall(r"\{([a-z]\w*)", re.sub(r"\{list:[^}]*\}", "", view.pattern)):
            assert is_described(view.route, name), (view.route, name)


def test_operations_when_named_have_names_of_their_own_and_a_summary(description):
    names = [operation["operationId"] for _, _, operation in operations(description)]
    assert len(names) == len(set(names))
    for path, method, operation in operations(description):
        assert operation["summary"], (method, path)
        assert operation["tags"][0] in {tag["name"] for tag in description["tags"]}
    assert all(tag["description"] for tag in description["tags"])


def test_formats_when_a_list_comes_in_all_are_its_media_types(description):
    content = description["paths"]["/request/pay/{filters}"]["get"]["responses"]["200"]["content"]
    assert set(content) == {each.content_type.partition(";")[0] for each in FORMATS.values()}
    feed = description["paths"]["/request/pay/{filters}/atom.xml"]["get"]["responses"]["200"]
    assert set(feed["content"]) == {"application/atom+xml"}


def test_keys_when_an_operation_changes_something_are_no_way_in(description):
    for path, method, operation in operations(description):
        ways = {name for each in operation["security"] for name in each}
        if method == "post":
            assert ways == {"session"}, path
        else:
            assert ways in (set(), {"apikey", "bearer", "session"}), path


@pytest.mark.parametrize("who", [None, "pilot", "root"])
def test_description_when_anybody_reads_it_is_the_same_and_may_be_kept(house, description, who):
    browser = house.portal.browser() if who is None else getattr(house, who)
    answer = browser.get(PATH)
    assert answer.json == description
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"].startswith("public, max-age=")
    assert "Set-Cookie" not in answer.headers
    assert "Cookie" not in answer.headers["Vary"]
    again = browser.get(PATH, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_int, again.body) == (304, b"")
    assert browser.head(PATH).headers["ETag"] == answer.headers["ETag"]


def test_description_when_the_portal_is_mounted_below_a_path_names_it(house):
    browser = house.portal.browser()
    assert browser.get(PATH).json["servers"] == [{"url": "/"}]
    mounted = browser.get(PATH, extra_environ={"SCRIPT_NAME": "/srp"})
    assert mounted.json["servers"] == [{"url": "/srp"}]


def test_description_when_the_key_is_bad_is_401(house):
    house.portal.browser().get(f"{PATH}?apikey=nonsense", status=401)


def test_view_when_it_gives_what_nobody_described_does_not_start():
    from pyramid.config import Configurator

    config = Configurator()
    config.include("srp_portal.web.openapi")
    config.add_view(lambda request: None, gives="Nonsense")
    with pytest.raises(ConfigurationError, match="Nonsense"):
        config.commit()


def test_page_when_anybody_reads_it_shows_every_call_form_and_document(house, description):
    page = house.portal.browser().get("/api/")
    shown = page.html
    calls = {
        (call.select_one(".api-method").text, call.select_one("code").text)
        for call in shown.select(".api-call > summary")
    }
    assert calls == {(method.upper(), path) for path, method, _ in operations(description)}
    headings = {each.text for each in shown.select(".api-document h3")}
    assert headings == set(description["components"]["schemas"])
    links = {each["href"] for each in shown.select("main a") if each["href"].startswith("#")}
    anchors = {f"#{each['id']}" for each in shown.select("[id]")}
    assert links <= anchors
    assert "rel-deduct" in page.text
    assert "`" not in shown.main.text


def test_page_when_read_runs_no_script_of_others(house):
    page = house.portal.browser().get("/api/")
    for script in page.html.select("script"):
        assert script["src"].startswith("/")
    assert page.headers["Cache-Control"].startswith("private")


def test_page_when_keys_are_managed_is_a_link_away(house):
    assert "/api/" in {each.get("href") for each in house.pilot.get("/apikeys/").html.select("a")}
    house.portal.browser().get("/api", status=301)
