"""What a worker of bench/api.py serves: `gunicorn 'served:application()'`.

BENCH_KIND says `portal` or `floor`, BENCH_URL the database.
"""

from __future__ import annotations

import json
import os
from typing import Any

from portals import count_statements, settings


def application() -> Any:
    """The WSGI application that the environment asks for."""
    url = os.environ["BENCH_URL"]
    return floor(url) if os.environ["BENCH_KIND"] == "floor" else portal(url)


def floor(url: str) -> Any:
    """The floor, for the reader that the portal has in the benchmark."""
    from floor import Floor
    from sqlalchemy import text

    from srp_portal.models.engine import make_engine

    engine = make_engine(url)
    with engine.connect() as connection:
        reader = connection.scalar(text("SELECT id FROM users WHERE name = 'seed-reviewer-1'"))
    engine.dispose()
    return Floor(url, int(reader or 0))


def portal(url: str) -> Any:
    """The portal as its factory makes it, and beside it a count of its statements."""
    from srp_portal.web.application import make_application

    # The others are measured by bench/plugins.py.
    application = make_application({}, {**settings(url), "srp.plugins": "zkillboard esi-killmail"})
    statements = count_statements(application.registry["srp_portal.portal"].engine)

    def counted(environ: dict[str, Any], start_response: Any) -> Any:
        if environ["PATH_INFO"] != "/__bench":
            return application(environ, start_response)
        body = json.dumps({"statements": statements(), "pid": os.getpid()}).encode()
        start_response("200 OK", [("Content-Length", str(len(body)))])
        return [body]

    return counted
