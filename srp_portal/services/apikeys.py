"""API keys: made, shown to their owner, looked up, revoked.

A key is 32 random bytes in URL-safe base64 with `=` written as `,` (contract/http.md, "API
keys"), which is EVE-SRP's format too. The database holds a keyed digest to find it by, and the
key itself encrypted.
"""

from __future__ import annotations

import base64
import re
import secrets as random_source
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from srp_portal.domain.errors import InvalidInput, NotFound
from srp_portal.models.access import ApiKey
from srp_portal.services import audit
from srp_portal.services.crypto import DecryptionError, Secrets
from srp_portal.services.division_access import Actor
from srp_portal.services.names import checked_name
from srp_portal.services.results import ApiKeyView

PURPOSE = "apikey"
KEY_BYTES = 32
#: More than anybody needs, and few enough to show on one page.
MOST_KEYS = 100
#: How exact `last_used_at` is; every request would otherwise write to the database.
TOUCH_EVERY = timedelta(minutes=5)

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
#: 32 bytes are 43 characters and one to fill up, which links in chats and mails tend to lose.
_KEY = re.compile(r"([A-Za-z0-9_-]{43})[,=]?")


def normalise(text: str) -> str | None:
    """The key as we write it, None for a text that can't be one."""
    match = _KEY.fullmatch(text)
    if match is None:
        return None
    key = _encode(base64.urlsafe_b64decode(f"{match[1]}="))
    # The last character has two bits to spare; only the spelling that we give out counts.
    return key if key[:43] == match[1] else None


def digests_for(secrets: Secrets, text: str) -> tuple[str, ...]:
    """What the key may be filed under; nothing for a text that can't be a key."""
    key = normalise(text)
    return () if key is None else secrets.digests(PURPOSE, key)


def create(
    dbsession: Session,
    secrets: Secrets,
    *,
    user_id: int,
    actor: Actor,
    name: str = "",
    now: datetime,
    expires_at: datetime | None = None,
    key: str | None = None,
) -> ApiKeyView:
    """A new key of the user's.

    name: what it is for, at most 100 characters, may be empty. expires_at: from when on it is none
    any more. key: one that is to keep working, from EVE-SRP, instead of a new one. Raises
    InvalidInput.
    """
    if expires_at is not None and expires_at <= now:
        raise InvalidInput("expires", "That day is over already.")
    name = checked_name(name, "name") if name.strip() else ""
    text = _encode(random_source.token_bytes(KEY_BYTES)) if key is None else normalise(key)
    if text is None:
        raise InvalidInput("key", "That is not an API key.")
    held = dbsession.scalar(
        select(func.count()).where(ApiKey.user_id == user_id, ApiKey.revoked_at.is_(None))
    )
    if held is not None and held >= MOST_KEYS:
        raise InvalidInput("name", f"You have {held} keys. Please delete those you don't use.")
    row = ApiKey(
        user_id=user_id,
        digest=secrets.digest(PURPOSE, text),
        encrypted_key=secrets.encrypt(PURPOSE, text),
        name=name,
        created_at=now,
        expires_at=expires_at,
    )
    try:
        with dbsession.begin_nested():
            dbsession.add(row)
    except IntegrityError:
        if key is None:
            raise
        raise InvalidInput("key", "That API key is known already.") from None
    _audit(dbsession, row, "apikey.create", actor, now)
    return _view(row, text)


def end_of_day(text: str) -> datetime | None:
    """When a key ends that works to the end of a day such as `2026-12-31`, in EVE's time (UTC).

    None for an empty text. Raises InvalidInput (`expires`).
    """
    text = text.strip()
    if not text:
        return None
    try:
        if _DAY.fullmatch(text) is None:
            raise ValueError(text)
        return datetime.fromisoformat(text).replace(tzinfo=UTC) + timedelta(days=1)
    except (ValueError, OverflowError):
        raise InvalidInput("expires", "Write the last day as 2026-12-31.") from None


def list_keys(
    dbsession: Session, secrets: Secrets, user_id: int, *, shown_id: int | None = None
) -> tuple[ApiKeyView, ...]:
    """A user's keys that were not revoked, the newest first; expired ones are among them.

    shown_id: the only one whose text is given, for a reader who came with that key: a leaked key
    must not lead to its owner's other ones. A key that no present secret decrypts has no text.
    """
    rows = dbsession.scalars(
        select(ApiKey)
        .where(ApiKey.user_id == user_id, ApiKey.revoked_at.is_(None))
        .order_by(ApiKey.id.desc())
    )
    return tuple(
        _view(row, _decrypted(secrets, row) if shown_id in (None, row.id) else "") for row in rows
    )


def revoke(
    dbsession: Session, key_id: int, *, user_id: int | None = None, actor: Actor, now: datetime
) -> None:
    """Ends a key for good.

    user_id: whose it has to be; None for the command line, which may end any. Raises NotFound.
    """
    conditions = [ApiKey.id == key_id, ApiKey.revoked_at.is_(None)]
    if user_id is not None:
        conditions.append(ApiKey.user_id == user_id)
    row = dbsession.scalar(select(ApiKey).where(*conditions).with_for_update())
    if row is None:
        raise NotFound(f"There is no API key {key_id}.")
    row.revoked_at = now
    _audit(dbsession, row, "apikey.revoke", actor, now)


def is_touch_due(last_used_at: datetime | None, now: datetime) -> bool:
    """Whether it is time to note again that a key is in use."""
    return last_used_at is None or now - last_used_at >= TOUCH_EVERY


def touch(dbsession: Session, key_id: int, *, now: datetime) -> None:
    """Notes that the key is in use; where it is due, and only once."""
    is_due = or_(ApiKey.last_used_at.is_(None), ApiKey.last_used_at <= now - TOUCH_EVERY)
    dbsession.execute(
        update(ApiKey)
        .where(ApiKey.id == key_id, is_due)
        .values(last_used_at=now)
        .execution_options(synchronize_session=False)
    )


def _encode(key: bytes) -> str:
    return base64.urlsafe_b64encode(key).decode().replace("=", ",")


def _decrypted(secrets: Secrets, row: ApiKey) -> str:
    try:
        return secrets.decrypt(PURPOSE, row.encrypted_key)
    except DecryptionError:
        return ""


def _view(row: ApiKey, key: str) -> ApiKeyView:
    return ApiKeyView(
        id=row.id,
        key=key,
        name=row.name,
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
    )


def _audit(dbsession: Session, row: ApiKey, action: str, actor: Actor, now: datetime) -> None:
    audit.record(
        dbsession,
        now=now,
        actor=actor,
        action=action,
        subject_type="apikey",
        subject_id=row.id,
        payload={"name": row.name, "user_id": row.user_id},
    )
    dbsession.flush()
