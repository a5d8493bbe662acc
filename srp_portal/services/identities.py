"""Who somebody is at this moment, with every right that counts now.

Nothing is remembered between requests: when a corporation, a membership or a grant changes, open
sessions and API keys gain and lose rights with it (contract/http.md, "Routes").
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, or_, select, union_all
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
    rows = _rows(dbsession, _people_by_id(), user_id=user_id)
    return _identity(dbsession, rows, now, settings)


def identity_by_session(
    dbsession: Session, digests: Sequence[str], now: datetime, settings: Settings
) -> Entry | None:
    """Who is logged in by a session, None when it ended; two statements.

    digests: of the cookie's id, under each of the site's secrets.
    """
    rows = _rows(dbsession, _people_by_session(), digests=digests, now=now)
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
    rows = _rows(dbsession, _people_by_api_key(), digests=digests, now=now)
    identity = _identity(
        dbsession, rows, now, settings, api_key_id=rows[0].key_id if rows else None
    )
    return Entry(identity, rows[0].created_at, rows[0].last_used_at) if identity else None


# Every page asks these, and putting a statement together takes several times as long as asking it.
# So each is put together once, and asked over the connection, past what the ORM would add to rows.


def _rows(
    dbsession: Session, statement: Select[*tuple[Any, ...]], **values: Any
) -> Sequence[Row[Any]]:
    # As the ORM would: a change of this transaction counts.
    dbsession.flush()
    return dbsession.connection().execute(statement, values).all()


@cache
def _people_by_id() -> Select[*tuple[Any, ...]]:
    return _people().where(User.id == bindparam("user_id"))


@cache
def _people_by_session() -> Select[*tuple[Any, ...]]:
    return (
        _people()
        .add_columns(
            BrowserSession.id.label("session_id"),
            BrowserSession.created_at,
            BrowserSession.last_seen_at,
        )
        .join(BrowserSession, BrowserSession.user_id == User.id)
        .where(
            _one_of(BrowserSession.digest, "digests"),
            BrowserSession.revoked_at.is_(None),
            BrowserSession.expires_at > bindparam("now"),
        )
    )


@cache
def _people_by_api_key() -> Select[*tuple[Any, ...]]:
    return (
        _people()
        .add_columns(ApiKey.id.label("key_id"), ApiKey.created_at, ApiKey.last_used_at)
        .join(ApiKey, ApiKey.user_id == User.id)
        .where(
            _one_of(ApiKey.digest, "digests"),
            ApiKey.revoked_at.is_(None),
            or_(ApiKey.expires_at.is_(None), ApiKey.expires_at > bindparam("now")),
        )
    )


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


def _one_of(column: Any, name: str) -> ColumnElement[bool]:
    found: ColumnElement[bool] = column.in_(bindparam(name, expanding=True))
    return found


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


@cache
def _grants_of() -> Select[*tuple[Any, ...]]:
    stored = (
        select(GroupMember.group_id)
        .join(Group, Group.id == GroupMember.group_id)
        .where(GroupMember.user_id == bindparam("user_id"), Group.kind.in_(_STORED))
    )
    from_eve = select(Group.id).where(
        or_(
            and_(Group.kind == GroupKind.CORPORATION.value, _one_of(Group.eve_id, "corporations")),
            and_(Group.kind == GroupKind.ALLIANCE.value, _one_of(Group.eve_id, "alliances")),
        )
    )
    return select(Grant.division_id, Grant.permission).where(
        or_(
            Grant.user_id == bindparam("user_id"),
            Grant.group_id.in_(union_all(stored, from_eve)),
        )
    )


def _grants(
    dbsession: Session, user_id: int, *, corporations: set[int], alliances: set[int]
) -> dict[int, frozenset[Permission]]:
    rows = _rows(
        dbsession,
        _grants_of(),
        user_id=user_id,
        corporations=sorted(corporations),
        alliances=sorted(alliances),
    )
    held: dict[int, set[Permission]] = {}
    for row in rows:
        held.setdefault(row.division_id, set()).add(Permission(row.permission))
    return {division_id: frozenset(permissions) for division_id, permissions in held.items()}
