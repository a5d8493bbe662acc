"""Forwarded headers: believed from the proxies in `srp.trusted_proxies`, dropped from others.

Else anybody could write the address that stands in the sessions' list and that failed logins are
counted by, or make the portal believe that a plain connection is https.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Sequence
from typing import Any

FORWARDED = (
    "HTTP_FORWARDED",
    "HTTP_X_FORWARDED",
    "HTTP_X_FORWARDED_BY",
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PORT",
    "HTTP_X_FORWARDED_PREFIX",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_REAL_IP",
)

_HOST = re.compile(r"([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?")


class TrustedProxies:
    """The networks of the setting; `*` trusts every peer."""

    def __init__(self, addresses: Sequence[str]) -> None:
        self._trusts_all = "*" in addresses
        self._networks = tuple(
            ipaddress.ip_network(address, strict=False) for address in addresses if address != "*"
        )

    def trusts(self, address: str) -> bool:
        """Whether what this peer says about the connection counts."""
        if self._trusts_all:
            return True
        parsed = _parse(address)
        return parsed is not None and any(parsed in network for network in self._networks)

    def apply(self, environ: dict[str, Any]) -> None:
        """Lets the environment say what the nearest trusted proxies say; drops the headers."""
        forwarded = {name: _values(environ.pop(name, "")) for name in FORWARDED}
        if not self.trusts(environ.get("REMOTE_ADDR", "")):
            return
        hops = self._set_client(environ, forwarded["HTTP_X_FORWARDED_FOR"])
        scheme = _at(forwarded["HTTP_X_FORWARDED_PROTO"], hops).lower()
        if scheme in ("http", "https"):
            environ["wsgi.url_scheme"] = scheme
        host = _at(forwarded["HTTP_X_FORWARDED_HOST"], hops)
        if _HOST.fullmatch(host):
            environ["HTTP_HOST"] = host

    def _set_client(self, environ: dict[str, Any], addresses: Sequence[str]) -> int:
        """Sets the client's address; the result is how many proxies it came through."""
        hops = 1
        # Each proxy adds its peer at the end: the first one from there that is no proxy of ours
        # is the client, and what stands before it is the client's own invention.
        for address in reversed(addresses):
            parsed = _parse(address)
            if parsed is None:
                break
            environ["REMOTE_ADDR"] = str(parsed)
            if self._trusts_all or not self.trusts(str(parsed)):
                break
            hops += 1
        return hops


def tween_factory(handler: Callable[[Any], Any], registry: Any) -> Callable[[Any], Any]:
    """The outermost tween: everything else sees the connection as it is."""
    proxies = TrustedProxies(registry["srp_portal.portal"].settings.trusted_proxies)

    def tween(request: Any) -> Any:
        proxies.apply(request.environ)
        return handler(request)

    return tween


def _parse(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = ipaddress.ip_address(text.strip("[]"))
    except ValueError:
        return None
    # A dual-stack socket writes IPv4 peers like this.
    mapped = getattr(address, "ipv4_mapped", None)
    return mapped or address


def _values(header: str) -> list[str]:
    return [value.strip() for value in header.split(",") if value.strip()]


def _at(values: Sequence[str], hops: int) -> str:
    """What the outermost trusted proxy said: some add to a header, some replace it."""
    if not values:
        return ""
    return values[-hops] if len(values) >= hops else values[-1]
