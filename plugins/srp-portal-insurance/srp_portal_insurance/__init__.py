"""Deducts what a ship's insurance pays, as a modifier that everybody sees."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from srp_portal.plugin import Killmail, PluginContext, ProposedModifier, Transformer, hookimpl
from srp_portal_insurance.deduction import deduction
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

    Raises SourceUnavailable where EVE's prices can't be had.
    """
    settings = InsuranceSettings.from_mapping(context.settings)
    if settings.level is None or not settings.covers(killmail):
        return []
    policy = policy_of(context, settings.level, killmail, today=datetime.now(UTC).date())
    modifier = None if policy is None else deduction(settings, settings.level, policy)
    return [] if modifier is None else [modifier]
