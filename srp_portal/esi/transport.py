"""HTTP to ESI and the SSO: one pooled session, timeouts, retries, a total deadline.

Nothing here knows operations or tokens. Addresses come from the settings
alone, and no redirect leaves the host that was called.
"""

import logging
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

import requests

from srp_portal.esi.connections import Answer, Connections, ConnectionTrouble
from srp_portal.esi.deadlines import deadline, remaining
from srp_portal.esi.errors import EsiUnavailable
from srp_portal.esi.limits import Limiter, asked_pause, seconds_from
from srp_portal.esi.settings import EsiSettings

__all__ = ["Answer", "Call", "Transport", "deadline", "remaining"]

log = logging.getLogger(__name__)

REPEATABLE_STATUSES: Final = frozenset({502, 503, 504})
LIMIT_STATUSES: Final = frozenset({420, 429})
# A call that runs into limits again and again is given up even when time is left.
LIMITED_TRIES: Final = 3
LONGEST_BACKOFF_S: Final = 15.0

Timeout = float | tuple[float, float]


@dataclass(frozen=True)
class Call:
    """One request to send.

    operation: its name in logs and errors. repeatable: sending it twice does what
    sending it once does. limited: ESI's limits apply, paid from `group` and `owner`.
    public: its answer may be logged.
    """

    operation: str
    method: str
    url: str
    params: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)
    repeatable: bool = False
    limited: bool = False
    group: str | None = None
    owner: str | None = field(default=None, repr=False)
    public: bool = False


class Transport:
    """Sends calls for one application.

    user_agent: sent with each call. jitter gives numbers from 0 to 1, sleep waits seconds.
    """

    def __init__(
        self,
        settings: EsiSettings,
        user_agent: str,
        limiter: Limiter,
        *,
        connections: Connections | None = None,
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._settings = settings
        self._user_agent = user_agent
        self._limiter = limiter
        self._connections = connections or Connections(settings.connection_pool_maxsize)
        self._sleep = sleep
        self._jitter = jitter

    def send(
        self, call: Call, *, timeout: Timeout | None = None, retries: int | None = None
    ) -> Answer:
        """The answer, whatever its status, after repeating what may be repeated.

        timeout: seconds, or seconds to connect and to read; retries: how often a
        failed call is repeated; both default to the settings. Raises EsiUnavailable
        without an answer, EsiRateLimited when a limit outlasts the deadline.
        """
        with deadline(self._settings.requests_total_timeout):
            return self._send_within_deadline(call, timeout, retries)

    def _send_within_deadline(
        self, call: Call, timeout: Timeout | None, retries: int | None
    ) -> Answer:
        settings = self._settings
        connection_tries = settings.connection_error_max_retries if retries is None else retries
        server_tries = settings.server_error_max_retries if retries is None else retries
        failures = 0
        limited = 0
        refusal: Answer | None = None
        while True:
            if call.limited:
                self._limiter.wait(call.operation, self._bucket(call), refusal)
            try:
                answer = self._send_once(call, timeout)
            except ConnectionTrouble as trouble:
                failures += 1
                if not call.repeatable or failures > connection_tries:
                    raise self._unavailable(call, str(trouble)) from None
                self._back_off(call, failures, None)
                continue
            if call.limited and answer.status_code in LIMIT_STATUSES:
                limited += 1
                if limited >= LIMITED_TRIES:
                    retry_after = asked_pause(answer.status_code, answer.headers)
                    raise self._limiter.refused(call.operation, retry_after, answer)
                refusal = answer
                continue
            failures += 1
            repeat = call.repeatable and answer.status_code in REPEATABLE_STATUSES
            if not repeat or failures > server_tries or not self._worth_waiting(failures, answer):
                return answer
            self._back_off(call, failures, answer)

    def _send_once(self, call: Call, timeout: Timeout | None) -> Answer:
        started = time.monotonic()
        request = requests.Request(
            call.method,
            call.url,
            headers={"User-Agent": self._user_agent, **call.headers},
            params=list(call.params),
            data=call.body,
        )
        answer = self._connections.exchange(request, self._timeouts(timeout))
        log.log(
            logging.INFO if self._settings.info_logging_enabled else logging.DEBUG,
            "%s %s: %d in %.0f ms",
            call.method,
            call.operation,
            answer.status_code,
            (time.monotonic() - started) * 1000,
        )
        if call.public and self._settings.debug_response_content_logging:
            log.debug("%s answered %r", call.operation, answer.content[:4096])
        if call.limited:
            self._limiter.learn(
                answer.status_code, answer.headers, call.group, call.owner, call.operation
            )
        return answer

    def _bucket(self, call: Call) -> str | None:
        return self._limiter.bucket(call.operation, call.group, call.owner)

    def _timeouts(self, timeout: Timeout | None) -> tuple[float, float]:
        if timeout is None:
            settings = self._settings
            timeout = (settings.requests_connect_timeout, settings.requests_read_timeout)
        return timeout if isinstance(timeout, tuple) else (timeout, timeout)

    def _pause(self, failures: int, answer: Answer | None) -> float:
        asked = seconds_from(answer.headers.get("Retry-After")) if answer is not None else None
        if asked is not None:
            return asked
        backoff: float = self._settings.server_error_backoff_factor * 2 ** (failures - 1)
        # At least half of it, so that a retry never follows at once.
        return min(LONGEST_BACKOFF_S, backoff) * (0.5 + self._jitter() / 2)

    def _worth_waiting(self, failures: int, answer: Answer) -> bool:
        left = remaining()
        return left is None or self._pause(failures, answer) < left

    def _back_off(self, call: Call, failures: int, answer: Answer | None) -> None:
        pause = self._pause(failures, answer)
        left = remaining()
        if left is not None and pause >= left:
            raise self._unavailable(call, "no time is left to try again")
        log.info("%s failed, next try in %.2f s", call.operation, pause)
        self._sleep(pause)

    @staticmethod
    def _unavailable(call: Call, why: str) -> EsiUnavailable:
        return EsiUnavailable(f"{call.operation} got no answer: {why}", operation=call.operation)
