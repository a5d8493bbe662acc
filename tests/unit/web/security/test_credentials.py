"""Keys and cookies as requests bring them, good and strange."""

from __future__ import annotations

import pytest

from srp_portal.web.security.credentials import api_keys, session_id

ID = "A" * 43


@pytest.mark.parametrize(
    ("path", "headers", "keys"),
    [
        ("/", {}, set()),
        ("/?apikey=KEY", {}, {"KEY"}),
        ("/?a=1&apikey=KEY,&fmt=json", {}, {"KEY,"}),
        ("/?apikey=KEY%2C", {}, {"KEY,"}),
        ("/?apikey=", {}, {""}),
        ("/?apikey", {}, {""}),
        ("/?apikey=%FF", {}, {"\ufffd"}),
        ("/?apikey=A&apikey=A", {}, {"A"}),
        ("/?apikey=A&apikey=B", {}, {"A", "B"}),
        ("/", {"Authorization": "Bearer KEY"}, {"KEY"}),
        ("/", {"Authorization": "bearer  KEY "}, {"KEY"}),
        ("/", {"Authorization": "Bearer"}, {""}),
        ("/", {"Authorization": "Basic QTpC"}, set()),
        ("/?apikey=A", {"Authorization": "Bearer B"}, {"A", "B"}),
    ],
)
def test_api_keys_when_reading_then_all_that_were_given_are_found(
    make_request, path, headers, keys
):
    assert api_keys(make_request(path, headers=headers)) == keys
    assert api_keys(make_request(path, headers=headers, method="HEAD")) == keys


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_api_keys_when_the_method_does_not_read_then_they_are_ignored(make_request, method):
    request = make_request("/?apikey=A", method=method, headers={"Authorization": "Bearer A"})
    assert api_keys(request) == set()


@pytest.mark.parametrize(
    ("value", "found"),
    [(ID, ID), ("A" * 42, None), (ID + "A", None), ("<" * 43, None), ("", None)],
)
def test_session_id_when_the_cookie_can_be_none_then_there_is_none(make_request, value, found):
    assert session_id(make_request(headers={"Cookie": f"srp_session={value}"})) == found


@pytest.mark.parametrize("value", ["\xff\xfe", '"\\377\\376"'], ids=["bytes", "escaped"])
def test_session_id_when_the_header_is_no_text_then_there_is_none(make_request, value):
    request = make_request()
    request.environ["HTTP_COOKIE"] = f"srp_session={value}"
    assert session_id(request) is None
