"""What the portal itself says about a plugin that can't be used."""

from __future__ import annotations

import re

# Discord's and other webhooks carry their secret in the path or the query of their URL.
_URL = re.compile(r"(\bhttps?://)(?:[^\s/?#'\"<>]*@)?([^\s/?#'\"<>]+)[^\s'\"<>]*", re.IGNORECASE)
# The same path as urllib3 writes it, beside the host: "with url: /api/webhooks/1/SECRET (Caused".
_PATH = re.compile(r"(\burl: )/\S*")
_ERROR_LENGTH = 500


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
    """An error as one line of at most 500 characters, without paths and queries of URLs."""
    try:
        said = str(error)
    # A plugin's own error may fail to say what it is about, which must not hide that it was raised.
    except Exception as worse:  # noqa: BLE001
        said = f"(it can't be shown: {type(worse).__name__})"
    text = without_paths(said)
    return _shortened(f"{type(error).__name__}: {text}" if text else type(error).__name__)


def shown_message(message: str) -> str:
    """A message as one line of at most 500 characters, without paths and queries of URLs."""
    return _shortened(without_paths(message))


def without_paths(text: str) -> str:
    """The text in one line, its URLs without path and query, its control characters replaced."""
    line = " ".join(text.split())
    # PostgreSQL keeps no NUL, and no database half a surrogate pair.
    line = line if line.isprintable() else "".join(c if c.isprintable() else "\ufffd" for c in line)
    return _PATH.sub(r"\1/…", _URL.sub(r"\1\2/…", line))


def _shortened(line: str) -> str:
    return line if len(line) <= _ERROR_LENGTH else line[: _ERROR_LENGTH - 1] + "…"
