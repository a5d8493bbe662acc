"""Killmails by links of ESI, EVE's own API, and by the links of the game itself."""

from __future__ import annotations

from collections.abc import Mapping

from srp_portal.plugin import KillmailSource, hookimpl
from srp_portal_esi_killmail.settings import EsiLinkSettings
from srp_portal_esi_killmail.source import EsiSource

API_VERSION = 1


@hookimpl
def killmail_sources(settings: Mapping[str, str]) -> list[KillmailSource]:
    """The source; raises SettingError for a wrong setting."""
    return [EsiSource(EsiLinkSettings.from_mapping(settings))]
