"""Which hosts a plugin declared, and whether a URL is on one of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

DEFAULT_PORTS = {"http": 80, "https": 443}

_HOST = re.compile(
    r"(?P<host>[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?|\[[0-9a-f:.]{2,45}\])(?::(?P<port>[0-9]{1,5}))?",
    re.ASCII | re.IGNORECASE,
)


class HostSet:
    """Declared hosts: `host` stands for the scheme's own port, `host:port` for that port alone.

    Raises ValueError for something that is neither, TypeError for something that isn't text.
    """

    def __init__(self, declared: Iterable[str] = ()) -> None:
        if isinstance(declared, str | bytes):
            raise TypeError(f"hosts must be a sequence of host names, not {declared!r}")
        self._allowed: set[tuple[str, int | None]] = set()
        for text in declared:
            self._allowed.add(_parse(text))

    def __iter__(self) -> Iterator[str]:
        for host, port in sorted(self._allowed, key=str):
            yield host if port is None else f"{host}:{port}"

    def __or__(self, other: HostSet) -> HostSet:
        merged = HostSet()
        merged._allowed = self._allowed | other._allowed
        return merged

    def allows(self, url: str) -> bool:
        """Whether the URL is http or https and on a declared host and port."""
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError:
            return False
        default = DEFAULT_PORTS.get(parts.scheme)
        if default is None or not host:
            return False
        if ":" in host:
            host = f"[{host}]"
        actual = default if port is None else port
        return (host, actual) in self._allowed or (
            actual == default and (host, None) in self._allowed
        )


def _parse(text: object) -> tuple[str, int | None]:
    if not isinstance(text, str):
        raise TypeError(f"a host must be text, not {text!r}")
    match = _HOST.fullmatch(text)
    if match is None or (match["port"] and not 0 < int(match["port"]) < 65536):
        raise ValueError(f"a host must be written `host` or `host:port`, not {text!r}")
    return match["host"].lower(), int(match["port"]) if match["port"] else None
