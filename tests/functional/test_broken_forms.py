"""Forms that no browser sends are refused with 400, never with a traceback."""

from __future__ import annotations

import pytest

BROKEN = {
    "multipart without names": ("multipart/form-data; boundary=x", b"--x\r\nbroken"),
    "multipart without boundary": ("multipart/form-data", b"--x\r\nbroken"),
    "utf-16": ("application/x-www-form-urlencoded; charset=utf-16", b"a=b"),
    "unknown charset": ("application/x-www-form-urlencoded; charset=bogus", b"a=b"),
    "not utf-8": ("application/x-www-form-urlencoded", b"a=%FF"),
    "nul": ("application/x-www-form-urlencoded", b"a=%00"),
}


@pytest.mark.parametrize(("content_type", "body"), BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize("path", ["/login/local/", "/logout/", "/request/add/", "/nowhere/"])
def test_form_when_broken_is_a_bad_request(portal, content_type, body, path):
    answer = portal.browser().post(
        path,
        body,
        headers={"Content-Type": content_type, "Accept": "application/json"},
        expect_errors=True,
    )
    assert answer.status_int in (400, 401, 404)
    assert answer.json["code"] == answer.status_int
