"""Generated requests: losses, how people worked on them, and what was paid.

A request's rows agree with each other: the payout is what domain.payout makes of base and
modifiers, each state has the actions that lead to it, and a paid request has its payment.
"""

from __future__ import annotations

import itertools
import math
import random
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from srp_portal.domain.lifecycle import Status
from srp_portal.domain.money import from_hundredths
from srp_portal.domain.words import words_of
from srp_portal.models.killmails import Killmail, KillmailValue
from srp_portal.models.requests import SrpRequest
from srp_portal.models.search import RequestWords
from srp_portal.seeding import histories, losses, wording
from srp_portal.seeding.bulk import BulkLoad, Model, Row
from srp_portal.seeding.histories import Case, Histories
from srp_portal.seeding.killmails import (
    ATTACKER_WEIGHTS,
    ATTACKERS,
    ITEMS,
    Attackers,
    raw_document,
)
from srp_portal.seeding.losses import LossParts, PilotPart, ShipPart, SystemPart
from srp_portal.seeding.people import Cast, Staff
from srp_portal.seeding.places import SYSTEM_WEIGHTS, SYSTEMS
from srp_portal.seeding.ships import SHIP_WEIGHTS, SHIPS

#: Generated killmails have ids of their own, far above what EVE gives out in these years.
KILLMAILS = (1_000_000_000, 1_999_999_999)

#: Requests that are made and loaded at a time.
CHUNK = 5_000
#: Over how long the losses are spread, and how long before the end the last of them was.
YEARS = timedelta(days=1200)
LAST_LOSS = timedelta(days=14)

#: How often a reviewer sets the base to whole millions, and a loss is by friendly fire.
ROUNDED = 0.2
AWOX = 0.005
_MILLIONS = Decimal("1e6")

#: How requests stand, in percent: those of the last weeks, and those before.
_RECENT = {
    Status.EVALUATING: 45,
    Status.INCOMPLETE: 10,
    Status.REJECTED: 6,
    Status.APPROVED: 24,
    Status.PAID: 15,
}
_SETTLED = {
    Status.EVALUATING: 0.4,
    Status.INCOMPLETE: 0.8,
    Status.REJECTED: 12,
    Status.APPROVED: 0.8,
    Status.PAID: 86,
}
#: The part of all requests that is recent.
_RECENT_PART = 0.08

#: What the source says of each loss; `value` is what the base payout is made of.
VALUES = ("value", "total")


class _Scene(NamedTuple):
    """What is drawn for one request."""

    pilot: PilotPart
    ship: ShipPart
    system: SystemPart
    attackers: Attackers
    status: Status


#: Every table that generated requests are stored in; parents before children.
MODELS: tuple[Model, ...] = (*losses.COLUMNS, *histories.MODELS)


