"""Requests that know a portal, and nothing else of it."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from pyramid.request import Request
from pyramid.response import Response
from pyramid.testing import testConfig

from srp_portal.services.crypto import Secrets

SECRET = "a secret for the tests of the portal's doors"


@pytest.fixture
def secrets():
    return Secrets((SECRET,))


@pytest.fixture
def config():
    with testConfig() as config:
        for name, pattern in {
            "home": "/",
            "login": "/login/",
            "login.local": "/login/local/",
            "logout": "/logout/",
        }.items():
            config.add_route(name, pattern)
        yield config


@pytest.fixture
def make_request(secrets, config):
    """A request for a path; `browser` is a dict of cookies, which its answer changes."""

    def make(path="/", *, method="GET", scheme="http", browser=None, headers=None, **environ):
        request = Request.blank(
            path, base_url=f"{scheme}://srp.example.com", environ=environ, headers=headers
        )
        request.method = method
        request.registry = config.registry
        request.portal = SimpleNamespace(secrets=secrets)
        cookies = "; ".join(f"{name}={value}" for name, value in (browser or {}).items())
        if cookies:
            # As servers hand it over: bytes, in the code points below 256.
            request.environ["HTTP_COOKIE"] = cookies.encode().decode("latin-1")
        return request

    return make


@pytest.fixture
def answer():
    """Runs what waits for the answer of a request; gives the answer's cookies to the browser."""

    def answer(request, browser=None):
        response = Response()
        request._process_response_callbacks(response)
        for header in response.headers.getall("Set-Cookie"):
            name, _, rest = header.partition("=")
            value = rest.partition(";")[0]
            if browser is not None and value and "Max-Age=0" not in header:
                browser[name] = value
            elif browser is not None:
                browser.pop(name, None)
        return response

    return answer
