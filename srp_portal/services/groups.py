"""Groups kept by hand, and the corporations and alliances that EVE says characters are in."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from srp_portal.domain.errors import InvalidInput, NotFound
from srp_portal.domain.text import name_key
from srp_portal.esi import lookups
from srp_portal.esi.client import EsiClient
from srp_portal.esi.errors import EsiError
from srp_portal.esi.lookups import Affiliation
from srp_portal.models.divisions import Group, GroupKind, GroupMember
from srp_portal.models.users import Character, User
from srp_portal.services import audit
from srp_portal.services.division_access import Actor
from srp_portal.services.names import checked_name

log = logging.getLogger(__name__)

#: EVE takes so many characters at once.
CHUNK = 1000

#: How the owner hashes of generated characters begin (srp_portal.seeding); EVE is not asked about
#: them, since it knows none and would have to be told each apart.
GENERATED = "generated:"


def create_group(dbsession: Session, name: str, *, actor: Actor, now: datetime) -> Group:
    """A group kept by hand; raises InvalidInput for a bad name or one that is taken."""
    name = checked_name(name, "name")
    taken = InvalidInput("name", f"There is a group named “{name}” already.")
    if _manual_group(dbsession, name) is not None:
        raise taken
    group = Group(
        kind=GroupKind.MANUAL.value, source="", name=name, name_key=name_key(name), created_at=now
    )
    try:
        with dbsession.begin_nested():
            dbsession.add(group)
    except IntegrityError:
        # Somebody made it since we looked.
        raise taken from None
    _audit(dbsession, "group.create", group, {}, actor, now=now)
    return group


def find_group(dbsession: Session, name: str) -> Group:
    """A group kept by hand, by its name; raises NotFound."""
    group = _manual_group(dbsession, name.strip())
    if group is None:
        raise NotFound(f"There is no group kept by hand that is named “{name}”.")
    return group


def add_member(
    dbsession: Session, group: Group, user: User, *, actor: Actor, now: datetime
) -> None:
    """Puts a user into a group kept by hand; one who is in it stays."""
    member = GroupMember(group_id=group.id, user_id=user.id, created_at=now)
    if dbsession.get(GroupMember, (group.id, user.id)) is not None:
        return
    try:
        with dbsession.begin_nested():
            dbsession.add(member)
    except IntegrityError:
        log.info("user %s was put into group %s by somebody else just now", user.id, group.id)
        return
    payload = {"user_id": user.id, "user": user.name}
    _audit(dbsession, "group.add", group, payload, actor, now=now)


def remove_member(
    dbsession: Session, group: Group, user: User, *, actor: Actor, now: datetime
) -> None:
    """Takes a user out of a group kept by hand; raises NotFound for one who isn't in it."""
    member = dbsession.get(GroupMember, (group.id, user.id))
    if member is None:
        raise NotFound(f"{user.name} is not in the group {group.name}.")
    dbsession.delete(member)
    payload = {"user_id": user.id, "user": user.name}
    _audit(dbsession, "group.remove", group, payload, actor, now=now)


@dataclass(frozen=True, slots=True)
class Placement:
    """Where EVE says characters are: character id to affiliation, and the names of those."""

    affiliations: Mapping[int, Affiliation]
    corporations: Mapping[int, str]
    alliances: Mapping[int, str]


def look_up(client: EsiClient, character_ids: Sequence[int]) -> Placement:
    """Asks EVE where characters are; touches no database.

    A character that EVE does not know any more is left out. Raises EsiError.
    """
    affiliations = lookups.affiliations(client, character_ids)
    corporation_ids = {found.corporation_id for found in affiliations.values()}
    alliance_ids = {found.alliance_id for found in affiliations.values()} - {None}
    ids = sorted(corporation_ids.union(id_ for id_ in alliance_ids if id_ is not None))
    names = {id_: name for id_, (_, name) in lookups.names(client, ids).items()} if ids else {}
    return Placement(
        affiliations,
        # Without a name the group is there all the same, or its members would lose their rights.
        {id_: names.get(id_, f"Corporation {id_}") for id_ in corporation_ids},
        {id_: names.get(id_, f"Alliance {id_}") for id_ in alliance_ids if id_ is not None},
    )


