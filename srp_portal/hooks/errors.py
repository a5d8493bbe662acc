"""What the portal itself says about a plugin that can't be used."""

from __future__ import annotations

from srp_portal.domain.redaction import without_secrets

_ERROR_LENGTH = 500
#: Of a longer message only this much is looked at: a plugin's error may hold a whole answer.
_READ_LENGTH = 10_000


class PluginConfigurationError(Exception):
    """The portal can't start with the plugins as they are configured; the message says why.

    setting: the one that is to be mended, `srp.plugins` or a plugin's own.
    """

    def __init__(self, message: str, setting: str = "srp.plugins") -> None:
        super().__init__(message)
        self.setting = setting


class PluginFailed(Exception):
    """A plugin raised something unexpected, or gave a wrong value; nothing may be stored (503).

    message: for the log and for administrators, not for the person who submits.
    """

    def __init__(self, plugin: str, hook: str, message: str) -> None:
        super().__init__(f"plugin {plugin}, hook {hook}: {message}")
        self.plugin = plugin
        self.hook = hook
        self.message = message


def describe(error: BaseException) -> str:
    """An error as one line of at most 500 characters, without what may be secret in it."""
    try:
        said = str(error)
    # A plugin's own error may fail to say what it is about, which must not hide that it was raised.
    except Exception as worse:  # noqa: BLE001
        said = f"(it can't be shown: {type(worse).__name__})"
    text = in_one_line(said)
    return _shortened(f"{type(error).__name__}: {text}" if text else type(error).__name__)


def shown_message(message: str) -> str:
    """A message as one line of at most 500 characters, without what may be secret in it."""
    return _shortened(in_one_line(message))


def in_one_line(text: str) -> str:
    """The text in one line, without what may be secret, its control characters replaced."""
    line = " ".join(text[:_READ_LENGTH].split())
    # PostgreSQL keeps no NUL, and no database half a surrogate pair.
    line = line if line.isprintable() else "".join(c if c.isprintable() else "\ufffd" for c in line)
    return without_secrets(line)


def _shortened(line: str) -> str:
    return line if len(line) <= _ERROR_LENGTH else line[: _ERROR_LENGTH - 1] + "…"
