"""ESI's two limits: the old one on errors, and the new one with a bucket for each group."""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from collections.abc import Callable
from datetime import datetime

from srp_portal.sandbox.messages import Response, json_response
from srp_portal.sandbox.operations import Operation

WINDOW_S = 15 * 60
ERROR_WINDOW_S = 60
ERRORS_A_WINDOW = 100


class Limits:
    """Counts what clients spend; everybody on this machine is one client, but for tokens.

    clock: gives the present, aware UTC.
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        """Forgets all that was spent."""
        with self._lock:
            self._spent: defaultdict[tuple[str, str], deque[tuple[float, int]]]
            self._spent = defaultdict(deque)
            self._errors: tuple[int, int] = (0, 0)

    def refusal(self, operation: Operation | None, user: str) -> Response | None:
        """A 420 or 429 when the client has spent all, else None.

        user: whose bucket, `applicationID:characterID` with a token, else empty.
        """
        with self._lock:
            if self._errors_left() <= 0:
                text = "This software has exceeded the error limit for ESI. Wait for the reset."
                return json_response({"error": text}, 420, self._error_headers())
            if operation is None or operation.group is None:
                return None
            group, tokens = operation.group
            spent = self._in_window(group, user)
            if sum(cost for _, cost in spent) < tokens:
                return None
            wait = max(1, int(spent[0][0] + WINDOW_S - self._now()) + 1)
            headers = {**self._bucket_headers(operation, user, 0), "Retry-After": str(wait)}
            return json_response({"error": "Too many requests"}, 429, headers)

    def charge(self, operation: Operation | None, user: str, status: int) -> dict[str, str]:
        """Counts an answer; the headers that tell the client about it."""
        with self._lock:
            if operation is None or operation.group is None:
                if status >= 400:
                    window, errors = self._errors
                    present = self._window()
                    self._errors = (present, errors + 1 if window == present else 1)
                return self._error_headers()
            cost = {2: 2, 3: 1, 4: 5}.get(status // 100, 0)
            self._in_window(operation.group[0], user).append((self._now(), cost))
            return self._bucket_headers(operation, user, cost)

    def _now(self) -> float:
        return self._clock().timestamp()

    def _window(self) -> int:
        return int(self._now()) // ERROR_WINDOW_S

    def _errors_left(self) -> int:
        window, errors = self._errors
        return ERRORS_A_WINDOW - (errors if window == self._window() else 0)

    def _error_headers(self) -> dict[str, str]:
        return {
            "X-Esi-Error-Limit-Remain": str(max(self._errors_left(), 0)),
            "X-Esi-Error-Limit-Reset": str(ERROR_WINDOW_S - int(self._now()) % ERROR_WINDOW_S),
        }

    def _in_window(self, group: str, user: str) -> deque[tuple[float, int]]:
        spent = self._spent[group, user]
        while spent and spent[0][0] <= self._now() - WINDOW_S:
            spent.popleft()
        return spent

    def _bucket_headers(self, operation: Operation, user: str, cost: int) -> dict[str, str]:
        group, tokens = operation.group or ("", 0)
        left = tokens - sum(each for _, each in self._in_window(group, user))
        return {
            "X-Ratelimit-Group": group,
            "X-Ratelimit-Limit": f"{tokens}/15m",
            "X-Ratelimit-Remaining": str(max(left, 0)),
            "X-Ratelimit-Used": str(cost),
        }
