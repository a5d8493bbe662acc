"""The killmail source: from a kill link to the killmail that EVE vouches for."""

from __future__ import annotations

from srp_portal.plugin import Killmail, KillmailNotFound, PluginContext, killmail_from_esi
from srp_portal_zkillboard.board import board_entry
from srp_portal_zkillboard.links import kill_id, kill_link
from srp_portal_zkillboard.settings import BoardSettings


class BoardSource:
    """A board with zKillboard's links and API."""

    name = "zKillboard"

    def __init__(self, settings: BoardSettings) -> None:
        self._settings = settings
        self.hosts = (settings.base.host,)
        self.description = f"Links to kills on zKillboard, such as {kill_link(settings, 39861569)}"

    def matches(self, url: str) -> bool:
        """Whether the text is a kill link of the board."""
        return kill_id(self._settings, url) is not None

    def fetch(self, url: str, context: PluginContext) -> Killmail:
        """The killmail, its values from the board and everything else from EVE.

        Raises KillmailNotFound, KillmailUnverified, SourceUnavailable.
        """
        killmail_id = kill_id(self._settings, url)
        if killmail_id is None:
            raise KillmailNotFound("This is no link to a kill on zKillboard.")
        entry = board_entry(context, self._settings, killmail_id)
        return killmail_from_esi(
            context,
            killmail_id,
            entry.killmail_hash,
            url=kill_link(self._settings, killmail_id),
            source=self.name,
            value=entry.values.get(self._settings.value),
            values=entry.values,
            npc=entry.npc,
            solo=entry.solo,
            awox=entry.awox,
        )
