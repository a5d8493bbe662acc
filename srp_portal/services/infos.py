"""Users and divisions as plugins see them: read-only values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from srp_portal.domain.permissions import Permission
from srp_portal.models.divisions import Division, Grant, Group, GroupKind
from srp_portal.models.users import Character, User
from srp_portal.plugin import DivisionInfo, UserInfo
from srp_portal.plugin.plain import plain_name


def division_info(dbsession: Session, division_id: int) -> DivisionInfo | None:
    """A division with the corporations and alliances that may submit to it."""
    return division_infos(dbsession, {division_id}).get(division_id)


def division_infos(dbsession: Session, division_ids: Iterable[int]) -> dict[int, DivisionInfo]:
    """Divisions by id but archived ones, with who may submit to them, in one statement."""
    statement = (
        select(Division.id, Division.name, Group.kind, Group.eve_id)
        .outerjoin(
            Grant,
            (Grant.division_id == Division.id) & (Grant.permission == Permission.SUBMIT.value),
        )
        .outerjoin(Group, (Group.id == Grant.group_id) & Group.eve_id.is_not(None))
        .where(Division.id.in_(set(division_ids)), Division.archived_at.is_(None))
        .order_by(Group.eve_id)
    )
    names: dict[int, str] = {}
    groups: dict[tuple[int, str | None], list[int]] = defaultdict(list)
    for id_, name, kind, eve_id in dbsession.execute(statement):
        names[id_] = name
        if eve_id is not None:
            groups[id_, kind].append(eve_id)
    return {
        id_: DivisionInfo(
            id_,
            # The database may hold what no form of ours lets in.
            plain_name(name, id_),
            tuple(groups[id_, GroupKind.CORPORATION.value]),
            tuple(groups[id_, GroupKind.ALLIANCE.value]),
        )
        for id_, name in names.items()
    }


def user_infos(dbsession: Session, user_ids: Iterable[int]) -> dict[int, UserInfo]:
    """Users by id, with the characters that they own now, in one statement."""
    statement = (
        select(User.id, User.name, User.is_admin, Character.id.label("character_id"))
        .outerjoin(Character, Character.user_id == User.id)
        .where(User.id.in_(set(user_ids)))
        .order_by(Character.id)
    )
    people: dict[int, tuple[str, bool, list[int]]] = {}
    for row in dbsession.execute(statement):
        _, _, characters = people.setdefault(row.id, (row.name, row.is_admin, []))
        if row.character_id is not None:
            characters.append(row.character_id)
    return {
        user_id: UserInfo(user_id, plain_name(name, user_id), is_admin, tuple(characters))
        for user_id, (name, is_admin, characters) in people.items()
    }