class Requests:
    """Makes requests in the order of their losses and loads them."""

    def __init__(
        self, load: BulkLoad, source: random.Random, cast: Cast, count: int, now: datetime
    ) -> None:
        self._load = load
        self._random = source
        self._draw = source.random
        self._cast = cast
        self._count = count
        self._start = now - LAST_LOSS - YEARS
        #: Between two losses, on average.
        self._seconds = YEARS.total_seconds() / count
        self._first_id = load.next_id(Killmail, first=KILLMAILS[0], last=KILLMAILS[1])
        self._value_ids = itertools.count(load.next_id(KillmailValue))
        self._histories = Histories(load, source, cast.rules_id)
        self._rows: dict[Model, list[Row]] = {model: [] for model in losses.COLUMNS}
        self._details = tuple((text, words_of(text)) for text in wording.DETAILS)
        self._ships = tuple(ShipPart(ship) for ship in SHIPS)
        self._systems = tuple(SystemPart(system) for system in SYSTEMS)
        self._pilots = tuple(PilotPart(pilot) for pilot in cast.pilots)
        self._pilot_weights = tuple(itertools.accumulate(pilot.weight for pilot in cast.pilots))

    def load_chunk(self, start: int) -> int:
        """Loads the requests from number `start` on; the result is the number of the next one."""
        stop = min(start + CHUNK, self._count)
        size, choices = stop - start, self._random.choices
        scenes = map(
            _Scene,
            choices(self._pilots, cum_weights=self._pilot_weights, k=size),
            choices(self._ships, SHIP_WEIGHTS, k=size),
            choices(self._systems, SYSTEM_WEIGHTS, k=size),
            choices(ATTACKERS, ATTACKER_WEIGHTS, k=size),
            self._statuses(start, stop),
        )
        for number, scene in enumerate(scenes, start):
            self._add(number, scene)
        for columns, rows in (
            (losses.COLUMNS, self._rows),
            (histories.COLUMNS, self._histories.rows),
        ):
            for model, waiting in rows.items():
                self._load.insert(model, columns[model], waiting)
                waiting.clear()
        return stop

    def _statuses(self, start: int, stop: int) -> list[Status]:
        recent = int(self._count * (1 - _RECENT_PART))
        settled_size = max(0, min(stop, recent) - start)
        settled = self._random.choices(tuple(_SETTLED), tuple(_SETTLED.values()), k=settled_size)
        fresh = self._random.choices(
            tuple(_RECENT), tuple(_RECENT.values()), k=stop - start - settled_size
        )
        return settled + fresh

    def _add(self, number: int, scene: _Scene) -> None:
        killmail_id = self._first_id + number
        killed_at = self._start + timedelta(0, int((number + self._draw()) * self._seconds))
        case = self._case(killmail_id, scene, killed_at + timedelta(0, self._delay()))
        self._histories.work(case, scene.status)
        parts = LossParts(
            scene.pilot,
            scene.ship,
            scene.system,
            losses.LINK % killmail_id,
            self._load.time(killed_at),
        )
        raw = raw_document(
            killmail_id,
            # Without the offset, which is UTC's.
            f"{killed_at.isoformat()[:19]}Z",
            system_id=scene.system.system.id,
            victim=scene.pilot.victim,
            ship_id=scene.ship.ship.id,
            attackers=scene.attackers.text,
            items=ITEMS[int(self._draw() * len(ITEMS))],
        )
        value = self._load.isk(case.value)
        self._rows[Killmail].append(
            losses.killmail_row(
                parts,
                killmail_id,
                hash_=f"{self._random.getrandbits(160):040x}",
                labels=(
                    scene.attackers.is_npc,
                    scene.attackers.is_solo,
                    self._draw() < AWOX,
                ),
                raw=raw,
                fetched_at=case.stored_submitted_at,
            )
        )
        for name in VALUES:
            self._rows[KillmailValue].append(
                (
                    next(self._value_ids),
                    killmail_id,
                    name,
                    value,
                    losses.SOURCE,
                    case.stored_submitted_at,
                )
            )
        base = value if case.base is case.value else self._load.isk(case.base)
        details, words = self._details[int(self._draw() * len(self._details))]
        self._rows[SrpRequest].append(
            losses.request_row(parts, case, scene.status, base=base, details=details)
        )
        words = self._load.words((*words, scene.pilot.tag, scene.system.tag))
        self._rows[RequestWords].append(
            losses.words_row(parts, case, scene.status, base=base, words=words)
        )

    def _delay(self) -> int:
        """Seconds from the loss to its request: hours as a rule, some days at most."""
        return min(int(-math.log(1 - self._draw()) * 8 * 3600) + 60, 4 * 24 * 3600)

    def _value(self, ship: ShipPart) -> Decimal:
        price = ship.ship.group.price * 100_000_000
        return from_hundredths(int(price * (0.6 + 0.9 * self._draw())))

    def _case(self, killmail_id: int, scene: _Scene, submitted_at: datetime) -> Case:
        staff = self._cast.capital_staff if scene.ship.ship.group.is_capital else self._staff()
        submitter_id = scene.pilot.pilot.user_id
        value = self._value(scene.ship)
        is_rounded = self._draw() < ROUNDED
        return Case(
            id=killmail_id,
            submitter_id=submitter_id,
            pilot_id=scene.pilot.pilot.id,
            staff=staff,
            reviewer_id=self._other(staff.reviewer_ids, submitter_id),
            payer_id=self._other(staff.payer_ids, submitter_id),
            value=value,
            base=value.quantize(_MILLIONS).quantize(value) if is_rounded else value,
            submitted_at=submitted_at,
            version=1 + is_rounded,
        )

    def _staff(self) -> Staff:
        return self._cast.staff[int(self._draw() * len(self._cast.staff))]

    def _other(self, user_ids: tuple[int, ...], submitter_id: int) -> int:
        """One of the users; nobody works on a request of their own."""
        chosen = int(self._draw() * len(user_ids))
        if user_ids[chosen] == submitter_id:
            chosen -= 1
        return user_ids[chosen]