def store(dbsession: Session, placement: Placement, *, now: datetime) -> int:
    """Notes what EVE said; the result is how many characters have moved."""
    ensure_eve_groups(dbsession, placement.corporations, placement.alliances, now=now)
    moved = 0
    wanted = Character.id.in_(tuple(placement.affiliations))
    # In one order everywhere, so that two refreshes wait for each other and don't deadlock.
    characters = select(Character).where(wanted).order_by(Character.id).with_for_update()
    for character in dbsession.scalars(characters):
        found = placement.affiliations[character.id]
        place = (found.corporation_id, found.alliance_id)
        moved += (character.corporation_id, character.alliance_id) != place
        character.corporation_id, character.alliance_id = place
        character.affiliated_at = now
    dbsession.flush()
    return moved


def ensure_eve_groups(
    dbsession: Session,
    corporations: Mapping[int, str],
    alliances: Mapping[int, str],
    *,
    now: datetime,
) -> None:
    """Groups for corporations and alliances, under their present names (EVE's id to name)."""
    _ensure(dbsession, GroupKind.CORPORATION, corporations, now)
    _ensure(dbsession, GroupKind.ALLIANCE, alliances, now)


def _ensure(dbsession: Session, kind: GroupKind, names: Mapping[int, str], now: datetime) -> None:
    known = _eve_groups(dbsession, kind, names)
    for eve_id, name in sorted(names.items()):
        group = known.get(eve_id) or _add_eve_group(dbsession, kind, eve_id, name, now)
        if group.name != name:
            group.name, group.name_key = name, name_key(name)
    dbsession.flush()


def _add_eve_group(
    dbsession: Session, kind: GroupKind, eve_id: int, name: str, now: datetime
) -> Group:
    group = Group(
        kind=kind.value,
        source="",
        name=name,
        name_key=name_key(name),
        eve_id=eve_id,
        created_at=now,
    )
    try:
        with dbsession.begin_nested():
            dbsession.add(group)
    except IntegrityError:
        # Another login brought the same corporation at the same time.
        return _eve_groups(dbsession, kind, (eve_id,))[eve_id]
    return group


def _eve_groups(dbsession: Session, kind: GroupKind, eve_ids: Iterable[int]) -> dict[int, Group]:
    groups = select(Group).where(Group.kind == kind.value, Group.eve_id.in_(tuple(eve_ids)))
    return {group.eve_id: group for group in dbsession.scalars(groups) if group.eve_id is not None}


@dataclass(frozen=True, slots=True)
class Refresh:
    """What a refresh did: characters that EVE answered for, those that moved, those it missed.

    error: why EVE did not answer for all of them, else empty.
    """

    seen: int
    moved: int
    missed: int
    error: str = ""


def refresh_affiliations(
    session_factory: sessionmaker[Session], client: EsiClient, *, now: datetime
) -> Refresh:
    """Asks EVE where all characters are that belong to somebody, and notes it.

    Commits a short transaction for each thousand; none is open while EVE is asked. What EVE does
    not tell stays as it was, and ages (`srp.groups_max_age_hours`).
    """
    with session_factory() as dbsession:
        owned = select(Character.id).where(Character.user_id.is_not(None)).order_by(Character.id)
        # Without an owner hash, a character was tied by hand, and is EVE's all the same.
        real = or_(Character.owner_hash.is_(None), Character.owner_hash.not_like(f"{GENERATED}%"))
        ids = list(dbsession.scalars(owned.where(real)))
    seen = moved = 0
    error = ""
    for start in range(0, len(ids), CHUNK):
        try:
            placement = look_up(client, ids[start : start + CHUNK])
        except EsiError as failure:
            log.warning("EVE did not say where characters are: %s", failure)
            error = str(failure)
            continue
        with session_factory.begin() as dbsession:
            moved += store(dbsession, placement, now=now)
        seen += len(placement.affiliations)
    return Refresh(seen, moved, len(ids) - seen, error)


def _manual_group(dbsession: Session, name: str) -> Group | None:
    return dbsession.scalar(
        select(Group).where(
            Group.kind == GroupKind.MANUAL.value,
            Group.source == "",
            Group.name_key == name_key(name),
        )
    )


def _audit(
    dbsession: Session,
    action: str,
    group: Group,
    payload: Mapping[str, object],
    actor: Actor,
    *,
    now: datetime,
) -> None:
    audit.record(
        dbsession,
        now=now,
        actor=actor,
        action=action,
        subject_type="group",
        subject_id=group.id,
        payload={"name": group.name, **payload},
    )
    dbsession.flush()
