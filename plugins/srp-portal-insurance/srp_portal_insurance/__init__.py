"""Deducts what a ship's insurance pays, as a modifier that everybody sees."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from srp_portal.plugin import Killmail, PluginContext, ProposedModifier, Transformer, hookimpl
from srp_portal_insurance.deduction import deduction, is_by
from srp_portal_insurance.prices import policy_of
from srp_portal_insurance.settings import InsuranceSettings

API_VERSION = 1


@hookimpl
def transformers(settings: Mapping[str, str]) -> list[Transformer]:
    """No transformers: called at start, it raises SettingError for a wrong setting."""
    InsuranceSettings.from_mapping(settings)
    return []


@hookimpl
def payout_modifiers(killmail: Killmail, context: PluginContext) -> Iterable[ProposedModifier]:
    """One negative modifier for an insured loss, none for any other.

    A request that has one by the same settings keeps it, whatever insurance pays by now. Raises
    SourceUnavailable where EVE's prices can't be had.
    """
    settings = InsuranceSettings.from_mapping(context.settings)
    level = settings.level
    if level is None or not settings.covers(killmail):
        return []
    kept = [modifier for modifier in context.earlier if is_by(settings, level, modifier)]
    if kept:
        return kept[:1]
    policy = policy_of(context, level, killmail, today=datetime.now(UTC).date())
    made = None if policy is None else deduction(settings, level, policy)
    return [] if made is None else [made]
