"""Compares lost ships with a division's doctrine fits, suggests deductions and shows why.

Nothing here refuses a submission: fleet commanders order refits, and EVE may be silent.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from decimal import Decimal

from srp_portal.plugin import (
    DivisionInfo,
    Killmail,
    Panel,
    PluginContext,
    ProposedModifier,
    Transformer,
    hookimpl,
)
from srp_portal_doctrine import wording
from srp_portal_doctrine.asking import EveSilentError
from srp_portal_doctrine.eve_types import Types
from srp_portal_doctrine.judging import candidates, judge
from srp_portal_doctrine.library import library_of
from srp_portal_doctrine.settings import DoctrineSettings

API_VERSION = 1

logger = logging.getLogger(__name__)

#: Seconds for EVE: of the 15 that a submission has, and of the 3 that all panels of a page share.
_SUBMISSION_S, _PANEL_S = 3.0, 1.2


@hookimpl
def transformers(settings: Mapping[str, str]) -> list[Transformer]:
    """None; reads the fits at start. Raises SettingError for a wrong setting or file."""
    own = DoctrineSettings.from_mapping(settings)
    if own is not None:
        library_of(own.folder, own.accept).check()
    return []


@hookimpl
def payout_modifiers(
    killmail: Killmail, division: DivisionInfo, context: PluginContext
) -> list[ProposedModifier]:
    """A deduction to suggest, for modules that differ or for a hull without a fit."""
    own = DoctrineSettings.from_mapping(context.settings)
    if own is None or (own.deduction is None and own.no_fit is None):
        return []
    doctrines = library_of(own.folder, own.accept).doctrines()
    fits = candidates(doctrines, killmail, division)
    if fits is None:
        return []
    if not fits:
        return [] if own.no_fit is None else [_suggested(own.no_fit, wording.no_fit(killmail))]
    if own.deduction is None:
        return []
    try:
        verdict = judge(killmail, fits, doctrines, Types(context, _SUBMISSION_S))
    except EveSilentError:
        logger.warning(
            "No deduction is suggested for killmail %d, as EVE is silent", killmail.killmail_id
        )
        return []
    differences = len(verdict.comparison.differences)
    if not differences:
        return []
    return [_suggested(min(own.deduction * differences, own.most), wording.note(verdict))]


@hookimpl
def request_panels(
    killmail: Killmail, division: DivisionInfo, context: PluginContext
) -> list[Panel]:
    """The nearest fit and what differs; nothing where the division has no fits."""
    own = DoctrineSettings.from_mapping(context.settings)
    if own is None:
        return []
    doctrines = library_of(own.folder, own.accept).doctrines()
    fits = candidates(doctrines, killmail, division)
    if fits is None:
        return []
    if not fits:
        return [wording.no_fit_panel(killmail)]
    try:
        return [wording.verdict_panel(judge(killmail, fits, doctrines, Types(context, _PANEL_S)))]
    except EveSilentError:
        return [wording.silence_panel()]


def _suggested(fraction: Decimal, note: str) -> ProposedModifier:
    return ProposedModifier("relative", -fraction, note, apply=False)
