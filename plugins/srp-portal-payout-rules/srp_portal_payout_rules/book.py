"""The rules of a file, read and checked; nothing in here can be wrong any more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from srp_portal_payout_rules.conditions import Facts, Scope


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A bonus or a deduction.

    isk: of either sign, or None. fraction: of either sign, 0.25 is 25 %, or None; one of both is
    there. is_suggested: the reviewer decides whether it counts.
    """

    name: str
    isk: Decimal | None
    fraction: Decimal | None
    scope: Scope
    is_suggested: bool = False


@dataclass(frozen=True, slots=True)
class Base:
    """What a rule pays before bonuses and deductions.

    fixed: ISK, or None where a share of a value counts. value: `hull`, or a name of
    Killmail.values. fallback: the same, for a loss whose value is not known. share: 0.8 is 80 %.
    least, most: ISK, bounds of the share.
    """

    fixed: Decimal | None = None
    value: str = ""
    fallback: str = ""
    share: Decimal = Decimal(1)
    least: Decimal | None = None
    most: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    refusal: why losses are refused, or "" where `base` says what is paid. cap, minimum: ISK that
    bound the payout with all of its adjustments, those for all rules among them. days: the age at
    which a loss is refused.
    """

    name: str
    scope: Scope
    refusal: str = ""
    base: Base = Base()
    cap: Decimal | None = None
    minimum: Decimal | None = None
    days: int | None = None
    adjustments: tuple[Adjustment, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleBook:
    """All that a file says.

    adjustments: for losses without any rule. hulls: ISK by the casefolded name of the ship. days:
    the age at which a loss is refused that no rule is for.
    """

    rules: tuple[Rule, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()
    hulls: Mapping[str, Decimal] = field(default_factory=dict)
    days: int | None = None

    def rule_for(self, facts: Facts) -> Rule | None:
        """The first rule that matches a loss."""
        for rule in self.rules:
            if rule.scope.matches(facts):
                return rule
        return None

    def adjustments_for(self, facts: Facts, rule: Rule | None) -> list[Adjustment]:
        """The bonuses and deductions of a loss, in the order of the file."""
        among = self.adjustments if rule is None else rule.adjustments
        return [each for each in among if each.scope.matches(facts)]
