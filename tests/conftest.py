"""What all tests share: databases, a browser, and no network but the loopback."""

from __future__ import annotations

import glob
import os
import shutil
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# Deadlines measure the machine; a slow one is no fault of the code.
settings.register_profile("srp", deadline=None)
settings.load_profile("srp")

LOOPBACK = ("127.", "::1", "localhost")


def pytest_addoption(parser):
    parser.addoption(
        "--require-everything",
        action="store_true",
        help="fail where a test would be skipped for a missing Chromium, PostgreSQL or Redis",
    )


@pytest.fixture(autouse=True, scope="session")
def _loopback_only():
    """Refuses connections that leave this machine."""
    connect = socket.socket.connect

    def guarded(self, address):
        if self.family in (socket.AF_INET, socket.AF_INET6) and not str(address[0]).startswith(
            LOOPBACK
        ):
            raise ConnectionRefusedError(f"a test tried to reach {address[0]}")
        return connect(self, address)

    patch = pytest.MonkeyPatch()
    patch.setattr(socket.socket, "connect", guarded)
    yield
    patch.undo()


def _missing(request, what: str, how: str):
    message = f"{what} is missing; {how}"
    if request.config.getoption("--require-everything"):
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture(scope="session")
def chromium(request) -> str:
    """The path of a Chromium."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        path = shutil.which(name)
        if path:
            return path
    _missing(request, "Chromium", "on Debian: apt-get install chromium")
    raise AssertionError("unreachable")


@pytest.fixture(scope="session")
def postgresql_server(request) -> Iterator[str]:
    """The URL of a PostgreSQL server, without a database at its end."""
    running = os.environ.get("TEST_POSTGRESQL_URL", "postgresql+psycopg://postgres@127.0.0.1:5432")
    if _answers(running):
        yield running
        return
    binaries = sorted(glob.glob("/usr/lib/postgresql/*/bin"))
    if not binaries:
        _missing(request, "PostgreSQL", "on Debian: apt-get install postgresql")
    with tempfile.TemporaryDirectory(prefix="srp-postgresql-") as folder:
        yield from _own_server(Path(binaries[-1]), Path(folder))


def _answers(url: str) -> bool:
    import psycopg

    try:
        psycopg.connect(f"{url.replace('+psycopg', '')}/postgres", connect_timeout=3).close()
    except psycopg.OperationalError:
        return False
    return True


def _own_server(binaries: Path, folder: Path) -> Iterator[str]:
    """A server of the tests' own; PostgreSQL refuses to run as root, so root asks another user."""
    prefix = []
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
        prefix = ["runuser", "-u", "postgres", "--"]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    data = folder / "data"
    subprocess.run(
        [*prefix, binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8"],
        check=True,
        capture_output=True,
    )
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c fsync=off -k {folder}"
    control = [*prefix, binaries / "pg_ctl", "-D", data, "-w"]
    subprocess.run(
        [*control, "-o", options, "-l", folder / "log", "start"], check=True, capture_output=True
    )
    try:
        yield f"postgresql+psycopg://postgres@127.0.0.1:{port}"
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], check=True, capture_output=True)


@pytest.fixture
def empty_postgresql(postgresql_server) -> Iterator[str]:
    """The URL of an empty database."""
    import psycopg

    name = f"srp_test_{uuid.uuid4().hex[:12]}"
    plain = postgresql_server.replace("+psycopg", "")
    with psycopg.connect(f"{plain}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    yield f"{postgresql_server}/{name}"
    with psycopg.connect(f"{plain}/postgres", autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def postgresql_url(empty_postgresql) -> str:
    """The URL of a migrated database."""
    from srp_portal.models.engine import make_engine
    from srp_portal.services import migrations

    engine = make_engine(empty_postgresql)
    migrations.upgrade(engine)
    engine.dispose()
    return empty_postgresql


@pytest.fixture(scope="session")
def redis_url(request) -> str:
    """The URL of a Redis database for tests, which may hold what others left there."""
    import redis

    url = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/15")
    try:
        with redis.Redis.from_url(url, socket_timeout=3) as client:
            client.ping()
    except redis.RedisError:
        _missing(request, "Redis", "on Debian: apt-get install redis-server")
    return url


@pytest.fixture
def sqlite_url(tmp_path) -> str:
    """The URL of an empty SQLite database."""
    return f"sqlite:///{tmp_path / 'test.sqlite'}"
