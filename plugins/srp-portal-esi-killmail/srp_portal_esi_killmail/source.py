"""The killmail source: links from which id and hash are known without any killboard."""

from __future__ import annotations

from srp_portal.plugin import Killmail, KillmailNotFound, PluginContext, killmail_from_esi
from srp_portal_esi_killmail.links import esi_link, kill_reference
from srp_portal_esi_killmail.settings import EsiLinkSettings


class EsiSource:
    """EVE's own API. It knows no value, so that the base payout is 0 unless a plugin sets it."""

    name = "ESI"
    description = (
        "Kill links of the game itself (drag the kill report into a chat or a note and copy it:"
        " <url=killReport:ID:HASH>…</url>), and killmail links of ESI"
    )
    # Everything goes through the portal's ESI client, nothing through context.http.
    hosts = ()

    def __init__(self, settings: EsiLinkSettings) -> None:
        self._settings = settings

    def matches(self, url: str) -> bool:
        """Whether the text is a link of ESI or of the game."""
        return kill_reference(self._settings, url) is not None

    def fetch(self, url: str, context: PluginContext) -> Killmail:
        """The killmail, without a value.

        Raises KillmailNotFound, KillmailUnverified, SourceUnavailable.
        """
        reference = kill_reference(self._settings, url)
        if reference is None:
            raise KillmailNotFound("This is no kill link of ESI or of the game.")
        return killmail_from_esi(
            context,
            reference.killmail_id,
            reference.killmail_hash,
            url=esi_link(self._settings, reference),
            source=self.name,
        )
