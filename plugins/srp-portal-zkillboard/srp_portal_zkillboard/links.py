"""Kill links of the board."""

from __future__ import annotations

import re

from srp_portal.plugin import parse_link
from srp_portal_zkillboard.settings import BoardSettings

# The site itself links to /kill/ID/redirect/related/ and the like.
_KILL = re.compile(r"/kill/([1-9][0-9]{0,17})(?:/|/redirect(?:/.*)?)?", re.ASCII)


def kill_id(settings: BoardSettings, text: str) -> int | None:
    """The id in a kill link of a recognised host, None for any other text.

    On the base URL's own host the path starts with the base URL's; on other hosts at the root.
    """
    link = parse_link(text)
    if link is None:
        return None
    host = link.host.removeprefix("www.")
    if host not in settings.domains:
        return None
    path = link.path
    if host == settings.base.host.removeprefix("www."):
        if not path.startswith(settings.base.path):
            return None
        path = path.removeprefix(settings.base.path)
    match = _KILL.fullmatch(path)
    return None if match is None else int(match[1])


def kill_link(settings: BoardSettings, killmail_id: int) -> str:
    """The link as it is stored."""
    return f"{settings.base.url}/kill/{killmail_id}/"
