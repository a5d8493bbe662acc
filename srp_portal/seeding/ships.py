"""Ships and modules of EVE for generated data: real ids and names.

Prices and weights are rough, and only there to make lists look like those of an alliance.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ShipGroup:
    """A class of ships; price: millions of ISK with an ordinary fit, weight: how often lost.

    hulls: (type id, name) of each.
    """

    id: int
    name: str
    price: int
    weight: int
    hulls: tuple[tuple[int, str], ...]
    is_capital: bool = False


@dataclass(frozen=True, slots=True)
class Ship:
    """A hull with its class."""

    id: int
    name: str
    group: ShipGroup


SHIP_GROUPS: tuple[ShipGroup, ...] = (
    ShipGroup(29, "Capsule", 12, 6, ((670, "Capsule"),)),
    ShipGroup(
        25,
        "Frigate",
        18,
        12,
        (
            (582, "Bantam"),
            (583, "Condor"),
            (585, "Slasher"),
            (587, "Rifter"),
            (589, "Executioner"),
            (593, "Tristan"),
            (594, "Incursus"),
            (597, "Punisher"),
            (602, "Kestrel"),
            (603, "Merlin"),
            (608, "Atron"),
        ),
    ),
    ShipGroup(
        420,
        "Destroyer",
        22,
        9,
        (
            (16236, "Coercer"),
            (16238, "Cormorant"),
            (16240, "Catalyst"),
            (16242, "Thrasher"),
            (32872, "Algos"),
            (32876, "Corax"),
        ),
    ),
    ShipGroup(
        26,
        "Cruiser",
        45,
        13,
        (
            (620, "Osprey"),
            (621, "Caracal"),
            (622, "Stabber"),
            (623, "Moa"),
            (624, "Maller"),
            (626, "Vexor"),
            (627, "Thorax"),
            (629, "Rupture"),
            (632, "Blackbird"),
            (634, "Exequror"),
            (17715, "Gila"),
        ),
    ),
    ShipGroup(
        419,
        "Combat Battlecruiser",
        115,
        12,
        (
            (16227, "Ferox"),
            (16229, "Brutix"),
            (16231, "Cyclone"),
            (16233, "Prophecy"),
            (24696, "Harbinger"),
            (24698, "Drake"),
            (24700, "Myrmidon"),
            (24702, "Hurricane"),
        ),
    ),
    ShipGroup(
        27,
        "Battleship",
        350,
        7,
        (
            (638, "Raven"),
            (639, "Tempest"),
            (641, "Megathron"),
            (643, "Armageddon"),
            (645, "Dominix"),
            (24690, "Hyperion"),
            (24692, "Abaddon"),
            (24694, "Maelstrom"),
        ),
    ),
    ShipGroup(
        831,
        "Interceptor",
        48,
        6,
        (
            (11176, "Crow"),
            (11178, "Raptor"),
            (11186, "Malediction"),
            (11196, "Claw"),
            (11198, "Stiletto"),
            (11202, "Ares"),
        ),
    ),
    ShipGroup(
        324,
        "Assault Frigate",
        60,
        4,
        ((11371, "Wolf"), (11379, "Hawk"), (11393, "Retribution"), (12042, "Ishkur")),
    ),
    ShipGroup(
        541,
        "Interdictor",
        85,
        9,
        ((22452, "Heretic"), (22456, "Sabre"), (22460, "Eris"), (22464, "Flycatcher")),
    ),
    ShipGroup(
        358,
        "Heavy Assault Cruiser",
        310,
        10,
        (
            (11993, "Cerberus"),
            (11999, "Vagabond"),
            (12003, "Zealot"),
            (12005, "Ishtar"),
            (12011, "Eagle"),
            (12015, "Muninn"),
            (12019, "Sacrilege"),
        ),
    ),
    ShipGroup(
        832,
        "Logistics",
        290,
        6,
        ((11978, "Scimitar"), (11985, "Basilisk"), (11987, "Guardian"), (11989, "Oneiros")),
    ),
    ShipGroup(
        833,
        "Force Recon Ship",
        280,
        2,
        ((11957, "Falcon"), (11963, "Rapier"), (11965, "Pilgrim"), (11969, "Arazu")),
    ),
    ShipGroup(
        963,
        "Strategic Cruiser",
        520,
        2,
        ((29984, "Tengu"), (29986, "Legion"), (29988, "Proteus"), (29990, "Loki")),
    ),
    ShipGroup(28, "Hauler", 6, 1, ((648, "Badger"), (652, "Mammoth"), (657, "Iteron Mark V"))),
    ShipGroup(
        547,
        "Carrier",
        2600,
        1,
        ((23757, "Archon"), (23911, "Thanatos"), (23915, "Chimera"), (24483, "Nidhoggur")),
        is_capital=True,
    ),
    ShipGroup(
        485,
        "Dreadnought",
        4200,
        1,
        ((19720, "Revelation"), (19722, "Naglfar"), (19724, "Moros"), (19726, "Phoenix")),
        is_capital=True,
    ),
)

SHIPS: tuple[Ship, ...] = tuple(
    Ship(id_, name, group) for group in SHIP_GROUPS for id_, name in group.hulls
)
#: How often each of SHIPS is lost.
SHIP_WEIGHTS: tuple[float, ...] = tuple(ship.group.weight / len(ship.group.hulls) for ship in SHIPS)

#: What generated fits are made of: type id to name.
MODULES: dict[int, str] = {
    438: "1MN Afterburner II",
    440: "5MN Microwarpdrive II",
    448: "Warp Scrambler II",
    485: "150mm Light AutoCannon I",
    527: "Stasis Webifier II",
    2048: "Damage Control II",
    2488: "Warrior II",
    3244: "Warp Disruptor II",
    3841: "Large Shield Extender II",
    12608: "Hail S",
    28668: "Nanite Repair Paste",
}

#: Fits, as (type id, EVE's inventory flag, destroyed, dropped) of each item.
FITS: tuple[tuple[tuple[int, int, int, int], ...], ...] = (
    ((485, 27, 1, 0), (485, 28, 0, 1), (438, 19, 1, 0), (448, 20, 0, 1), (2048, 11, 1, 0)),
    ((485, 27, 1, 0), (440, 19, 0, 1), (3841, 20, 1, 0), (2048, 11, 0, 1), (2488, 87, 3, 2)),
    ((440, 19, 1, 0), (527, 20, 0, 1), (3244, 21, 1, 0), (12608, 5, 0, 640), (28668, 5, 40, 0)),
)
