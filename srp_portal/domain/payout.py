"""The payout of a request, from its base and its modifiers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from srp_portal.domain.money import ZERO, percent_text, pretty_isk, round_isk


class ModifierKind(StrEnum):
    """How a modifier counts: ISK added to the base, or a fraction of what that gives."""

    ABSOLUTE = "absolute"
    RELATIVE = "relative"


@dataclass(frozen=True, slots=True)
class ModifierTerm:
    """What the arithmetic needs to know of a modifier.

    value: ISK, or a fraction (0.15 is 15 %); negative is a penalty.
    """

    kind: ModifierKind
    value: Decimal
    is_void: bool = False
    is_suggested: bool = False


def payout(base: Decimal, modifiers: Iterable[ModifierTerm]) -> Decimal:
    """Final payout of a request.

    base: ISK, 0 or more. Voided and merely suggested modifiers are skipped. Result: ISK, two
    decimals, half-even, at least 0. Rule: contract/http.md, "Working on a request".
    """
    absolute, relative = ZERO, Decimal(1)
    for modifier in modifiers:
        if modifier.is_void or modifier.is_suggested:
            continue
        if modifier.kind is ModifierKind.ABSOLUTE:
            absolute += modifier.value
        else:
            relative += modifier.value
    # Each factor on its own: two factors below zero must not make a payout.
    return round_isk(max(base + absolute, ZERO) * max(relative, Decimal(0)))


def modifier_text(kind: ModifierKind, value: Decimal) -> str:
    """The modifier for people: `15.0% bonus`, `1,500,000.00 ISK penalty`."""
    direction = "penalty" if value < 0 else "bonus"
    if kind is ModifierKind.RELATIVE:
        return f"{percent_text(value)}% {direction}"
    return f"{pretty_isk(abs(value))} ISK {direction}"
