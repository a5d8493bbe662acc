"""Permissions of users and groups in a division: who holds them, giving and taking them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from srp_portal.domain.errors import InvalidInput
from srp_portal.domain.permissions import Permission
from srp_portal.models.divisions import Grant, Group
from srp_portal.models.users import User
from srp_portal.services import audit
from srp_portal.services.administration_results import EntityView
from srp_portal.services.division_access import Actor, load_division, require_administrator
from srp_portal.services.entities import USER, find_by_id, find_by_name


@dataclass(frozen=True, slots=True)
class EntityChoice:
    """A user or a group as a form or a command names it.

    id: `user:12`, `group:12`, or a number; it wins over the name. name: as people know it, or
    `user:NAME`, `group:NAME`. type: `user`, `group`, or empty where the others say enough.
    """

    name: str = ""
    id: str = ""
    type: str = ""


@dataclass(frozen=True, slots=True)
class GrantChange:
    """What came of giving or taking; is_changed: False when it was so before."""

    entity: EntityView
    permission: Permission
    is_changed: bool


def parse_permission(text: str) -> Permission:
    """A permission by its name; raises InvalidInput."""
    try:
        return Permission(text)
    except ValueError:
        names = ", ".join(Permission)
        raise InvalidInput("permission", f"A permission is one of {names}.") from None


def holders(dbsession: Session, division_id: int) -> dict[str, tuple[EntityView, ...]]:
    """Every permission to the users and groups that hold it in the division, by name."""
    rows = dbsession.execute(
        select(
            Grant.permission,
            Grant.user_id,
            Grant.group_id,
            func.coalesce(User.name, Group.name).label("name"),
            case((Grant.user_id.is_not(None), USER), else_=Group.kind).label("kind"),
        )
        .outerjoin(User, User.id == Grant.user_id)
        .outerjoin(Group, Group.id == Grant.group_id)
        .where(Grant.division_id == division_id)
        .order_by(func.coalesce(User.name_key, Group.name_key), Grant.id)
    )
    held: dict[str, list[EntityView]] = {permission.value: [] for permission in Permission}
    for row in rows:
        type_, id_ = ("group", row.group_id) if row.user_id is None else (USER, row.user_id)
        held[row.permission].append(EntityView(type_, id_, row.name, row.kind))
    return {permission: tuple(entities) for permission, entities in held.items()}


def grant(
    dbsession: Session,
    actor: Actor,
    division_id: int,
    permission: Permission,
    choice: EntityChoice,
    *,
    now: datetime,
) -> GrantChange:
    """Gives a permission in a division; one that is held already stays as it is.

    Raises NotAllowed, NotFound for the division, InvalidInput for the entity.
    """
    require_administrator(actor, division_id, "grant.add")
    load_division(dbsession, division_id)
    entity = _chosen(dbsession, choice, held_by=())
    if _find(dbsession, division_id, permission, entity) is not None:
        return GrantChange(entity, permission, is_changed=False)
    row = Grant(
        division_id=division_id,
        permission=permission.value,
        user_id=entity.id if entity.type == USER else None,
        group_id=None if entity.type == USER else entity.id,
        created_at=now,
    )
    try:
        with dbsession.begin_nested():
            dbsession.add(row)
    except IntegrityError:
        # Somebody gave it since we looked.
        return GrantChange(entity, permission, is_changed=False)
    change = GrantChange(entity, permission, is_changed=True)
    _audit(dbsession, actor, division_id, change, action="grant.add", now=now)
    return change


def revoke(
    dbsession: Session,
    actor: Actor,
    division_id: int,
    permission: Permission,
    choice: EntityChoice,
    *,
    now: datetime,
) -> GrantChange:
    """Takes a permission in a division away; from whoever does not hold it, nothing is taken.

    A name or number that two entities share means the one that holds the permission.
    Raises NotAllowed, NotFound for the division, InvalidInput for the entity.
    """
    require_administrator(actor, division_id, "grant.delete")
    load_division(dbsession, division_id)
    entity = _chosen(dbsession, choice, held_by=holders(dbsession, division_id)[permission.value])
    row = _find(dbsession, division_id, permission, entity)
    if row is None:
        return GrantChange(entity, permission, is_changed=False)
    dbsession.delete(row)
    change = GrantChange(entity, permission, is_changed=True)
    _audit(dbsession, actor, division_id, change, action="grant.delete", now=now)
    return change


def _chosen(
    dbsession: Session, choice: EntityChoice, *, held_by: tuple[EntityView, ...]
) -> EntityView:
    if choice.id.strip():
        return find_by_id(dbsession, choice.id, choice.type, preferred=held_by)
    return find_by_name(dbsession, choice.name, choice.type, preferred=held_by)


def _find(
    dbsession: Session, division_id: int, permission: Permission, entity: EntityView
) -> Grant | None:
    column = Grant.user_id if entity.type == USER else Grant.group_id
    return dbsession.scalar(
        select(Grant).where(
            Grant.division_id == division_id,
            Grant.permission == permission.value,
            column == entity.id,
        )
    )


def _audit(
    dbsession: Session,
    actor: Actor,
    division_id: int,
    change: GrantChange,
    *,
    action: str,
    now: datetime,
) -> None:
    entity = change.entity
    audit.record(
        dbsession,
        now=now,
        actor=actor,
        action=action,
        subject_type="division",
        subject_id=division_id,
        payload={
            "permission": change.permission.value,
            "entity": f"{entity.type}:{entity.id}",
            "name": entity.name,
            "kind": entity.kind,
        },
    )
    dbsession.flush()
