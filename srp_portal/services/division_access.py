"""Who may look after divisions, and how a division is found."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from srp_portal.domain.errors import NotAllowed, NotFound
from srp_portal.domain.permissions import Identity, Permission, may_administer_division
from srp_portal.domain.text import name_key
from srp_portal.models.divisions import Division
from srp_portal.services.names import single_spaced
from srp_portal.services.results import Reference

ADMIN = frozenset({Permission.ADMIN})

#: Who changes something: somebody who is logged in, and is checked; or the name of a command,
#: whose user has the machine and with it every right.
Actor = Identity | str


def administers_some(identity: Identity) -> bool:
    """Whether the reader administers the site or some division."""
    return identity.is_admin or identity.holds_anywhere(ADMIN)


def require_administrator(actor: Actor, division_id: int, attempt: str) -> None:
    """Raises NotAllowed for whoever administers neither the site nor this division."""
    if isinstance(actor, Identity) and not may_administer_division(actor, division_id):
        raise NotAllowed("Only administrators of the division may do that.", attempt=attempt)


def require_site_administrator(actor: Actor, attempt: str) -> None:
    """Raises NotAllowed for everybody but site administrators."""
    if isinstance(actor, Identity) and not actor.is_admin:
        raise NotAllowed("Only site administrators may do that.", attempt=attempt)


def load_division(dbsession: Session, division_id: int) -> Reference:
    """A division by its id; raises NotFound."""
    name = dbsession.scalar(select(Division.name).where(Division.id == division_id))
    if name is None:
        raise NotFound(f"There is no division {division_id}.")
    return Reference(division_id, name)


def find_division(dbsession: Session, name: str) -> Reference:
    """A division by its name, upper and lower case being one; raises NotFound."""
    key = name_key(single_spaced(name))
    row = dbsession.execute(
        select(Division.id, Division.name).where(Division.name_key == key)
    ).one_or_none()
    if row is None:
        raise NotFound(f"There is no division named “{name}”.")
    return Reference(row.id, row.name)
