"""The HTTP side of the sandbox: a threaded server on a loopback address, faults included."""

from __future__ import annotations

import contextlib
import gzip
import ipaddress
import logging
import socket
import socketserver
import sys
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler

from srp_portal.sandbox.faults import Fault, Faults, instead, spoil
from srp_portal.sandbox.journal import Entry, Journal
from srp_portal.sandbox.messages import Request, Response, json_response

logger = logging.getLogger(__name__)

MAX_BODY_BYTES = 1_000_000
# Below this size compression makes answers longer.
GZIP_FROM_BYTES = 600
# How long a stop waits for answers under way.
STOP_TIMEOUT_S = 3.0


def loopback(host: str) -> str:
    """The loopback address that `host` names; ValueError for any other.

    The sandbox signs anybody in as anybody, so it must never be reachable from outside.
    """
    if host == "localhost":
        return "127.0.0.1"
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        address = None
    if address is None or not address.is_loopback:
        raise ValueError(f"the sandbox binds to loopback addresses only, not to {host!r}")
    return str(address)


class LoopbackServer(socketserver.ThreadingTCPServer):
    """Serves `answer` at a loopback address, a thread for each connection.

    happen: told of each fault that takes place, before the request is answered.

    Raises OSError when the port is taken, ValueError for an address that is not loopback.
    """

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128

    def __init__(
        self,
        host: str,
        port: int,
        answer: Callable[[Request], Response],
        faults: Faults,
        journal: Journal,
        *,
        happen: Callable[[Fault], None] = lambda _: None,
    ) -> None:
        host = loopback(host)
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.answer = answer
        self.faults = faults
        self.journal = journal
        self.happen = happen
        self.stopping = threading.Event()
        self._connections: set[socket.socket] = set()
        self._changed = threading.Condition()
        super().__init__((host, port), _Handler)

    @property
    def port(self) -> int:
        """The port it listens at, also where 0 was asked for."""
        return int(self.server_address[1])

    @property
    def url(self) -> str:
        """Its address, `http://127.0.0.1:PORT`."""
        host = str(self.server_address[0])
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"

    def start(self) -> threading.Thread:
        """Serves from a thread of its own until `stop`."""
        thread = threading.Thread(
            target=self.serve_forever,
            kwargs={"poll_interval": 0.05},
            name=f"sandbox:{self.port}",
            daemon=True,
        )
        thread.start()
        return thread

    def stop(self) -> None:
        """Ends serving, closes all connections and waits for the threads that hold them."""
        self.stopping.set()
        self.shutdown()
        self.server_close()
        with self._changed:
            for connection in self._connections:
                # The client may have closed it in this very moment.
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
            self._changed.wait_for(lambda: not self._connections, STOP_TIMEOUT_S)

    def get_request(self) -> tuple[socket.socket, object]:
        """Takes a new connection and keeps it in view, so that a stop can close it."""
        connection, address = super().get_request()
        with self._changed:
            self._connections.add(connection)
        return connection, address

    def shutdown_request(self, request: socket.socket | tuple[bytes, socket.socket]) -> None:
        """Closes a connection, the last thing that its thread does."""
        super().shutdown_request(request)
        with self._changed:
            if isinstance(request, socket.socket):
                self._connections.discard(request)
            self._changed.notify_all()

    def handle_error(self, request: object, client_address: object) -> None:
        """Notes what went wrong in a connection; clients that hang up are no news."""
        logger.debug("%s of %s ended early: %s", request, client_address, sys.exc_info()[1])


