"""What new rules change in a request: plugins' modifiers as they stand beside what they propose.

What people decided stays: where they voided or took a modifier of a plugin, all that it gave
stays as it is. Its modifiers belong together, and a voided one would come back at another amount.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from srp_portal.domain.payout import ModifierKind, ModifierTerm

Key = tuple[str, ModifierKind, Decimal, str]


class Standing(StrEnum):
    """What became of a plugin's modifier: the first two follow the rules, the others are people's.

    A modifier that the rules themselves have voided stands nowhere.
    """

    COUNTS = "counts"
    SUGGESTED = "suggested"
    TAKEN = "taken"
    VOIDED = "voided"


@dataclass(frozen=True, slots=True)
class StoredModifier:
    """A modifier of a plugin; value in ISK, or a fraction (0.15 is 15 %).

    was_suggested: the plugin only suggested it, whatever became of it.
    """

    id: int
    plugin: str
    kind: ModifierKind
    value: Decimal
    note: str
    standing: Standing
    was_suggested: bool = False

    @property
    def key(self) -> Key:
        """What makes two modifiers the same."""
        return (self.plugin, self.kind, self.value, self.note)

    @property
    def term(self) -> ModifierTerm:
        """What the arithmetic needs."""
        return ModifierTerm(
            self.kind,
            self.value,
            is_void=self.standing is Standing.VOIDED,
            is_suggested=self.standing is Standing.SUGGESTED,
        )


@dataclass(frozen=True, slots=True)
class NewModifier:
    """A modifier that a plugin proposes by its present rules; a suggestion doesn't count yet."""

    plugin: str
    kind: ModifierKind
    value: Decimal
    note: str
    is_suggested: bool

    @property
    def key(self) -> Key:
        """What makes two modifiers the same."""
        return (self.plugin, self.kind, self.value, self.note)

    @property
    def term(self) -> ModifierTerm:
        """What the arithmetic needs."""
        return ModifierTerm(self.kind, self.value, is_suggested=self.is_suggested)


@dataclass(frozen=True, slots=True)
class Difference:
    """What has to be done for the rules to hold: modifiers that go, stay and come.

    held: names of the plugins that would give something else, and may not, as people decided.
    """

    removed: tuple[StoredModifier, ...]
    kept: tuple[StoredModifier, ...]
    added: tuple[NewModifier, ...]
    held: tuple[str, ...] = ()

    def terms(self) -> list[ModifierTerm]:
        """The plugins' modifiers afterwards."""
        return [each.term for each in self.kept] + [each.term for each in self.added]


def difference(stored: Sequence[StoredModifier], proposed: Sequence[NewModifier]) -> Difference:
    """Compares what stands with what is proposed, one stored modifier with one proposal at most."""
    decided = {each.plugin for each in stored if each.standing in (Standing.TAKEN, Standing.VOIDED)}
    kept = [each for each in stored if each.plugin in decided]
    waiting: dict[tuple[Key, Standing], list[StoredModifier]] = defaultdict(list)
    for modifier in stored:
        if modifier.plugin not in decided:
            waiting[modifier.key, modifier.standing].append(modifier)
    added: list[NewModifier] = []
    for proposal in proposed:
        if proposal.plugin in decided:
            continue
        same = waiting[proposal.key, _standing(proposal)]
        if same:
            kept.append(same.pop(0))
        else:
            added.append(proposal)
    removed = [modifier for left in waiting.values() for modifier in left]
    given = Counter(each.key for each in proposed if each.plugin in decided)
    there = Counter(each.key for each in stored if each.plugin in decided)
    # Whether one of them is a suggestion by now says nothing: people have decided.
    held = {key[0] for key in (given - there) + (there - given)}
    return Difference(
        tuple(sorted(removed, key=lambda modifier: modifier.id)),
        tuple(kept),
        tuple(added),
        tuple(sorted(held)),
    )


def _standing(proposal: NewModifier) -> Standing:
    return Standing.SUGGESTED if proposal.is_suggested else Standing.COUNTS
