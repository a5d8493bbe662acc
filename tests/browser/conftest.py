"""The portal behind a real server, and a real Chromium in front of it."""

from __future__ import annotations

import socket
import threading

import pytest
from playwright.sync_api import sync_playwright
from waitress.server import create_server

#: Without these Chromium looks for hosts outside, as a desktop browser does.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture
def served(make_portal):
    """A portal on a port of its own; `served.url` is its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    portal = make_portal({"esi.sso_callback_url": f"{url}/sso/callback"})
    server = create_server(portal.wsgi, host="127.0.0.1", port=port, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    portal.url = url
    yield portal
    server.close()
    thread.join(5)


@pytest.fixture(scope="session")
def browser(chromium):
    """A headless Chromium."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield launched
        launched.close()


@pytest.fixture
def new_page(browser, served):
    """Opens a page in a browser profile of its own; scripts' and console errors fail the test."""
    contexts, complaints = [], []

    def open_(**options):
        context = browser.new_context(base_url=served.url, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda message: message.type == "error" and complaints.append(message.text),
        )
        return page

    yield open_
    for context in contexts:
        context.close()
    assert complaints == []
