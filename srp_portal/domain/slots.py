"""Where on a ship an item was: EVE's inventory flags by slot."""

from __future__ import annotations

#: By slot, in the order in which a fit is read.
SLOTS: tuple[tuple[str, frozenset[int]], ...] = (
    ("High slots", frozenset(range(27, 35))),
    ("Medium slots", frozenset(range(19, 27))),
    ("Low slots", frozenset(range(11, 19))),
    ("Rigs", frozenset(range(92, 100))),
    ("Subsystems", frozenset(range(125, 133))),
    ("Drone bay", frozenset({87})),
    ("Fighter bay", frozenset({158, *range(159, 164)})),
    ("Implants", frozenset({89})),
    ("Cargo", frozenset({5})),
)
OTHER = "Elsewhere"

_SLOT_OF = {flag: slot for slot, flags in SLOTS for flag in flags}
_POSITION_OF = {slot: position for position, (slot, _) in enumerate(SLOTS)}


def slot_of(flag: int) -> str:
    """The slot of an inventory flag, such as `High slots`; `Elsewhere` for any other flag."""
    return _SLOT_OF.get(flag, OTHER)


def position_of(slot: str) -> int:
    """Where a slot stands in the order of a fit, from 0; `Elsewhere` is last."""
    return _POSITION_OF.get(slot, len(SLOTS))
