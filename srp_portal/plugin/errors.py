"""The errors by which a plugin answers, each with a message for the user."""

from __future__ import annotations


class PluginError(Exception):
    """Root of the errors that are an answer and not a fault of the plugin.

    message: plain text that the portal shows to the person who submits.
    """

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class KillmailNotFound(PluginError):
    """There is no such killmail, or none that somebody could be paid for (422)."""


class KillmailUnverified(PluginError):
    """The killmail can't be shown to be genuine (422)."""


class SubmissionRejected(PluginError):
    """A rule of the plugin refuses the submission (422)."""


class SourceUnavailable(PluginError):
    """The killmail's source or EVE is down, or too slow; later it may work (503)."""


class IskOutOfRange(SubmissionRejected, ValueError):
    """An amount beyond what the portal takes, which refuses the submission (422)."""
