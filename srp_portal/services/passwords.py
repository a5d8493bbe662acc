"""Passwords of local accounts, hashed with argon2id."""

from __future__ import annotations

import functools
import secrets
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from srp_portal.domain.errors import InvalidInput

#: Longer ones only cost time to hash.
LONGEST_PASSWORD = 1000

#: The library's defaults: RFC 9106's second recommended option (64 MiB, about 0.1 s).
_HASHER = PasswordHasher()


def hash_password(password: str) -> str:
    """The hash to be stored; raises InvalidInput for an empty or overlong password."""
    if not password:
        raise InvalidInput("password", "Please give a password.")
    if len(password) > LONGEST_PASSWORD:
        raise InvalidInput("password", f"A password has at most {LONGEST_PASSWORD} characters.")
    return _HASHER.hash(_composed(password))


def is_password(stored: str | None, password: str) -> bool:
    """Whether it is the password that was hashed; takes as long where nothing is stored."""
    if len(password) > LONGEST_PASSWORD:
        return False
    try:
        return _HASHER.verify(stored or _nobodys_hash(), _composed(password)) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(stored: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return _HASHER.check_needs_rehash(stored)


def _composed(password: str) -> str:
    # Keyboards and systems differ in how they type an accented letter.
    return unicodedata.normalize("NFC", password)


@functools.cache
def _nobodys_hash() -> str:
    return _HASHER.hash(secrets.token_urlsafe(32))
