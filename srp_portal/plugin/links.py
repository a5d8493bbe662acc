"""Web links that people paste, and base URLs that operators set, parsed strictly.

Strictly, because a source must never be brought to call a host, or to store a link, other than the
one that it recognised: what browsers forgive (control characters, backslashes, user names before
the host) is no link here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from srp_portal.plugin.checks import URL_LENGTH, shown
from srp_portal.plugin.errors import SettingError

_DEFAULT_PORTS = {"http": 80, "https": 443}
_PORT_LIMIT = 65535
_HOST_LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_LINK = re.compile(
    rf"(?P<scheme>https?)://(?P<host>{_HOST_LABEL}(?:\.{_HOST_LABEL})*)(?::(?P<port>[0-9]{{1,5}}))?"
    r"(?P<path>/[^?#]*)?(?P<rest>[?#].*)?",
    re.ASCII | re.IGNORECASE,
)
# Whatever is no visible character, and the backslash, which some take for a slash.
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f-\xa0\\\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class WebLink:
    """The parts of a link that say where it leads.

    scheme: `http` or `https`. host: in lower case, with the port where it isn't the scheme's own.
    path: as written, not decoded; empty or with a leading slash.
    """

    scheme: str
    host: str
    path: str

    @property
    def url(self) -> str:
        """The link, without query and fragment."""
        return f"{self.scheme}://{self.host}{self.path}"


def parse_link(text: str) -> WebLink | None:
    """The link that the text is, or None; white space around it, query and fragment don't count."""
    match = _match(text.strip())
    return None if match is None else _link(match)


def parse_base_url(setting: str, text: str) -> WebLink:
    """A base URL from a setting, without a slash at its end; raises SettingError.

    It may carry a path and a port, but no user name, query or fragment. setting: its name, without
    the plugin's before it.
    """
    match = _match(text.strip())
    if match is None or match["rest"]:
        raise SettingError(
            setting, f"must be an http or https URL without query, not {shown(text)}"
        )
    link = _link(match)
    return WebLink(link.scheme, link.host, link.path.rstrip("/"))


def _match(text: str) -> re.Match[str] | None:
    if len(text) > URL_LENGTH or _FORBIDDEN.search(text):
        return None
    match = _LINK.fullmatch(text)
    if match is None or (match["port"] and not 0 < int(match["port"]) <= _PORT_LIMIT):
        return None
    return match


def _link(match: re.Match[str]) -> WebLink:
    scheme, host = match["scheme"].lower(), match["host"].lower()
    if match["port"] and int(match["port"]) != _DEFAULT_PORTS[scheme]:
        host = f"{host}:{int(match['port'])}"
    return WebLink(scheme, host, match["path"] or "")
