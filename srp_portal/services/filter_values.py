"""The values that filters can take: what occurs in the requests that a reader may see."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from srp_portal.domain.errors import NotFound
from srp_portal.domain.permissions import ABOVE_SUBMIT, Identity
from srp_portal.domain.text import name_key
from srp_portal.models.divisions import Division
from srp_portal.models.requests import SrpRequest
from srp_portal.services.directory_results import FilterValues, ShipList
from srp_portal.services.results import Reference

#: More values than this help nobody to choose.
MOST_VALUES = 10_000

Column = InstrumentedAttribute[Any]

_COLUMNS: dict[str, tuple[Column, Column]] = {
    "alliance": (SrpRequest.alliance_key, SrpRequest.alliance),
    "constellation": (SrpRequest.constellation_key, SrpRequest.constellation),
    "corporation": (SrpRequest.corporation_key, SrpRequest.corporation),
    "pilot": (SrpRequest.pilot_key, SrpRequest.pilot),
    "region": (SrpRequest.region_key, SrpRequest.region),
    "ship": (SrpRequest.ship_key, SrpRequest.ship),
    "system": (SrpRequest.system_key, SrpRequest.system),
}

ATTRIBUTES = (*_COLUMNS, "division")


def filter_values(
    dbsession: Session, identity: Identity, attribute: str, *, limit: int = MOST_VALUES
) -> FilterValues:
    """The values of an attribute in the requests that the reader may see, by name.

    attribute: one of ATTRIBUTES. Raises NotFound for another.
    """
    if attribute == "division":
        return _divisions(dbsession, identity)
    if attribute not in _COLUMNS:
        raise NotFound(f"There are no values for “{attribute}”.")
    key, name = _COLUMNS[attribute]
    rows = _occurring(dbsession, identity, key, (name,), limit)
    values = tuple(value for (value,) in rows[:limit])
    return FilterValues(_named(identity), attribute, values, is_complete=len(rows) <= limit)


def ships(dbsession: Session, identity: Identity, *, limit: int = MOST_VALUES) -> ShipList:
    """The types of ship in the requests that the reader may see, by name."""
    columns = (SrpRequest.ship_id, SrpRequest.ship)
    rows = _occurring(dbsession, identity, SrpRequest.ship_key, columns, limit)
    return ShipList(_named(identity), tuple(Reference(id_, name) for id_, name in rows[:limit]))


def _occurring(
    dbsession: Session, identity: Identity, key: Column, columns: Sequence[Column], limit: int
) -> list[tuple[Any, ...]]:
    """The columns once for each key that occurs in a visible request, by key; limit + 1 at most.

    Two spellings of one name are one value: a filter matches both.
    """
    own = (
        select(key, *columns)
        .where(SrpRequest.submitter_id == identity.user_id, key != "")
        .distinct()
        .order_by(key, *columns)
    )
    found: dict[str, tuple[Any, ...]] = {}
    for first, *rest in dbsession.execute(own):
        found.setdefault(first, tuple(rest))
    divisions = identity.divisions(ABOVE_SUBMIT)
    if divisions:
        for first, *rest in dbsession.execute(_in_divisions(divisions, key, columns, limit)):
            found.setdefault(first, tuple(rest))
    return [found[each] for each in sorted(found)][: limit + 1]


def _in_divisions(
    divisions: tuple[int, ...], key: Column, columns: Sequence[Column], limit: int
) -> Select[*tuple[Any, ...]]:
    """The same for the requests of divisions, which may be a million.

    DISTINCT would read them all. This walks the key's index from one value to the next, and looks
    for one visible request at each.
    """
    first = select(func.min(key).label("key")).where(key > "")
    walk = first.cte("walk", recursive=True)
    following = select(func.min(key)).where(key > walk.c.key).scalar_subquery()
    walk = walk.union_all(select(following).where(walk.c.key.is_not(None)))
    visible = [
        select(column)
        .where(key == walk.c.key, SrpRequest.division_id.in_(divisions))
        .order_by(SrpRequest.id)
        .limit(1)
        .scalar_subquery()
        for column in columns
    ]
    return (
        select(walk.c.key, *visible)
        .where(walk.c.key.is_not(None), visible[0].is_not(None))
        .limit(limit + 1)
    )


def _divisions(dbsession: Session, identity: Identity) -> FilterValues:
    used = select(SrpRequest.division_id).where(SrpRequest.submitter_id == identity.user_id)
    names = dbsession.scalars(
        select(Division.name).where(
            Division.id.in_(sorted(identity.grants)) | Division.id.in_(used)
        )
    )
    return FilterValues(_named(identity), "division", tuple(sorted(names, key=name_key)))


def _named(reader: Identity) -> Reference:
    return Reference(reader.user_id, reader.name)
