"""Requests that are still evaluated, with all that rules are asked about, as plain values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.orm import Session

from srp_portal.domain.lifecycle import Status
from srp_portal.domain.payout import ModifierKind, ModifierTerm
from srp_portal.domain.permissions import Identity, RequestFacts, may_review
from srp_portal.domain.recalculation import Standing, StoredModifier
from srp_portal.models.divisions import Division
from srp_portal.models.killmails import Killmail as KillmailRow
from srp_portal.models.killmails import KillmailValue
from srp_portal.models.requests import Modifier, SrpRequest
from srp_portal.models.users import User, UserKind
from srp_portal.plugin import DivisionInfo, Killmail, ProposedModifier, UserInfo
from srp_portal.services.division_access import ADMIN
from srp_portal.services.infos import division_infos, user_infos
from srp_portal.services.results import Reference
from srp_portal.services.review import term_of
from srp_portal.services.stored_killmails import killmail_of


@dataclass(frozen=True, slots=True)
class Case:
    """A request as it stands at a version.

    by_plugins: their modifiers but those that the rules themselves have voided. by_people: the
    terms of all others. may_change: the reader may; nobody may a request of their own.
    """

    id: int
    version: int
    submitted_at: datetime
    base_payout: Decimal
    payout: Decimal
    is_base_by_hand: bool
    killmail: Killmail
    division: DivisionInfo
    submitter: UserInfo
    by_plugins: tuple[StoredModifier, ...]
    by_people: tuple[ModifierTerm, ...]
    may_change: bool

    def given_by(self, plugin: str) -> tuple[ProposedModifier, ...]:
        """A plugin's modifiers as it proposed them, those that people voided among them."""
        return tuple(
            ProposedModifier(each.kind.value, each.value, each.note, apply=not each.was_suggested)
            for each in self.by_plugins
            if each.plugin == plugin
        )


def administered(dbsession: Session, identity: Identity) -> tuple[Reference, ...]:
    """The divisions whose requests the reader may have recalculated, by name.

    A site administrator has no right over requests that a division didn't give.
    """
    statement = (
        select(Division.id, Division.name)
        .where(Division.id.in_(identity.divisions(ADMIN)), Division.archived_at.is_(None))
        .order_by(Division.name_key)
    )
    return tuple(Reference(*columns) for columns in dbsession.execute(statement))


def count_open(dbsession: Session, division_ids: Collection[int]) -> int:
    """How many requests of the divisions are evaluated."""
    statement = select(func.count()).select_from(SrpRequest).where(*_open(division_ids))
    return dbsession.execute(statement).scalar_one()


def open_cases(
    dbsession: Session,
    identity: Identity,
    division_ids: Collection[int],
    *,
    after: int | None,
    limit: int,
    self_review: bool,
) -> list[Case]:
    """Requests of the divisions that are evaluated, the oldest submission first.

    after: the id of the request behind which to begin; None for the first ones.
    """
    statement = _requests(division_ids).order_by(SrpRequest.submitted_at, SrpRequest.id)
    if after is not None:
        there = select(SrpRequest.submitted_at, SrpRequest.id).where(SrpRequest.id == after)
        statement = statement.where(
            tuple_(SrpRequest.submitted_at, SrpRequest.id) > there.scalar_subquery()
        )
    return _cases(dbsession, identity, statement.limit(limit), self_review=self_review)


def chosen_cases(
    dbsession: Session,
    identity: Identity,
    division_ids: Collection[int],
    request_ids: Iterable[int],
    *,
    self_review: bool,
) -> list[Case]:
    """Those of the requests that are evaluated in one of the divisions."""
    statement = _requests(division_ids).where(SrpRequest.id.in_(set(request_ids)))
    statement = statement.order_by(SrpRequest.submitted_at, SrpRequest.id)
    return _cases(dbsession, identity, statement, self_review=self_review)


