"""Links that carry a killmail's id and hash: ESI's, and the game's own."""

from __future__ import annotations

import re
from typing import NamedTuple

from srp_portal.plugin import WebLink, parse_link
from srp_portal_esi_killmail.settings import EVE, EsiLinkSettings

_ID, _HASH = "(?P<id>[1-9][0-9]{0,17})", "(?P<hash>[0-9a-fA-F]{40})"
# The versions in front are those of the old API, which people still have in their notes.
_PATH = re.compile(
    rf"(?:/(?:latest|legacy|dev|v[0-9]{{1,3}}))?/killmails/{_ID}/{_HASH}/?", re.ASCII
)
_BARE = re.compile(rf"killReport:{_ID}:{_HASH}", re.ASCII | re.IGNORECASE)
_GAME = re.compile(
    rf"<url=killReport:{_ID}:{_HASH}>[^<>\r\n]{{0,300}}</url>", re.ASCII | re.IGNORECASE
)


class KillReference(NamedTuple):
    """What ESI needs to tell about a killmail; the hash is in lower case."""

    killmail_id: int
    killmail_hash: str


def kill_reference(settings: EsiLinkSettings, text: str) -> KillReference | None:
    """Id and hash from a link of ESI or of the game, None for any other text."""
    match = _game_link(text.strip()) or _esi_link(settings, text)
    return None if match is None else KillReference(int(match["id"]), match["hash"].lower())


def esi_link(settings: EsiLinkSettings, reference: KillReference) -> str:
    """The link as it is stored."""
    return f"{settings.base.url}/killmails/{reference.killmail_id}/{reference.killmail_hash}/"


def _game_link(text: str) -> re.Match[str] | None:
    return _GAME.fullmatch(text) or _BARE.fullmatch(text)


def _esi_link(settings: EsiLinkSettings, text: str) -> re.Match[str] | None:
    link = parse_link(text)
    if link is None:
        return None
    for place in (settings.base, EVE):
        if _is_below(link, place):
            return _PATH.fullmatch(link.path.removeprefix(place.path))
    return None


def _is_below(link: WebLink, place: WebLink) -> bool:
    return link.host == place.host and link.path.startswith(place.path)
