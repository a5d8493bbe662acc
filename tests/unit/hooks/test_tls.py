"""Checked addresses under TLS: the certificate is still that of the host's name."""

from __future__ import annotations

import ssl
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from srp_portal.hooks.hosts import HostSet
from srp_portal.hooks.sessions import HostRefused, plugin_session


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *arguments):
        """Says nothing."""


class QuietServer(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """A client that refuses the certificate is what some tests want."""


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A self-signed certificate of board.example, with its key, as one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "board.example")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("board.example")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "board.pem"
    path.write_bytes(
        signed.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return path


@pytest.fixture(scope="module")
def port(certificate):
    """The port of a server on the loopback with that certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with QuietServer(("127.0.0.1", 0), Handler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join(5)


@pytest.fixture
def get(port, certificate):
    """Gives get(host, private_allowed=True): what the server says under that name."""

    def ask(host, *, private_allowed=True, verify=str(certificate)):
        def resolver(name, _port):
            ask.resolved.append(name)
            return ["127.0.0.1"]

        with plugin_session(
            HostSet([f"{host}:{port}"]),
            user_agent="x",
            private_allowed=private_allowed,
            resolver=resolver,
        ) as session:
            return session.get(f"https://{host}:{port}/", verify=verify).text

    ask.resolved = []
    return ask


def test_connection_when_the_certificate_is_the_hosts_then_is_made(get):
    assert get("board.example") == "ok"
    assert get.resolved == ["board.example"]


def test_connection_when_the_certificate_is_of_another_host_then_is_refused(get):
    with pytest.raises(requests.exceptions.SSLError):
        get("other.example")
    assert get.resolved == ["other.example"]


def test_connection_when_nobody_vouches_for_the_certificate_then_is_refused(get):
    with pytest.raises(requests.exceptions.SSLError):
        get("board.example", verify=True)


def test_connection_when_the_address_is_private_then_is_refused_before_tls(get):
    with pytest.raises(HostRefused):
        get("board.example", private_allowed=False)
