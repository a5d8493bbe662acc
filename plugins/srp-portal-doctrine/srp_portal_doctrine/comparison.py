"""What differs between the modules of a fit and those that were lost, without network."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby, zip_longest

from srp_portal_doctrine.accepted import Accepted
from srp_portal_doctrine.eft import name_key

SUBSYSTEMS = "Subsystems"


@dataclass(frozen=True, slots=True, order=True)
class Module:
    """A fitted module. slot: as `slot_of` names it, blank where it isn't known."""

    slot: str
    name: str

    @property
    def key(self) -> str:
        """The name as names are compared."""
        return name_key(self.name)


@dataclass(frozen=True, slots=True)
class Difference:
    """A place in which doctrine and loss are not the same: a module, another one, or none."""

    wanted: Module | None
    lost: Module | None

    @property
    def slot(self) -> str:
        """The lost module's slot, or where the missing one belongs."""
        module = self.lost or self.wanted
        return "" if module is None else module.slot


@dataclass(frozen=True, slots=True)
class Comparison:
    """differences: in order of slot. accepted: doctrine's module and what stood for it.

    unknown: how many modules of the doctrine nobody can tell.
    """

    differences: tuple[Difference, ...]
    accepted: tuple[tuple[Module, Module], ...] = ()
    unknown: int = 0

    @property
    def distance(self) -> tuple[int, int]:
        """Smaller is nearer; subsystems come first, since they make another ship of a cruiser."""
        subsystems = sum(each.slot == SUBSYSTEMS for each in self.differences)
        return subsystems, len(self.differences) + self.unknown


def compare(
    wanted: Sequence[Module], lost: Sequence[Module], accepted: Accepted, unknown: int = 0
) -> Comparison:
    """Pairs each module with the same one or with one that is as good, as many as possible.

    What is left over is paired by slot: a module in another's place is one difference. One whose
    slot isn't known is paired with anything.
    unknown: how many modules the fit has besides; for each of them one that is only in the loss
    may be the right one, and is no difference.
    """
    wanted, lost = sorted(wanted), sorted(lost)
    pairs = _matched(wanted, lost, accepted)
    missing = [module for n, module in enumerate(wanted) if n not in pairs]
    taken = set(pairs.values())
    extra = [module for n, module in enumerate(lost) if n not in taken]
    stood_in = sorted(
        (wanted[n], lost[m]) for n, m in pairs.items() if wanted[n].key != lost[m].key
    )
    told, excused = [], unknown
    for each in _paired_by_slot(missing, extra):
        if each.wanted is None and excused:
            excused -= 1
        else:
            told.append(each)
    return Comparison(tuple(told), tuple(stood_in), unknown)


def _matched(
    wanted: Sequence[Module], lost: Sequence[Module], accepted: Accepted
) -> dict[int, int]:
    """Positions in `wanted` to positions in `lost`: a largest matching, by augmenting paths."""
    free: dict[str, list[int]] = {}
    for n, module in enumerate(lost):
        free.setdefault(module.key, []).append(n)
    partners = [
        [
            n
            for key in (module.key, *sorted(accepted.get(module.key, ())))
            for n in free.get(key, ())
        ]
        for module in wanted
    ]
    owner: dict[int, int] = {}
    # The same ones first: nothing stands in for a module that is there.
    left = []
    for position, module in enumerate(wanted):
        same = [n for n in free.get(module.key, ()) if n not in owner]
        if same:
            owner[same[0]] = position
        else:
            left.append(position)

    def place(position: int, seen: set[int]) -> bool:
        for partner in partners[position]:
            if partner in seen:
                continue
            seen.add(partner)
            if partner not in owner or place(owner[partner], seen):
                owner[partner] = position
                return True
        return False

    for position in left:
        place(position, set())
    return {position: partner for partner, position in owner.items()}


def _paired_by_slot(missing: Iterable[Module], extra: Iterable[Module]) -> list[Difference]:
    wanted_in, lost_in = _by_slot(missing), _by_slot(extra)
    homeless = wanted_in.pop("", [])
    found = []
    for slot in sorted(wanted_in.keys() | lost_in.keys()):
        for wanted, lost in zip_longest(wanted_in.get(slot, ()), lost_in.get(slot, ())):
            stray = homeless.pop(0) if wanted is None and homeless else None
            found.append(Difference(wanted or stray, lost))
    return [*found, *(Difference(wanted, None) for wanted in homeless)]


def _by_slot(modules: Iterable[Module]) -> dict[str, list[Module]]:
    ordered = sorted(modules)
    return {slot: list(group) for slot, group in groupby(ordered, key=lambda module: module.slot)}
