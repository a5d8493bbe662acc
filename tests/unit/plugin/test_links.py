"""Strict parsing of web links."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from srp_portal.plugin import SettingError, WebLink, parse_base_url, parse_link


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("https://zkillboard.com", WebLink("https", "zkillboard.com", "")),
        ("HTTPS://zKillboard.COM/Kill/1", WebLink("https", "zkillboard.com", "/Kill/1")),
        ("  http://a.example/x \n", WebLink("http", "a.example", "/x")),
        ("https://a.example:443/", WebLink("https", "a.example", "/")),
        ("http://a.example:80", WebLink("http", "a.example", "")),
        ("http://a.example:443/", WebLink("http", "a.example:443", "/")),
        ("http://127.0.0.1:06544/zkb", WebLink("http", "127.0.0.1:6544", "/zkb")),
        ("https://a.example?q=/x", WebLink("https", "a.example", "")),
        ("https://a.example/x?q#f", WebLink("https", "a.example", "/x")),
    ],
)
def test_link_when_well_formed_then_is_normalised(text, link):
    assert parse_link(text) == link


@pytest.mark.parametrize(
    "text",
    [
        "",
        "zkillboard.com/kill/1/",
        "//zkillboard.com/kill/1/",
        "ftp://zkillboard.com/kill/1/",
        "https:/zkillboard.com/kill/1/",
        "https://user@zkillboard.com/kill/1/",
        "https://user:pass@zkillboard.com/kill/1/",
        "https://zkillboard.com@evil.example/kill/1/",
        "https://zkillboard.com\\@evil.example/kill/1/",
        "https://zkillboard.com /kill/1/",
        "https://zkill\tboard.com/kill/1/",
        "https://zkillboard.com/kill\n/1/",
        "https://zkillboard.com/\x00",
        "https://zkillboard.com./kill/1/",
        "https://.zkillboard.com/",
        "https://zkillboard..com/",
        "https://-zkillboard.com/",
        "https://zkillboard.com:0/",
        "https://zkillboard.com:65536/",
        "https://zkillboard.com:/",
        "https://zkillboard.com:٤٤٣/",
        "https://zкillboard.com/",
        "https://[::1]/",
        "https://a.example/" + "x" * 2000,
    ],
)
def test_link_when_not_well_formed_then_is_none(text):
    assert parse_link(text) is None


@given(st.text(max_size=60))
def test_link_when_any_text_then_never_raises_and_is_stable(text):
    link = parse_link("https://" + text)
    assert link is None or parse_link(link.url) == link


def test_base_url_when_it_ends_in_a_slash_then_loses_it():
    assert parse_base_url("x.base_url", "http://127.0.0.1:6544/zkb/").url == (
        "http://127.0.0.1:6544/zkb"
    )


@pytest.mark.parametrize("text", ["", "zkillboard.com", "https://a.example/?q", "https://a/#f"])
def test_base_url_when_wrong_then_the_error_names_the_setting(text):
    with pytest.raises(SettingError, match=r"^base_url: must be") as caught:
        parse_base_url("base_url", text)
    assert caught.value.name == "base_url"
