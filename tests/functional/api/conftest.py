"""Portals behind a real server, for clients that know nothing of the code."""

from __future__ import annotations

import shutil
import subprocess
import threading
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
import requests
from waitress import wasyncore
from waitress.server import create_server

from srp_portal.seeding.seed import seed
from srp_portal.testing.portal import PortalUnderTest

#: Requests of the portal that clients read whole: five pages.
REQUESTS = 1_000


@contextmanager
def served_at_port(wsgi):
    """Serves an application over HTTP; gives its address."""
    server = create_server(wsgi, host="127.0.0.1", port=0, threads=2)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        # In the loop's own thread, where connections that clients keep open are no surprise.
        server.trigger.pull_trigger(lambda: wasyncore.close_all(server._map))
        thread.join(5)
        server.task_dispatcher.shutdown()


@dataclass
class Served:
    """A portal at an address, and the key of somebody who may read all of its requests."""

    portal: PortalUnderTest
    url: str
    key: str
    count: int

    def get(self, path, *, status=200, headers=None, **query):
        """An answer to the key's owner."""
        bearer = {"Authorization": f"Bearer {self.key}", **(headers or {})}
        answer = requests.get(
            self.url + path, params=query, headers=bearer, timeout=60, allow_redirects=False
        )
        assert answer.status_code == status, (path, answer.status_code, answer.text[:300])
        return answer


@pytest.fixture(scope="module")
def served(running_universe, portal_databases):
    """A thousand generated requests behind a server, not to be changed."""
    portal = PortalUnderTest(portal_databases.sqlite(), running_universe)
    key = seed(portal.portal.engine, portal.portal.secrets, requests=REQUESTS, seed=4).api_key
    with served_at_port(portal.wsgi) as url:
        yield Served(portal, url, key, REQUESTS)
    portal.close()


@pytest.fixture
def served_house(house):
    """The furnished portal behind a server; `house.url` is its address."""
    with served_at_port(house.portal.wsgi) as url:
        house.url = url
        yield house


@pytest.fixture(scope="session")
def serving():
    """`with serving(portal.wsgi) as url:` …"""
    return served_at_port


@pytest.fixture(scope="session")
def program(request):
    """Finds a program, or skips: `program("curl", package="curl")`."""

    def find(name, *, package):
        path = shutil.which(name)
        if path is None:
            message = f"{name} is missing; on Debian: apt-get install {package}"
            if request.config.getoption("--require-everything"):
                pytest.fail(message)
            pytest.skip(message)
        return path

    return find


@pytest.fixture(scope="session")
def xmllint(program):
    """`xmllint(document)` fails for what is not well formed; with a path, gives what it finds."""
    path = program("xmllint", package="libxml2-utils")

    def lint(document, xpath=None):
        arguments = ["--noout"] if xpath is None else ["--xpath", xpath]
        done = subprocess.run(
            [path, "--nonet", *arguments, "-"], input=document, capture_output=True, check=False
        )
        assert (done.returncode, done.stderr.decode()) == (0, ""), document[:300]
        return done.stdout.decode().removesuffix("\n")

    return lint
