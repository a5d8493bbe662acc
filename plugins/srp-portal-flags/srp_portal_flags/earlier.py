"""Checks against earlier requests for the same hull."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from statistics import median

from srp_portal.plugin import short_isk
from srp_portal_flags.case import Case
from srp_portal_flags.words import eve_time, ratio_text, span


def same_hull(case: Case, threshold: Decimal) -> str | None:
    """The same people lost the same hull within so many minutes, before or after."""
    lost_at = case.killmail.timestamp
    near = sorted(
        (abs(past.killed_at - lost_at), past.request_id, past)
        for past in case.earlier
        if past.pilot_id in case.people
        and abs(past.killed_at - lost_at) <= timedelta(minutes=int(threshold))
    )
    if not near:
        return None
    distance, request_id, nearest = near[0]
    side = "earlier" if nearest.killed_at <= lost_at else "later"
    more = f" and {len(near) - 1} more" if len(near) > 1 else ""
    return (
        f"Same hull lost {span(distance)} {side}, {eve_time(nearest.killed_at)}:"
        f" request {request_id}{more}"
    )


def value_median(case: Case, threshold: Decimal) -> str | None:
    """The value is so many times the median of the hull's requests, or so many times less."""
    value = case.killmail.value
    if value is None:
        return None
    known = [past.value for past in case.earlier if past.value is not None]
    if len(known) < case.options.history_requests:
        return None
    usual = median(known)
    # Free ships have no usual value that another one could be far from.
    if not usual or (value < usual * threshold and usual < value * threshold):
        return None
    return (
        f"{ratio_text(value / usual)} times the median of {len(known)}"
        f" {case.killmail.ship} requests ({short_isk(usual)})"
    )
