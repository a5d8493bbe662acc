"""The HTTP session of a plugin: declared hosts only, bounded in time, size and attempts."""

from __future__ import annotations

import io
import logging
import random
import time
from collections.abc import Callable
from http.cookiejar import DefaultCookiePolicy
from typing import Any, cast
from urllib.parse import urlsplit

import requests
from requests import exceptions
from urllib3.exceptions import DecodeError, HTTPError, ReadTimeoutError
from urllib3.response import HTTPResponse

from srp_portal.hooks.addresses import AddressRefused, CheckedAdapter, Resolver, resolve
from srp_portal.hooks.hosts import HostSet

logger = logging.getLogger(__name__)

CONNECT_TIMEOUT_S, READ_TIMEOUT_S = 3.05, 8.0
BODY_LIMIT = 8 * 1024 * 1024
ATTEMPTS = 3
PAUSE_S = 0.25
_REDIRECTS = 5
_PIECE = 64 * 1024
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_PASSING_STATUSES = frozenset({502, 503, 504})
_PASSING_ERRORS = (exceptions.ConnectionError, exceptions.Timeout, exceptions.ChunkedEncodingError)

#: Seconds left for the work at hand, None for no limit; not positive when it has passed.
Remaining = Callable[[], float | None]


class HostRefused(exceptions.InvalidURL):
    """A plugin called a host that it did not declare, or one with a private address."""


class BodyTooLarge(exceptions.RequestException):
    """An answer is larger than the portal reads."""


def no_limit() -> float | None:
    """The time left where nothing limits it."""
    return None


def plugin_session(
    hosts: HostSet,
    *,
    user_agent: str,
    private_allowed: bool = False,
    remaining: Remaining = no_limit,
    resolver: Resolver = resolve,
) -> requests.Session:
    """A `requests` session that does only what the portal promises its operator.

    No cookies, as one session serves many people; nothing from the environment, proxies least of
    all; the rest is GuardedAdapter's.
    """
    session = requests.Session()
    session.trust_env = False
    session.max_redirects = _REDIRECTS
    session.headers["User-Agent"] = user_agent
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.adapters.clear()
    # For every scheme: whatever a redirect leads to passes the same checks.
    session.mount(
        "",
        GuardedAdapter(
            hosts, private_allowed=private_allowed, remaining=remaining, resolver=resolver
        ),
    )
    return session


class GuardedAdapter(CheckedAdapter):
    """Carries one exchange of a session, each hop of a redirect on its own.

    Hosts that were not declared, and private addresses, are refused (HostRefused). Timeouts end
    with the work at hand. Safe methods are tried again on trouble on the line and on 502, 503,
    504, unless the answer says when to come back. Answers are read whole, up to `body_limit`
    bytes after decoding (BodyTooLarge). All errors are `requests` exceptions.
    """

    def __init__(
        self,
        hosts: HostSet,
        *,
        private_allowed: bool = False,
        remaining: Remaining = no_limit,
        resolver: Resolver = resolve,
        body_limit: int = BODY_LIMIT,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        super().__init__(private_allowed=private_allowed, resolver=resolver)
        self._hosts = hosts
        self._remaining = remaining
        self._body_limit = body_limit
        self._sleep = sleep

    def allows(self, url: str) -> bool:
        """Whether the URL's host was declared."""
        return self._hosts.allows(url)

    def send(self, request: requests.PreparedRequest, *_args: Any, **options: Any) -> Any:
        """Sends a prepared request, and gives its response with the body read."""
        url = request.url or ""
        if not self.allows(url):
            host = urlsplit(url).netloc.rpartition("@")[2]
            logger.warning("A plugin called the host %s, which it did not declare", host)
            raise HostRefused(f"the host {host} was not declared", request=request)
        attempts = ATTEMPTS if request.method in _SAFE_METHODS else 1
        for attempt in range(1, attempts):
            pause = PAUSE_S * 2 ** (attempt - 1) * random.uniform(0.75, 1.25)  # noqa: S311 - jitter
            try:
                response = self._exchange(request, options)
            except exceptions.SSLError:
                # A certificate that is refused now is refused a second later.
                raise
            except _PASSING_ERRORS:
                if not self._has_time_for(pause):
                    raise
            else:
                if response.status_code not in _PASSING_STATUSES:
                    return response
                if "Retry-After" in response.headers or not self._has_time_for(pause):
                    return response
            self._sleep(pause)
        return self._exchange(request, options)

    def _has_time_for(self, pause: float) -> bool:
        left = self._remaining()
        return left is None or left > pause

    def _exchange(
        self, request: requests.PreparedRequest, options: dict[str, Any]
    ) -> requests.Response:
        timeout = self._timeout(request, options.get("timeout"))
        try:
            # Streaming, so that the body's size is bounded here and not by the server.
            response = super().send(request, **{**options, "timeout": timeout, "stream": True})
        except AddressRefused as error:
            logger.warning("A plugin's call was refused: %s", error)
            raise HostRefused(str(error), request=request) from error
        try:
            body = self._body(response)
        finally:
            response.close()
        # Read once, decoded: `content`, `iter_content` and a redirect find it here.
        response.raw = io.BytesIO(body)
        return response

    def _timeout(
        self, request: requests.PreparedRequest, asked: float | tuple[float, float] | None
    ) -> tuple[float, float]:
        """Seconds to connect and to wait for bytes, within the time left."""
        if isinstance(asked, tuple):
            connect, read = (READ_TIMEOUT_S if part is None else part for part in asked)
        elif asked is not None:
            connect = read = asked
        else:
            connect, read = CONNECT_TIMEOUT_S, READ_TIMEOUT_S
        left = self._remaining()
        if left is None:
            return connect, read
        if left <= 0:
            raise exceptions.Timeout("no time is left for this call", request=request)
        return min(connect, left), min(read, left)

    def _body(self, response: requests.Response) -> bytes:
        """The decoded body; read1, so that a server that trickles can't outlast the deadline."""
        raw = cast("HTTPResponse", response.raw)
        body = bytearray()
        try:
            while piece := raw.read1(_PIECE, decode_content=True):
                body += piece
                if len(body) > self._body_limit:
                    raise BodyTooLarge(
                        f"the answer is larger than {self._body_limit} bytes", response=response
                    )
                left = self._remaining()
                if left is not None and left <= 0:
                    raise exceptions.ReadTimeout("the answer takes too long", response=response)
        except ReadTimeoutError as error:
            raise exceptions.ReadTimeout(error, response=response) from error
        except DecodeError as error:
            raise exceptions.ContentDecodingError(error, response=response) from error
        except HTTPError as error:
            raise exceptions.ChunkedEncodingError(error, response=response) from error
        return bytes(body)
