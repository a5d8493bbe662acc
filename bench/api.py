"""Every list and a request, in each format, beside the floor: `python bench/api.py`.

The portal and the floor (bench/floor.py) run beside each other, each in one synchronous worker of
gunicorn, on the same database, and are asked over loopback with an API key, by one client and by 8
at once. The ratio is that of the requests a second of one client, the two taking turns.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import re
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from portals import create_database, database, settings, tell

HERE = Path(__file__)
LISTS = ("personal", "pending", "pay", "completed", "all")
#: What the portal must reach of its floor, by list or request and format (one connection).
WANTED = {
    ("list", "json"): 0.5,
    ("list", "xml"): 0.7,
    ("list", "rss"): 0.3,
    ("list", "rss 304"): 3.0,
    ("list", "html"): 0.5,
    ("request", "json"): 0.2,
}
HOST = "Host: 127.0.0.1\r\n"
#: Links begin with it, so each answer is another document.
NEW_HOST = "Host: h{n}.example.com\r\n"
MOST_GROWTH = 1.2
DEEP_MS = 20.0
FILTER_MS = 300.0
MEMORY_MB = 120.0
FILTERS = (
    "ship/Sabre",
    "sort/-payout/system/HED-GP",
    "details/timer",
    "payout/%3E100000000/region/Catch",
    "kill_timestamp/2025-06",
    "division/Strategic%20Fleet/status/paid",
)


@dataclass(frozen=True)
class Figure:
    """Requests a second, and latencies in ms, of one target under some connections."""

    rate: float
    p50: float
    p99: float
    size: int = 0


@dataclass
class Worker:
    """A worker in a process of its own."""

    process: subprocess.Popen[bytes]
    port: int

    def ask(self, target: str, headers: str = "") -> tuple[int, dict[str, str], bytes]:
        """Status, headers by small letters, body."""
        return ask(self.port, target, headers)

    @property
    def resident_mb(self) -> float:
        """Memory of the process that answers, as the kernel counts it."""
        pid = json.loads(self.ask("/__bench")[2])["pid"]
        found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
        return int(found[1]) / 1024 if found else 0.0


def ask(port: int, target: str, headers: str = "") -> tuple[int, dict[str, str], bytes]:
    """Status, headers by small letters, body; over a connection of its own, as such workers do."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall(
            f"GET {target} HTTP/1.1\r\nConnection: close\r\n{headers or HOST}\r\n".encode("latin-1")
        )
        chunks = []
        while chunk := connection.recv(262144):
            chunks.append(chunk)
    head, _, body = b"".join(chunks).partition(b"\r\n\r\n")
    if not head:
        raise ConnectionError("the worker closed the connection")
    status, *lines = head.decode("latin-1").split("\r\n")
    named = (line.partition(": ") for line in lines)
    found = {name.lower(): value for name, _, value in named}
    return int(status.split(" ")[1]), found, body


