"""What a rule answers when it refuses; the web maps each to one status."""

from __future__ import annotations


class DomainError(Exception):
    """A refusal with a message for the user."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotFound(DomainError):
    """There is no such thing, or none that this reader may know of (404)."""


class NotAllowed(DomainError):
    """The person has no right to this (403); `attempt` names it for the audit log."""

    def __init__(self, message: str, *, attempt: str = "") -> None:
        super().__init__(message)
        self.attempt = attempt


class StateConflict(DomainError):
    """The right is there, but the thing has moved on (409); `present` is its state now."""

    def __init__(self, message: str, *, present: str) -> None:
        super().__init__(message)
        self.present = present


class InvalidInput(DomainError):
    """A value typed by a person can't be taken (422); `field` is the form field's name."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class BadRequest(DomainError):
    """The call itself is malformed, as by an unknown form id (400)."""


class AlreadySubmitted(DomainError):
    """The killmail has a request already; `request_id` is its killmail id."""

    def __init__(self, request_id: int) -> None:
        super().__init__("This killmail has been submitted already.")
        self.request_id = request_id


class Unavailable(DomainError):
    """Something outside the portal is down or too slow; nothing was stored (503)."""
