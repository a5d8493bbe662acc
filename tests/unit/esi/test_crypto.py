"""Encryption at rest and signatures."""

import pytest

from srp_portal.esi.crypto import Cipher, digest
from srp_portal.esi.errors import EsiConfigurationError


def test_encrypt_when_repeated_then_different_and_readable():
    cipher = Cipher(["one"])
    first, second = cipher.encrypt("tökén"), cipher.encrypt("tökén")
    assert first != second
    assert cipher.decrypt(first) == cipher.decrypt(second) == "tökén"


def test_decrypt_when_secret_moved_back_then_still_readable():
    old, rotated = Cipher(["old"]), Cipher(["new", "old"])
    assert rotated.decrypt(old.encrypt("x")) == "x"
    with pytest.raises(EsiConfigurationError):
        old.decrypt(rotated.encrypt("x"))


def test_verify_when_signed_by_any_secret_then_text_else_none():
    old, rotated = Cipher(["old"]), Cipher(["new", "old"])
    assert rotated.verify(old.sign("a.b")) == "a.b"
    assert old.verify(rotated.sign("a.b")) is None
    assert old.verify("a.b.ünsigned") is None
    assert old.verify("") is None


def test_cipher_when_no_secret_then_refused():
    with pytest.raises(EsiConfigurationError, match=r"esi\.secret"):
        Cipher([])


def test_digest_when_text_is_odd_then_still_a_digest():
    assert len(digest("\udcff")) == 64
