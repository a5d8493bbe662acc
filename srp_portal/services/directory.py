"""The directory behind /api/: users, groups and divisions, each reader seeing what is theirs.

EVE-SRP told everybody everything; here (contract/http.md, "Routes") the site's administrators see
all, those of divisions see who can be given what in their divisions, and everybody sees themselves.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select, true
from sqlalchemy.orm import Session

from srp_portal.domain.errors import NotAllowed, NotFound
from srp_portal.domain.permissions import Identity, Permission, may_administer_division
from srp_portal.domain.text import name_key
from srp_portal.models.divisions import Division, Grant, Group, GroupKind, GroupMember
from srp_portal.models.users import Character, User, UserKind
from srp_portal.services.administration_results import EntityView
from srp_portal.services.directory_results import (
    CharacterName,
    DivisionNames,
    DivisionView,
    Entity,
    EntityList,
    GroupView,
    Permissions,
    PermissionView,
    UserView,
)
from srp_portal.services.division_access import ADMIN, administers_some, load_division
from srp_portal.services.entities import GROUP, USER
from srp_portal.services.identities import load_identity
from srp_portal.services.results import Reference
from srp_portal.settings import Settings


def user_view(
    dbsession: Session, reader: Identity, user_id: int, *, now: datetime, settings: Settings
) -> UserView:
    """An account, for itself and for administrators.

    Raises NotAllowed for other readers, NotFound.
    """
    if reader.user_id != user_id:
        _require_some_administrator(reader, "directory.user")
    user = dbsession.get(User, user_id)
    if user is None:
        raise NotFound(f"There is no user {user_id}.")
    # What counts now; a disabled account has no rights at all.
    identity = load_identity(dbsession, user_id, now=now, settings=settings)
    known = _known_divisions(reader) if reader.user_id != user_id else None
    grants = {} if identity is None else identity.grants
    characters = dbsession.scalars(
        select(Character).where(Character.user_id == user_id).order_by(Character.name_key)
    ).all()
    shows_characters = reader.is_admin or reader.user_id == user_id
    return UserView(
        reader=_named(reader),
        id=user.id,
        name=user.name,
        kind=user.kind,
        is_admin=identity is not None and identity.is_admin,
        groups=_groups_of(dbsession, user_id, since=_since(now, settings)),
        permissions=_by_permission(
            dbsession,
            [(held, division_id) for division_id in grants for held in grants[division_id]],
            known,
        ),
        characters=(
            tuple(CharacterName(c.id, c.name, c.is_main) for c in characters)
            if shows_characters
            else None
        ),
    )


def group_view(
    dbsession: Session, reader: Identity, group_id: int, *, now: datetime, settings: Settings
) -> GroupView:
    """A group with its members, for administrators. Raises NotAllowed, NotFound."""
    _require_some_administrator(reader, "directory.group")
    group = dbsession.get(Group, group_id)
    if group is None:
        raise NotFound(f"There is no group {group_id}.")
    in_group = (
        select(GroupMember.user_id).where(GroupMember.group_id == group.id)
        if group.eve_id is None
        else select(Character.user_id).where(
            _affiliation(group.kind) == group.eve_id,
            Character.affiliated_at >= _since(now, settings),
        )
    )
    members = dbsession.execute(
        select(User.id, User.name)
        .where(User.id.in_(in_group), User.is_disabled.is_(False))
        .order_by(User.name_key, User.id)
    )
    held = dbsession.execute(
        select(Grant.permission, Grant.division_id).where(Grant.group_id == group_id)
    )
    return GroupView(
        reader=_named(reader),
        id=group.id,
        name=group.name,
        kind=group.kind,
        eve_id=group.eve_id,
        members=tuple(Reference(row.id, row.name) for row in members),
        permissions=_by_permission(
            dbsession,
            [(Permission(permission), division_id) for permission, division_id in held],
            _known_divisions(reader),
        ),
    )


def division_names(dbsession: Session, reader: Identity) -> DivisionNames:
    """All divisions for site administrators, else those in which a permission is held."""
    query = select(Division.id, Division.name).order_by(Division.name_key)
    if not reader.is_admin:
        query = query.where(Division.id.in_(sorted(reader.grants)))
    return DivisionNames(_named(reader), tuple(Reference(*row) for row in dbsession.execute(query)))


def division_view(dbsession: Session, reader: Identity, division_id: int) -> DivisionView:
    """A division, for whoever holds a permission in it. Raises NotAllowed, NotFound."""
    administers = may_administer_division(reader, division_id)
    if not administers and not reader.grants.get(division_id):
        raise NotAllowed("You hold no permission in that division.", attempt="directory.division")
    division = load_division(dbsession, division_id)
    permissions = tuple(permission.value for permission in Permission) if administers else None
    return DivisionView(_named(reader), division.id, division.name, permissions)


def permission_view(
    dbsession: Session, reader: Identity, division_id: int, permission: str
) -> PermissionView:
    """Who holds a permission, for the division's administrators. Raises NotAllowed, NotFound."""
    if not may_administer_division(reader, division_id):
        raise NotAllowed(
            "Only administrators of the division may see that.", attempt="directory.permission"
        )
    if permission not in {known.value for known in Permission}:
        raise NotFound(f"There is no permission “{permission}”.")
    granted = and_(Grant.division_id == division_id, Grant.permission == permission)
    return PermissionView(
        reader=_named(reader),
        division=load_division(dbsession, division_id),
        permission=permission,
        entities=_entities(
            dbsession,
            User.id.in_(select(Grant.user_id).where(granted)),
            Group.id.in_(select(Grant.group_id).where(granted)),
        ),
    )


