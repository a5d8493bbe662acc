"""Killmails by their links on zKillboard, and on boards that speak its API."""

from __future__ import annotations

from collections.abc import Mapping

from srp_portal.plugin import KillmailSource, hookimpl
from srp_portal_zkillboard.settings import BoardSettings
from srp_portal_zkillboard.source import BoardSource

API_VERSION = 1


@hookimpl
def killmail_sources(settings: Mapping[str, str]) -> list[KillmailSource]:
    """The board that the settings describe; raises SettingError for a wrong setting."""
    return [BoardSource(BoardSettings.from_mapping(settings))]
