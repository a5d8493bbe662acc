"""Which fit a lost ship is compared with, and what comes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from srp_portal.plugin import DivisionInfo, Killmail, slot_of
from srp_portal_doctrine.comparison import SUBSYSTEMS, Comparison, Module, compare
from srp_portal_doctrine.eft import name_key
from srp_portal_doctrine.eve_types import CHARGE, MODULE, SUBSYSTEM, TypeFacts, Types
from srp_portal_doctrine.library import Doctrines, NamedFit

_FITTED = frozenset({"High slots", "Medium slots", "Low slots", "Rigs", SUBSYSTEMS})
#: Nobody has doctrines for the pod that is lost after the ship.
_CAPSULES = 29
#: One flag is one slot; whatever a source says, more than a rack can't be in it.
_MOST_IN_A_SLOT = 8


@dataclass(frozen=True, slots=True)
class Verdict:
    """The nearest fit, and how the lost one differs.

    rivals: how many fits there are for the hull. unknown: names that EVE has no module for.
    """

    fit: NamedFit
    comparison: Comparison
    rivals: int
    unknown: tuple[str, ...]


def candidates(
    doctrines: Doctrines, killmail: Killmail, division: DivisionInfo
) -> tuple[NamedFit, ...] | None:
    """The division's fits for the hull, perhaps none; None where doctrines say nothing of it."""
    fits = doctrines.of(division)
    hull = name_key(killmail.ship)
    found = tuple(each for each in fits if name_key(each.fit.ship) == hull)
    if not fits or (not found and killmail.ship_group_id == _CAPSULES):
        return None
    return found


def judge(
    killmail: Killmail, fits: Sequence[NamedFit], doctrines: Doctrines, types: Types
) -> Verdict:
    """Compares with the fit of these that differs least, the first of equals.

    Raises EveSilentError.
    """
    lost = lost_modules(killmail, types)
    slots = {module.key: module.slot for module in lost}
    names = {name for each in fits for name in each.fit.modules}
    absent = _facts_of({name for name in names if name_key(name) not in slots}, types)

    def verdict(candidate: NamedFit) -> Verdict:
        wanted, unknown = [], []
        for name in candidate.fit.modules:
            key = name_key(name)
            facts = absent.get(key)
            if key in slots:
                wanted.append(Module(slots[key], name))
            elif facts is None:
                unknown.append(name)
            # The rest are implants and the like, which some tools write without a number.
            elif facts.category_id in (MODULE, SUBSYSTEM):
                wanted.append(Module(facts.slot, facts.name))
        comparison = compare(wanted, lost, doctrines.accepted, len(unknown))
        return Verdict(candidate, comparison, len(fits), tuple(dict.fromkeys(unknown)))

    return min(map(verdict, fits), key=lambda each: each.comparison.distance)


def lost_modules(killmail: Killmail, types: Types) -> list[Module]:
    """What was fitted, one for each module; charges, which lie in their module's slot, are not.

    Raises EveSilentError.
    """
    in_slots: dict[int, dict[int, int]] = {}
    for item in killmail.items:
        if slot_of(item.flag) in _FITTED:
            held = in_slots.setdefault(item.flag, {})
            count = item.quantity_destroyed + item.quantity_dropped
            held[item.type_id] = held.get(item.type_id, 0) + count
    # A charge is never alone in its slot, so that most types need not be asked for.
    doubtful = {id_ for held in in_slots.values() if len(held) > 1 for id_ in held}
    facts = types.facts(doubtful)
    charges = {id_ for id_, each in facts.items() if each.category_id == CHARGE}
    fitted = [
        (slot_of(flag), type_id, min(count, _MOST_IN_A_SLOT))
        for flag, held in in_slots.items()
        for type_id, count in held.items()
        if type_id not in charges
    ]
    named = {id_: each.name for id_, each in facts.items()}
    names = named | types.names({type_id for _, type_id, _ in fitted} - named.keys())
    return [Module(slot, names[type_id]) for slot, type_id, count in fitted for _ in range(count)]


def _facts_of(names: set[str], types: Types) -> dict[str, TypeFacts]:
    """What types are, by the keys of their names; one that EVE doesn't know is left out."""
    ids = {key: id_ for key, id_ in types.ids(names).items() if id_ is not None}
    facts = types.facts(ids.values())
    return {key: facts[id_] for key, id_ in ids.items() if id_ in facts}