class _Handler(BaseHTTPRequestHandler):
    """Reads requests off a connection and writes answers, each in one piece."""

    protocol_version = "HTTP/1.1"
    server_version = "sandbox"
    # Header and body leave together, and at once: otherwise every answer on loopback
    # waits 40 ms for a delayed acknowledgement.
    wbufsize = 64 * 1024
    disable_nagle_algorithm = True
    # An idle connection of a client that forgot about it.
    timeout = 120

    server: LoopbackServer

    def serve(self) -> None:
        """Answers one request, whatever its method."""
        request = self._read()
        if request is None:
            return
        watched = not request.path.startswith("/control")
        entry = self.server.journal.note(request) if watched else None
        fault = self.server.faults.take(request) if watched else None
        if fault is not None and fault.kind in {"drop", "hang", "slow"} and self._stall(fault):
            _note_status(entry, 0)
            return
        answer = instead(fault) if fault else None
        if answer is None:
            answer = self._answer(request, fault)
        if fault is not None:
            answer = spoil(fault, answer)
        _note_status(entry, answer.status)
        self._write(request, answer, fault)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_OPTIONS = serve  # noqa: N815

    def _read(self) -> Request | None:
        path, _, query = self.path.partition("?")
        length = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers or not length.isdecimal():
            self._refuse(411, "a body needs a Content-Length")
            return None
        if int(length) > MAX_BODY_BYTES:
            self._refuse(413, f"at most {MAX_BODY_BYTES} bytes")
            return None
        body = self.rfile.read(int(length))
        return Request(self.command, path, query, self.headers, body)

    def _refuse(self, status: int, text: str) -> None:
        self.close_connection = True
        self._send(json_response({"error": text}, status), with_body=True)

    def _answer(self, request: Request, fault: Fault | None) -> Response:
        try:
            if fault is not None:
                self.server.happen(fault)
            return self.server.answer(request)
        except Exception:  # a bug in the sandbox must show, and as a status: tests wait for one
            logger.exception("the sandbox failed to answer %s %s", request.method, request.path)
            return json_response({"error": "the sandbox failed, see its log"}, 500)

    def _stall(self, fault: Fault) -> bool:
        """Waits as the fault asks; whether the connection then ends without an answer."""
        if fault.kind != "drop":
            ended = self.server.stopping.wait(float(fault.detail["seconds"]))
            if fault.kind == "slow" and not ended:
                return False
        self.close_connection = True
        return True

    def _write(self, request: Request, answer: Response, fault: Fault | None) -> None:
        _compress(request, answer)
        kind = fault.kind if fault else ""
        if kind == "truncate":
            self.close_connection = True
            self._head(answer)
            self.wfile.write(answer.body[: len(answer.body) // 2])
        elif fault is not None and kind == "trickle":
            self._head(answer)
            step = max(1, len(answer.body) // 10)
            for start in range(0, len(answer.body), step):
                self.wfile.flush()
                self.server.stopping.wait(float(fault.detail["seconds"]) / 10)
                self.wfile.write(answer.body[start : start + step])
        else:
            # A body after these statuses would be taken for the next answer.
            bodiless = request.method == "HEAD" or answer.status in {204, 304}
            self._send(answer, with_body=not bodiless)

    def _send(self, answer: Response, *, with_body: bool) -> None:
        self._head(answer)
        if with_body:
            self.wfile.write(answer.body)

    def _head(self, answer: Response) -> None:
        self.send_response(answer.status, answer.reason)
        for name, value in answer.headers.items():
            # Headers are latin-1 on the wire; names with other letters travel in bodies only.
            self.send_header(name, value.encode("latin-1", "replace").decode("latin-1"))
        if answer.status not in {204, 304}:
            self.send_header("Content-Length", str(len(answer.body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()

    def version_string(self) -> str:
        """The `Server` header."""
        return self.server_version

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Says nothing: the journal has it, and queries hold codes and tokens."""


def _note_status(entry: Entry | None, status: int) -> None:
    if entry is not None:
        entry.status = status


def _compress(request: Request, answer: Response) -> None:
    kind = answer.headers.get("Content-Type", "")
    accepted = request.headers.get("Accept-Encoding", "")
    if len(answer.body) < GZIP_FROM_BYTES or "gzip" not in accepted or "json" not in kind:
        return
    if "Content-Encoding" in answer.headers:
        return
    answer.body = gzip.compress(answer.body, compresslevel=3, mtime=0)
    answer.headers["Content-Encoding"] = "gzip"
    answer.headers["Vary"] = "Accept-Encoding"
    tag = answer.headers.get("ETag", "")
    if tag and not tag.startswith("W/"):
        # The tag is of the uncompressed body, so it's a weak one here, as ESI's is.
        answer.headers["ETag"] = f"W/{tag}"
