"""The settings of the plugin."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from srp_portal.plugin import SettingError, WebLink, parse_base_url, parse_link

#: What zKillboard calls its values, and what Killmail.values calls them.
VALUE_NAMES = {
    "totalValue": "total",
    "fittedValue": "fitted",
    "destroyedValue": "destroyed",
    "droppedValue": "dropped",
}
_CHOICES = ("totalValue", "fittedValue", "destroyedValue")
_BOARD = "zkillboard.com"


@dataclass(frozen=True, slots=True)
class BoardSettings:
    """Which board is asked, which links are its own, and which value counts.

    base: where the API and the stored links are. domains: hosts (with a port where it isn't the
    scheme's own) whose kill links are recognised. value: a key of Killmail.values.
    """

    base: WebLink
    domains: frozenset[str]
    value: str

    @classmethod
    def from_mapping(cls, settings: Mapping[str, str]) -> BoardSettings:
        """The settings, blank ones at their defaults; raises SettingError for a wrong one."""
        base = parse_base_url(
            "base_url", settings.get("base_url", "").strip() or f"https://{_BOARD}"
        )
        value = settings.get("value", "").strip() or _CHOICES[0]
        if value not in _CHOICES:
            raise SettingError("value", f"must be one of {', '.join(_CHOICES)}, not {value}")
        names = re.split(r"[\s,]+", settings.get("domains", "").strip(" \t\r\n,"))
        domains = {_domain(name) for name in names if name} or {_BOARD, base.host}
        return cls(base, frozenset(domains), VALUE_NAMES[value])


def _domain(name: str) -> str:
    link = parse_link(f"https://{name}")
    if link is None or link.path:
        raise SettingError("domains", f"must hold host names, not {name}")
    return link.host.removeprefix("www.")
