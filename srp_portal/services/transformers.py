"""Transformers: which links a portal offers, and which of them a division shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any, Protocol

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from srp_portal.domain.errors import InvalidInput, NotFound
from srp_portal.models.divisions import DivisionTransformer
from srp_portal.services import audit
from srp_portal.services.administration_results import TransformerView
from srp_portal.services.division_access import Actor, load_division, require_administrator

#: What EVE-SRP's form sends for having no transformer.
NONE = "none"

#: Attribute to the transformers that may be chosen for it.
Offered = Mapping[str, tuple[TransformerView, ...]]


class Declared(Protocol):
    """A transformer as the settings or a plugin declare it."""

    @property
    def attribute(self) -> str:
        """Key of the detail document whose value goes into the link."""

    @property
    def name(self) -> str:
        """What people choose it by."""

    @property
    def url_template(self) -> str:
        """The link; `{}` stands for the value."""


def offered_transformers(
    configured: Iterable[Declared], plugins: Iterable[Declared] = ()
) -> dict[str, tuple[TransformerView, ...]]:
    """The transformers of a portal by attribute.

    configured: `settings.transformers`. plugins: `plugins.transformers`. Of two with one name
    for one attribute the first counts; the site's own come before those of plugins.
    """
    found: dict[str, dict[str, TransformerView]] = {}
    for declared in (*configured, *plugins):
        views = found.setdefault(declared.attribute, {})
        views.setdefault(declared.name, TransformerView(declared.name, declared.url_template))
    return {attribute: tuple(views.values()) for attribute, views in sorted(found.items())}


def chosen_names(dbsession: Session, division_id: int) -> dict[str, str]:
    """Attribute to the name of the transformer that the division chose, still offered or not."""
    # As the ORM would: a change of this transaction counts.
    dbsession.flush()
    rows = dbsession.connection().execute(_chosen(), {"division_id": division_id})
    return {row.attribute: row.transformer for row in rows}


# Every page of a request asks this: put together once, since that takes longer than asking.
@cache
def _chosen() -> Any:
    return (
        select(DivisionTransformer.attribute, DivisionTransformer.transformer)
        .where(DivisionTransformer.division_id == bindparam("division_id"))
        .order_by(DivisionTransformer.attribute)
    )


def chosen_transformers(
    dbsession: Session, division_id: int, offered: Offered
) -> dict[str, TransformerView]:
    """Attribute to the transformer that the division uses; those no longer offered are left out."""
    return {
        attribute: view
        for attribute, name in chosen_names(dbsession, division_id).items()
        for view in offered.get(attribute, ())
        if view.name == name
    }


def choices(
    dbsession: Session,
    actor: Actor,
    division_id: int,
    *,
    offered: Offered,
    attribute: str | None = None,
) -> dict[str, list[tuple[str, str, bool]]]:
    """Attribute to what can be chosen for it: value for the form, label, whether it is chosen.

    EVE-SRP's form is filled from this. attribute: that one alone. Raises NotAllowed, and NotFound
    for a division that there isn't or an attribute that has no transformers.
    """
    require_administrator(actor, division_id, "division.transformers")
    load_division(dbsession, division_id)
    if attribute is not None and attribute not in offered:
        raise NotFound(f"There are no transformers for “{attribute}”.")
    chosen = chosen_names(dbsession, division_id)
    return {
        each: [
            (NONE, "None", each not in chosen),
            *((view.name, view.name, view.name == chosen.get(each)) for view in views),
        ]
        for each, views in offered.items()
        if attribute in (None, each)
    }


def choose_transformer(
    dbsession: Session,
    actor: Actor,
    division_id: int,
    attribute: str,
    transformer: str,
    *,
    offered: Offered,
    now: datetime,
) -> str | None:
    """Sets the division's transformer for an attribute; its name, or None when there is none now.

    transformer: a name that is offered; empty or `none` for no transformer. Raises NotAllowed,
    NotFound for the division, InvalidInput for an attribute or a name that is not offered.
    """
    require_administrator(actor, division_id, "division.transformer")
    load_division(dbsession, division_id)
    row = dbsession.get(DivisionTransformer, (division_id, attribute))
    # One that was chosen and is no longer offered must still go away.
    if attribute not in offered and row is None:
        raise InvalidInput("attribute", f"There are no transformers for “{attribute}”.")
    names = {view.name for view in offered.get(attribute, ())}
    # A transformer that is really named "none" can be chosen like any other.
    wanted = None if transformer in ("", NONE) and transformer not in names else transformer
    if wanted is not None and wanted not in names:
        raise InvalidInput(
            "transformer", f"There is no transformer named “{wanted}” for {attribute}."
        )
    previous = None if row is None else row.transformer
    if wanted == previous:
        return wanted
    if wanted is None:
        dbsession.delete(row)
    elif row is None:
        dbsession.add(
            DivisionTransformer(division_id=division_id, attribute=attribute, transformer=wanted)
        )
    else:
        row.transformer = wanted
    audit.record(
        dbsession,
        now=now,
        actor=actor,
        action="division.transformer",
        subject_type="division",
        subject_id=division_id,
        payload={"attribute": attribute, "from": previous, "to": wanted},
    )
    dbsession.flush()
    return wanted
