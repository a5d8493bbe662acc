"""A link to the login can't lead anywhere but to our own pages."""

from __future__ import annotations

import pytest

from srp_portal.web.security.navigation import safe_next


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ("/", "/"),
        ("/request/12/", "/request/12/"),
        ("/request/all/ship/Rifter?fmt=html&x=%2F", "/request/all/ship/Rifter?fmt=html&x=%2F"),
        ("/request/all/details/a%252Cb", "/request/all/details/a%252Cb"),
        ("/request/all/pilot/Zo\u00eb", "/request/all/pilot/Zo%C3%AB"),
        ("/?next=//evil.example", "/?next=//evil.example"),
    ],
)
def test_safe_next_when_it_is_a_path_of_ours_then_it_is_kept(make_request, value, path):
    assert safe_next(make_request(), value) == path


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        object(),
        "request/12/",
        "//evil.example/",
        "///evil.example/",
        "/\\evil.example/",
        "\\/evil.example/",
        "https://evil.example/",
        "javascript:alert(1)",
        "/\t/evil.example/",
        "/\n/evil.example/",
        "/a b",
        "/a\r\nSet-Cookie: x=y",
        "/\x00",
        "/\u2028",
        "/" + "x" * 2000,
        "/login/",
        "/login/local/?next=/",
        "/logout/",
    ],
)
def test_safe_next_when_it_leads_elsewhere_then_it_is_empty(make_request, value):
    assert safe_next(make_request(), value) == ""
