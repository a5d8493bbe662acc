"""Faults on demand: what may go wrong between the portal and EVE, switched on by tests."""

from __future__ import annotations

import gzip
import re
import threading
from dataclasses import dataclass, field
from typing import Any

from srp_portal.sandbox.listings import NUMBERED, RECORDED
from srp_portal.sandbox.messages import (
    Request,
    Response,
    html_response,
    json_response,
    text_response,
)

# kind: the detail that it takes, with the defaults.
KINDS: dict[str, dict[str, Any]] = {
    "status": {"status": 500, "body": None, "headers": {}},
    "html": {"status": 503},
    "headers": {"headers": {}},
    "error-limit": {"reset": 42},
    "rate-limit": {"retry_after": 1},
    "slow": {"seconds": 1.0},
    "trickle": {"seconds": 1.0},
    "hang": {"seconds": 60.0},
    "drop": {},
    "truncate": {},
    "empty": {"status": 200},
    "bad-json": {},
    "bad-gzip": {},
    "gzip": {},
    "huge": {"bytes": 50_000_000},
    "stop-spamming": {"seconds": 30},
    # These two change the universe under the reader, who then gets an ordinary answer.
    "rebuild": {"name": None, "entries": None},
    "touch": {"name": None, "record_id": None},
}
_ALIASES = {"html503": ("html", {"status": 503}), "html502": ("html", {"status": 502})}


@dataclass
class Fault:
    """One fault.

    match: `METHOD PATH-REGEX` or the regex alone; it has to match from the start of the path
    with its query. times: how often it still happens, None for always. hits: how often it did.
    """

    id: int
    match: str
    kind: str
    times: int | None
    detail: dict[str, Any] = field(default_factory=dict)
    hits: int = 0

    def matches(self, request: Request) -> bool:
        """Whether the fault is meant for this request."""
        method, _, pattern = self.match.rpartition(" ")
        return method in {"", "*", request.method} and bool(re.match(pattern, request.target))

    def as_dict(self) -> dict[str, Any]:
        """The fault as the control interface shows it."""
        known = {"id": self.id, "match": self.match, "kind": self.kind}
        return {**known, "times": self.times, "hits": self.hits, **self.detail}


class Faults:
    """The faults of a sandbox; the first that matches a request happens."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []
        self._next_id = 1

    def add(self, match: str, kind: str, times: int | None = None, **detail: Any) -> Fault:
        """Switches a fault on.

        Raises ValueError for an unknown kind or detail, a pattern that is no regular
        expression, or a number of times below 1.
        """
        kind, preset = _ALIASES.get(kind, (kind, {}))
        if kind not in KINDS:
            raise ValueError(f"unknown kind of fault {kind!r}; there are {', '.join(KINDS)}")
        unknown = detail.keys() - KINDS[kind].keys()
        if unknown:
            raise ValueError(f"a fault {kind!r} takes no {', '.join(sorted(unknown))}")
        self._check_listing(kind, detail)
        if times is not None and times < 1:
            raise ValueError("times must be 1 or more, or null for always")
        try:
            re.compile(match.rpartition(" ")[2])
        except re.error as error:
            raise ValueError(f"{match!r} has no regular expression: {error}") from error
        with self._lock:
            fault = Fault(self._next_id, match, kind, times, {**KINDS[kind], **preset, **detail})
            self._next_id += 1
            self._faults.append(fault)
            return fault

    @staticmethod
    def _check_listing(kind: str, detail: dict[str, Any]) -> None:
        known = {"rebuild": (*NUMBERED, *RECORDED), "touch": tuple(RECORDED)}.get(kind)
        if known is not None and detail.get("name") not in known:
            raise ValueError(f"a fault {kind!r} needs a name, one of {', '.join(known)}")

    def take(self, request: Request) -> Fault | None:
        """The fault that happens to this request, counted; None for a good day."""
        with self._lock:
            for fault in self._faults:
                if not fault.matches(request):
                    continue
                fault.hits += 1
                if fault.times is not None:
                    fault.times -= 1
                    if not fault.times:
                        self._faults.remove(fault)
                return fault
        return None

    def all(self) -> list[Fault]:
        """The faults that may still happen."""
        with self._lock:
            return list(self._faults)

    def clear(self) -> None:
        """Switches all faults off."""
        with self._lock:
            self._faults.clear()


def instead(fault: Fault) -> Response | None:
    """The answer that the fault gives in place of the real one; None when it gives none."""
    detail = fault.detail
    if fault.kind == "status":
        body = detail["body"]
        if body is None:
            body = {"error": f"fault {fault.id} on demand"}
        if isinstance(body, str):
            answer = text_response(body, detail["status"])
        else:
            answer = json_response(body, detail["status"])
        return with_headers(answer, detail["headers"])
    if fault.kind == "html":
        page = (
            "<html><head><title>Unavailable</title></head><body><h1>Unavailable</h1></body></html>"
        )
        return html_response(page, detail["status"])
    if fault.kind == "empty":
        return Response(detail["status"], b"", {"Content-Type": "application/json"})
    if fault.kind == "stop-spamming":
        # The old throttle of the game servers; its time is in units of 100 nanoseconds.
        text = f"{{'remainingTime': {int(detail['seconds'] * 10**7)}L}}"
        body = {"error": f'Undefined 520 response. Original message: ("ConStopSpamming", {text})'}
        return json_response(body, 520)
    if fault.kind == "error-limit":
        text = "This software has exceeded the error limit for ESI."
        headers = {
            "X-Esi-Error-Limit-Remain": "0",
            "X-Esi-Error-Limit-Reset": str(detail["reset"]),
        }
        return json_response({"error": text}, 420, headers)
    if fault.kind == "rate-limit":
        # Limits of the game servers come without any header: retry_after is null then.
        wait = detail["retry_after"]
        headers = {} if wait is None else {"Retry-After": str(wait)}
        return json_response({"error": "Too many requests"}, 429, headers)
    return None


def spoil(fault: Fault, answer: Response) -> Response:
    """The answer as the fault leaves it: other headers, or a body that nobody can read."""
    kind = fault.kind
    if kind == "headers":
        return with_headers(answer, fault.detail["headers"])
    if kind == "bad-json":
        # The length is right, so that only the content tells.
        answer.body = answer.body[: len(answer.body) // 2] or b"{"
    elif kind == "huge":
        answer.body = b'["' + b"x" * int(fault.detail["bytes"]) + b'"]'
    elif kind in {"gzip", "bad-gzip"}:
        packed = gzip.compress(answer.body, mtime=0)
        # A good head, and then no block that exists: decoders can't take it for a short answer.
        answer.body = packed if kind == "gzip" else packed[:10] + b"\xff" * len(packed)
        answer.headers["Content-Encoding"] = "gzip"
    return answer


def with_headers(answer: Response, headers: dict[str, str | None]) -> Response:
    """The answer with headers set; a header given as None is taken away."""
    for name, value in headers.items():
        for present in [key for key in answer.headers if key.lower() == name.lower()]:
            del answer.headers[present]
        if value is not None:
            answer.headers[name] = str(value)
    return answer
