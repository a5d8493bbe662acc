"""The people of generated data: users, their characters, groups, divisions and permissions."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from srp_portal.domain.permissions import Permission
from srp_portal.domain.text import name_key
from srp_portal.models.divisions import Division, Grant, Group, GroupKind, GroupMember
from srp_portal.models.users import Character, CharacterOwnership, User, UserKind
from srp_portal.seeding import wording
from srp_portal.seeding.bulk import BulkLoad, Model, Row
from srp_portal.services.groups import GENERATED
from srp_portal.services.results import Reference

#: Generated ids of EVE are from ranges of their own, which EVE has not reached yet.
CHARACTERS = (2_140_000_000, 2_147_000_000)
CORPORATIONS = (98_900_000, 98_999_999)
ALLIANCES = (99_900_000, 99_999_999)

#: More people than this make no list longer.
MOST_USERS = 2_000
FEWEST_USERS = 16
REQUESTS_A_USER = 50
#: How many characters were somebody else's before.
SOLD = 0.02

MODELS: tuple[Model, ...] = (
    User,
    Character,
    CharacterOwnership,
    Group,
    GroupMember,
    Division,
    Grant,
)

_COLUMNS: dict[Model, tuple[str, ...]] = {
    User: ("id", "kind", "name", "name_key", "created_at", "last_login_at"),
    Character: (
        "id",
        "name",
        "name_key",
        "user_id",
        "owner_hash",
        "is_main",
        "corporation_id",
        "alliance_id",
        "affiliated_at",
        "created_at",
    ),
    CharacterOwnership: ("id", "character_id", "user_id", "owner_hash", "started_at", "ended_at"),
    Group: ("id", "kind", "source", "name", "name_key", "eve_id", "created_at"),
    GroupMember: ("group_id", "user_id", "created_at"),
    Division: ("id", "name", "name_key", "created_at"),
    Grant: ("id", "division_id", "permission", "user_id", "group_id", "created_at"),
}


@dataclass(frozen=True, slots=True)
class Corporation:
    """A corporation with its alliance, if it is in one."""

    id: int
    name: str
    alliance_id: int | None
    alliance: str | None


@dataclass(frozen=True, slots=True)
class Pilot:
    """A character that loses ships; weight: how often."""

    id: int
    name: str
    user_id: int
    corporation: Corporation
    weight: float


@dataclass(frozen=True, slots=True)
class Staff:
    """A division with the users who review and pay in it, at least two each."""

    division: Reference
    reviewer_ids: tuple[int, ...]
    payer_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody who plays in generated requests; rules_id: the account of a plugin."""

    pilots: tuple[Pilot, ...]
    staff: tuple[Staff, ...]
    capital_staff: Staff
    rules_id: int


