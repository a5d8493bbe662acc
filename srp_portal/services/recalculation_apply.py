"""Applies what was worked out for requests, each as it was shown and not otherwise."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from srp_portal.domain.errors import NotAllowed, NotFound, StateConflict
from srp_portal.domain.lifecycle import Role, Status, check_payout_is_open
from srp_portal.domain.recalculation import NewModifier, StoredModifier
from srp_portal.models.requests import Modifier, SrpRequest
from srp_portal.services.accounts import plugin_user
from srp_portal.services.division_access import ADMIN
from srp_portal.services.recalculation import Plan
from srp_portal.services.request_work import Work
from srp_portal.services.review import make_modifier, refresh_payout

GONE = "It is no longer evaluated in a division that you administer."
OTHERWISE = "The request or the rules have changed since; look at it again."
NOT_REACHED = "The rules took too long, so it was not looked at."


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a request; problem is empty where the change was made."""

    request_id: int
    problem: str = ""


#: Makes the work on a request, by its id and the version that was seen.
WorkOn = Callable[[int, int], Work]


def apply_plans(
    plans: Sequence[Plan], tokens: Mapping[int, str], work_on: WorkOn
) -> tuple[Outcome, ...]:
    """Makes the changes whose tokens are the plans' own, in the transaction of the work.

    tokens: of the plans that somebody saw and agreed to, by the requests' ids. Raises NotAllowed
    for a request that the person may not review.
    """
    by_id = {plan.case.id: plan for plan in plans}
    # In one order, so that two who do this at once don't wait for each other crosswise.
    return tuple(_outcome(by_id.get(id_), id_, tokens[id_], work_on) for id_ in sorted(tokens))


def _outcome(plan: Plan | None, request_id: int, token: str, work_on: WorkOn) -> Outcome:
    if plan is None:
        return Outcome(request_id, GONE)
    work = work_on(request_id, plan.case.version)
    try:
        request = work.lock(Role.REVIEW)
        if not work.identity.holds(request.division_id, ADMIN):
            raise NotAllowed(
                "Only administrators of the division may do that.", attempt="recalculate"
            )
        check_payout_is_open(Status(request.status))
    except (StateConflict, NotFound) as error:
        return Outcome(request_id, error.message)
    if plan.token != token or not plan.is_change:
        return Outcome(request_id, plan.problem or plan.refusal or OTHERWISE)
    _change(work, request, plan)
    return Outcome(request_id)


def _change(work: Work, request: SrpRequest, plan: Plan) -> None:
    before = {"base": request.base_payout, "payout": request.payout}
    request.base_payout = plan.base_payout
    _void(work, plan.removed)
    for new in plan.added:
        _add(work, request, new)
    work.dbsession.flush()
    refresh_payout(work, request)
    work.changed(request)
    if plan.base_payout != before["base"]:
        work.tell("payout_changed", request)
    for gone in plan.removed:
        work.tell("modifier_voided", request, note=gone.note)
    for new in plan.added:
        if not new.is_suggested:
            work.tell("modifier_added", request, note=new.note)
    work.log(
        "request.recalculate",
        {
            "from": before,
            "to": {"base": request.base_payout, "payout": request.payout},
            "voided": [{"modifier": gone.id, **_told(gone)} for gone in plan.removed],
            "added": [{"apply": not new.is_suggested, **_told(new)} for new in plan.added],
        },
    )


def _void(work: Work, removed: Sequence[StoredModifier]) -> None:
    ids = [gone.id for gone in removed]
    for modifier in work.dbsession.scalars(select(Modifier).where(Modifier.id.in_(ids))):
        modifier.voided_at = work.now
        # By the plugin itself: what a person voids, rules never propose again.
        modifier.voided_by_id = modifier.user_id


def _add(work: Work, request: SrpRequest, new: NewModifier) -> None:
    user = plugin_user(work.dbsession, new.plugin, now=work.now)
    modifier = make_modifier(request, user.id, new.kind, new.value, new.note)
    modifier.is_suggested = new.is_suggested
    modifier.created_at = work.now
    work.dbsession.add(modifier)


def _told(modifier: StoredModifier | NewModifier) -> dict[str, Any]:
    return {
        "plugin": modifier.plugin,
        "kind": modifier.kind,
        "value": str(modifier.value),
        "note": modifier.note,
    }
