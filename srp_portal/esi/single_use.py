"""Tokens that a view wants once: a text on the way, and a `Token` that is no row."""

from datetime import datetime

import orjson

from srp_portal.esi.models import Scope, Token, utc_now
from srp_portal.esi.sso import SsoLogin


def packed(login: SsoLogin) -> str:
    """The tokens of a login as text, secrets in clear: to be kept encrypted."""
    content = {
        "character_id": login.character_id,
        "character_name": login.character_name,
        "owner_hash": login.owner_hash,
        "scopes": login.scopes,
        "access": str.__str__(login.token_payload.access),
        "refresh": login.token_payload.refresh,
        "expires_at": login.token_payload.expires_at.isoformat(),
    }
    return orjson.dumps(content).decode()


def unpacked(text: str, user_id: str | None) -> Token:
    """A token that works as any other and belongs to no session and no row."""
    # As bytes: it takes no text of another class, as that of a decrypted column is.
    content = orjson.loads(text.encode())
    return Token(
        created=utc_now(),
        access_token=content["access"],
        refresh_token=content["refresh"],
        expires_at=datetime.fromisoformat(content["expires_at"]),
        user_id=user_id,
        character_id=content["character_id"],
        character_name=content["character_name"],
        character_owner_hash=content["owner_hash"],
        token_type="Character",  # noqa: S106 - no secret
        sso_version=2,
        # Of their own: the rows of stored scopes would draw the token into their session.
        scopes=[Scope(name=name, help_text="") for name in content["scopes"]],
    )
