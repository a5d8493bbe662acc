"""Who may say where a request came from."""

from __future__ import annotations

import pytest

from srp_portal.web.security.proxies import TrustedProxies

CLIENT, PROXY, OUTER = "198.51.100.7", "10.0.0.2", "10.0.0.1"


def seen(trusted, peer, **headers):
    environ = {
        "REMOTE_ADDR": peer,
        "wsgi.url_scheme": "http",
        "HTTP_HOST": "inner",
        **{f"HTTP_X_FORWARDED_{name.upper()}": value for name, value in headers.items()},
    }
    TrustedProxies(trusted).apply(environ)
    assert not [name for name in environ if "FORWARDED" in name]
    return environ["REMOTE_ADDR"], environ["wsgi.url_scheme"], environ["HTTP_HOST"]


def test_apply_when_the_peer_is_not_trusted_then_its_headers_are_dropped():
    assert seen((PROXY,), CLIENT, **{"for": "1.2.3.4", "proto": "https", "host": "evil"}) == (
        CLIENT,
        "http",
        "inner",
    )


def test_apply_when_nobody_is_trusted_then_headers_are_dropped():
    assert seen((), PROXY, **{"for": CLIENT, "proto": "https"}) == (PROXY, "http", "inner")


@pytest.mark.parametrize("trusted", [(PROXY,), ("10.0.0.0/8",), ("*",)])
def test_apply_when_the_peer_is_trusted_then_it_is_believed(trusted):
    headers = {"for": CLIENT, "proto": "https", "host": "srp.example.com:8443"}
    assert seen(trusted, PROXY, **headers) == (CLIENT, "https", "srp.example.com:8443")


def test_apply_when_the_client_forges_an_address_then_the_proxys_word_counts():
    assert seen((PROXY,), PROXY, **{"for": f"1.2.3.4, {CLIENT}"})[0] == CLIENT


def test_apply_when_two_proxies_are_trusted_then_the_first_stranger_is_the_client():
    forwarded = {"for": f"1.2.3.4, {CLIENT}, {OUTER}", "proto": "https, http"}
    assert seen(("10.0.0.0/8",), PROXY, **forwarded)[:2] == (CLIENT, "https")


def test_apply_when_a_proxy_replaces_a_header_then_its_single_value_counts():
    forwarded = {"for": f"{CLIENT}, {OUTER}", "proto": "https"}
    assert seen(("10.0.0.0/8",), PROXY, **forwarded)[1] == "https"


@pytest.mark.parametrize("address", ["unknown", "", "1.2.3.4.5", "_hidden", "a" * 1000])
def test_apply_when_the_address_is_none_then_the_peers_own_stays(address):
    assert seen((PROXY,), PROXY, **{"for": address})[0] == PROXY


def test_apply_when_an_ipv4_peer_comes_by_ipv6_then_it_is_the_same_proxy():
    assert seen((PROXY,), f"::ffff:{PROXY}", **{"for": "2001:db8::1"})[0] == "2001:db8::1"


@pytest.mark.parametrize("host", ["evil.example/path", "a b", "x@y", "host:port", ""])
def test_apply_when_the_host_is_none_then_the_requests_own_stays(host):
    assert seen((PROXY,), PROXY, host=host)[2] == "inner"


def test_apply_when_the_scheme_is_unknown_then_it_stays():
    assert seen((PROXY,), PROXY, proto="javascript")[1] == "http"


def test_apply_when_applied_again_then_nothing_changes():
    environ = {
        "REMOTE_ADDR": PROXY,
        "wsgi.url_scheme": "http",
        "HTTP_HOST": "inner",
        "HTTP_X_FORWARDED_FOR": CLIENT,
    }
    proxies = TrustedProxies((PROXY,))
    proxies.apply(environ)
    proxies.apply(environ)
    assert environ["REMOTE_ADDR"] == CLIENT
