"""The things that exist in the sandbox universe, as plain frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class Place:
    """A region, constellation or solar system; `parent_id` is what contains it, 0 for a region."""

    id: int
    name: str
    parent_id: int = 0
    security: float = 0.0


@dataclass(frozen=True)
class Group:
    """A group of types; ships have category 6, structures 65.

    slot_effect_id: the dogma effect by which its types go into a slot, 0 for what is not fitted.
    """

    id: int
    name: str
    category_id: int
    slot_effect_id: int = 0


@dataclass(frozen=True)
class ItemType:
    """A ship, module or anything else with a type id; `price` is in ISK."""

    id: int
    name: str
    group_id: int
    price: Decimal


@dataclass(frozen=True)
class Alliance:
    """An alliance and the corporation that leads it."""

    id: int
    name: str
    ticker: str
    founded_at: datetime
    executor_id: int


@dataclass(frozen=True)
class Corporation:
    """A corporation; `alliance_id` is None outside any alliance."""

    id: int
    name: str
    ticker: str
    ceo_id: int
    alliance_id: int | None
    founded_at: datetime


@dataclass(frozen=True)
class Character:
    """A pilot; `owner` is the hash that changes when the character is sold."""

    id: int
    name: str
    corporation_id: int
    alliance_id: int | None
    born_at: datetime
    owner: str


@dataclass(frozen=True)
class Loss:
    """A killmail with what zKillboard adds to it.

    character_id: the victim, None for a structure. value: ISK, two decimals.
    zkb: `slim`, `full`, `fresh` (zKillboard never lists it) or `wrong-hash`.
    killmail: the body that ESI serves. base_url: of the sandbox that holds it.
    """

    killmail_id: int
    hash: str
    killed_at: datetime
    character_id: int | None
    pilot: str
    ship_type_id: int
    ship: str
    solar_system_id: int
    system: str
    value: Decimal
    zkb: str
    note: str
    killmail: dict[str, Any]
    base_url: str

    @property
    def zkb_url(self) -> str:
        """The kill page, as a pilot would paste it."""
        return f"{self.base_url}/zkb/kill/{self.killmail_id}/"

    @property
    def esi_url(self) -> str:
        """The killmail itself on ESI."""
        return f"{self.base_url}/esi/killmails/{self.killmail_id}/{self.hash}/"

    @property
    def killreport(self) -> str:
        """The link that the game puts on the clipboard."""
        text = f"Kill: {self.pilot} ({self.ship})"
        return f"<url=killReport:{self.killmail_id}:{self.hash}>{text}</url>"
