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
    text = " ".join(str(error).split())
    text = _PATH.sub(r"\1/…", _URL.sub(r"\1\2/…", text))
    line = f"{type(error).__name__}: {text}" if text else type(error).__name__
    return line if len(line) <= _ERROR_LENGTH else line[: _ERROR_LENGTH - 1] + "…"
