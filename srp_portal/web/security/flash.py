"""Messages for the next page: kept in a signed cookie until a page shows them."""

from __future__ import annotations

import base64
import json
from typing import Any

from srp_portal.web.security.cookies import cookie_header
from srp_portal.web.security.credentials import cookie

COOKIE = "srp_flash"
PURPOSE = "flash"
LEVELS = frozenset({"success", "info", "warning", "danger"})
MOST_MESSAGES = 5
LONGEST_MESSAGE = 300
#: Browsers keep 4,096 bytes of a cookie, its name and attributes included.
LONGEST_COOKIE = 3500

Message = tuple[str, str]


class Messages:
    """The messages of one request: those that came in, and those that were added."""

    def __init__(self, request: Any) -> None:
        self._secrets = request.portal.secrets
        self._came = _read(self._secrets, cookie(request, COOKIE))
        self._waiting = list(self._came)
        request.add_response_callback(self._keep)

    def add(self, text: str, level: str) -> None:
        """One more; level is success, info, warning or danger."""
        if level not in LEVELS:
            raise ValueError(f"{level!r} is not a level of messages")
        self._waiting = [*self._waiting, (level, text[:LONGEST_MESSAGE])][-MOST_MESSAGES:]

    def pop(self) -> list[Message]:
        """All of them, the oldest first, as (level, text); none is left."""
        shown, self._waiting = self._waiting, []
        return shown

    def _keep(self, request: Any, response: Any) -> None:
        if self._waiting == self._came:
            return
        value = _write(self._secrets, self._waiting) if self._waiting else None
        while value is not None and len(value) > LONGEST_COOKIE:
            del self._waiting[0]
            value = _write(self._secrets, self._waiting)
        response.headerlist.append(cookie_header(request, COOKIE, value))


def includeme(config: Any) -> None:
    """Adds `request.flash(text, level="success")` and `request.pop_flash()`."""
    config.add_request_method(Messages, "messages", reify=True)
    config.add_request_method(_flash, "flash")
    config.add_request_method(_pop_flash, "pop_flash")


def _flash(request: Any, text: str, level: str = "success") -> None:
    request.messages.add(text, level)


def _pop_flash(request: Any) -> list[Message]:
    return request.messages.pop()


def _write(secrets: Any, messages: list[Message]) -> str:
    content = base64.urlsafe_b64encode(json.dumps(messages, ensure_ascii=False).encode())
    return secrets.sign(PURPOSE, content.decode().rstrip("="))


def _read(secrets: Any, value: str | None) -> list[Message]:
    content = None if value is None else secrets.unsign(PURPOSE, value)
    if content is None:
        return []
    # Signed, so it is what _write made.
    messages = json.loads(base64.urlsafe_b64decode(content + "=" * (-len(content) % 4)))
    return [(level, text) for level, text in messages]
