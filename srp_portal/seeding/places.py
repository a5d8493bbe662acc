"""Places of EVE for generated data: real ids, names and security; invented weights."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class System:
    """A solar system where ships are lost; weight: how often."""

    id: int
    name: str
    security: str
    constellation_id: int
    constellation: str
    region_id: int
    region: str
    weight: int


#: (id, name, region id, region, ((system id, name, security, weight), …)) of each constellation.
_PLACES: tuple[
    tuple[int, str, int, str, tuple[tuple[int, str, str, int], ...]],
    ...,
] = (
    (
        20000169,
        "UX3-N2",
        10000014,
        "Catch",
        (
            (30001153, "F9E-KX", "-0.2538", 6),
            (30001154, "9KOE-A", "-0.0470", 3),
            (30001156, "B-3QPD", "-0.0757", 5),
            (30001157, "36N-HZ", "-0.0617", 4),
            (30001160, "WD-VTV", "-0.0854", 14),
            (30001161, "HED-GP", "-0.1463", 26),
            (30001162, "V-3YG7", "-0.0821", 7),
        ),
    ),
    (
        20000170,
        "N-OGI1",
        10000014,
        "Catch",
        (
            (30001164, "KDF-GY", "-0.1077", 3),
            (30001166, "9-8GBA", "-0.1388", 4),
            (30001167, "6-K738", "-0.0549", 3),
            (30001168, "ZXIC-7", "-0.1064", 4),
        ),
    ),
    (
        20000171,
        "EM-L3K",
        10000014,
        "Catch",
        (
            (30001170, "1P-WGB", "-0.1088", 4),
            (30001171, "F4R2-Q", "-0.1669", 6),
            (30001173, "WLAR-J", "-0.3017", 3),
            (30001174, "L7XS-5", "-0.1546", 3),
        ),
    ),
    (
        20000366,
        "74IL-O",
        10000029,
        "Geminate",
        (
            (30002499, "O2O-2X", "-0.4250", 3),
            (30002500, "JE1-36", "-0.5233", 3),
            (30002503, "UER-TH", "-0.7312", 2),
        ),
    ),
    (
        20000365,
        "RJ-1R7",
        10000029,
        "Geminate",
        (
            (30002493, "LR-2XT", "-0.1160", 3),
            (30002495, "4K0N-J", "-0.1282", 2),
            (30002498, "BE-UUN", "-0.1247", 2),
        ),
    ),
    (20000696, "O-EIMK", 10000060, "Delve", ((30004759, "1DQ1-A", "-0.3857", 12),)),
    (20000372, "Hed", 10000030, "Heimatar", ((30002537, "Amamake", "0.4388", 10),)),
    (
        20000367,
        "Ortner",
        10000030,
        "Heimatar",
        (
            (30002506, "Osoggur", "0.5316", 2),
            (30002507, "Abudban", "0.7324", 1),
            (30002510, "Rens", "0.8946", 2),
        ),
    ),
    (
        20000368,
        "Huvilma",
        10000030,
        "Heimatar",
        (
            (30002514, "Bosboger", "0.3246", 4),
            (30002515, "Olfeim", "0.4387", 4),
            (30002516, "Lulm", "0.3440", 3),
        ),
    ),
    (
        20000002,
        "Anares",
        10000001,
        "Derelik",
        (
            (30000012, "Asabona", "0.3229", 3),
            (30000015, "Sendaya", "0.2939", 5),
            (30000016, "Nazhgete", "0.3915", 2),
        ),
    ),
    (
        20000003,
        "Mamouna",
        10000001,
        "Derelik",
        ((30000017, "Futzchag", "0.1722", 2), (30000019, "Podion", "0.1097", 2)),
    ),
    (20000785, "Ishaga", 10000069, "Black Rise", ((30045338, "Hikkoken", "0.3000", 4),)),
    (
        20000020,
        "Kimotoro",
        10000002,
        "The Forge",
        ((30000142, "Jita", "0.9459", 3), (30000144, "Perimeter", "0.9531", 2)),
    ),
    (20000322, "Throne Worlds", 10000043, "Domain", ((30002187, "Amarr", "1.0000", 1),)),
    (20000389, "Coriault", 10000032, "Sinq Laison", ((30002659, "Dodixie", "0.8687", 1),)),
    (21000324, "G-C00324", 11000031, "G-R00031", ((31000005, "Thera", "-0.9900", 3),)),
)

SYSTEMS: tuple[System, ...] = tuple(
    System(id_, name, security, constellation_id, constellation, region_id, region, weight)
    for constellation_id, constellation, region_id, region, systems in _PLACES
    for id_, name, security, weight in systems
)
#: How often ships are lost in each of SYSTEMS.
SYSTEM_WEIGHTS: tuple[int, ...] = tuple(system.weight for system in SYSTEMS)
