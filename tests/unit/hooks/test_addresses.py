"""Which addresses a plugin's host may have."""

from __future__ import annotations

import socket
import threading
from contextlib import closing

import pytest
import requests
from urllib3.exceptions import ConnectTimeoutError

from srp_portal.hooks import addresses
from srp_portal.hooks.addresses import AddressRefused, CheckedAdapter, is_public, resolve


@pytest.mark.parametrize(
    "address",
    ["1.1.1.1", "104.26.0.1", "2606:4700::1", "::ffff:1.1.1.1", "64:ff9b::101:101"],
)
def test_address_when_in_the_public_internet_then_is_public(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1%eth0",
        "fc00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "2002:7f00:1::",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
    ],
)
def test_address_when_private_or_hiding_a_private_one_then_is_not_public(address):
    assert not is_public(address)


def test_resolver_when_asked_for_a_literal_then_gives_it_once():
    assert resolve("127.0.0.1", 80) == ["127.0.0.1"]
    assert resolve("[::1]", 80) == ["::1"]


def get(url, *, private_allowed, resolver):
    with requests.Session() as session:
        session.trust_env = False
        adapter = CheckedAdapter(private_allowed=private_allowed, resolver=resolver)
        session.mount("http://", adapter)
        session.mount("https://", adapter)
        return session.get(url, timeout=5)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_connection_when_one_of_the_addresses_is_private_then_none_is_called(scheme, monkeypatch):
    called = []
    monkeypatch.setattr(addresses, "create_connection", lambda *a, **k: called.append(a))
    with pytest.raises(AddressRefused, match=r"board\.example resolves to 10\.0\.0\.1"):
        get(
            f"{scheme}://board.example/",
            private_allowed=False,
            resolver=lambda host, port: ["1.1.1.1", "10.0.0.1"],
        )
    assert called == []


def test_connection_when_the_address_was_checked_then_goes_to_that_one(monkeypatch):
    called = []

    def connect(address, *arguments, **options):
        called.append(address)
        raise OSError("refused")

    monkeypatch.setattr(addresses, "create_connection", connect)
    asked = []

    def resolver(host, port):
        asked.append((host, port))
        return ["1.1.1.1", "1.0.0.1"]

    with pytest.raises(requests.ConnectionError, match=r"board\.example failed: refused"):
        get("http://board.example/", private_allowed=False, resolver=resolver)
    assert asked == [("board.example", 80)]
    assert called == [("1.1.1.1", 80), ("1.0.0.1", 80)]


def test_connection_when_it_times_out_then_is_a_connect_timeout(monkeypatch):
    def connect(*arguments, **options):
        raise TimeoutError

    monkeypatch.setattr(addresses, "create_connection", connect)
    with pytest.raises(requests.ConnectTimeout) as caught:
        get("http://board.example/", private_allowed=False, resolver=lambda host, port: ["1.1.1.1"])
    assert isinstance(caught.value.args[0].reason, ConnectTimeoutError)


@pytest.mark.parametrize("error", [socket.gaierror("unknown"), None], ids=["error", "no address"])
def test_connection_when_the_host_has_no_address_then_is_a_connection_error(error):
    def resolver(host, port):
        if error:
            raise error
        return []

    with pytest.raises(requests.ConnectionError, match=r"board\.example"):
        get("http://board.example/", private_allowed=True, resolver=resolver)


def test_connection_when_private_addresses_are_allowed_then_reaches_the_first_that_answers():
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        port = server.getsockname()[1]

        def answer():
            connection, _ = server.accept()
            with connection:
                received.append(connection.recv(4096))
                connection.sendall(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")

        received = []
        thread = threading.Thread(target=answer)
        thread.start()
        response = get(
            f"http://board.example:{port}/",
            private_allowed=True,
            resolver=lambda host, port: ["127.0.0.2", "127.0.0.1"],
        )
        thread.join(5)
    assert response.status_code == 204
    assert f"Host: board.example:{port}".encode() in received[0]


def test_proxy_when_given_then_is_refused():
    adapter = CheckedAdapter(private_allowed=True)
    with pytest.raises(requests.exceptions.InvalidProxyURL):
        adapter.proxy_manager_for("http://proxy.example/")
