"""The errors by which a plugin answers, each with a message for the user."""

from __future__ import annotations

from srp_portal.plugin.plain import plain_text

_MESSAGE_LENGTH = 1000
_SETTING_LENGTH = 300


class PluginError(Exception):
    """Root of the errors that are an answer and not a fault of the plugin.

    Plugins raise its children. message: plain text that the portal shows to the person who submits;
    control characters are taken out, and what goes beyond 1000 characters.
    """

    def __init__(self, message: str) -> None:
        self.message = plain_text(message, _MESSAGE_LENGTH)
        super().__init__(self.message)


class SettingError(ValueError):
    """A setting of the plugin is missing or wrong, told at start, which it stops.

    name: the setting's, without the plugin's before it, as the plugin is given it. why: a clause
    that follows the name, never a secret's value; kept as one line of 300 characters at most.
    """

    def __init__(self, name: str, why: object) -> None:
        self.name = name
        self.why = " ".join(plain_text(why, _SETTING_LENGTH).split())
        super().__init__(self.name, self.why)

    def __str__(self) -> str:
        return f"{self.name}: {self.why}"


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
