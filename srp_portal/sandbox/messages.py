"""Requests and responses, as the services of the sandbox see them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import Message
from typing import Any
from urllib.parse import parse_qsl, unquote


@dataclass(frozen=True)
class Request:
    """One HTTP request; `path` and `query` are as they came, still percent-encoded."""

    method: str
    path: str
    query: str
    headers: Message
    body: bytes

    @property
    def target(self) -> str:
        """Path and query together."""
        return f"{self.path}?{self.query}" if self.query else self.path

    @property
    def parameters(self) -> dict[str, str]:
        """The query's parameters; of one that comes twice, the last."""
        return dict(parse_qsl(self.query, keep_blank_values=True))

    @property
    def form(self) -> dict[str, str]:
        """The body's form fields; empty for a body of another kind."""
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))

    def json(self) -> Any:
        """The body as JSON, None when it is empty; ValueError when it can't be read."""
        return json.loads(self.body) if self.body.strip() else None

    def segments(self) -> list[str]:
        """The path's parts, decoded; empty ones are dropped."""
        return [unquote(part) for part in self.path.split("/") if part]

    def below(self, prefix: str) -> Request:
        """The same request, for a service that is mounted at `prefix`."""
        path = self.path.removeprefix(prefix) or "/"
        return Request(self.method, path, self.query, self.headers, self.body)


@dataclass
class Response:
    """One HTTP response; the server adds `Date`, `Server` and `Content-Length`."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    reason: str | None = None


def json_response(
    value: Any, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """A value as compact JSON in UTF-8."""
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(
        status, body, {"Content-Type": "application/json; charset=UTF-8", **(headers or {})}
    )


def html_response(page: str, status: int = 200) -> Response:
    """A page of the sandbox, never cached."""
    headers = {"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store"}
    return Response(status, page.encode(), headers)


def text_response(text: str, status: int = 200, reason: str | None = None) -> Response:
    """Plain text."""
    return Response(status, text.encode(), {"Content-Type": "text/plain; charset=utf-8"}, reason)


def redirect(location: str, status: int = 302) -> Response:
    """A redirect without a body."""
    return Response(status, b"", {"Location": location, "Cache-Control": "no-store"})
