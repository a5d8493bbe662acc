"""The values that filters can take: what occurs in the requests that a reader may see."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, select, union
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

_COLUMNS: dict[str, tuple[InstrumentedAttribute[Any], InstrumentedAttribute[Any]]] = {
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
    rows = _occurring(dbsession, identity, select(key, name).where(key != ""), limit)
    # Two spellings of one name are one value: a filter matches both.
    values = {row[0]: row[1] for row in reversed(rows[:limit])}
    return FilterValues(
        _named(identity),
        attribute,
        tuple(values[key] for key in sorted(values)),
        is_complete=len(rows) <= limit,
    )


def ships(dbsession: Session, identity: Identity, *, limit: int = MOST_VALUES) -> ShipList:
    """The types of ship in the requests that the reader may see, by name."""
    query = select(SrpRequest.ship_key, SrpRequest.ship, SrpRequest.ship_id)
    rows = _occurring(dbsession, identity, query, limit)
    return ShipList(
        _named(identity), tuple(Reference(ship_id, name) for _, name, ship_id in rows[:limit])
    )


def _occurring(
    dbsession: Session, identity: Identity, query: Select[*tuple[Any, ...]], limit: int
) -> list[tuple[Any, ...]]:
    """The distinct rows of the visible requests, by the first column; one more than the limit.

    Two queries in one, since each has an index of its own and their OR would have none.
    """
    divisions = identity.divisions(ABOVE_SUBMIT)
    visible = union(
        query.where(SrpRequest.submitter_id == identity.user_id),
        query.where(SrpRequest.division_id.in_(divisions)),
    )
    ordered = visible.order_by(*(column for column in visible.selected_columns)).limit(limit + 1)
    return [tuple(row) for row in dbsession.execute(ordered)]


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
