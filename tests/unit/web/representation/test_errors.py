"""Errors in every representation, through a small application."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
from lxml import etree
from pyramid.httpexceptions import (
    HTTPFound,
    HTTPNotFound,
    HTTPOk,
    HTTPServiceUnavailable,
    HTTPTooManyRequests,
)
from webtest import TestApp

from srp_portal.domain.errors import (
    AlreadySubmitted,
    BadRequest,
    DomainError,
    InvalidInput,
    NotAllowed,
    NotFound,
    StateConflict,
    Unavailable,
)
from srp_portal.domain.filters import FilterError
from srp_portal.esi.errors import EsiRateLimited, EsiUnavailable, SsoDenied, SsoStateInvalid
from srp_portal.web.representation.error_table import answer_to

LOGGED_IN = {"X-Reader": "yes"}


@pytest.mark.parametrize(
    ("error", "status", "name"),
    [
        (NotFound("No such request."), 404, "Not Found"),
        (NotAllowed("You may not pay this."), 403, "Forbidden"),
        (StateConflict("It is paid now.", present="paid"), 409, "Conflict"),
        (InvalidInput("value", "Negative."), 422, "Unprocessable Entity"),
        (BadRequest("No such form."), 400, "Bad Request"),
        (FilterError("ship", "x", "no such ship"), 400, "Bad Request"),
        (AlreadySubmitted(5), 422, "Unprocessable Entity"),
        (Unavailable("EVE is down."), 503, "Service Unavailable"),
        (DomainError("Something else."), 400, "Bad Request"),
        (EsiUnavailable("timeout"), 503, "Service Unavailable"),
        (EsiRateLimited("slow down"), 503, "Service Unavailable"),
        (SsoDenied("You cancelled."), 403, "Forbidden"),
        (SsoStateInvalid("Start again."), 400, "Bad Request"),
        (HTTPNotFound("/secret/path"), 404, "Not Found"),
        (HTTPServiceUnavailable(), 503, "Service Unavailable"),
        (HTTPTooManyRequests("Wait a minute."), 429, "Too Many Requests"),
        (HTTPFound("/x"), 500, "Internal Server Error"),
        (HTTPOk(), 500, "Internal Server Error"),
        (ValueError("secret"), 500, "Internal Server Error"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_every_error_has_a_status_and_says_nothing_secret(
    error: Exception, status: int, name: str
) -> None:
    answer = answer_to(error)
    assert (answer.status, answer.name) == (status, name)
    assert "secret" not in answer.description
    if isinstance(error, DomainError | SsoDenied | HTTPTooManyRequests):
        assert answer.description == str(error)


def get(app: TestApp, views: Any, error: Exception, query: str, status: int) -> Any:
    views.result = error
    return app.get(f"/list/{query}", headers=LOGGED_IN, status=status)


def test_json_error_has_code_name_and_description(app: TestApp, views: Any) -> None:
    response = get(app, views, NotFound("No such request."), "?fmt=json", 404)
    assert response.headers["Content-Type"] == "application/json"
    assert response.json == {"code": 404, "description": "No such request.", "name": "Not Found"}


@pytest.mark.parametrize(
    ("error", "status", "more"),
    [
        (StateConflict("It is paid now.", present="paid"), 409, {"present": "paid"}),
        (InvalidInput("value", "Negative."), 422, {"field": "value"}),
        (FilterError("ship", "x\x00", "odd"), 400, {"attribute": "ship", "value": "x\\x00"}),
    ],
    ids=["conflict", "invalid", "filter"],
)
def test_error_says_more_to_programs(
    error: Exception, status: int, more: dict[str, str], app: TestApp, views: Any
) -> None:
    document = get(app, views, error, "?fmt=json", status).json
    assert {key: document[key] for key in more} == more
    root = etree.fromstring(get(app, views, error, "?fmt=xml", status).body)
    assert {key: root.get(key) for key in more} == more


@pytest.mark.parametrize("query", ["?fmt=xml", "?fmt=rss", "?fmt=atom", "?fmt=csv", "rss.xml"])
def test_xml_error_is_for_xml_feeds_and_tables(query: str, app: TestApp, views: Any) -> None:
    response = get(app, views, NotFound("None <b>\x00."), query, 404)
    assert response.headers["Content-Type"] == "application/xml; charset=utf-8"
    root = etree.fromstring(response.body)
    assert (root.tag, dict(root.attrib)) == ("error", {"code": "404", "name": "Not Found"})
    assert root.text == "None <b>\ufffd."


def test_html_error_is_the_template_whatever_renderer_the_view_wanted(
    app: TestApp, views: Any
) -> None:
    response = get(app, views, NotFound("None."), "", 404)
    assert response.text == "<h1>404 Not Found</h1><p>None.</p>"
    assert response.headers["Content-Type"] == "text/html; charset=UTF-8"


@pytest.mark.parametrize("query", ["", "?fmt=json", "?fmt=xml"])
def test_error_varies_and_is_never_stored(query: str, app: TestApp, views: Any) -> None:
    response = get(app, views, NotFound("None."), query, 404)
    assert response.headers["Vary"] == "Accept, Cookie"
    assert response.headers["Cache-Control"] == "private, no-store"
    assert "ETag" not in response.headers


@pytest.mark.parametrize("query", ["", "?fmt=json", "?fmt=xml"])
def test_crash_is_logged_and_told_to_nobody(
    query: str, app: TestApp, views: Any, caplog: pytest.LogCaptureFixture
) -> None:
    response = get(app, views, RuntimeError("secret detail"), query, 500)
    assert "secret" not in response.text
    assert "Traceback" not in response.text
    record = next(each for each in caplog.records if each.levelno == logging.ERROR)
    assert record.exc_info is not None
    assert "/list/" in record.getMessage()
    assert "fmt" not in record.getMessage()


@pytest.mark.parametrize("error", [HTTPFound("/x"), HTTPOk()], ids=["redirect", "ok"])
def test_raised_success_is_a_failure(
    error: Exception, app: TestApp, views: Any, caplog: pytest.LogCaptureFixture
) -> None:
    get(app, views, error, "", 500)
    assert "instead of returning it" in caplog.text


def test_error_page_when_its_template_fails_is_bare(
    app: TestApp, views: Any, caplog: pytest.LogCaptureFixture
) -> None:
    views.result = NotFound("None <b>.")
    headers = {**LOGGED_IN, "X-Broken-Template": "1"}
    response = app.get("/list/", headers=headers, status=404)
    assert "<p>None &lt;b&gt;.</p>" in response.text
    assert "the error page itself failed" in caplog.text


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("application/json", "application/json"),
        ("text/xml", "application/xml"),
        ("*/*", "text/html"),
        ("image/png", "text/html"),
    ],
)
def test_unknown_address_is_404_in_the_wanted_form(
    accept: str, content_type: str, app: TestApp
) -> None:
    response = app.get("/nowhere/", headers={"Accept": accept}, status=404)
    assert response.content_type == content_type
    assert "nowhere" not in response.text


def test_wrong_method_is_405_and_names_the_right_ones(app: TestApp) -> None:
    response = app.post("/list/", headers={**LOGGED_IN, "Accept": "application/json"}, status=405)
    assert response.headers["Allow"] == "GET, HEAD"
    assert response.json["code"] == 405
    assert app.get("/form/", headers=LOGGED_IN, status=405).headers["Allow"] == "POST"


# Anonymous readers


def test_anonymous_browser_goes_to_the_login_and_back(app: TestApp) -> None:
    response = app.get("/list/ship/Rifter?a=1&b=%C3%A9", status=303)
    assert response.location == (
        "http://localhost/login/?next=%2Flist%2Fship%2FRifter%3Fa%3D1%26b%3D%25C3%25A9"
    )
    assert response.headers["Vary"] == "Accept, Cookie"
    assert response.headers["Cache-Control"] == "private, no-store"


def test_anonymous_browser_after_a_post_goes_to_the_login_alone(app: TestApp) -> None:
    assert app.post("/detail/1/", status=303).location == "http://localhost/login/"


def test_way_back_when_it_would_lead_to_another_host_is_left_out(app: TestApp) -> None:
    response = app.get("/list/", extra_environ={"SCRIPT_NAME": "//evil.example"}, status=303)
    assert "next" not in response.location


@pytest.mark.parametrize(
    ("path", "content_type"),
    [
        ("/list/?fmt=json", "application/json"),
        ("/list/?fmt=xml", "application/xml"),
        ("/list/?fmt=rss", "application/xml"),
        ("/list/rss.xml", "application/xml"),
        ("/list/?fmt=csv", "application/xml"),
        ("/api/", "application/json"),
    ],
)
def test_anonymous_program_gets_401(path: str, content_type: str, app: TestApp) -> None:
    response = app.get(path, status=401)
    assert response.content_type == content_type
    assert response.headers["WWW-Authenticate"].startswith("Bearer")


def test_anonymous_when_a_service_refuses_goes_to_the_login(
    app: TestApp, portal: Any, views: Any
) -> None:
    views.result = NotAllowed("No.")
    app.get("/public/", status=200)
    assert app.get("/list/", status=303).location.startswith("http://localhost/login/")
    assert portal.entries == []


# Refusals in the audit log


def test_refusal_is_403_and_in_the_audit_log(app: TestApp, views: Any, portal: Any) -> None:
    views.result = NotAllowed("You may not pay this.", attempt="set paid")
    response = app.post(
        "/detail/77/?apikey=secret", headers={**LOGGED_IN, "Accept": "application/json"}, status=403
    )
    assert response.json["description"] == "You may not pay this."
    (entry,) = portal.entries
    assert (entry.actor_id, entry.actor, entry.action) == (6, "reader", "refused")
    assert (entry.subject_type, entry.subject_id, entry.request_id) == ("request", 77, 77)
    assert entry.is_refused is True
    assert json.loads(entry.payload) == {
        "attempt": "set paid",
        "method": "POST",
        "path": "/detail/77/",
    }


def test_refusal_without_subject_names_the_page(app: TestApp, views: Any, portal: Any) -> None:
    get(app, views, NotAllowed("You may not see this list."), "", 403)
    (entry,) = portal.entries
    assert (entry.subject_type, entry.subject_id, entry.request_id) == ("page", None, None)
    assert json.loads(entry.payload)["attempt"] == "You may not see this list."


def test_refusal_when_the_log_fails_is_answered_all_the_same(
    app: TestApp, views: Any, portal: Any, caplog: pytest.LogCaptureFixture
) -> None:
    portal.is_broken = True
    get(app, views, NotAllowed("No."), "?fmt=json", 403)
    assert "could not be recorded" in caplog.text
