"""Who somebody is at this moment, with every right that counts now.

Nothing is remembered between requests: when a corporation, a membership or a grant changes, open
sessions and API keys gain and lose rights with it (contract/http.md, "Routes").
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, and_, or_, select, union_all
from sqlalchemy.orm import Session

from srp_portal.domain.permissions import Identity, Permission
from srp_portal.domain.text import name_key
from srp_portal.models.access import ApiKey, BrowserSession
from srp_portal.models.divisions import Grant, Group, GroupKind, GroupMember
from srp_portal.models.users import Character, User, UserKind
from srp_portal.settings import Settings

#: Groups whose members are stored; those of corporations and alliances follow from EVE.
_STORED = (GroupKind.MANUAL.value, GroupKind.EXTERNAL.value)


@dataclass(frozen=True, slots=True)
class Entry:
    """An identity with the session or key it came in by; `last_used_at` is that one's."""

    identity: Identity
    created_at: datetime
    last_used_at: datetime | None


def load_identity(
    dbsession: Session, user_id: int, *, now: datetime, settings: Settings
) -> Identity | None:
    """The identity of a user, None for one that is disabled or can't log in; two statements."""
    statement = _people().where(User.id == user_id)
    return _identity(dbsession, dbsession.execute(statement).all(), now, settings)


def identity_by_session(
    dbsession: Session, digests: Sequence[str], now: datetime, settings: Settings
) -> Entry | None:
    """Who is logged in by a session, None when it ended; two statements.

    digests: of the cookie's id, under each of the site's secrets.
    """
    statement = (
        _people()
        .add_columns(
            BrowserSession.id.label("session_id"),
            BrowserSession.created_at,
            BrowserSession.last_seen_at,
        )
        .join(BrowserSession, BrowserSession.user_id == User.id)
        .where(
            BrowserSession.digest.in_(digests),
            BrowserSession.revoked_at.is_(None),
            BrowserSession.expires_at > now,
        )
    )
    rows = dbsession.execute(statement).all()
    identity = _identity(
        dbsession, rows, now, settings, session_id=rows[0].session_id if rows else None
    )
    return Entry(identity, rows[0].created_at, rows[0].last_seen_at) if identity else None


def identity_by_api_key(
    dbsession: Session, digests: Sequence[str], now: datetime, settings: Settings
) -> Entry | None:
    """Whose key this is, None for one that is unknown, revoked or expired; two statements.

    digests: of the key, under each of the site's secrets. The identity may only read.
    """
    statement = (
        _people()
        .add_columns(ApiKey.id.label("key_id"), ApiKey.created_at, ApiKey.last_used_at)
        .join(ApiKey, ApiKey.user_id == User.id)
        .where(
            ApiKey.digest.in_(digests),
            ApiKey.revoked_at.is_(None),
            or_(ApiKey.expires_at.is_(None), ApiKey.expires_at > now),
        )
    )
    rows = dbsession.execute(statement).all()
    identity = _identity(
        dbsession, rows, now, settings, api_key_id=rows[0].key_id if rows else None
    )
    return Entry(identity, rows[0].created_at, rows[0].last_used_at) if identity else None


def _people() -> Select[*tuple[Any, ...]]:
    """One row for each character of a user, and one for a user without any."""
    return (
        select(
            User.id.label("user_id"),
            User.name,
            User.is_admin,
            Character.id.label("character_id"),
            Character.name_key,
            Character.owner_hash,
            Character.corporation_id,
            Character.alliance_id,
            Character.affiliated_at,
        )
        .select_from(User)
        .outerjoin(Character, Character.user_id == User.id)
        .where(User.is_disabled.is_(False), User.kind != UserKind.PLUGIN.value)
    )


def _identity(
    dbsession: Session,
    rows: Sequence[Row[Any]],
    now: datetime,
    settings: Settings,
    *,
    session_id: int | None = None,
    api_key_id: int | None = None,
) -> Identity | None:
    if not rows:
        return None
    user = rows[0]
    characters = [row for row in rows if row.character_id is not None]
    oldest = now - timedelta(hours=settings.groups_max_age_hours)
    placed = [row for row in characters if row.affiliated_at and row.affiliated_at >= oldest]
    grants = _grants(
        dbsession,
        user.user_id,
        corporations={row.corporation_id for row in placed} - {None},
        alliances={row.alliance_id for row in placed} - {None},
    )
    return Identity(
        user_id=user.user_id,
        name=user.name,
        is_admin=user.is_admin or _is_named_admin(characters, settings.admins),
        character_ids=frozenset(row.character_id for row in characters),
        grants=grants,
        is_read_only=api_key_id is not None,
        api_key_id=api_key_id,
        session_id=session_id,
    )


def _is_named_admin(characters: Iterable[Row[Any]], admins: Sequence[str]) -> bool:
    """Whether `srp.admins` names one of the characters.

    One that was tied by hand doesn't count before its owner has logged in with it.
    """
    ids = {int(admin) for admin in admins if admin.isascii() and admin.isdigit()}
    names = {name_key(admin) for admin in admins}
    return any(
        row.owner_hash is not None and (row.character_id in ids or row.name_key in names)
        for row in characters
    )


def _grants(
    dbsession: Session, user_id: int, *, corporations: set[int], alliances: set[int]
) -> dict[int, frozenset[Permission]]:
    stored = (
        select(GroupMember.group_id)
        .join(Group, Group.id == GroupMember.group_id)
        .where(GroupMember.user_id == user_id, Group.kind.in_(_STORED))
    )
    from_eve = select(Group.id).where(
        or_(
            and_(Group.kind == GroupKind.CORPORATION.value, Group.eve_id.in_(corporations)),
            and_(Group.kind == GroupKind.ALLIANCE.value, Group.eve_id.in_(alliances)),
        )
    )
    statement = select(Grant.division_id, Grant.permission).where(
        or_(Grant.user_id == user_id, Grant.group_id.in_(union_all(stored, from_eve)))
    )
    held: dict[int, set[Permission]] = {}
    for division_id, permission in dbsession.execute(statement):
        held.setdefault(division_id, set()).add(Permission(permission))
    return {division_id: frozenset(permissions) for division_id, permissions in held.items()}
