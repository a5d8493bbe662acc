"""A server that answers like ESI and takes next to no time for it, in a process of its own.

The sandbox parses, checks and draws its answers, which would hide what a call costs its caller.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from time import time

PAGES = 200
#: Records of a page, as in ESI's lists of the types in a market.
RECORDS = 1000
TYPE = json.dumps(
    {
        "type_id": 587,
        "name": "Rifter",
        "description": "A small ship. " * 60,
        "dogma_attributes": [{"attribute_id": n, "value": n / 3} for n in range(30)],
        "published": True,
    }
).encode()


@dataclass
class Counts:
    """What the server saw since it was last asked. headers: those of the last request."""

    connections: int = 0
    requests: int = 0
    headers: dict[str, str] = field(default_factory=dict)


class Protocol(asyncio.Protocol):
    """One connection. asyncio switches Nagle's algorithm off, so that no answer waits for more."""

    def __init__(self, counts: Counts, latency_s: float) -> None:
        self._counts = counts
        self._latency_s = latency_s
        self._received = b""
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Counts it."""
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport
        self._counts.connections += 1

    def data_received(self, data: bytes) -> None:
        """Answers each request without a body that is there in full."""
        self._received += data
        while b"\r\n\r\n" in self._received:
            head, _, self._received = self._received.partition(b"\r\n\r\n")
            self._counts.requests += 1
            line, *headers = head.decode().split("\r\n")
            self._counts.headers = dict(each.split(": ", 1) for each in headers)
            path = line.split(" ", 2)[1]
            if path.startswith("/markets/"):
                loop = asyncio.get_running_loop()
                loop.call_later(self._latency_s, self._write, _page(path))
            else:
                self._write(_answer(TYPE))

    def _write(self, answer: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(answer)


def _page(path: str) -> bytes:
    page = int(path.rpartition("page=")[2])
    first = page * RECORDS
    return _answer(json.dumps(list(range(first, first + RECORDS))).encode(), f"X-Pages: {PAGES}")


def _answer(body: bytes, *more: str) -> bytes:
    now = time()
    lines = (
        "HTTP/1.1 200 OK",
        f"Date: {formatdate(now, usegmt=True)}",
        f"Expires: {formatdate(now + 3600, usegmt=True)}",
        "Last-Modified: Sat, 21 Nov 2026 11:05:00 GMT",
        f'ETag: "{hash(body):x}"',
        "Cache-Control: public",
        "Content-Type: application/json",
        "X-Esi-Request-Id: 00000000-0000-0000-0000-000000000000",
        "X-Ratelimit-Group: bench",
        "X-Ratelimit-Limit: 12000/15m",
        "X-Ratelimit-Remaining: 11998",
        "X-Ratelimit-Used: 2",
        f"Content-Length: {len(body)}",
        *more,
    )
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class Running:
    """The server as its parent sees it."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.url = self._read()["url"]

    def counts(self) -> Counts:
        """What it saw since it was last asked."""
        assert self._process.stdin is not None
        self._process.stdin.write("counts\n")
        self._process.stdin.flush()
        return Counts(**self._read())

    def _read(self) -> dict:
        assert self._process.stdout is not None
        return json.loads(self._process.stdout.readline())


@contextmanager
def running(latency_s: float) -> Iterator[Running]:
    """The server while it runs. latency_s: how long it waits before it answers with a page."""
    command = [sys.executable, __file__, str(latency_s)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, text=True, **pipes) as process:
        try:
            yield Running(process)
        finally:
            process.terminate()


async def _serve(latency_s: float) -> None:
    counts = Counts()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Protocol(counts, latency_s), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    print(json.dumps({"url": f"http://127.0.0.1:{port}"}), flush=True)
    ended = asyncio.Event()

    def tell() -> None:
        print(json.dumps(vars(counts)), flush=True)
        counts.connections = counts.requests = 0

    def listen() -> None:
        for _ in sys.stdin:
            loop.call_soon_threadsafe(tell)
        loop.call_soon_threadsafe(ended.set)

    threading.Thread(target=listen, daemon=True).start()
    async with server:
        await ended.wait()


if __name__ == "__main__":
    asyncio.run(_serve(float(sys.argv[1])))
