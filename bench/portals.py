"""What the benchmarks share: databases, portals on seeded ones, a count of statements."""

from __future__ import annotations

import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from sqlalchemy import Engine, event, text

# What is imported here is in the memory of the workers that are measured.
if TYPE_CHECKING:
    from srp_portal.composition import Portal
    from srp_portal.seeding.seed import SeedReport

SECRET = "only-for-measuring-0123456789abcdef"


@contextmanager
def database(kind: str) -> Iterator[str]:
    """The URL of a new database that is gone afterwards.

    kind: `sqlite`, or the URL of a PostgreSQL server without a database at its end.
    """
    if kind == "sqlite":
        with TemporaryDirectory() as folder:
            yield f"sqlite:///{Path(folder) / 'bench.sqlite'}"
        return
    name = f"srp_bench_{uuid.uuid4().hex[:8]}"
    create_database(kind, name)
    try:
        yield f"{kind}/{name}"
    finally:
        _tell_server(kind, f"DROP DATABASE {name} WITH (FORCE)")


def create_database(server: str, name: str) -> None:
    """Makes an empty database on a PostgreSQL server, given by its URL."""
    _tell_server(server, f"CREATE DATABASE {name}")


def _tell_server(server: str, statement: str) -> None:
    from srp_portal.models.engine import make_engine

    engine = make_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


def settings(url: str) -> dict[str, str]:
    """An ini's section for a portal that never asks EVE."""
    return {"sqlalchemy.url": url, "srp.secret": SECRET, "srp.sandbox": "true"}


@contextmanager
def seeded_portal(kind: str, requests: int) -> Iterator[tuple[Portal, SeedReport, float]]:
    """A portal with so many requests, its reviewer, and how many seconds the seed took."""
    from srp_portal.composition import compose
    from srp_portal.seeding.seed import seed
    from srp_portal.services import migrations
    from srp_portal.settings import Settings

    with database(kind) as url:
        portal = compose(Settings.load(settings(url), {}))
        try:
            migrations.upgrade(portal.engine)
            began = time.perf_counter()
            report = seed(portal.engine, portal.secrets, requests=requests, seed=1)
            yield portal, report, time.perf_counter() - began
        finally:
            portal.close()


def count_statements(engine: Engine) -> Callable[[], int]:
    """Gives how many statements an engine has run so far, those of transactions left out."""
    # Numbers alone are kept: the memory of workers is measured, too.
    seen = 0

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        nonlocal seen
        if not statement.upper().startswith(("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK")):
            seen += 1

    event.listen(engine, "before_cursor_execute", note)
    return lambda: seen


def tell(line: str) -> None:
    """Says on stderr what goes on; the figures alone go to stdout."""
    print(line, file=sys.stderr, flush=True)
