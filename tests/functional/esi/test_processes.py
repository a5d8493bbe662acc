"""Several processes at once: tokens are renewed by one of them, limits are obeyed by all."""

import json
import subprocess
import sys
import textwrap
import time
from datetime import timedelta

import pytest
import redis
from sqlalchemy import create_engine, select, update

from srp_portal.esi.models import Token, metadata, utc_now
from srp_portal.models.engine import make_engine

KILLS = "esi-killmails.read_killmails.v1"
TOKEN_ENDPOINT = "/sso/v2/oauth/token"
LONGEST_WAIT = 30

RENEW = """
    import json, sys
    from sqlalchemy import create_engine
    from sqlalchemy.orm import Session
    from srp_portal.esi import EsiSettings, tokens
    from srp_portal.esi.runtime import Runtime, configure
    from srp_portal.models.engine import make_engine

    settings, url, is_portal = json.loads(sys.argv[1])
    configure(Runtime(EsiSettings.from_settings(settings)))
    engine = make_engine(url) if is_portal else create_engine(url)
    with Session(engine) as session:
        token = tokens(session).first()
        print("ready", flush=True)
        sys.stdin.readline()
        token.valid_access_token()
        print(json.dumps([token.access_token, token.refresh_token, token.expired]), flush=True)
"""

ASK = """
    import json, sys
    from srp_portal.esi import EsiClientProvider, EsiSettings, deadline
    from srp_portal.esi.errors import EsiRateLimited

    esi = EsiClientProvider(settings=EsiSettings.from_settings(json.loads(sys.argv[1])))
    print("ready", flush=True)
    for line in sys.stdin:
        operation, seconds = line.split()
        try:
            with deadline(float(seconds)):
                if operation == "status":
                    esi.client.Status.get_status().result(ignore_cache=True)
                else:
                    esi.client.Universe.get_universe_types_type_id(type_id=587).result()
        except EsiRateLimited as error:
            print(json.dumps(["limited", error.retry_after]), flush=True)
        else:
            print(json.dumps(["answered", 0]), flush=True)
"""

CLEAN = """
    import json, sys
    from sqlalchemy import create_engine
    from sqlalchemy.orm import Session
    from srp_portal.esi import EsiSettings
    from srp_portal.esi.runtime import Runtime, configure
    from srp_portal.esi.tasks import cleanup_token

    settings, url, _ = json.loads(sys.argv[1])
    configure(Runtime(EsiSettings.from_settings(settings)))
    print("ready", flush=True)
    sys.stdin.readline()
    with Session(create_engine(url)) as session:
        done = cleanup_token(session)
    print(json.dumps([done.renewed, done.deleted, done.left]), flush=True)
"""


class Process:
    """Another process; it said that it is ready."""

    def __init__(self, script, argument):
        self._process = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(script), json.dumps(argument)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def wait(self):
        assert self._process.stdout.readline() == "ready\n"
        return self

    def tell(self, line=""):
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def answer(self):
        return json.loads(self._process.stdout.readline())

    def ask(self, line):
        self.tell(line)
        return self.answer()

    def end(self):
        self._process.stdin.close()
        try:
            self._process.wait(LONGEST_WAIT)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()


@pytest.fixture
def start():
    """`start(script, argument, count)`: processes that run at once and end with the test."""
    started = []

    def start(script, argument, count=2):
        new = [Process(script, argument) for _ in range(count)]
        started.extend(new)
        return [each.wait() for each in new]

    yield start
    for each in started:
        each.end()


@pytest.fixture(params=["sqlite", "sqlite-explicit-begin", "postgresql"])
def database(request, tmp_path):
    """URL of a database, and whether it is used as the portal does."""
    if request.param == "postgresql":
        return request.getfixturevalue("empty_postgresql"), False
    return f"sqlite:///{tmp_path}/esi.sqlite", request.param != "sqlite"


@pytest.fixture
def engine(database):
    url, is_portal = database
    engine = make_engine(url) if is_portal else create_engine(url)
    metadata.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def expire(sessions):
    def expire():
        with sessions.begin() as session:
            session.execute(update(Token).values(expires_at=utc_now() - timedelta(minutes=1)))

    return expire


def refreshes(universe):
    return [path for _, path in universe.requests].count(TOKEN_ENDPOINT)


def test_refresh_when_processes_ask_at_once_then_one_call_and_nothing_is_lost(
    *, start, database, settings, traveller, universe, pilot, sessions, expire
):
    traveller.log_in(pilot.id, f"scopes={KILLS}", user="7")
    expire()
    with sessions() as session:
        before = session.scalars(select(Token.refresh_token)).one()
    processes = start(RENEW, [settings, *database], count=3)
    universe.clear_log()
    universe.add_fault(f"POST {TOKEN_ENDPOINT}", "slow", times=1, seconds=0.7)
    for each in processes:
        each.tell()
    got = [each.answer() for each in processes]
    assert refreshes(universe) == 1
    assert got[0] == got[1] == got[2]
    with sessions() as session:
        token = session.scalars(select(Token)).one()
        assert [token.access_token, token.refresh_token, False] == got[0]
        assert token.refresh_token != before
        assert token.refresh_lease_id is None
        # The SSO takes only the last one.
        token.refresh()


def test_cleanup_token_when_two_processes_clean_at_once_then_each_token_is_renewed_once(
    *, start, database, settings, traveller, universe, sessions, expire
):
    pilots = list(universe.characters.values())[:4]
    for pilot in pilots:
        traveller.log_in(pilot.id, f"scopes={KILLS}", user="7")
    expire()
    processes = start(CLEAN, [settings, *database])
    universe.clear_log()
    for each in processes:
        each.tell()
    got = [each.answer() for each in processes]
    assert [deleted + left for _, deleted, left in got] == [0, 0]
    assert refreshes(universe) == len(pilots)
    with sessions() as session:
        for token in session.scalars(select(Token)):
            assert not token.expired
            token.refresh()


@pytest.fixture
def shared(settings, redis_url, universe):
    """Settings with Redis, which has forgotten what there was to know of this sandbox."""

    def forget():
        for key in client.scan_iter("*"):
            if universe.url.encode() in key:
                client.delete(key)

    with redis.Redis.from_url(redis_url) as client:
        forget()
        yield {**settings, "esi.cache_url": redis_url}
        forget()


@pytest.mark.parametrize(
    ("fault", "detail"),
    [("error-limit", {"reset": 3}), ("rate-limit", {"retry_after": 3})],
    ids=["420", "429"],
)
def test_limit_when_one_process_meets_it_then_all_stop_until_the_reset(
    start, shared, universe, fault, detail
):
    first, second = start(ASK, shared)
    universe.add_fault("GET /esi/status", fault, times=1, **detail)
    assert first.ask("status 0.5")[0] == "limited"
    began = time.monotonic()
    universe.clear_log()
    outcome, retry_after = second.ask("status 0.5")
    assert outcome == "limited"
    assert 0 < retry_after <= 3
    assert universe.requests == []
    # With time enough they wait for the reset, and go on after it.
    assert second.ask("status 20")[0] == "answered"
    assert time.monotonic() - began > 1.5
    assert first.ask("type 20")[0] == "answered"
