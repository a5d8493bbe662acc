"""Payouts by rules that somebody wrote in one readable file.

Without the setting `payout-rules.file` none of the hooks does anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from srp_portal.plugin import (
    DivisionInfo,
    Killmail,
    PluginContext,
    ProposedModifier,
    SubmissionRejected,
    Transformer,
    hookimpl,
)
from srp_portal_payout_rules import held
from srp_portal_payout_rules.base import base_of
from srp_portal_payout_rules.conditions import Facts
from srp_portal_payout_rules.modifiers import adjusted, bounded, explanation
from srp_portal_payout_rules.prices import hull_price, settled_price

API_VERSION = 1


@hookimpl
def transformers(settings: Mapping[str, str]) -> list[Transformer]:
    """Reads the rules, as this is called at start; gives no links. Raises SettingError."""
    held.load(settings)
    return []


@hookimpl
def validate_submission(killmail: Killmail, division: DivisionInfo, context: PluginContext) -> None:
    """Raises SubmissionRejected for what a rule refuses, and for a loss that is too old."""
    book = held.book_of(context.settings)
    if book is None:
        return
    rule = book.rule_for(Facts.of(killmail, division))
    if rule is not None and rule.refusal:
        raise SubmissionRejected(rule.refusal)
    days = book.days if rule is None else rule.days
    # What the rules have judged before was submitted in time, however long it has waited since.
    if days is not None and not context.earlier:
        _check_age(killmail.timestamp, days)


# Before others: whoever names a file of rules means them to count.
@hookimpl(tryfirst=True)
def base_payout(
    killmail: Killmail, division: DivisionInfo, context: PluginContext
) -> Decimal | None:
    """ISK by the first rule that matches, None where none does.

    Raises SubmissionRejected where the value that counts isn't known, SourceUnavailable where EVE
    can't be asked for a price.
    """
    book = held.book_of(context.settings)
    rule = None if book is None else book.rule_for(Facts.of(killmail, division))
    if book is None or rule is None or rule.refusal:
        return None
    return base_of(book, rule, killmail, context, hull_price).amount


@hookimpl
def payout_modifiers(
    killmail: Killmail, division: DivisionInfo, context: PluginContext
) -> Iterator[ProposedModifier]:
    """Bonuses, deductions, cap and minimum, each with its reason; raises as `base_payout`."""
    book = held.book_of(context.settings)
    if book is None:
        return
    facts = Facts.of(killmail, division)
    rule = book.rule_for(facts)
    adjustments = book.adjustments_for(facts, rule)
    if rule is None or rule.refusal:
        yield from adjusted(adjustments, facts)
        return
    base = base_of(book, rule, killmail, context, settled_price)
    yield explanation(base)
    yield from adjusted(adjustments, facts)
    yield from bounded(rule, base.amount, adjustments)


def _check_age(timestamp: datetime, days: int) -> None:
    now = datetime.now(UTC)
    last = timestamp + timedelta(days=days)
    if now > last:
        age = (now - timestamp).days
        raise SubmissionRejected(
            f"This loss is {_days(age)} old, and losses are reimbursed for {_days(days)}: it had to"
            f" be submitted by {last:%Y-%m-%d %H:%M} EVE time."
        )


def _days(count: int) -> str:
    return f"{count} day" if count == 1 else f"{count} days"
