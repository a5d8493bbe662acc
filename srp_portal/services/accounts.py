"""Accounts: local ones, those of plugins, their characters, and a user's own page."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from srp_portal.domain.errors import InvalidInput, NotFound
from srp_portal.domain.permissions import Identity
from srp_portal.domain.text import name_key
from srp_portal.models.divisions import Group, GroupKind
from srp_portal.models.users import Character, User, UserKind
from srp_portal.services import audit, ownership
from srp_portal.services.administration_results import AccountPage, CharacterView
from srp_portal.services.division_access import Actor
from srp_portal.services.names import checked_name
from srp_portal.services.passwords import hash_password, is_outdated, is_password
from srp_portal.services.results import Reference
from srp_portal.services.sessions import list_sessions

#: Who acts when nobody is logged in but somebody has the machine.
COMMAND_LINE = "command line"

#: EVE's ids fit a signed 64-bit number.
_LARGEST_ID = 2**63 - 1


def create_local_user(
    dbsession: Session,
    name: str,
    password: str,
    *,
    is_admin: bool,
    now: datetime,
    actor: Actor = COMMAND_LINE,
) -> User:
    """A local account.

    name: 1 to 100 characters, unlike every other local account's, upper and lower case being one.
    password: 1 to 1,000 characters. Raises InvalidInput.
    """
    name = checked_name(name, "name")
    key = name_key(name)
    taken = InvalidInput("name", f"There is a local account named “{name}” already.")
    if dbsession.scalar(select(User.id).where(User.login == key)) is not None:
        raise taken
    user = User(
        kind=UserKind.LOCAL.value,
        name=name,
        name_key=key,
        login=key,
        password_hash=hash_password(password),
        is_admin=is_admin,
        is_disabled=False,
        created_at=now,
    )
    try:
        with dbsession.begin_nested():
            dbsession.add(user)
    except IntegrityError:
        # Somebody took the name since we looked.
        raise taken from None
    _audit(dbsession, user, "user.create", {"name": name, "is_admin": is_admin}, actor, now=now)
    return user


def authenticate_local(dbsession: Session, login: str, password: str) -> User | None:
    """The local account of that name and password, None if there is none.

    Takes as long for a name that nobody has. A hash of outdated strength is renewed.
    """
    user = _local_user(dbsession, login)
    stored = user.password_hash if user is not None else None
    if not is_password(stored, password) or user is None or stored is None:
        return None
    if is_outdated(stored):
        user.password_hash = hash_password(password)
        dbsession.flush()
    return user


def _local_user(dbsession: Session, login: str) -> User | None:
    try:
        name = checked_name(login, "username")
    except InvalidInput:
        # Nobody is called that, and PostgreSQL would not even look for a NUL.
        return None
    return dbsession.scalar(
        select(User).where(
            User.login == name_key(name),
            User.kind == UserKind.LOCAL.value,
            User.is_disabled.is_(False),
        )
    )


def find_user(dbsession: Session, name: str) -> User:
    """The account that a command's NAME means: a local one's user name wins over a pilot's.

    Raises NotFound when there is none, InvalidInput when several pilots' accounts have the name.
    """
    key = name_key(name.strip())
    found = dbsession.scalars(
        select(User).where(User.name_key == key, User.kind != UserKind.PLUGIN.value)
    ).all()
    local = [user for user in found if user.kind == UserKind.LOCAL.value]
    candidates = local or list(found)
    if not candidates:
        raise NotFound(f"There is no user named “{name}”.")
    if len(candidates) > 1:
        raise InvalidInput("name", f"Several accounts are named “{name}”.")
    return candidates[0]


def set_admin(
    dbsession: Session,
    user: User,
    is_admin: bool,
    *,
    now: datetime,
    actor: Actor = COMMAND_LINE,
) -> None:
    """Makes somebody a site administrator, or no longer one."""
    if user.is_admin == is_admin:
        return
    user.is_admin = is_admin
    _audit(dbsession, user, "user.admin", {"from": not is_admin, "to": is_admin}, actor, now=now)


def tie_character(
    dbsession: Session,
    user: User,
    character_id: int,
    name: str,
    *,
    now: datetime,
    actor: Actor = COMMAND_LINE,
) -> Character:
    """Ties a character to an account by hand, before its owner has ever logged in with it.

    It has no owner hash until its first SSO login, which logs into that account. Raises
    InvalidInput for a bad id or name, and for a character of another account.
    """
    if not 0 < character_id <= _LARGEST_ID:
        raise InvalidInput("character_id", f"{character_id} is not the id of a character.")
    name = checked_name(name, "name")
    character = ownership.lock_or_add_character(dbsession, character_id, name, now=now)
    if character.user_id == user.id:
        dbsession.flush()
        return character
    if character.user_id is not None:
        raise InvalidInput("character_id", f"{character.name} belongs to another account.")
    # Whoever owned it last proved nothing about whoever owns it next.
    character.owner_hash = None
    ownership.give(dbsession, character, user, now=now)
    payload = {"character_id": character_id, "name": name}
    _audit(dbsession, user, "character.tied", payload, actor, now=now)
    return character


def choose_main_character(
    dbsession: Session, identity: Identity, character_id: int, *, now: datetime
) -> None:
    """Lets another of the reader's characters stand for the account.

    Raises NotFound for a character that isn't theirs.
    """
    character = ownership.lock_character(dbsession, character_id)
    user = dbsession.get(User, identity.user_id)
    if user is None or character is None or character.user_id != user.id:
        raise NotFound("None of your characters has that number.")
    if character.is_main:
        return
    before = ownership.main_character(dbsession, user.id)
    ownership.set_main(dbsession, user, character)
    payload = {"from": before.id if before else None, "to": character.id}
    _audit(dbsession, user, "user.main_character", payload, identity, now=now)


def plugin_user(dbsession: Session, plugin_name: str, now: datetime) -> User:
    """The account that signs what a plugin does; nobody can log in to it.

    It is made when it is first wanted.
    """
    statement = select(User).where(
        User.kind == UserKind.PLUGIN.value, User.name_key == name_key(plugin_name)
    )
    user = dbsession.scalar(statement)
    if user is not None:
        return user
    user = User(
        kind=UserKind.PLUGIN.value,
        name=plugin_name,
        name_key=name_key(plugin_name),
        is_admin=False,
        is_disabled=False,
        created_at=now,
    )
    try:
        with dbsession.begin_nested():
            dbsession.add(user)
    except IntegrityError:
        # Another process wanted it at the same time.
        return dbsession.scalars(statement).one()
    return user


def plugin_users(dbsession: Session, names: Collection[str], now: datetime) -> dict[str, int]:
    """By name the ids of the accounts of several plugins, as of `plugin_user`; one statement."""
    keys = {name: name_key(name) for name in names}
    if not keys:
        return {}
    rows = dbsession.execute(
        select(User.name_key, User.id).where(
            User.kind == UserKind.PLUGIN.value, User.name_key.in_(keys.values())
        )
    )
    known = {row.name_key: row.id for row in rows}
    return {
        name: known[key] if key in known else plugin_user(dbsession, name, now).id
        for name, key in keys.items()
    }


def account_page(dbsession: Session, identity: Identity, *, now: datetime) -> AccountPage:
    """The reader's own page: characters by name, the main one first, and open sessions."""
    corporation, alliance = (
        select(Group.eve_id, Group.name).where(Group.kind == kind.value).subquery(kind.value)
        for kind in (GroupKind.CORPORATION, GroupKind.ALLIANCE)
    )
    rows = dbsession.execute(
        select(Character, corporation.c.name, alliance.c.name)
        .outerjoin(corporation, corporation.c.eve_id == Character.corporation_id)
        .outerjoin(alliance, alliance.c.eve_id == Character.alliance_id)
        .where(Character.user_id == identity.user_id)
        .order_by(Character.is_main.desc(), Character.name_key)
    )
    characters = tuple(
        CharacterView(
            id=character.id,
            name=character.name,
            corporation=corporation_name or "",
            alliance=alliance_name or "",
            is_main=character.is_main,
            is_verified=character.owner_hash is not None,
        )
        for character, corporation_name, alliance_name in rows
    )
    kind = dbsession.scalars(select(User.kind).where(User.id == identity.user_id)).one()
    return AccountPage(
        reader=Reference(identity.user_id, identity.name),
        kind=kind,
        characters=characters,
        sessions=list_sessions(
            dbsession, identity.user_id, now=now, current_id=identity.session_id
        ),
    )


def _audit(
    dbsession: Session,
    user: User,
    action: str,
    payload: Mapping[str, object],
    actor: Actor,
    *,
    now: datetime,
) -> None:
    audit.record(
        dbsession,
        now=now,
        actor=actor,
        action=action,
        subject_type="user",
        subject_id=user.id,
        payload=payload,
    )
    dbsession.flush()