def _open(division_ids: Collection[int]) -> tuple[Any, ...]:
    return (
        SrpRequest.status == Status.EVALUATING.value,
        SrpRequest.division_id.in_(division_ids),
    )


def _requests(division_ids: Collection[int]) -> Select[*tuple[Any, ...]]:
    # Columns and no objects: the session ends before anybody is asked.
    return select(
        SrpRequest.id,
        SrpRequest.version,
        SrpRequest.submitted_at,
        SrpRequest.base_payout,
        SrpRequest.payout,
        SrpRequest.is_base_by_hand,
        SrpRequest.submitter_id,
        SrpRequest.division_id,
        SrpRequest.pilot_id,
    ).where(*_open(division_ids))


def _cases(
    dbsession: Session,
    identity: Identity,
    statement: Select[*tuple[Any, ...]],
    *,
    self_review: bool,
) -> list[Case]:
    rows = dbsession.execute(statement).all()
    ids = [row.id for row in rows]
    killmails = _killmails(dbsession, ids)
    by_plugins, by_people = _modifiers(dbsession, ids)
    divisions = division_infos(dbsession, {row.division_id for row in rows})
    submitters = user_infos(dbsession, {row.submitter_id for row in rows})
    return [
        Case(
            id=row.id,
            version=row.version,
            submitted_at=row.submitted_at,
            base_payout=row.base_payout,
            payout=row.payout,
            is_base_by_hand=row.is_base_by_hand,
            killmail=killmails[row.id],
            division=divisions[row.division_id],
            submitter=submitters[row.submitter_id],
            by_plugins=tuple(by_plugins[row.id]),
            by_people=tuple(by_people[row.id]),
            may_change=may_review(
                identity,
                RequestFacts(row.submitter_id, row.pilot_id, row.division_id),
                self_review=self_review,
            ),
        )
        for row in rows
        # Archived between two statements.
        if row.division_id in divisions
    ]


def _killmails(dbsession: Session, ids: Collection[int]) -> dict[int, Killmail]:
    recorded: dict[int, list[tuple[str, Decimal]]] = defaultdict(list)
    values = select(KillmailValue).where(KillmailValue.killmail_id.in_(ids))
    for value in dbsession.scalars(values.order_by(KillmailValue.id)):
        recorded[value.killmail_id].append((value.name, value.value))
    rows = dbsession.scalars(select(KillmailRow).where(KillmailRow.id.in_(ids)))
    return {row.id: killmail_of(row, recorded[row.id]) for row in rows}


def _modifiers(
    dbsession: Session, ids: Collection[int]
) -> tuple[dict[int, list[StoredModifier]], dict[int, list[ModifierTerm]]]:
    by_plugins: dict[int, list[StoredModifier]] = defaultdict(list)
    by_people: dict[int, list[ModifierTerm]] = defaultdict(list)
    statement = (
        select(Modifier, User.kind, User.name)
        .join(User, User.id == Modifier.user_id)
        .where(Modifier.request_id.in_(ids))
        .order_by(Modifier.id)
    )
    for modifier, kind, name in dbsession.execute(statement):
        if kind != UserKind.PLUGIN:
            by_people[modifier.request_id].append(term_of(modifier))
        elif modifier.voided_by_id != modifier.user_id:
            by_plugins[modifier.request_id].append(_stored(modifier, name))
    return by_plugins, by_people


def _stored(modifier: Modifier, plugin: str) -> StoredModifier:
    if modifier.voided_at is not None:
        standing = Standing.VOIDED
    elif modifier.is_suggested:
        standing = Standing.SUGGESTED
    else:
        standing = Standing.COUNTS if modifier.taken_at is None else Standing.TAKEN
    return StoredModifier(
        id=modifier.id,
        plugin=plugin,
        kind=ModifierKind(modifier.kind),
        value=modifier.value,
        note=modifier.note,
        standing=standing,
        was_suggested=modifier.is_suggested or modifier.taken_at is not None,
    )
