"""Health checks: for anybody, without a session."""

from __future__ import annotations

import socket

import pytest
from sqlalchemy.exc import OperationalError


def test_live_when_running_then_ok_for_anybody(portal):
    answer = portal.browser().get("/health/live")
    assert answer.json == {"status": "ok"}
    assert answer.content_type == "application/json"
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"


def test_live_when_head_then_no_body(portal):
    assert portal.browser().head("/health/live").body == b""


@pytest.mark.parametrize("accept", ["text/html", "application/xml", "image/png"])
def test_ready_when_database_answers_then_ok_whatever_is_accepted(portal, accept):
    answer = portal.browser().get("/health/ready", headers={"Accept": accept})
    assert answer.json == {"status": "ok", "database": "ok"}


def test_ready_when_the_database_is_away_then_503_names_it_and_live_stays(portal, monkeypatch):
    def refuse(*_arguments, **_options):
        raise OperationalError("SELECT 1", {}, OSError("connection refused on 10.1.2.3"))

    monkeypatch.setattr(portal.portal.engine, "connect", refuse)
    answer = portal.browser().get("/health/ready", status=503)
    assert answer.json == {"status": "failed", "database": "failed"}
    portal.browser().get("/health/live", status=200)


def test_ready_when_the_cache_is_away_then_503_names_it(portal, monkeypatch):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    from dataclasses import replace

    settings = replace(portal.portal.settings, cache_url=f"redis://127.0.0.1:{port}/0")
    object.__setattr__(portal.portal, "settings", settings)
    answer = portal.browser().get("/health/ready", status=503)
    assert answer.json == {"status": "failed", "database": "ok", "cache": "failed"}


def test_ready_when_the_cache_answers_then_ok(portal):
    import threading
    from dataclasses import replace

    with socket.create_server(("127.0.0.1", 0)) as server:
        # As much of redis as a ping needs: every command is answered, the ping with PONG.
        def serve():
            connection, _ = server.accept()
            with connection:
                while data := connection.recv(4096):
                    commands = data.count(b"*") or 1
                    reply = b"+PONG\r\n" if b"PING" in data.upper() else b"+OK\r\n" * commands
                    connection.sendall(reply)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        url = f"redis://127.0.0.1:{server.getsockname()[1]}/0?protocol=2"
        settings = replace(portal.portal.settings, cache_url=url)
        object.__setattr__(portal.portal, "settings", settings)
        answer = portal.browser().get("/health/ready")
        thread.join(5)
    assert answer.json == {"status": "ok", "database": "ok", "cache": "ok"}


def test_health_when_posted_to_then_not_taken(portal):
    assert portal.browser().post("/health/live", expect_errors=True).status_int in (400, 404, 405)