def entity_list(dbsession: Session, reader: Identity, *, name: str = "") -> EntityList:
    """Users and groups who may be given a permission, for administrators.

    name: what their names must begin with, upper and lower case being one. Raises NotAllowed.
    """
    _require_some_administrator(reader, "directory.entities")
    key = name_key(name)
    users = and_(User.kind != UserKind.PLUGIN, User.is_disabled.is_(False))
    groups: ColumnElement[bool] = true()
    if key:
        users = and_(users, User.name_key.startswith(key, autoescape=True))
        groups = Group.name_key.startswith(key, autoescape=True)
    return EntityList(_named(reader), _entities(dbsession, users, groups))


def _named(reader: Identity) -> Reference:
    return Reference(reader.user_id, reader.name)


def _require_some_administrator(reader: Identity, attempt: str) -> None:
    if not administers_some(reader):
        raise NotAllowed("Only administrators may see that.", attempt=attempt)


def _known_divisions(reader: Identity) -> tuple[int, ...] | None:
    """The divisions that a reader may hear of; None for all."""
    return None if reader.is_admin else reader.divisions(ADMIN)


def _since(now: datetime, settings: Settings) -> datetime:
    return now - timedelta(hours=settings.groups_max_age_hours)


def _affiliation(kind: str) -> ColumnElement[int | None]:
    column = Character.corporation_id if kind == GroupKind.CORPORATION else Character.alliance_id
    return column.expression


def _groups_of(dbsession: Session, user_id: int, *, since: datetime) -> tuple[EntityView, ...]:
    """The groups whose rights an account has now (models.divisions.Group)."""
    fresh = and_(Character.user_id == user_id, Character.affiliated_at >= since)
    rows = dbsession.execute(
        select(Group.id, Group.name, Group.kind)
        .where(
            or_(
                Group.id.in_(select(GroupMember.group_id).where(GroupMember.user_id == user_id)),
                *(
                    and_(
                        Group.kind == kind,
                        Group.eve_id.in_(select(_affiliation(kind)).where(fresh)),
                    )
                    for kind in (GroupKind.CORPORATION, GroupKind.ALLIANCE)
                ),
            )
        )
        .order_by(Group.name_key, Group.id)
    )
    return tuple(EntityView(GROUP, row.id, row.name, row.kind) for row in rows)


def _by_permission(
    dbsession: Session, held: list[tuple[Permission, int]], known: tuple[int, ...] | None
) -> Permissions:
    ids = {division_id for _, division_id in held if known is None or division_id in known}
    names = dbsession.execute(
        select(Division.id, Division.name).where(Division.id.in_(ids)).order_by(Division.name_key)
    ).all()
    pairs = set(held)
    return {
        permission.value: tuple(
            Reference(row.id, row.name) for row in names if (permission, row.id) in pairs
        )
        for permission in Permission
    }


def _entities(
    dbsession: Session, users: ColumnElement[bool], groups: ColumnElement[bool]
) -> tuple[Entity, ...]:
    found = [
        (key, Entity(USER, id_, name, kind))
        for key, id_, name, kind in dbsession.execute(
            select(User.name_key, User.id, User.name, User.kind).where(users)
        )
    ]
    found += [
        (key, Entity(GROUP, id_, name, kind))
        for key, id_, name, kind in dbsession.execute(
            select(Group.name_key, Group.id, Group.name, Group.kind).where(groups)
        )
    ]
    found.sort(key=lambda pair: (pair[0], pair[1].type, pair[1].id))
    return tuple(entity for _, entity in found)
