"""The settings of the plugin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from srp_portal.plugin import WebLink, parse_base_url

#: EVE's own; its links are recognised whatever the setting says.
EVE = WebLink("https", "esi.evetech.net", "")


@dataclass(frozen=True, slots=True)
class EsiLinkSettings:
    """base: the ESI whose links are recognised beside EVE's own, and to which stored links lead."""

    base: WebLink

    @classmethod
    def from_mapping(cls, settings: Mapping[str, str]) -> EsiLinkSettings:
        """The settings, a blank one at its default; raises SettingError for a wrong one."""
        text = settings.get("base_url", "").strip() or EVE.url
        return cls(parse_base_url("base_url", text))
