"""ESI's two limits: the old one on errors, and the new one with a bucket for each group."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from datetime import datetime
from math import ceil
from typing import Any

from srp_portal.sandbox.messages import Response, json_response
from srp_portal.sandbox.operation import Operation
from srp_portal.sandbox.operations import OPERATIONS

WINDOW_S = 15 * 60
ERROR_WINDOW_S = 60
ERRORS_A_WINDOW = 100
# Tokens of each group per window.
GROUPS = dict(each.group for each in OPERATIONS if each.group)


class Limits:
    """Counts what clients spend; everybody on this machine has one address.

    clock: gives the present, aware UTC. A bucket belongs to `applicationID:characterID` where an
    operation needs a token, else to the application whose token came along, else to the address:
    to the empty text.
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        """Forgets all that was spent."""
        with self._lock:
            # Group and owner: moments at which tokens were spent, and how many.
            self._spent: dict[tuple[str, str], deque[tuple[float, int]]] = {}
            # Group: what owners have spent of whom nothing is known yet.
            self._levels: dict[str, tuple[float, int]] = {}
            # When the window ends, and the errors in it.
            self._errors: tuple[float, int] = (0.0, 0)

    def set_tokens(
        self, group: str, remaining: int = 0, *, reset: float = WINDOW_S, owner: str | None = None
    ) -> None:
        """Leaves so many tokens of a group; the others come back all at once.

        reset: seconds until then, up to the window's 900. owner: whose, by default everybody's.
        Raises KeyError for an unknown group, ValueError for more tokens than it has, or a time
        that no window lasts.
        """
        tokens = GROUPS[group]
        if type(remaining) is not int or not 0 <= remaining <= tokens:
            raise ValueError(f"{group} has 0 to {tokens} tokens")
        if not isinstance(reset, int | float) or not 0 < reset <= WINDOW_S:
            raise ValueError(f"a reset is at most {WINDOW_S} seconds away")
        with self._lock:
            level = (self._now() - WINDOW_S + reset, tokens - remaining)
            if owner is not None:
                self._spent[group, owner] = deque([level])
                return
            self._spent = {key: each for key, each in self._spent.items() if key[0] != group}
            self._levels[group] = level

    def set_errors(self, remaining: int = 0, *, reset: float | None = None) -> None:
        """Leaves so many errors to everybody.

        reset: seconds until there are a hundred again, by default when the minute ends. Raises
        ValueError for another number of errors, or a time that no window lasts.
        """
        if type(remaining) is not int or not 0 <= remaining <= ERRORS_A_WINDOW:
            raise ValueError(f"there are 0 to {ERRORS_A_WINDOW} errors in a window")
        if reset is not None and not (isinstance(reset, int | float) and 0 < reset <= 60):
            raise ValueError("a reset is at most 60 seconds away")
        with self._lock:
            end = self._next_minute() if reset is None else self._now() + reset
            self._errors = (end, ERRORS_A_WINDOW - remaining)

    def state(self) -> dict[str, Any]:
        """What is left: errors, and tokens of each owner who spent any."""
        with self._lock:
            return {
                "errors": {"remaining": self._errors_left(), "reset": self._error_reset()},
                "tokens": [
                    {"group": group, "owner": owner, "remaining": self._tokens_left(group, owner)}
                    for group, owner in list(self._spent)
                ],
            }

    def refusal(self, operation: Operation | None, user: str) -> Response | None:
        """A 420 or 429 when the client has spent all, else None."""
        with self._lock:
            if self._errors_left() <= 0:
                text = "This software has exceeded the error limit for ESI. Wait for the reset."
                return json_response({"error": text}, 420, self._error_headers())
            if operation is None or operation.group is None:
                return None
            group, _ = operation.group
            if self._tokens_left(group, user) > 0:
                return None
            wait = max(1, ceil(self._in_window(group, user)[0][0] + WINDOW_S - self._now()))
            headers = {**self._bucket_headers(operation, user, 0), "Retry-After": str(wait)}
            return json_response({"error": "Too many requests"}, 429, headers)

    def charge(self, operation: Operation | None, user: str, status: int) -> dict[str, str]:
        """Counts an answer; the headers that tell the client about it."""
        with self._lock:
            if operation is None or operation.group is None:
                if status >= 400:
                    left = self._errors_left()
                    end = self._errors[0] if self._errors[0] > self._now() else self._next_minute()
                    self._errors = (end, ERRORS_A_WINDOW - left + 1)
                return self._error_headers()
            cost = {2: 2, 3: 1, 4: 5}.get(status // 100, 0)
            self._in_window(operation.group[0], user).append((self._now(), cost))
            return self._bucket_headers(operation, user, cost)

    def _now(self) -> float:
        return self._clock().timestamp()

    def _next_minute(self) -> float:
        return (int(self._now()) // ERROR_WINDOW_S + 1) * ERROR_WINDOW_S

    def _errors_left(self) -> int:
        end, errors = self._errors
        return ERRORS_A_WINDOW - (errors if end > self._now() else 0)

    def _error_reset(self) -> int:
        end = self._errors[0] if self._errors[0] > self._now() else self._next_minute()
        return ceil(end - int(self._now()))

    def _error_headers(self) -> dict[str, str]:
        return {
            "X-Esi-Error-Limit-Remain": str(max(self._errors_left(), 0)),
            "X-Esi-Error-Limit-Reset": str(self._error_reset()),
        }

    def _tokens_left(self, group: str, user: str) -> int:
        return GROUPS[group] - sum(cost for _, cost in self._in_window(group, user))

    def _in_window(self, group: str, user: str) -> deque[tuple[float, int]]:
        if (group, user) not in self._spent:
            level = self._levels.get(group)
            self._spent[group, user] = deque([level] if level else [])
        spent = self._spent[group, user]
        while spent and spent[0][0] <= self._now() - WINDOW_S:
            spent.popleft()
        return spent

    def _bucket_headers(self, operation: Operation, user: str, cost: int) -> dict[str, str]:
        group, tokens = operation.group or ("", 0)
        return {
            "X-Ratelimit-Group": group,
            "X-Ratelimit-Limit": f"{tokens}/15m",
            "X-Ratelimit-Remaining": str(max(self._tokens_left(group, user), 0)),
            "X-Ratelimit-Used": str(cost),
        }
