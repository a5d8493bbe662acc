"""Fills a portal for a demonstration, by the same services that its pages use.

Everything that is asked of the sandbox comes before what is written, in two short transactions;
one that was interrupted is made up for by the next call.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from srp_portal.demo import scenes
from srp_portal.demo.scenes import Scene, Step
from srp_portal.domain.errors import NotFound
from srp_portal.domain.lifecycle import Status
from srp_portal.domain.payout import ModifierKind
from srp_portal.domain.permissions import Identity, Permission
from srp_portal.models.divisions import Group, GroupKind
from srp_portal.models.requests import Modifier, SrpRequest
from srp_portal.models.users import Character, User
from srp_portal.services import accounts, divisions, grants, groups, review, submitter
from srp_portal.services.division_access import find_division
from srp_portal.services.history import history_of
from srp_portal.services.identities import load_identity
from srp_portal.services.infos import division_info, user_infos
from srp_portal.services.killmail_lookup import KillmailLookup, Loss
from srp_portal.services.outbox import Outbox
from srp_portal.services.request_work import Work
from srp_portal.services.sso_login import login_with_character
from srp_portal.services.submission import store_request
from srp_portal.settings import Settings

#: Everybody's password; only a sandbox's portal has these accounts.
PASSWORD = "demo-only"  # noqa: S105
_ACTOR = "demo"

#: From a loss to its request, and between two things that people did with it.
SUBMITTED_AFTER = timedelta(hours=5)
STEP = timedelta(minutes=25)


class Person(Protocol):
    """A character of the sandbox."""

    @property
    def id(self) -> int:
        """EVE's id."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def owner(self) -> str:
        """Its owner hash."""


class SandboxLoss(Protocol):
    """A loss of the sandbox."""

    @property
    def character_id(self) -> int | None:
        """The victim's id."""

    @property
    def zkb_url(self) -> str:
        """The link of its kill page."""


class Parts(Protocol):
    """What the demo needs of a portal."""

    @property
    def settings(self) -> Settings:
        """The settings."""

    @property
    def session_factory(self) -> sessionmaker[Session]:
        """Sessions that write."""

    @property
    def read_session_factory(self) -> sessionmaker[Session]:
        """Sessions that only read."""

    @property
    def esi(self) -> Any:
        """EVE's API."""

    @property
    def lookup(self) -> KillmailLookup:
        """Asks about a loss."""

    @property
    def clock(self) -> Callable[[], datetime]:
        """The present time, aware, UTC."""


@dataclass(frozen=True, slots=True)
class _Login:
    """What the SSO would say of a character."""

    character_id: int
    character_name: str
    owner_hash: str


@dataclass(frozen=True, slots=True)
class _Found:
    """A scene with what was looked up for it."""

    scene: Scene
    loss: Loss
    submitter_id: int
    division_id: int


def is_furnished(portal: Parts) -> bool:
    """Whether the demo's accounts are there."""
    with portal.read_session_factory() as dbsession:
        wanted = select(User.id).where(User.login == scenes.PILOT)
        return dbsession.scalar(wanted) is not None


def furnish(
    portal: Parts,
    people: Mapping[int, Person],
    losses: Mapping[int, SandboxLoss],
    *,
    address: str,
) -> int:
    """Makes what is missing of the demo, and says how many requests that were.

    people: the sandbox's characters by id. losses: its losses by killmail id. address:
    the portal's own. Raises DomainError and EsiError when the sandbox doesn't answer.
    """
    if not is_furnished(portal):
        placement = groups.look_up(portal.esi.client, sorted(people))
        with portal.session_factory.begin() as dbsession:
            now = portal.clock()
            groups.store(dbsession, placement, now=now)
            _add_people(dbsession, people, now)
            # Again, for the characters that only exist now.
            groups.store(dbsession, placement, now=now)
            _add_divisions(dbsession, now)
    found = [_look_up(portal, scene, losses[scene.killmail_id]) for scene in _missing(portal)]
    with portal.session_factory.begin() as dbsession:
        for each in found:
            _play(dbsession, portal, each, address)
    return len(found)


def _add_people(dbsession: Session, people: Mapping[int, Person], now: datetime) -> None:
    for login, character_ids in scenes.ACCOUNTS.items():
        user = accounts.create_local_user(
            dbsession, login, PASSWORD, is_admin=login == scenes.ADMIN, now=now, actor=_ACTOR
        )
        for character_id in character_ids:
            name = people[character_id].name
            accounts.tie_character(dbsession, user, character_id, name, now=now, actor=_ACTOR)
    for character_id in scenes.VISITORS:
        person = people[character_id]
        said = _Login(person.id, person.name, person.owner)
        login_with_character(dbsession, said, current_user_id=None, now=now)


