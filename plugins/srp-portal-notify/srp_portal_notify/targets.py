"""Where messages go: URLs from the settings, which are secrets themselves."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from srp_portal.plugin import SettingError, WebLink, parse_link

#: Shortest secret of a webhook, in characters.
SHORTEST_SECRET = 16

_DISCORD_PATH = re.compile(
    r"/api(?:/v[0-9]{1,3})?/webhooks/[0-9]{1,20}/[A-Za-z0-9_-]{1,200}", re.ASCII
)
_DISCORD_QUERY = re.compile(r"(?:\?thread_id=[0-9]{1,20})?", re.ASCII)
_LOOPBACK = ("127.0.0.1", "localhost")


@dataclass(frozen=True, slots=True)
class Target:
    """A place to send to.

    setting: the name of the one that has the URL, without the plugin's before it. host: with the
    port where it isn't the scheme's own. secret: what a webhook's messages are signed with, empty
    for Discord.
    """

    setting: str
    host: str
    url: str = field(repr=False)
    secret: str = field(default="", repr=False)

    @property
    def location(self) -> str:
        """Path and query of the URL, where its secret is."""
        return self.url.partition(self.host)[2]


def discord_target(setting: str, text: str) -> Target:
    """A webhook of Discord's; raises SettingError, which never shows the URL."""
    link, query = _parse(setting, text)
    if not _DISCORD_PATH.fullmatch(link.path) or not _DISCORD_QUERY.fullmatch(query):
        raise SettingError(
            setting,
            "must be the URL of a Discord webhook,"
            " https://discord.com/api/webhooks/NUMBER/TOKEN, with nothing after the token but"
            " perhaps ?thread_id=NUMBER",
        )
    return Target(setting, link.host, link.url + query)


def webhook_target(setting: str, text: str, secret_setting: str, secret: str) -> Target:
    """A signed webhook; raises SettingError, which shows neither URL nor secret."""
    link, query = _parse(setting, text)
    if len(secret) < SHORTEST_SECRET:
        raise SettingError(
            secret_setting,
            f"must have {SHORTEST_SECRET} characters or more, since {setting} is set",
        )
    return Target(setting, link.host, link.url + query, secret)


def _parse(setting: str, text: str) -> tuple[WebLink, str]:
    """The link, and its query with the question mark."""
    link = parse_link(text)
    if link is None or "#" in text:
        raise SettingError(setting, "must be an https URL, without a user name or a fragment")
    if link.scheme != "https" and link.host.partition(":")[0] not in _LOOPBACK:
        raise SettingError(setting, "must begin with https://, or others could read along")
    _, mark, query = text.strip().partition("?")
    return link, mark + query