class Casting:
    """Makes the people, the same ones for the same random source, and loads their rows."""

    def __init__(
        self, load: BulkLoad, dbsession: Session, source: random.Random, seed: int, now: datetime
    ) -> None:
        self._load = load
        self._dbsession = dbsession
        self._random = source
        self._seed = seed
        self._now = now
        self._group_ids: dict[int, int] = {}
        self._rows: dict[Model, list[Row]] = {model: [] for model in MODELS}
        self._ids = {
            model: itertools.count(load.next_id(model))
            for model in (User, CharacterOwnership, Group, Division, Grant)
        }

    def cast(self, requests: int, *, reviewer_id: int, rules_id: int) -> Cast:
        """Loads people enough for so many requests; the reviewer is one of them."""
        corporations = tuple(self._add_corporations())
        size = max(FEWEST_USERS, min(MOST_USERS, requests // REQUESTS_A_USER))
        user_ids = [next(self._ids[User]) for _ in range(size)]
        # The reviewer is among the busiest, so that their own list has pages, too.
        everybody = [*user_ids[:3], reviewer_id, *user_ids[3:]]
        pilots = tuple(self._add_pilots(everybody, corporations, reviewer_id))
        staff = tuple(self._add_divisions(user_ids, reviewer_id))
        for model in MODELS:
            self._load.insert(model, _COLUMNS[model], self._rows[model])
        capital = next(
            each for each in staff if each.division.name.startswith(wording.CAPITAL_DIVISION)
        )
        return Cast(pilots, staff, capital, rules_id)

    def _add_corporations(self) -> Iterator[Corporation]:
        corporation_ids = self._eve_ids(Group, "eve_id", CORPORATIONS)
        alliance_ids = self._eve_ids(Group, "eve_id", ALLIANCES)
        for alliance, names in wording.ALLIANCES:
            alliance_id = next(alliance_ids) if alliance else None
            if alliance_id is not None:
                self._add_group(GroupKind.ALLIANCE, alliance, alliance_id)
            for name in names:
                corporation = Corporation(
                    next(corporation_ids), name, alliance_id, alliance or None
                )
                self._add_group(GroupKind.CORPORATION, name, corporation.id)
                yield corporation

    def _eve_ids(self, model: Model, column: str, numbers: tuple[int, int]) -> Iterator[int]:
        first, last = numbers
        return itertools.count(self._load.next_id(model, column=column, first=first, last=last))

    def _add_group(self, kind: GroupKind, name: str, eve_id: int | None) -> int:
        group_id = next(self._ids[Group])
        row = (group_id, kind.value, "", name, name_key(name), eve_id, self._time(0))
        self._rows[Group].append(row)
        if eve_id is not None:
            self._group_ids[eve_id] = group_id
        return group_id

    def _add_pilots(
        self, user_ids: list[int], corporations: tuple[Corporation, ...], reviewer_id: int
    ) -> Iterator[Pilot]:
        names = self._names(len(user_ids) * 3)
        character_ids = self._eve_ids(Character, "id", CHARACTERS)
        previous_id = None
        for rank, user_id in enumerate(user_ids):
            corporation = self._random.choice(corporations)
            since = self._time(-1600 + self._random.random() * 300)
            for position in range(self._random.choice((1, 1, 1, 2, 2, 3))):
                name, character_id = next(names), next(character_ids)
                if position == 0 and user_id != reviewer_id:
                    key = name_key(name)
                    self._rows[User].append(
                        (user_id, UserKind.SSO.value, name, key, since, self._time(-2))
                    )
                owner = GENERATED + self._random.randbytes(20).hex()
                self._rows[Character].append(
                    (
                        character_id,
                        name,
                        name_key(name),
                        user_id,
                        owner,
                        position == 0,
                        corporation.id,
                        corporation.alliance_id,
                        self._time(-1),
                        since,
                    )
                )
                if previous_id is not None and self._random.random() < SOLD:
                    self._own(
                        character_id,
                        previous_id,
                        f"{GENERATED}sold",
                        self._time(-1290),
                        self._time(-1250),
                    )
                    self._own(character_id, user_id, owner, self._time(-1250), None)
                else:
                    self._own(character_id, user_id, owner, since, None)
                # A few people lose most of the ships, with their main character above all.
                yield Pilot(
                    character_id, name, user_id, corporation, 1 / (rank + 8) / (position + 1)
                )
            previous_id = user_id if user_id != reviewer_id else previous_id

    def _names(self, wanted: int) -> Iterator[str]:
        count = len(wording.FIRST_NAMES) * len(wording.LAST_NAMES)
        for number in self._random.sample(range(count), wanted):
            first, last = divmod(number, len(wording.LAST_NAMES))
            yield f"{wording.FIRST_NAMES[first]} {wording.LAST_NAMES[last]}"

    def _own(
        self, character_id: int, user_id: int, owner: str | None, since: object, until: object
    ) -> None:
        row = (next(self._ids[CharacterOwnership]), character_id, user_id, owner, since, until)
        self._rows[CharacterOwnership].append(row)

    def _add_divisions(self, user_ids: list[int], reviewer_id: int) -> Iterator[Staff]:
        taken = set(self._dbsession.scalars(select(Division.name_key)))
        auditors = self._add_auditors(user_ids[-2:])
        officers = iter(self._random.sample(user_ids[:-2], 2 * len(wording.DIVISIONS)))
        for wanted in wording.DIVISIONS:
            name = self._free_name(wanted, taken)
            division_id = next(self._ids[Division])
            self._rows[Division].append((division_id, name, name_key(name), self._time(-1600)))
            lead, second = next(officers), next(officers)
            users = {
                Permission.SUBMIT: (reviewer_id,),
                Permission.REVIEW: (reviewer_id, lead, second),
                Permission.PAY: (reviewer_id, second),
                Permission.ADMIN: (lead,),
            }
            for permission, holders in users.items():
                for user_id in holders:
                    self._grant(division_id, permission, user_id, None)
            for group_id in self._group_ids.values():
                self._grant(division_id, Permission.SUBMIT, None, group_id)
            self._grant(division_id, Permission.AUDIT, None, auditors)
            yield Staff(
                Reference(division_id, name), (reviewer_id, lead, second), (reviewer_id, second)
            )

    def _add_auditors(self, user_ids: list[int]) -> int:
        own = select(Group.name_key).where(Group.kind == GroupKind.MANUAL.value, Group.source == "")
        name = self._free_name(wording.AUDITORS, set(self._dbsession.scalars(own)))
        group_id = self._add_group(GroupKind.MANUAL, name, None)
        self._rows[GroupMember].extend(
            (group_id, user_id, self._time(-900)) for user_id in user_ids
        )
        return group_id

    def _free_name(self, wanted: str, taken: set[str]) -> str:
        return wanted if name_key(wanted) not in taken else f"{wanted} (seed {self._seed})"

    def _grant(
        self, division_id: int, permission: Permission, user_id: int | None, group_id: int | None
    ) -> None:
        row = (
            next(self._ids[Grant]),
            division_id,
            permission.value,
            user_id,
            group_id,
            self._time(-1600),
        )
        self._rows[Grant].append(row)

    def _time(self, days: float) -> object:
        return self._load.time(self._now + timedelta(days=days))
