"""What new rules change in a request: plugins' modifiers as they stand beside what they propose.

What people decided stays: a modifier that they voided is not proposed again, a suggestion that they
took goes on to count.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
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
    """What has to be done for the rules to hold: modifiers that go, stay and come."""

    removed: tuple[StoredModifier, ...]
    kept: tuple[StoredModifier, ...]
    added: tuple[NewModifier, ...]

    def terms(self) -> list[ModifierTerm]:
        """The plugins' modifiers afterwards."""
        return [each.term for each in self.kept] + [each.term for each in self.added]


def difference(stored: Iterable[StoredModifier], proposed: Sequence[NewModifier]) -> Difference:
    """Compares what stands with what is proposed, each stored modifier with one proposal at most.

    A proposal goes first to one that stands just so, then to one that people took or voided.
    """
    waiting: dict[tuple[Key, Standing], list[StoredModifier]] = defaultdict(list)
    kept: list[StoredModifier] = []
    for modifier in stored:
        waiting[modifier.key, modifier.standing].append(modifier)
        if modifier.standing in (Standing.TAKEN, Standing.VOIDED):
            kept.append(modifier)
    unmatched: list[NewModifier] = []
    for proposal in proposed:
        same = waiting[proposal.key, _standing(proposal)]
        if same:
            kept.append(same.pop(0))
        else:
            unmatched.append(proposal)
    added: list[NewModifier] = []
    for proposal in unmatched:
        decided = waiting[proposal.key, Standing.TAKEN] or waiting[proposal.key, Standing.VOIDED]
        if decided:
            decided.pop(0)
        else:
            added.append(proposal)
    removed = [
        modifier
        for (_, standing), left in waiting.items()
        if standing in (Standing.COUNTS, Standing.SUGGESTED)
        for modifier in left
    ]
    by_id = sorted(removed, key=lambda modifier: modifier.id)
    return Difference(tuple(by_id), tuple(kept), tuple(added))


def _standing(proposal: NewModifier) -> Standing:
    return Standing.SUGGESTED if proposal.is_suggested else Standing.COUNTS
