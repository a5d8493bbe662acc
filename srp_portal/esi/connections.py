"""One pool of HTTP connections a process, for all threads of it."""

import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from typing import Final
from urllib.parse import urljoin, urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter

from srp_portal.esi.deadlines import remaining
from srp_portal.esi.locks import Lock

# ESI's largest answers, a page of market orders or assets, are far below one megabyte.
LARGEST_BODY: Final = 32 * 1024 * 1024
MOST_REDIRECTS: Final = 3
_CHUNK: Final = 65536
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})


class ConnectionTrouble(Exception):
    """No usable answer arrived; the message says why in few words, without addresses."""


@dataclass(frozen=True)
class Answer:
    """What a server answered, whole.

    headers are looked up without regard to case; content is decoded from its
    transfer encodings. As the second value of `result()` this is ESI's response.
    """

    status_code: int
    headers: Mapping[str, str]
    content: bytes = field(repr=False)

    @property
    def text(self) -> str:
        """The body as text; ESI speaks UTF-8."""
        return self.content.decode("utf-8", errors="replace")

    @property
    def request_id(self) -> str | None:
        """ESI's id of the request, where it sent one."""
        return self.headers.get("X-Esi-Request-Id")


class Connections:
    """A pooled session that survives forks, threads and servers that trickle.

    maxsize: connections kept and used at the same time; more callers than that wait
    within their deadline.
    """

    def __init__(self, maxsize: int) -> None:
        self._maxsize = maxsize
        self._lock = Lock()
        self._pid: int | None = None
        self._session = requests.Session()
        self._slots = threading.BoundedSemaphore(maxsize)

    def exchange(self, request: requests.Request, timeouts: tuple[float, float]) -> Answer:
        """Send a request and read its whole answer.

        timeouts: seconds to connect and to wait for each piece of the answer, both
        shortened to the deadline. Raises ConnectionTrouble.
        """
        session, slots = self._current()
        left = remaining()
        if left is not None and left <= 0:
            raise ConnectionTrouble("its time is over")
        if not slots.acquire(timeout=left):
            raise ConnectionTrouble("all connections are busy")
        try:
            return _follow(session, session.prepare_request(request), timeouts)
        except requests.Timeout:
            raise ConnectionTrouble("it took too long") from None
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            raise ConnectionTrouble(_reason(error)) from None
        finally:
            slots.release()

    def _current(self) -> tuple[requests.Session, threading.BoundedSemaphore]:
        with self._lock:
            if self._pid != os.getpid():
                # Connections of a parent process must not be shared with it, nor its locks.
                self._session = _new_session(self._maxsize)
                self._slots = threading.BoundedSemaphore(self._maxsize)
                self._pid = os.getpid()
            return self._session, self._slots


def _new_session(maxsize: int) -> requests.Session:
    session = requests.Session()
    # Else .netrc would replace our Authorization header, and the environment add proxies.
    session.trust_env = False
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    adapter = HTTPAdapter(pool_connections=4, pool_maxsize=maxsize, max_retries=0)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


def _follow(
    session: requests.Session, prepared: requests.PreparedRequest, timeouts: tuple[float, float]
) -> Answer:
    for _ in range(MOST_REDIRECTS + 1):
        answer = _read(session, prepared, timeouts)
        location = answer.headers.get("Location")
        if answer.status_code not in _REDIRECTS or location is None:
            return answer
        target = urljoin(str(prepared.url), location)
        if prepared.method not in ("GET", "HEAD") or _origin(target) != _origin(str(prepared.url)):
            raise ConnectionTrouble("it was redirected elsewhere")
        prepared = prepared.copy()
        prepared.url = target
    raise ConnectionTrouble("it was redirected too often")


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port


def _read(
    session: requests.Session, prepared: requests.PreparedRequest, timeouts: tuple[float, float]
) -> Answer:
    left = remaining()
    if left is not None:
        timeouts = (max(0.001, min(timeouts[0], left)), max(0.001, min(timeouts[1], left)))
    # Past Session.send, which would read the whole body of a redirect, however long.
    adapter = session.get_adapter(str(prepared.url))
    response = adapter.send(prepared, stream=True, timeout=timeouts, verify=True, proxies={})
    try:
        content = _body(response.raw)
    finally:
        response.close()
    return Answer(response.status_code, response.headers, content)


def _body(raw: urllib3.HTTPResponse) -> bytes:
    # Piece by piece, since a server that sends a byte now and then resets the read timeout.
    pieces: list[bytes] = []
    size = 0
    while piece := raw.read1(_CHUNK, decode_content=True):
        pieces.append(piece)
        size += len(piece)
        if size > LARGEST_BODY:
            raise ConnectionTrouble("its answer is too large")
        left = remaining()
        if left is not None and left <= 0:
            raise ConnectionTrouble("its time is over")
    return b"".join(pieces)


def _reason(error: Exception) -> str:
    if isinstance(error, urllib3.exceptions.ReadTimeoutError):
        return "it took too long"
    if isinstance(error, requests.exceptions.SSLError):
        return "the server's certificate is not valid"
    if isinstance(error, requests.ConnectionError):
        return "the connection failed"
    return "the answer was broken off"
