"""Declared hosts."""

from __future__ import annotations

import pytest

from srp_portal.hooks.hosts import HostSet

DECLARED = HostSet(("zkillboard.com", "Board.Example:8443", "127.0.0.1:6544", "[::1]:80"))


@pytest.mark.parametrize(
    "url",
    [
        "https://zkillboard.com/api/",
        "http://zkillboard.com/",
        "https://ZKILLBOARD.com:443/",
        "https://board.example:8443/x",
        "http://127.0.0.1:6544",
        "http://[::1]/",
    ],
)
def test_url_when_its_host_was_declared_then_is_allowed(url):
    assert DECLARED.allows(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://evil.example/",
        "https://www.zkillboard.com/",
        "https://zkillboard.com.evil.example/",
        "https://zkillboard.com:8443/",
        "http://zkillboard.com:443/",
        "https://board.example/",
        "https://zkillboard.com@evil.example/",
        "http://127.0.0.1/",
        "http://127.0.0.1:6545/",
        "ftp://zkillboard.com/",
        "file:///etc/passwd",
        "//zkillboard.com/",
        "https:///",
        "https://zkillboard.com:99999/",
        "https://[zkillboard.com/",
    ],
)
def test_url_when_its_host_was_not_declared_then_is_refused(url):
    assert not DECLARED.allows(url)


@pytest.mark.parametrize(
    ("declared", "error"),
    [
        ("zkillboard.com", TypeError),
        ([5], TypeError),
        (["https://zkillboard.com"], ValueError),
        (["zkillboard.com/api"], ValueError),
        (["*.example"], ValueError),
        (["a.example:0"], ValueError),
        (["a.example:65536"], ValueError),
        ([""], ValueError),
        (["user@a.example"], ValueError),
    ],
)
def test_hosts_when_not_written_as_hosts_then_are_refused(declared, error):
    with pytest.raises(error, match="host"):
        HostSet(declared)


def test_hosts_when_joined_then_both_are_allowed():
    joined = HostSet(["b.example:81"]) | HostSet(["a.example"])
    assert list(joined) == ["a.example", "b.example:81"]
    assert joined.allows("https://a.example/")
    assert list(HostSet()) == []
