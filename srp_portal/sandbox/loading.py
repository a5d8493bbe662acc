"""Reads the data files that ship with the sandbox."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from srp_portal.sandbox.entities import (
    Alliance,
    Character,
    Corporation,
    Group,
    ItemType,
    Place,
)


@dataclass(frozen=True)
class Atlas:
    """What never changes while a sandbox runs: places, types, fits, factions and stations."""

    regions: dict[int, Place]
    constellations: dict[int, Place]
    systems: dict[int, Place]
    stations: dict[int, Place]
    factions: dict[int, Place]
    groups: dict[int, Group]
    types: dict[int, ItemType]
    fits: dict[str, list[Any]]

    def group_of(self, type_id: int) -> Group:
        """The group of a type; KeyError when there is no such type."""
        return self.groups[self.types[type_id].group_id]


def read_json(name: str) -> Any:
    """The content of one data file, `name` without its `.json`."""
    path = files("srp_portal.sandbox").joinpath("data", f"{name}.json")
    return json.loads(path.read_text(encoding="utf-8"))


def moment(text: str) -> datetime:
    """An aware UTC time from `2014-07-02T19:26:00Z`."""
    return datetime.fromisoformat(text)


@cache
def atlas() -> Atlas:
    """The atlas, read once in a process: everything in it is immutable by convention."""
    places, types = read_json("places"), read_json("types")
    return Atlas(
        regions={int(key): Place(int(key), name) for key, name in places["regions"].items()},
        constellations=_places(places["constellations"]),
        systems=_places(places["systems"]),
        stations=_places(places["stations"]),
        factions={int(key): Place(int(key), name) for key, name in places["factions"].items()},
        groups={int(key): Group(int(key), *row) for key, row in types["groups"].items()},
        types={
            int(key): ItemType(int(key), name, group_id, Decimal(price))
            for key, (name, group_id, price) in types["types"].items()
        },
        fits=types["fits"],
    )


def people() -> tuple[dict[int, Alliance], dict[int, Corporation], dict[int, Character]]:
    """Alliances, corporations and characters as they are when a sandbox starts."""
    data = read_json("people")
    alliances = {
        int(key): Alliance(
            int(key), row["name"], row["ticker"], moment(row["founded"]), row["executor"]
        )
        for key, row in data["alliances"].items()
    }
    corporations = {
        int(key): Corporation(
            int(key),
            row["name"],
            row["ticker"],
            row["ceo"],
            row["alliance"],
            moment(row["founded"]),
        )
        for key, row in data["corporations"].items()
    }
    characters = {
        int(key): Character(
            id=int(key),
            name=row["name"],
            corporation_id=row["corporation"],
            alliance_id=corporations[row["corporation"]].alliance_id,
            born_at=moment(row["born"]),
            owner=owner_hash(f"first owner of {key}"),
        )
        for key, row in data["characters"].items()
    }
    return alliances, corporations, characters


def owner_hash(text: str) -> str:
    """An owner hash as the SSO gives it: 20 bytes in base64, here made from `text`."""
    digest = hashlib.sha1(text.encode(), usedforsecurity=False).digest()
    return base64.b64encode(digest).decode()


def _places(rows: dict[str, list[Any]]) -> dict[int, Place]:
    return {int(key): Place(int(key), *row) for key, row in rows.items()}
