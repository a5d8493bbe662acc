"""The documents of a recalculation: what would change, and what was changed."""

from __future__ import annotations

from srp_portal.domain.money import plain_isk, pretty_isk
from srp_portal.domain.recalculation import NewModifier, Standing, StoredModifier
from srp_portal.services.recalculation import Plan
from srp_portal.services.recalculation_results import RecalculationOutcome, RecalculationPage
from srp_portal.services.results import Reference
from srp_portal.web.representation.documents import (
    Document,
    division_document,
    document,
    user_document,
)
from srp_portal.web.representation.links import Links
from srp_portal.web.representation.preview_documents import rule_document


@document.register
def _page(page: RecalculationPage, links: Links) -> Document:
    told = (*page.changes, *page.left_alone, *page.refused)
    division = page.division
    return {
        "current_user": user_document(page.reader, links),
        "division": None if division is None else division_document(division, links),
        "divisions": [division_document(each, links) for each in page.divisions],
        "looked_at": len(page.plans),
        "next_after": page.following,
        "problem": page.problem,
        "request_count": page.count,
        "requests": [_plan(plan, links) for plan in told],
    }


@document.register
def _outcome(outcome: RecalculationOutcome, links: Links) -> Document:
    return {
        "changed": [
            {"href": links.request(request_id), "id": request_id} for request_id in outcome.applied
        ],
        "current_user": user_document(outcome.reader, links),
        "left_alone": [
            {
                "href": links.request(each.request_id),
                "id": each.request_id,
                "problem": each.problem,
            }
            for each in outcome.left_alone
        ],
    }


def _plan(plan: Plan, links: Links) -> Document:
    case = plan.case
    return {
        "added": [_modifier(each, each.is_suggested) for each in plan.added],
        "base_by_hand": case.is_base_by_hand,
        "base_payout": plain_isk(case.base_payout),
        "base_payout_str": pretty_isk(case.base_payout),
        "change": plan.token if plan.is_change and not plan.problem else None,
        "division": division_document(Reference(case.division.id, case.division.name), links),
        "href": links.request(case.id),
        "id": case.id,
        "kept_plugins": list(plan.held),
        "new_base_payout": plain_isk(plan.base_payout),
        "new_base_payout_str": pretty_isk(plan.base_payout),
        "new_payout": plain_isk(plan.payout),
        "new_payout_str": pretty_isk(plan.payout),
        "payout": plain_isk(case.payout),
        "payout_str": pretty_isk(case.payout),
        "pilot": case.killmail.pilot,
        "problem": plan.problem,
        "refusal": plan.refusal,
        "ship": case.killmail.ship,
        "version": case.version,
        "voided": [_modifier(each, each.standing is Standing.SUGGESTED) for each in plan.removed],
    }


def _modifier(modifier: StoredModifier | NewModifier, is_suggested: bool) -> Document:
    return rule_document(
        modifier.plugin,
        modifier.kind,
        modifier.value,
        modifier.note,
        is_suggested=is_suggested,
    )