def _add_divisions(dbsession: Session, now: datetime) -> None:
    submitting = dbsession.scalars(
        select(Group.id).where(Group.kind.in_((GroupKind.ALLIANCE, GroupKind.CORPORATION)))
    ).all()
    auditors = groups.create_group(dbsession, "Directors", actor=_ACTOR, now=now)
    groups.add_member(
        dbsession,
        auditors,
        accounts.find_user(dbsession, scenes.ADMIN),
        actor=_ACTOR,
        now=now,
    )
    staff = {
        Permission.REVIEW: (f"user:{scenes.REVIEWER}",),
        Permission.PAY: (f"user:{scenes.PAYER}",),
        Permission.ADMIN: (f"user:{scenes.ADMIN}",),
        Permission.AUDIT: ("group:Directors",),
    }
    for name in scenes.DIVISIONS:
        division = divisions.create_division(dbsession, _ACTOR, name, now=now)
        choices = [
            (permission, grants.EntityChoice(name=entity))
            for permission, entities in staff.items()
            for entity in entities
        ]
        choices += [
            (Permission.SUBMIT, grants.EntityChoice(id=f"group:{group_id}"))
            for group_id in submitting
        ]
        for permission, choice in choices:
            grants.grant(dbsession, _ACTOR, division.id, permission, choice, now=now)


def _missing(portal: Parts) -> list[Scene]:
    with portal.read_session_factory() as dbsession:
        ids = [scene.killmail_id for scene in scenes.SCENES]
        known = set(dbsession.scalars(select(SrpRequest.id).where(SrpRequest.id.in_(ids))))
    return [scene for scene in scenes.SCENES if scene.killmail_id not in known]


def _look_up(portal: Parts, scene: Scene, sandbox_loss: SandboxLoss) -> _Found:
    with portal.read_session_factory() as dbsession:
        submitter_id = dbsession.execute(
            select(User.id)
            .join(Character, Character.user_id == User.id)
            .where(Character.id == sandbox_loss.character_id)
        ).scalar_one()
        submitter_info = user_infos(dbsession, {submitter_id})[submitter_id]
        division = division_info(dbsession, find_division(dbsession, scene.division).id)
    if division is None:
        raise NotFound(f"The division {scene.division} takes no more requests.")
    history = history_of(portal.read_session_factory, submitter_id, portal.clock)
    loss = portal.lookup.look_up(sandbox_loss.zkb_url, division, submitter_info, history)
    return _Found(scene, loss, submitter_id, division.id)


def _play(dbsession: Session, portal: Parts, found: _Found, address: str) -> None:
    """The request, and all that was done with it, each at its time."""
    scene, loss = found.scene, found.loss
    at = loss.killmail.timestamp + SUBMITTED_AFTER
    if scene.hours_ago is not None:
        at = max(at, portal.clock() - timedelta(hours=scene.hours_ago))
    outbox = Outbox(dbsession, subscribers=(), url_for=lambda id_: f"{address}/request/{id_}/")
    people = _people(dbsession, portal, found.submitter_id)
    store_request(
        dbsession,
        people[""],
        loss,
        division_id=found.division_id,
        details=scene.details,
        outbox=outbox,
        now=at,
    )
    for step in scene.steps:
        at += STEP
        work = Work(
            dbsession=dbsession,
            identity=people[step.who],
            outbox=outbox,
            now=at,
            request_id=scene.killmail_id,
        )
        _STEPS[step.what](work, step)


def _people(dbsession: Session, portal: Parts, submitter_id: int) -> dict[str, Identity]:
    rows = dbsession.execute(select(User.login, User.id).where(User.login.in_(scenes.ACCOUNTS)))
    ids = {row.login or "": row.id for row in rows} | {"": submitter_id}
    found = {
        who: load_identity(dbsession, id_, now=portal.clock(), settings=portal.settings)
        for who, id_ in ids.items()
    }
    return {who: identity for who, identity in found.items() if identity is not None}


def _modify(work: Work, step: Step) -> None:
    review.add_modifier(work, ModifierKind(step.what), Decimal(step.value), step.note)


def _void(work: Work, step: Step) -> None:
    """Voids the modifier of that number, counted from 0."""
    modifiers = select(Modifier.id).where(Modifier.request_id == work.request_id)
    ids = work.dbsession.scalars(modifiers.order_by(Modifier.id)).all()
    review.void_modifier(work, ids[int(step.value)])


_STEPS: dict[str, Callable[[Work, Step], object]] = {
    "comment": lambda work, step: review.comment(work, step.note),
    "note": lambda work, step: review.add_note(work, step.note),
    "payout": lambda work, step: review.set_base_payout(work, Decimal(step.value)),
    "details": lambda work, step: submitter.change_details(work, step.note, is_required=True),
    "withdraw": lambda work, step: submitter.withdraw(work, step.note),
    "void": _void,
    **{kind.value: _modify for kind in ModifierKind},
    **{
        status.value: lambda work, step: review.change_status(work, Status(step.what), step.note)
        for status in Status
    },
}