def load(
    worker: Worker, target: str, headers: str = "", *, connections: int, seconds: float, status: int
) -> Figure:
    """Asks for so many seconds over so many connections at once.

    headers: `{n}` in them is another number in each request.
    """
    taken: list[float] = []
    sizes: list[int] = []
    numbers = count()
    ends = time.perf_counter() + seconds

    def go_on_asking() -> None:
        while (began := time.perf_counter()) < ends or not sizes:
            answered, _, body = worker.ask(target, headers.replace("{n}", str(next(numbers))))
            taken.append((time.perf_counter() - began) * 1000)
            if answered != status:
                raise RuntimeError(f"{target} was answered {answered}: {body[:300]!r}")
            sizes.append(len(body))

    began = time.perf_counter()
    threads = [threading.Thread(target=go_on_asking) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    elapsed = time.perf_counter() - began
    if not sizes:
        raise RuntimeError(f"{target} gave no answer")
    taken.sort()
    p99 = taken[min(len(taken) - 1, int(len(taken) * 0.99))]
    return Figure(len(taken) / elapsed, statistics.median(taken), p99, max(sizes))


@dataclass
class Bench:
    """A database with its two workers."""

    portal: Worker
    floor: Worker
    key: str
    seconds: float
    missed: list[str] = field(default_factory=list)

    def target(self, path: str, fmt: str) -> str:
        """The portal's path with format and key."""
        return f"{path}?fmt={fmt}&apikey={self.key}"

    def statements(self, target: str, headers: str = "") -> float:
        """SQL statements of one answer."""
        before = json.loads(self.portal.ask("/__bench")[2])["statements"]
        for _ in range(4):
            self.portal.ask(target, headers)
        return (json.loads(self.portal.ask("/__bench")[2])["statements"] - before) / 4

    def compare(self, what: str, kind: str, path: str, fmt: str, headers: str = "") -> None:
        """Prints a line, and notes a ratio that is missed."""
        floor_fmt = "json" if fmt == "html" else fmt.partition(" ")[0]
        floor_path = path
        target = self.target(path, fmt.partition(" ")[0])
        status = 304 if "If-None-Match" in headers else 200
        floor_target = f"{floor_path}?fmt={floor_fmt}"
        for _ in range(5):
            self.portal.ask(target, headers)
            self.floor.ask(floor_target)
        ones, floors = [], []
        for _ in range(4):
            ones.append(self._load(self.portal, target, headers, status=status))
            floors.append(self._load(self.floor, floor_target))
        one = max(ones, key=lambda figure: figure.rate)
        floor = max(floors, key=lambda figure: figure.rate)
        eight = self._load(self.portal, target, headers, connections=8, status=status)
        ratio = one.rate / floor.rate
        wanted = WANTED.get((kind, fmt))
        mark = ""
        if wanted is not None and ratio < wanted:
            mark = f" (wanted {wanted})"
            self.missed.append(f"{what} {fmt}: {ratio:.2f} of its floor, wanted {wanted}")
        print(
            f"| {what} | {fmt} | {one.rate:.0f} | {one.p50:.2f} / {one.p99:.2f} "
            f"| {eight.rate:.0f} | {eight.p50:.2f} / {eight.p99:.2f} "
            f"| {self.statements(target, headers):.0f} | {one.size:,} "
            f"| {floor.rate:.0f} | {ratio:.2f}{mark} |",
            flush=True,
        )

    def _load(
        self,
        worker: Worker,
        target: str,
        headers: str = "",
        *,
        connections: int = 1,
        status: int = 200,
    ) -> Figure:
        seconds = self.seconds / 4
        return load(
            worker, target, headers, connections=connections, seconds=seconds, status=status
        )

    def p50(self, path: str, fmt: str) -> float:
        """The median of one connection, in ms."""
        target = self.target(path, fmt)
        for _ in range(5):
            self.portal.ask(target)
        return self._load(self.portal, target).p50


HEAD = (
    "| page | format | req/s | p50 / p99 ms | 8 conn. req/s | p50 / p99 ms | SQL | bytes "
    "| floor req/s | ratio |\n|---|---|---:|---:|---:|---:|---:|---:|---:|---:|"
)


def compare_all(bench: Bench, lists: tuple[str, ...], formats: tuple[str, ...]) -> None:
    """The table of lists and a request."""
    print(HEAD)
    some_id = 0
    for name in lists:
        path = f"/request/{name}/"
        rows = json.loads(bench.portal.ask(bench.target(path, "json"))[2])["requests"]
        some_id = rows[0]["id"] if rows else some_id
        for fmt in formats:
            if fmt.endswith("304"):
                plain = bench.target(path, fmt.partition(" ")[0])
                etag = bench.portal.ask(plain)[1]["etag"]
                bench.compare(name, "list", path, fmt, f"{HOST}If-None-Match: {etag}\r\n")
            elif fmt.endswith("new"):
                bench.compare(name, "list", path, fmt, NEW_HOST)
            else:
                bench.compare(name, "list", path, fmt)
    bench.compare("a request", "request", f"/request/{some_id}/", "json")


def deep_and_filtered(bench: Bench, requests: int, is_large_postgresql: bool) -> None:
    """Pages far behind, and filters."""
    print("\n| page of `all`, JSON | p50 ms |\n|---|---:|")
    first = bench.p50("/request/all/", "json")
    print(f"| 1 | {first:.2f} |")
    if requests >= 200 * 200:
        number = min(1000, math.ceil(requests / 200))
        deep = bench.p50(f"/request/all/page/{number}", "json")
        print(f"| {number:,} | {deep:.2f} |")
        if deep - first > DEEP_MS:
            bench.missed.append(f"page {number} takes {deep - first:.0f} ms more than page 1")
        deep = bench.p50("/request/all/page/1000", "html")
        print(f"| 1,000 in HTML | {deep:.2f} |")
    print("\n| filter of `all`, JSON | p50 ms | found |\n|---|---:|---:|")
    for filters in FILTERS:
        target = bench.target(f"/request/all/{filters}", "json")
        status, _, body = bench.portal.ask(target)
        if status != 200:
            raise RuntimeError(f"{filters}: {status} {body[:200]!r}")
        found = json.loads(body)["request_count"]
        taken = bench.p50(f"/request/all/{filters}", "json")
        print(f"| `{filters}` | {taken:.1f} | {found:,} |", flush=True)
        if is_large_postgresql and taken > FILTER_MS:
            bench.missed.append(f"filter {filters} takes {taken:.0f} ms")


@contextmanager
def worker(kind: str, url: str) -> Iterator[Worker]:
    """A worker of that kind, `portal` or `floor`, until the block ends."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = ["gunicorn", "--workers=1", f"--bind=127.0.0.1:{port}", "--log-level=error"]
    process = subprocess.Popen(
        [sys.executable, "-m", *command, "served:application()"],
        cwd=HERE.parent,
        env={**os.environ, "BENCH_KIND": kind, "BENCH_URL": url},
    )
    try:
        _await(process, port)
        yield Worker(process, port)
    finally:
        process.terminate()
        process.wait(timeout=30)


def _await(process: subprocess.Popen[bytes], port: int) -> None:
    ends = time.monotonic() + 30
    while time.monotonic() < ends and process.poll() is None:
        try:
            ask(port, "/__bench")
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("a worker did not start")


@contextmanager
def seeded(kind: str, requests: int, kept: Path | None) -> Iterator[tuple[str, str]]:
    """URL and API key of a database with so many requests.

    kept: a folder, to find the database again in the next run; on PostgreSQL it has a fixed name.
    """
    from srp_portal.composition import compose
    from srp_portal.seeding.seed import seed
    from srp_portal.services import migrations
    from srp_portal.settings import Settings

    with ExitStack() as stack:
        if kept is not None:
            name = "sqlite" if kind == "sqlite" else "postgresql"
            known = kept / f"{requests}.{name}.key"
            url = f"sqlite:///{kept / f'{requests}.sqlite'}"
            if kind != "sqlite":
                url = f"{kind}/srp_bench_{requests}"
            if known.exists():
                yield url, known.read_text()
                return
            if kind != "sqlite":
                create_database(kind, f"srp_bench_{requests}")
        else:
            url = stack.enter_context(database(kind))
        tell(f"seeding {requests:,} requests on {kind.partition(':')[0]}")
        portal = compose(Settings.load(settings(url), {}))
        try:
            migrations.upgrade(portal.engine)
            key = seed(portal.engine, portal.secrets, requests=requests, seed=1).api_key
        finally:
            portal.close()
        if kept is not None:
            known.write_text(key)
        yield url, key


def main() -> int:
    """Prints a table for each database; the exit status is 1 if a figure is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, nargs="+", default=[1000, 100_000])
    parser.add_argument("--seconds", type=float, default=2.0, help="of each measurement")
    parser.add_argument("--lists", nargs="+", default=list(LISTS), choices=LISTS)
    parser.add_argument(
        "--formats",
        nargs="+",
        default=["json", "xml", "rss", "rss new", "rss 304", "json 304", "html"],
    )
    parser.add_argument("--no-sqlite", action="store_true")
    parser.add_argument("--postgresql", metavar="URL", help="a server, without a database")
    parser.add_argument(
        "--keep", type=Path, metavar="FOLDER", help="keep databases for the next run"
    )
    arguments = parser.parse_args()
    if arguments.keep:
        arguments.keep.mkdir(parents=True, exist_ok=True)
    missed = []
    kinds = [] if arguments.no_sqlite else ["sqlite"]
    kinds += [arguments.postgresql] if arguments.postgresql else []
    for kind in kinds:
        medians: dict[int, float] = {}
        for requests in arguments.requests:
            name = "SQLite" if kind == "sqlite" else "PostgreSQL"
            with ExitStack() as stack:
                url, key = stack.enter_context(seeded(kind, requests, arguments.keep))
                portal = stack.enter_context(worker("portal", url))
                floor = stack.enter_context(worker("floor", url))
                bench = Bench(portal, floor, key, arguments.seconds)
                print(f"\n### {name}, {requests:,} requests\n", flush=True)
                medians[requests] = bench.p50("/request/all/", "json")
                if requests >= 10_000:
                    compare_all(bench, tuple(arguments.lists), tuple(arguments.formats))
                    large = kind != "sqlite" and requests >= 1_000_000
                    deep_and_filtered(bench, requests, large)
                memory = portal.resident_mb
                print(f"\nFirst page of `all`, JSON: p50 {medians[requests]:.2f} ms. ", end="")
                print(f"Memory of the worker afterwards: {memory:.0f} MB.", flush=True)
                if memory > MEMORY_MB:
                    bench.missed.append(f"the worker takes {memory:.0f} MB")
                missed += [f"{name}, {requests:,}: {line}" for line in bench.missed]
        growth = max(medians.values()) / medians[min(medians)]
        print(f"\n{name}: p50 of the first page grows by {growth:.2f} over these sizes.")
        if growth > MOST_GROWTH:
            missed.append(f"{name}: p50 of the first page grows by {growth:.2f}")
    print("\nMissed:\n" if missed else "\nEvery figure was reached.")
    for line in missed:
        print(f"- {line}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
