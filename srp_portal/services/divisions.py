"""Divisions: made by site administrators, looked after by their own administrators."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from srp_portal.domain.errors import InvalidInput, NotAllowed
from srp_portal.domain.permissions import Identity, Permission
from srp_portal.domain.text import name_key
from srp_portal.models.divisions import Division, Grant
from srp_portal.services import audit, grants, transformers
from srp_portal.services.administration_results import (
    DivisionDetail,
    DivisionList,
    DivisionSummary,
    TransformerView,
)
from srp_portal.services.division_access import (
    ADMIN,
    Actor,
    administers_some,
    load_division,
    require_administrator,
    require_site_administrator,
)
from srp_portal.services.names import checked_name
from srp_portal.services.results import Reference


def create_division(dbsession: Session, actor: Actor, name: str, *, now: datetime) -> Reference:
    """Makes a division.

    name: 1 to 100 characters, unlike every other division's, upper and lower case being one.
    Raises NotAllowed for all but site administrators, InvalidInput for the name.
    """
    require_site_administrator(actor, "division.create")
    name = checked_name(name, "name")
    key = name_key(name)
    taken = InvalidInput("name", f"There is a division named “{name}” already.")
    if dbsession.scalar(select(Division.id).where(Division.name_key == key)) is not None:
        raise taken
    division = Division(name=name, name_key=key, created_at=now)
    try:
        with dbsession.begin_nested():
            dbsession.add(division)
    except IntegrityError:
        # Somebody made it since we looked.
        raise taken from None
    audit.record(
        dbsession,
        now=now,
        actor=actor,
        action="division.create",
        subject_type="division",
        subject_id=division.id,
        payload={"name": name},
    )
    dbsession.flush()
    return Reference(division.id, name)


def division_list(dbsession: Session, identity: Identity) -> DivisionList:
    """All divisions for site administrators, their own for those of divisions, by name.

    Raises NotAllowed for anybody else.
    """
    if not administers_some(identity):
        raise NotAllowed("Only administrators see this page.", attempt="division.list")
    divisions = select(Division.id, Division.name).order_by(Division.name_key)
    counts = select(Grant.division_id, Grant.permission, func.count()).group_by(
        Grant.division_id, Grant.permission
    )
    if not identity.is_admin:
        ids = identity.divisions(ADMIN)
        divisions = divisions.where(Division.id.in_(ids))
        counts = counts.where(Grant.division_id.in_(ids))
    held = {
        (division_id, permission): count
        for division_id, permission, count in dbsession.execute(counts)
    }
    return DivisionList(
        reader=Reference(identity.user_id, identity.name),
        divisions=tuple(
            DivisionSummary(
                row.id, row.name, {p.value: held.get((row.id, p), 0) for p in Permission}
            )
            for row in dbsession.execute(divisions)
        ),
        may_add=identity.is_admin,
    )


def division_detail(
    dbsession: Session,
    identity: Identity,
    division_id: int,
    *,
    offered: Mapping[str, tuple[TransformerView, ...]],
) -> DivisionDetail:
    """A division with everybody who holds a permission in it.

    offered: the transformers of this portal (services.transformers.offered_transformers).
    Raises NotAllowed, and NotFound.
    """
    require_administrator(identity, division_id, "division.detail")
    division = load_division(dbsession, division_id)
    return DivisionDetail(
        id=division.id,
        name=division.name,
        reader=Reference(identity.user_id, identity.name),
        permissions=grants.holders(dbsession, division_id),
        transformers=dict(offered),
        chosen=transformers.chosen_names(dbsession, division_id),
    )
