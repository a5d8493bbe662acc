"""Access tokens on their way into a call, and whose they are."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol, Self, runtime_checkable


class AccessToken(str):
    """An access token that knows its owner, otherwise the text that it is.

    owner: `CHARACTER_ID-DIGEST`, the same after the token is renewed, so that answers
    cached for it stay usable; made from a verified token, never from the text of one.
    """

    __slots__ = ("owner",)
    owner: str

    def __new__(cls, value: str, owner: str) -> Self:
        self = super().__new__(cls, value)
        self.owner = owner
        return self

    def __repr__(self) -> str:
        return f"<AccessToken of {self.owner}>"


@runtime_checkable
class TokenSource(Protocol):
    """Something that can give an access token, as a `Token` row does."""

    def valid_access_token(self) -> str:
        """An access token that ESI accepts now."""


@dataclass(frozen=True)
class Credential:
    """What a call is made with.

    secret: the access token to send. owner: whose answers these are, for the cache.
    payer: whose bucket pays in ESI's rate limit. All None without a token.
    """

    secret: str | None = field(default=None, repr=False)
    owner: str | None = None
    payer: str | None = None


def token_owner(character_id: int, owner_hash: str, scopes: Iterable[str]) -> str:
    """The name under which answers are kept for a token.

    The scopes are part of it: a token that may read less must not be given what
    another one of the same character was allowed to read.
    """
    rights = " ".join(sorted(scopes))
    digest = hashlib.sha256(f"{owner_hash} {rights}".encode()).hexdigest()[:16]
    return f"{character_id}-{digest}"


def credential(token: str | TokenSource | None) -> Credential:
    """What to make a call with, given a token row, its text, or nothing."""
    if token is None:
        return Credential()
    text = token if isinstance(token, str) else token.valid_access_token()
    if isinstance(text, AccessToken):
        return Credential(str.__str__(text), text.owner, text.owner.partition("-")[0])
    # Whose it is can't be believed without checking its signature: it stands for itself.
    name = "token-" + hashlib.sha256(text.encode()).hexdigest()[:32]
    return Credential(text, name, name)
