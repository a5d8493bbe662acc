"""A plugin's settings as administrators may see them: without what is secret."""

from __future__ import annotations

import re
from collections.abc import Mapping

from srp_portal.services.plugin_results import PluginSetting

#: Parts of the names of settings whose values are shown to nobody.
SECRET_NAMES = ("secret", "token", "password", "key", "credential")
HIDDEN = "set, not shown"
#: Longest value that is shown whole, in characters: a setting may hold a whole table.
LENGTH = 500

# The user and the password before the host, and path and query after it: webhooks carry their
# secret in the path.
_URL = re.compile(
    r"(?P<scheme>\b[a-z][a-z0-9+.-]*://)(?P<user>[^\s/?#'\"<>]*@)?(?P<host>[^\s/?#'\"<>@|,;]*)"
    r"(?P<rest>[^\s'\"<>|,;]*)",
    re.IGNORECASE,
)


def shown_settings(settings: Mapping[str, str]) -> tuple[PluginSetting, ...]:
    """The settings by name; secrets hidden, of URLs no more than scheme and host."""
    return tuple(
        PluginSetting(name, shown_value(name, value)) for name, value in sorted(settings.items())
    )


def shown_value(name: str, value: str) -> str:
    """What of a setting's value may be shown."""
    value = value.strip()
    if not value:
        return ""
    if any(part in name.casefold() for part in SECRET_NAMES):
        return HIDDEN
    shown = _URL.sub(_host_alone, value)
    return shown if len(shown) <= LENGTH else shown[: LENGTH - 1] + "…"


def _host_alone(match: re.Match[str]) -> str:
    return match["scheme"] + match["host"] + ("/…" if match["rest"].strip("/") else "")
