"""The killmail as plugins and the portal hand it to each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from srp_portal.plugin import checks
from srp_portal.plugin.frozen import FrozenDict

_SECURITY_LIMIT = 1
_RAW_LENGTH = 4_000_000


def _set(instance: object, **values: object) -> None:
    """Writes normalised values into a frozen dataclass that is still being made."""
    for name, value in values.items():
        object.__setattr__(instance, name, value)


@dataclass(frozen=True, slots=True)
class Item:
    """Something that the lost ship carried or had fitted.

    flag: EVE's inventory flag (where it was). singleton: 2 is a blueprint copy. items: what a
    container held; EVE nests once.
    """

    type_id: int
    flag: int
    quantity_destroyed: int
    quantity_dropped: int
    singleton: int = 0
    items: tuple[Item, ...] = ()

    def __post_init__(self) -> None:
        checks.identifier("Item.type_id", self.type_id)
        for name in ("flag", "quantity_destroyed", "quantity_dropped", "singleton"):
            checks.count(f"Item.{name}", getattr(self, name))
        inner = checks.members("Item.items", self.items, Item)
        if any(item.items for item in inner):
            raise ValueError("Item.items must be nested once only")
        _set(self, items=inner)


@dataclass(frozen=True, slots=True)
class Attacker:
    """One of those on the killmail; an NPC has no character and perhaps no corporation."""

    character_id: int | None
    corporation_id: int | None
    alliance_id: int | None
    ship_id: int | None
    final_blow: bool

    def __post_init__(self) -> None:
        for name in ("character_id", "corporation_id", "alliance_id", "ship_id"):
            checks.optional(checks.identifier, f"Attacker.{name}", getattr(self, name))
        checks.truth("Attacker.final_blow", self.final_blow)


@dataclass(frozen=True, slots=True)
class Killmail:
    """A loss of one pilot's ship, with ids and names.

    url: the normalised link. timestamp: when the ship was lost, aware, kept in UTC. value: ISK
    from 0 to a trillion, or None where the source knows none. verified: whether EVE vouches for
    it. source: name of the source; the portal fills in a blank one. values: ISK by name (total,
    fitted, destroyed, dropped). security: of the system, -1 to 1; 30 characters of it are
    stored. raw: ESI's document as text; the portal can do without. Fields from ship_group_id
    on are empty when unknown. Raises TypeError or ValueError that name the field,
    IskOutOfRange for a value that the portal does not take.
    """

    killmail_id: int
    killmail_hash: str | None
    url: str
    timestamp: datetime
    pilot_id: int
    pilot: str
    corporation_id: int
    corporation: str
    alliance_id: int | None
    alliance: str | None
    ship_id: int
    ship: str
    system_id: int
    system: str
    constellation: str
    region: str
    value: Decimal | None
    verified: bool
    items: tuple[Item, ...] = ()
    attackers: tuple[Attacker, ...] = ()
    source: str = ""
    ship_group_id: int | None = None
    ship_group: str = ""
    constellation_id: int | None = None
    region_id: int | None = None
    security: Decimal | None = None
    values: Mapping[str, Decimal] = field(default_factory=FrozenDict, hash=False)
    npc: bool = False
    solo: bool = False
    awox: bool = False
    raw: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        for name in ("killmail_id", "pilot_id", "corporation_id", "ship_id", "system_id"):
            checks.identifier(f"Killmail.{name}", getattr(self, name))
        for name in ("alliance_id", "ship_group_id", "constellation_id", "region_id"):
            checks.optional(checks.identifier, f"Killmail.{name}", getattr(self, name))
        for name in ("pilot", "corporation", "ship", "system", "constellation", "region"):
            checks.name(f"Killmail.{name}", getattr(self, name))
        for name in ("verified", "npc", "solo", "awox"):
            checks.truth(f"Killmail.{name}", getattr(self, name))
        for name in ("source", "ship_group"):
            checks.line(f"Killmail.{name}", getattr(self, name), length=checks.NAME_LENGTH)
        checks.optional(checks.name, "Killmail.alliance", self.alliance)
        if (self.alliance_id is None) != (self.alliance is None):
            raise ValueError("Killmail.alliance and alliance_id must be given together")
        checks.web_url("Killmail.url", self.url)
        checks.text("Killmail.raw", self.raw, length=_RAW_LENGTH)
        _set(
            self,
            killmail_hash=checks.optional(
                checks.killmail_hash, "Killmail.killmail_hash", self.killmail_hash
            ),
            timestamp=checks.moment("Killmail.timestamp", self.timestamp),
            value=checks.optional(checks.isk_amount, "Killmail.value", self.value),
            items=checks.members("Killmail.items", self.items, Item),
            attackers=checks.members("Killmail.attackers", self.attackers, Attacker),
            security=checks.optional(_security, "Killmail.security", self.security),
            values=_values(self.values),
        )


def _security(field_name: str, value: object) -> Decimal:
    status = checks.decimal(field_name, value)
    if status.copy_abs() > _SECURITY_LIMIT:
        raise ValueError(f"{field_name} must lie within -1 and 1: {checks.shown(value)}")
    return status


def _values(values: object) -> FrozenDict[str, Decimal]:
    if not isinstance(values, Mapping):
        raise TypeError(f"Killmail.values must be a mapping, not {checks.shown(values)}")
    return FrozenDict(
        {
            checks.code("Killmail.values' name", name): checks.isk_amount(
                f"Killmail.values[{name!r}]", value
            )
            for name, value in values.items()
        }
    )
