"""What a rule pays for a loss before bonuses and deductions, and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from srp_portal.plugin import Killmail, PluginContext, SubmissionRejected, short_isk
from srp_portal_payout_rules.amounts import percent_words
from srp_portal_payout_rules.book import Base, Rule, RuleBook
from srp_portal_payout_rules.prices import price_words

_CENT = Decimal("0.01")

#: Gives EVE's price of the hull of a loss.
HullPrice = Callable[[Killmail, PluginContext], Decimal | None]


@dataclass(frozen=True, slots=True)
class BasePayout:
    """ISK with two decimals, and the words that tell the pilot where they come from."""

    amount: Decimal
    reason: str


def base_of(
    book: RuleBook, rule: Rule, killmail: Killmail, context: PluginContext, price: HullPrice
) -> BasePayout:
    """The base payout of a loss by a rule that pays.

    Raises SubmissionRejected where the value that counts isn't known, SourceUnavailable where EVE
    can't be asked.
    """
    base = rule.base
    if base.fixed is not None:
        return BasePayout(base.fixed, f"{rule.name}: fixed payout")
    value, words = _value(base.value, book, killmail, context, price)
    if value is None and base.fallback:
        value, instead = _value(base.fallback, book, killmail, context, price)
        words = f"{instead}, as the {words} isn't known"
    if value is None:
        raise SubmissionRejected(_unknown(base, rule, killmail))
    amount = (value * base.share).quantize(_CENT, rounding=ROUND_HALF_EVEN)
    if base.share != 1:
        words = f"{percent_words(base.share.scaleb(2))} of the {words}"
    if base.least is not None and amount < base.least:
        amount, words = base.least, f"{words}, at least {short_isk(base.least)}"
    elif base.most is not None and amount > base.most:
        amount, words = base.most, f"{words}, at most {short_isk(base.most)}"
    return BasePayout(amount, f"{rule.name}: {words}")


def _value(
    name: str, book: RuleBook, killmail: Killmail, context: PluginContext, price: HullPrice
) -> tuple[Decimal | None, str]:
    """The value of this name with words for it, None where it isn't known."""
    words = _words(name, killmail)
    if name != "hull":
        return killmail.values.get(name), words
    listed = book.hulls.get(killmail.ship.casefold())
    if listed is not None:
        return listed, words
    asked = price(killmail, context)
    return asked, words if asked is None else price_words(killmail, asked)


def _words(name: str, killmail: Killmail) -> str:
    return f"hull price of {killmail.ship}" if name == "hull" else f"{name} value"


def _unknown(base: Base, rule: Rule, killmail: Killmail) -> str:
    names = [name for name in (base.value, base.fallback) if name]
    words = " or the ".join(_words(name, killmail) for name in names)
    told = f"The rule “{rule.name}” pays by the {words}, which nobody knows for this loss."
    if names == ["hull"]:
        return f"{told} Ask the people who run the ship replacement to name a price."
    return f"{told} Submit it by its zKillboard link, which comes with values."
