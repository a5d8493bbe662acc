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

from sqlalchemy import (
    CompoundSelect,
    Row,
    Select,
    and_,
    bindparam,
    cast,
    null,
    or_,
    select,
    union_all,
)
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
    """An identity with the session or key it came in by; `last_used_at` is that one's.

    expires_at: when that one ends, or a group of EVE's stops to count, by time alone.
    """

    identity: Identity
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime | None


def load_identity(
    dbsession: Session, user_id: int, *, now: datetime, settings: Settings
) -> Identity | None:
    """The identity of a user, None for one that is disabled or can't log in; one statement."""
    found = _found(dbsession, _by_id(), now, settings, user_id=user_id)
    return None if found is None else _identity(found, settings)


def identity_by_session(
    dbsession: Session, digests: Sequence[str], now: datetime, settings: Settings
) -> Entry | None:
    """Who is logged in by a session, None when it ended; one statement.

    digests: of the cookie's id, under each of the site's secrets.
    """
    found = _found(dbsession, _by_session(), now, settings, digests=digests, now=now)
    if found is None:
        return None
    identity = _identity(found, settings, session_id=found.entrance.entrance_id)
    return _entry(found, identity, now, settings)


def identity_by_api_key(
    dbsession: Session, digests: Sequence[str], now: datetime, settings: Settings
) -> Entry | None:
    """Whose key this is, None for one that is unknown, revoked or expired; one statement.

    digests: of the key, under each of the site's secrets. The identity may only read.
    """
    found = _found(dbsession, _by_api_key(), now, settings, digests=digests, now=now)
    if found is None:
        return None
    identity = _identity(found, settings, api_key_id=found.entrance.entrance_id)
    return _entry(found, identity, now, settings)


# Every page asks these, and putting a statement together takes several times as long as asking it.
# So each is put together once, and asked over the connection, past what the ORM would add to rows.


@dataclass(frozen=True, slots=True)
class _Found:
    """The rows of a person: one for each character, or one without; one for each right."""

    people: Sequence[Row[Any]]
    rights: Sequence[Row[Any]]

    @property
    def entrance(self) -> Row[Any]:
        """The row that tells of user, session and key; each of a person's does."""
        return self.people[0]

    @property
    def characters(self) -> list[Row[Any]]:
        """The rows of characters."""
        return [row for row in self.people if row.character_id is not None]


def _found(
    dbsession: Session,
    statement: CompoundSelect[*tuple[Any, ...]],
    at: datetime,
    settings: Settings,
    **values: Any,
) -> _Found | None:
    # As the ORM would: a change of this transaction counts.
    dbsession.flush()
    values["oldest"] = at - timedelta(hours=settings.groups_max_age_hours)
    rows = dbsession.connection().execute(statement, values).all()
    people = [row for row in rows if row.user_id is not None]
    rights = [row for row in rows if row.user_id is None]
    return _Found(people, rights) if people else None


@cache
def _by_id() -> CompoundSelect[*tuple[Any, ...]]:
    nothing = cast(null(), User.created_at.type)
    return _with_rights(
        _people(User.id, nothing, nothing, nothing).where(User.id == bindparam("user_id"))
    )


@cache
def _by_session() -> CompoundSelect[*tuple[Any, ...]]:
    session = BrowserSession
    return _with_rights(
        _people(session.id, session.created_at, session.last_seen_at, session.expires_at)
        .join(session, session.user_id == User.id)
        .where(
            session.digest.in_(bindparam("digests", expanding=True)),
            session.revoked_at.is_(None),
            session.expires_at > bindparam("now"),
        )
    )


@cache
def _by_api_key() -> CompoundSelect[*tuple[Any, ...]]:
    return _with_rights(
        _people(ApiKey.id, ApiKey.created_at, ApiKey.last_used_at, ApiKey.expires_at)
        .join(ApiKey, ApiKey.user_id == User.id)
        .where(
            ApiKey.digest.in_(bindparam("digests", expanding=True)),
            ApiKey.revoked_at.is_(None),
            or_(ApiKey.expires_at.is_(None), ApiKey.expires_at > bindparam("now")),
        )
    )


def _people(
    entrance_id: Any, created_at: Any, last_used_at: Any, expires_at: Any
) -> Select[*tuple[Any, ...]]:
    """One row for each character of a user, and one for a user without any."""
    return (
        select(
            User.id.label("user_id"),
            User.name,
            User.is_admin,
            entrance_id.label("entrance_id"),
            created_at.label("created_at"),
            last_used_at.label("last_used_at"),
            expires_at.label("expires_at"),
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


def _with_rights(people: Select[*tuple[Any, ...]]) -> CompoundSelect[*tuple[Any, ...]]:
    """The people, and a row for each right that they hold by themselves or by a group."""
    person = people.cte("person")
    who = select(person.c.user_id)
    stored = (
        select(GroupMember.group_id)
        .join(Group, Group.id == GroupMember.group_id)
        .where(GroupMember.user_id.in_(who), or_(*(Group.kind == kind for kind in _STORED)))
    )
    placed = person.c.affiliated_at >= bindparam("oldest", type_=Character.affiliated_at.type)
    from_eve = select(Group.id).where(
        or_(
            *(
                and_(Group.kind == kind.value, Group.eve_id.in_(select(eve_id).where(placed)))
                for kind, eve_id in (
                    (GroupKind.CORPORATION, person.c.corporation_id),
                    (GroupKind.ALLIANCE, person.c.alliance_id),
                )
            )
        )
    )
    rights = select(
        *(cast(null(), column.type).label(column.key) for column in person.c),
        Grant.division_id,
        Grant.permission,
    ).where(or_(Grant.user_id.in_(who), Grant.group_id.in_(union_all(stored, from_eve))))
    empty = (
        cast(null(), column.type).label(column.key)
        for column in (Grant.division_id, Grant.permission)
    )
    return union_all(select(person, *empty), rights)


def _identity(
    found: _Found,
    settings: Settings,
    *,
    session_id: int | None = None,
    api_key_id: int | None = None,
) -> Identity:
    user, characters = found.entrance, found.characters
    held: dict[int, set[Permission]] = {}
    for right in found.rights:
        held.setdefault(right.division_id, set()).add(Permission(right.permission))
    return Identity(
        user_id=user.user_id,
        name=user.name,
        is_admin=user.is_admin or _is_named_admin(characters, settings.admins),
        character_ids=frozenset(row.character_id for row in characters),
        grants={division_id: frozenset(permissions) for division_id, permissions in held.items()},
        is_read_only=api_key_id is not None,
        api_key_id=api_key_id,
        session_id=session_id,
    )


def _entry(found: _Found, identity: Identity, now: datetime, settings: Settings) -> Entry:
    entrance, age = found.entrance, timedelta(hours=settings.groups_max_age_hours)
    told = (row.affiliated_at for row in found.characters if row.affiliated_at is not None)
    # What EVE said too long ago counts no more as it is, and will not change by time.
    ends = [at + age for at in told if at + age >= now]
    ends += [entrance.expires_at] if entrance.expires_at is not None else []
    return Entry(identity, entrance.created_at, entrance.last_used_at, min(ends, default=None))


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
