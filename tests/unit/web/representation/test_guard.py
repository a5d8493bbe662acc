"""What is refused before any view: text that is none, and bad API keys."""

from __future__ import annotations

from typing import Any

import pytest
from webtest import TestApp

LOGGED_IN = {"X-Reader": "yes"}
MULTIPART = "multipart/form-data; boundary=x"
PART = b'--x\r\nContent-Disposition: form-data; name="note"\r\n\r\n%s\r\n--x--\r\n'


@pytest.mark.parametrize(
    "path",
    [
        "/x%FF",
        "/list/%C3%28",
        "/list/%00",
        "/list/?fmt=%FF",
        "/list/?a=%ED%A0%80",
        "/list/?%00=1",
        "/list/?a=1%00",
        "/public/?a=%FF",
        "/nowhere/?a=%FF",
        "/%FF/%00?%FF=%00",
    ],
)
@pytest.mark.parametrize("headers", [LOGGED_IN, {}], ids=["reader", "anonymous"])
def test_address_when_it_is_no_text_is_400(
    path: str, headers: dict[str, str], app: TestApp, views: Any
) -> None:
    response = app.get(path, headers=headers, status=400)
    assert response.headers["Vary"] == "Accept, Cookie"
    assert views.calls == 0


@pytest.mark.parametrize(
    ("path", "accept", "content_type"),
    [
        ("/x%FF?fmt=json", "*/*", "application/json"),
        ("/list/?a=%FF&fmt=xml", "*/*", "application/xml"),
        ("/list/%FF/rss.xml", "*/*", "application/xml"),
        ("/list/?fmt=%FF", "application/json", "application/json"),
        ("/x%FF", "text/html", "text/html"),
    ],
)
def test_address_when_it_is_no_text_is_refused_in_the_wanted_form(
    path: str, accept: str, content_type: str, app: TestApp
) -> None:
    response = app.get(path, headers={"Accept": accept}, status=400)
    assert response.content_type == content_type


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"note=%00", "application/x-www-form-urlencoded"),
        (b"%00=a", "application/x-www-form-urlencoded"),
        (b"anything", "multipart/form-data"),
        (b"note=%ff%fe", "application/x-www-form-urlencoded"),
        (b"note=\xff", "application/x-www-form-urlencoded"),
        (b"%FF=a", "application/x-www-form-urlencoded"),
        (b"note=%ED%A0%80", "application/x-www-form-urlencoded"),
        (b"a=%EF%BF%BD&note=%EF%BF", "application/x-www-form-urlencoded"),
        (PART % b"\xff\xfe", MULTIPART),
        (PART % b"\xef\xbf\xbd \xff", MULTIPART),
    ],
    ids=[
        *("nul-value", "nul-name", "no-boundary", "latin", "latin-unquoted", "latin-name"),
        *("surrogate", "beside-a-replacement", "latin-part", "part-beside-a-replacement"),
    ],
)
def test_form_when_it_is_no_text_is_400(body: bytes, content_type: str, app: TestApp) -> None:
    headers = {**LOGGED_IN, "Content-Type": content_type}
    app.post("/form/", body, headers=headers, status=400)


def test_form_with_any_other_text_passes(app: TestApp) -> None:
    fields = {"note": "<b>\x01 é \ufffd \U0001f680\r\n"}
    assert app.post("/form/", fields, headers=LOGGED_IN).text == "taken"
    headers = {**LOGGED_IN, "Content-Type": MULTIPART}
    assert app.post("/form/", PART % "é \ufffd".encode(), headers=headers).text == "taken"


@pytest.mark.parametrize("path", ["/list/", "/public/", "/nowhere/", "/api/"])
@pytest.mark.parametrize(
    ("fmt", "content_type"),
    [("", "text/html"), ("json", "application/json"), ("xml", "application/xml")],
)
def test_bad_key_is_401_on_every_page(
    path: str, fmt: str, content_type: str, app: TestApp, views: Any
) -> None:
    headers = {"Accept": "text/html"}
    response = app.get(f"{path}?apikey=bad&fmt={fmt}", headers=headers, status=401)
    assert response.content_type == content_type
    assert response.headers["WWW-Authenticate"].startswith("Bearer")
    assert views.calls == 0


def test_bad_key_beside_a_session_is_401(app: TestApp) -> None:
    app.get("/list/?apikey=bad", headers=LOGGED_IN, status=401)


def test_good_key_passes(app: TestApp) -> None:
    assert app.get("/list/?apikey=good&fmt=json").json["request_count"] == 2


def test_key_on_a_post_is_not_looked_at(app: TestApp) -> None:
    assert app.post("/form/?apikey=good", headers=LOGGED_IN).text == "taken"
