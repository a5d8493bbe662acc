"""How often the SSO is asked when many want the same expired token, and how long they wait."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

from esi_figures import Figure
from portals import database, tell
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from srp_portal.esi import EsiSettings
from srp_portal.esi.models import Token, metadata, utc_now
from srp_portal.esi.runtime import Runtime, configure
from srp_portal.esi.sso import Proof
from srp_portal.sandbox import Sandbox

CALLBACK = "http://localhost/sso/callback"
THREADS = 64
PROCESSES = 2
PATIENCE_S = 60.0

Outcome = tuple[float, list[str]]


def figures(postgresql: str | None) -> Iterator[Figure]:
    """Threads, then processes, on SQLite and on PostgreSQL if there is one."""
    with Sandbox() as sandbox:
        for kind, name in (("sqlite", "SQLite"), (postgresql, "PostgreSQL")):
            if kind is None:
                yield Figure(f"refresh calls, {name}", None, most=1, note="no server given")
                continue
            with database(kind) as url:
                yield from _threads(sandbox, url, name)
                yield from _processes(sandbox, url, name)


def _threads(sandbox: Sandbox, url: str, name: str) -> Iterator[Figure]:
    tell(f"renewing one token in {THREADS} threads on {name}")
    settings = _settings(sandbox)
    token_id = _expired_token(sandbox, url, settings)
    configure(Runtime(EsiSettings.from_settings(settings)))
    seconds, seen = _ask(url, token_id, THREADS, lambda: None)
    yield from _judged(sandbox, seconds, seen, f"{THREADS} threads, {name}")


def _processes(sandbox: Sandbox, url: str, name: str) -> Iterator[Figure]:
    threads = THREADS // PROCESSES
    tell(f"renewing one token in {PROCESSES} processes of {threads} threads on {name}")
    settings = _settings(sandbox)
    order = {
        "url": url,
        "token_id": _expired_token(sandbox, url, settings),
        "threads": threads,
        "settings": settings,
    }
    command = [sys.executable, __file__]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    workers = [subprocess.Popen(command, text=True, **pipes) for _ in range(PROCESSES)]
    guard = threading.Timer(PATIENCE_S * 2, lambda: [worker.kill() for worker in workers])
    guard.start()
    try:
        for worker in workers:
            _write(worker, json.dumps(order))
        for worker in workers:
            assert _read(worker) == "ready"
        for worker in workers:
            _write(worker, "go")
        outcomes = [json.loads(_read(worker)) for worker in workers]
    finally:
        guard.cancel()
        for worker in workers:
            worker.kill()
            worker.communicate()
    seconds = max(seconds for seconds, _ in outcomes)
    seen = sorted({each for _, several in outcomes for each in several})
    how = f"{PROCESSES} processes of {threads} threads, {name}"
    yield from _judged(sandbox, seconds, seen, how)


def _judged(sandbox: Sandbox, seconds: float, seen: list[str], how: str) -> Iterator[Figure]:
    assert len(seen) == 1, "they got different tokens"
    calls = sum(path.endswith("/v2/oauth/token") for _, path in sandbox.requests)
    yield Figure(f"refresh calls, {how}", calls, most=1)
    yield Figure("until the last of them has the new token", seconds, "s")


def _settings(sandbox: Sandbox) -> dict[str, str]:
    return {
        **sandbox.settings(),
        "esi.secret": "only-for-measuring-0123456789abcdef",
        "esi.sandbox": "true",
        "esi.sso_callback_url": CALLBACK,
        "esi.sso_client_id": "client",
        "esi.sso_client_secret": "secret",
    }


def _expired_token(sandbox: Sandbox, url: str, settings: dict[str, str]) -> int:
    """The id of a new row whose access token is over; the sandbox's log begins after it."""
    runtime = Runtime(EsiSettings.from_settings(settings))
    configure(runtime)
    proof = Proof.new()
    scopes = ("esi-wallet.read_character_wallet.v1",)
    back = sandbox.approve(
        runtime.sso.authorization_url(proof, scopes, CALLBACK), min(sandbox.characters)
    )
    code = parse_qs(urlsplit(back).query)["code"][0]
    claims, payload = runtime.sso.exchange(code, proof.verifier, CALLBACK)
    engine = create_engine(url)
    metadata.create_all(engine)
    with Session(engine) as session:
        token = Token(
            access_token=str(payload.access),
            refresh_token=payload.refresh,
            expires_at=utc_now() - timedelta(minutes=1),
            character_id=claims.character_id,
            character_name="Somebody",
            character_owner_hash=claims.owner_hash,
        )
        session.add(token)
        session.commit()
        token_id = token.id
    engine.dispose()
    sandbox.clear_log()
    return token_id


def _ask(url: str, token_id: int, threads: int, ready: Callable[[], object]) -> Outcome:
    """Seconds until all threads have an access token, and digests of what they have.

    ready is called when all of them have read the row, and they go on when it returns.
    """
    engine = create_engine(url)
    barrier = threading.Barrier(threads + 1)
    seen: list[str] = []
    failures: list[Exception] = []

    def work() -> None:
        try:
            # Nothing is open while they wait: a transaction does not belong around the network.
            with Session(engine, expire_on_commit=False) as session:
                token = session.get_one(Token, token_id)
                session.commit()
                barrier.wait(PATIENCE_S)
                barrier.wait(PATIENCE_S)
                access = token.valid_access_token()
            seen.append(hashlib.sha256(access.encode()).hexdigest())
        except Exception as error:  # noqa: BLE001 - told by the thread that waits for it
            failures.append(error)
            barrier.abort()

    workers = [threading.Thread(target=work, daemon=True) for _ in range(threads)]
    for worker in workers:
        worker.start()
    barrier.wait(PATIENCE_S)
    ready()
    began = time.perf_counter()
    barrier.wait(PATIENCE_S)
    for worker in workers:
        worker.join(PATIENCE_S)
    seconds = time.perf_counter() - began
    engine.dispose()
    if failures:
        raise failures[0]
    assert len(seen) == threads
    return seconds, sorted(set(seen))


def _write(worker: subprocess.Popen[str], line: str) -> None:
    assert worker.stdin is not None
    worker.stdin.write(line + "\n")
    worker.stdin.flush()


def _read(worker: subprocess.Popen[str]) -> str:
    assert worker.stdout is not None
    return worker.stdout.readline().strip()


def _work() -> None:
    """One of the processes, told what to do over its standard input."""
    order = json.loads(sys.stdin.readline())
    configure(Runtime(EsiSettings.from_settings(order["settings"])))

    def ready() -> None:
        print("ready", flush=True)
        sys.stdin.readline()

    print(json.dumps(_ask(order["url"], order["token_id"], order["threads"], ready)), flush=True)


if __name__ == "__main__":
    _work()
