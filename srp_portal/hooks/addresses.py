"""Connections that go only to checked addresses.

A declared host name may resolve to an address inside the operator's network, by mistake or by
somebody's intent (DNS rebinding). So the addresses are checked where the connection is made, and
the connection goes to the very address that was checked.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.util.connection import create_connection

#: Gives the addresses of a host, as text; raises socket.gaierror.
Resolver = Callable[[str, int], list[str]]

_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class AddressRefused(Exception):
    """A host resolves to an address that must not be called.

    No OSError on purpose: urllib3 takes those for trouble on the line, and tries again.
    """


def resolve(host: str, port: int) -> list[str]:
    """The host's addresses from the system's resolver, each once, in its order."""
    found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def is_public(address: str) -> bool:
    """Whether an address lies in the public internet, and so does any IPv4 address inside it."""
    parsed = ipaddress.ip_address(address.partition("%")[0])
    if not parsed.is_global or parsed.is_multicast:
        return False
    if isinstance(parsed, ipaddress.IPv6Address):
        inner = [parsed.ipv4_mapped, parsed.sixtofour, *(parsed.teredo or ())]
        if parsed in _NAT64:
            inner.append(ipaddress.IPv4Address(int(parsed) & 0xFFFFFFFF))
        return all(is_public(str(v4)) for v4 in inner if v4 is not None)
    return True


class _CheckedConnection(HTTPConnection):
    """A connection whose addresses are resolved and checked before it is opened."""

    address_resolver: Resolver
    private_allowed: bool

    def __init__(
        self, *args: Any, address_resolver: Resolver, private_allowed: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.address_resolver = address_resolver
        self.private_allowed = private_allowed

    # The one place in urllib3 where a name becomes a socket; TLS still checks the host's name.
    def _new_conn(self) -> socket.socket:
        try:
            addresses = self.address_resolver(self.host, self.port)
        except socket.gaierror as error:
            raise NameResolutionError(self.host, self, error) from error
        refused = [text for text in addresses if not (self.private_allowed or is_public(text))]
        if refused:
            raise AddressRefused(f"{self.host} resolves to {refused[0]}, a private address")
        problem: OSError = OSError("no address")
        for address in addresses:
            try:
                return create_connection(
                    (address, self.port),
                    self.timeout,
                    source_address=self.source_address,
                    socket_options=self.socket_options,
                )
            except OSError as error:
                problem = error
        if isinstance(problem, TimeoutError):
            raise ConnectTimeoutError(self, f"Connection to {self.host} timed out") from problem
        raise NewConnectionError(self, f"Connection to {self.host} failed: {problem}") from problem


class _CheckedTlsConnection(_CheckedConnection, HTTPSConnection):
    """The same under TLS."""


class _CheckedPool(HTTPConnectionPool):
    ConnectionCls = _CheckedConnection


class _CheckedTlsPool(HTTPSConnectionPool):
    ConnectionCls = _CheckedTlsConnection


class CheckedAdapter(HTTPAdapter):
    """A `requests` adapter that opens checked connections, and knows no proxies.

    private_allowed: loopback and private addresses too, for the sandbox.
    """

    def __init__(self, *, private_allowed: bool, resolver: Resolver = resolve) -> None:
        self._connection_options = {
            "address_resolver": resolver,
            "private_allowed": private_allowed,
        }
        super().__init__(max_retries=0)

    def init_poolmanager(
        self, connections: int, maxsize: int, block: bool = False, **_options: Any
    ) -> None:
        """Makes the pools of checked connections; called by `requests`."""
        self.poolmanager = _CheckedPoolManager(
            self._connection_options, num_pools=connections, maxsize=maxsize, block=block
        )

    def proxy_manager_for(self, proxy: Any, **_options: Any) -> Any:
        """Refuses: behind a proxy nobody could tell which address is called."""
        raise requests.exceptions.InvalidProxyURL(f"proxies are not used here: {proxy}")


class _CheckedPoolManager(PoolManager):
    def __init__(self, connection_options: dict[str, Any], **options: Any) -> None:
        super().__init__(**options)
        self._checked_options = connection_options
        self.pool_classes_by_scheme = {"http": _CheckedPool, "https": _CheckedTlsPool}

    def _new_pool(
        self, scheme: str, host: str, port: int, request_context: dict[str, Any] | None = None
    ) -> Any:
        pool = super()._new_pool(scheme, host, port, request_context)
        # Handed on to each connection. Not by the manager's own options: those become part of a
        # pool's key, which knows no names but urllib3's.
        pool.conn_kw.update(self._checked_options)
        return pool
