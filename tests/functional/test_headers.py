"""What every answer carries: the policy for browsers, and who may keep a copy."""

from __future__ import annotations

import logging
import re

import pytest

PAGES = [
    "/login/",
    "/logout/",
    "/request/personal/",
    "/request/personal/?fmt=json",
    "/request/personal/?fmt=rss",
    "/request/personal/?fmt=nonsense",
    "/account/",
    "/apikeys/",
    "/division/",
    "/nowhere/",
    "/request/?x=%FF",
    "/",
    "/health/live",
]


@pytest.fixture
def browser(portal):
    portal.make_user("ada", is_admin=True)
    return portal.login("ada")


def directives(answer):
    policy = answer.headers["Content-Security-Policy"]
    return dict(part.strip().split(" ", 1) for part in policy.split(";"))


def test_answer_when_of_any_page_then_it_is_guarded_and_private(browser):
    for path in PAGES:
        headers = browser.get(path, status="*").headers
        assert headers["Referrer-Policy"] == "same-origin", path
        assert headers["X-Content-Type-Options"] == "nosniff", path
        assert headers["X-Frame-Options"] == "DENY", path
        assert "default-src 'none'" in headers["Content-Security-Policy"], path
        assert "geolocation=()" in headers["Permissions-Policy"], path
        cached = headers["Cache-Control"]
        assert "no-store" in cached or "no-cache" in cached, path
        assert "public" not in cached, path
        assert {"Accept", "Cookie"} <= {part.strip() for part in headers["Vary"].split(",")}, path


def test_policy_when_read_then_only_pictures_and_the_login_are_elsewhere(portal, browser):
    settings = portal.portal.settings
    image_host = re.match(r"https?://[^/]+", settings.esi_image_base_url)[0]
    sso_host = re.match(r"https?://[^/]+", settings.esi_sso_base_url)[0]
    found = directives(browser.get("/account/"))
    assert found.pop("img-src") == f"'self' data: {image_host}"
    assert found.pop("form-action") == f"'self' {sso_host}"
    for name in ("script-src", "style-src", "font-src", "connect-src"):
        assert found.pop(name) == "'self'"
    assert set(found.values()) == {"'none'"}
    assert set(found) == {"default-src", "frame-ancestors", "base-uri"}


def test_page_when_rendered_then_nothing_in_it_needs_an_exception_to_the_policy(browser):
    paths = ("/logout/", "/account/", "/apikeys/", "/division/", "/request/add/", "/nowhere/")
    for path in (*paths, "/recalculation/"):
        text = browser.get(path, status="*").text
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", text), path
        scripts = re.findall(r"<script\b[^>]*>(.*?)</script>", text, re.DOTALL)
        assert not "".join(scripts).strip(), path
        sources = re.findall(r"<(?:script|link)\b[^>]*\b(?:src|href)=\"([^\"]+)\"", text)
        assert [source for source in sources if not source.startswith("/")] == [], path


def test_file_when_served_then_it_may_be_kept(browser):
    path = re.search(r'href="(/static/[^"]+\.css[^"]*)"', browser.get("/account/").text)[1]
    headers = browser.get(path).headers
    assert "max-age=31536000" in headers["Cache-Control"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in headers


def test_answer_when_over_https_then_browsers_keep_to_it_and_cookies_too(portal):
    portal.make_user("ada")
    browser = portal.browser()
    browser.extra_environ["wsgi.url_scheme"] = "https"
    answer = browser.get("/login/")
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert all("secure" in each.lower() for each in answer.headers.getall("Set-Cookie"))


def test_answer_when_over_http_then_nothing_is_said_about_https(portal):
    assert "Strict-Transport-Security" not in portal.browser().get("/login/").headers


def test_cookie_when_the_portal_is_below_a_prefix_then_it_is_for_the_prefix(portal):
    browser = portal.browser()
    browser.extra_environ["SCRIPT_NAME"] = "/srp"
    cookie = browser.get("/login/").headers["Set-Cookie"]
    assert "Path=/srp;" in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


@pytest.mark.parametrize(
    ("trusted", "scheme", "address"),
    [("", "http", "10.9.9.9"), ("10.9.0.0/16", "https", "198.51.100.7")],
    ids=["stranger", "proxy"],
)
def test_forwarded_headers_when_sent_then_they_count_from_trusted_proxies_alone(
    make_portal, trusted, scheme, address
):
    portal = make_portal({"srp.trusted_proxies": trusted})
    portal.make_user("ada")
    browser = portal.login("ada")
    browser.extra_environ["REMOTE_ADDR"] = "10.9.9.9"
    headers = {
        "X-Forwarded-For": "198.51.100.7",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "srp.example.com",
    }
    location = browser.get("/", headers=headers).location
    host = "srp.example.com" if trusted else "localhost"
    assert location == f"{scheme}://{host}/request/personal/"
    # What the sessions' list and the throttle see.
    other = portal.browser()
    other.extra_environ["REMOTE_ADDR"] = "10.9.9.9"
    seen = other.get("/login/", headers=headers)
    assert seen.request.remote_addr == address


def test_log_when_a_key_comes_along_then_it_is_masked(portal, caplog):
    key = portal.make_key(portal.make_user("ada"))
    from srp_portal import logmask

    logmask.install()
    caplog.handler.addFilter(logmask.KeyMask())
    with caplog.at_level(logging.DEBUG):
        portal.browser().get(f"/request/personal/?apikey={key}")
        portal.browser().get(f"/request/personal/?apikey={key[1:]}", status="*")
    assert key[:-1] not in caplog.text
    assert key[1:-1] not in caplog.text
