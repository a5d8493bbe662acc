"""Conditions of a rule, and whether a loss fulfils them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

from srp_portal.plugin import DivisionInfo, Killmail

_TENTH = Decimal("0.1")
_ZERO = Decimal("0.0")
_ROUNDS_UP = Decimal("0.05")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
#: Ids of the regions that wormholes are in, from EVE's own numbering.
_WORMHOLES = range(11_000_000, 12_000_000)

#: A name without regard to case, or an id.
Key = str | int


@dataclass(frozen=True, slots=True)
class Facts:
    """A loss, prepared so that hundreds of rules can look at it quickly.

    keys: names and ids by condition. shown: what a note says of each. security: as the game shows
    it, None when unknown. minute: of the day, EVE time. weekday: 0 is Monday.
    """

    keys: Mapping[str, frozenset[Key]]
    shown: Mapping[str, str]
    truths: Mapping[str, bool]
    timestamp: datetime
    minute: int
    weekday: int
    security: Decimal | None
    is_wormhole: bool

    @classmethod
    def of(cls, killmail: Killmail, division: DivisionInfo) -> Facts:
        """The facts of a loss that is submitted to a division."""
        ship = _keys(killmail.ship_id, killmail.ship)
        group = _keys(killmail.ship_group_id, killmail.ship_group)
        # Ids of ships and of groups overlap, so lists hold names alone.
        hull = _keys(None, killmail.ship) | _keys(None, killmail.ship_group)
        when = killmail.timestamp
        return cls(
            keys={
                "ship": ship,
                "group": group,
                "list": hull,
                "role": hull,
                "region": _keys(killmail.region_id, killmail.region),
                "constellation": _keys(killmail.constellation_id, killmail.constellation),
                "system": _keys(killmail.system_id, killmail.system),
                "division": _keys(division.id, division.name),
                "corporation": _keys(killmail.corporation_id, killmail.corporation),
                "alliance": _keys(killmail.alliance_id, killmail.alliance or ""),
            },
            shown={
                "ship": killmail.ship,
                "group": killmail.ship_group,
                "list": killmail.ship,
                "role": killmail.ship,
                "region": killmail.region,
                "constellation": killmail.constellation,
                "system": killmail.system,
                "division": division.name,
                "corporation": killmail.corporation,
                "alliance": killmail.alliance or "",
            },
            truths={"solo": killmail.solo, "npc": killmail.npc, "awox": killmail.awox},
            timestamp=when,
            minute=when.hour * 60 + when.minute,
            weekday=when.weekday(),
            security=None if killmail.security is None else shown_security(killmail.security),
            is_wormhole=killmail.region_id is not None and killmail.region_id in _WORMHOLES,
        )


def shown_security(security: Decimal) -> Decimal:
    """The security status as the game shows it: one decimal, and no lowsec that looks like 0.0."""
    is_low = 0 < security < _ROUNDS_UP
    shown = security.quantize(_TENTH, rounding=ROUND_CEILING if is_low else ROUND_HALF_UP)
    return shown or _ZERO  # without the sign of a zero that came from below


def _keys(id_: int | None, name: str) -> frozenset[Key]:
    keys: set[Key] = set()
    if id_ is not None:
        keys.add(id_)
    if name:
        keys.add(name.casefold())
    return frozenset(keys)


@dataclass(frozen=True, slots=True)
class OneOf:
    """A name or id of the loss is among these; names casefolded."""

    key: str
    values: frozenset[Key]

    def holds(self, facts: Facts) -> bool:
        """Whether the loss has one of them; what is unknown is none."""
        return not self.values.isdisjoint(facts.keys[self.key])

    def words(self, facts: Facts) -> str:
        """What a note says of a loss for which it holds."""
        return facts.shown[self.key]


@dataclass(frozen=True, slots=True)
class Truth:
    """Solo, NPC or awox, or that it is not."""

    key: str
    wanted: bool

    def holds(self, facts: Facts) -> bool:
        """Whether the loss is as wanted."""
        return facts.truths[self.key] is self.wanted

    def words(self, _facts: Facts) -> str:
        """What a note says of a loss for which it holds."""
        word = "NPC" if self.key == "npc" else self.key
        return word if self.wanted else f"not {word}"


@dataclass(frozen=True, slots=True)
class Period:
    """Lost from a moment on, and before another one; None is open."""

    start: datetime | None
    end: datetime | None

    def holds(self, facts: Facts) -> bool:
        """Whether the loss lies within."""
        after = self.start is None or self.start <= facts.timestamp
        return after and (self.end is None or facts.timestamp < self.end)

    def words(self, facts: Facts) -> str:
        """What a note says of a loss for which it holds."""
        return f"{facts.timestamp:%Y-%m-%d}"


@dataclass(frozen=True, slots=True)
class Hours:
    """Lost within one of these times of the day, in minutes of EVE time; the end is outside.

    One that ends before it starts goes over midnight.
    """

    windows: frozenset[tuple[int, int]]

    def holds(self, facts: Facts) -> bool:
        """Whether the loss lies within."""
        minute = facts.minute
        return any(
            start <= minute < end if start < end else minute >= start or minute < end
            for start, end in self.windows
        )

    def words(self, facts: Facts) -> str:
        """What a note says of a loss for which it holds."""
        return f"{facts.timestamp:%H:%M} EVE time"


@dataclass(frozen=True, slots=True)
class Weekdays:
    """Lost on one of these days, 0 is Monday, EVE time."""

    days: frozenset[int]

    def holds(self, facts: Facts) -> bool:
        """Whether the loss lies on one."""
        return facts.weekday in self.days

    def words(self, facts: Facts) -> str:
        """What a note says of a loss for which it holds."""
        return WEEKDAYS[facts.weekday].capitalize()


@dataclass(frozen=True, slots=True)
class Security:
    """Lost where the security status lies in one of these ranges, both ends included.

    wormholes: whether wormhole space is meant, which no range holds.
    """

    ranges: frozenset[tuple[Decimal, Decimal]]
    wormholes: bool

    def holds(self, facts: Facts) -> bool:
        """Whether the system is such a one; an unknown status is none."""
        if facts.is_wormhole:
            return self.wormholes
        status = facts.security
        return status is not None and any(low <= status <= high for low, high in self.ranges)

    def words(self, facts: Facts) -> str:
        """What a note says of a loss for which it holds."""
        return "wormhole space" if facts.is_wormhole else f"security {facts.security}"


Condition = OneOf | Truth | Period | Hours | Weekdays | Security


@dataclass(frozen=True, slots=True)
class Scope:
    """Which losses something is for.

    when, unless: alternatives, in each of which every condition must hold. Without `when` it is
    every loss; `unless` takes losses out again.
    """

    when: tuple[tuple[Condition, ...], ...] = ()
    unless: tuple[tuple[Condition, ...], ...] = ()

    def matches(self, facts: Facts) -> bool:
        """Whether the loss is meant."""
        if self.when and not _one_holds(self.when, facts):
            return False
        return not self.unless or not _one_holds(self.unless, facts)

    def covers(self, other: Scope) -> bool:
        """Whether it surely takes every loss that the other one takes."""
        # No conditions are one alternative that asks nothing.
        if not all(
            any(_includes(mine, theirs) for mine in self.when or ((),))
            for theirs in other.when or ((),)
        ):
            return False
        return set(self.unless) <= set(other.unless)

    def words(self, facts: Facts) -> str:
        """What in a loss that matches made it match: `Catch, 19:26 EVE time`."""
        for each in self.when:
            if _all_hold(each, facts):
                words = (condition.words(facts) for condition in each)
                return ", ".join(dict.fromkeys(word for word in words if word))
        return ""


def _includes(mine: tuple[Condition, ...], theirs: tuple[Condition, ...]) -> bool:
    """Whether each of these conditions follows from one of the others."""
    return all(any(_follows(condition, given) for given in theirs) for condition in mine)


def _follows(condition: Condition, given: Condition) -> bool:
    if isinstance(condition, OneOf) and isinstance(given, OneOf):
        return condition.key == given.key and given.values <= condition.values
    return condition == given


def _one_holds(alternatives: tuple[tuple[Condition, ...], ...], facts: Facts) -> bool:
    for each in alternatives:  # noqa: SIM110 - a generator would cost more than what it asks
        if _all_hold(each, facts):
            return True
    return False


def _all_hold(conditions: tuple[Condition, ...], facts: Facts) -> bool:
    for condition in conditions:  # noqa: SIM110 - as above
        if not condition.holds(facts):
            return False
    return True
