"""Checks of the corporation that the pilot was in when the ship was lost."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from srp_portal_flags.case import Case
from srp_portal_flags.eve import stays
from srp_portal_flags.words import eve_time, span


def outside_groups(case: Case, _threshold: Decimal) -> str | None:
    """The pilot's corporation or alliance at the time may not submit to the division."""
    killmail, division = case.killmail, case.division
    if not (division.corporation_ids or division.alliance_ids):
        # People were let in by name, or by groups that EVE doesn't know.
        return None
    if (
        killmail.corporation_id in division.corporation_ids
        or killmail.alliance_id in division.alliance_ids
    ):
        return None
    alliance = f" ({killmail.alliance})" if killmail.alliance else ""
    return (
        f"Lost in {killmail.corporation}{alliance}, which is none of the groups of {division.name}"
    )


def joined(case: Case, threshold: Decimal) -> str | None:
    """The pilot had joined the corporation fewer than so many days before the loss."""
    killmail = case.killmail
    since = max(
        (
            stay.since
            for stay in case.answer(stays)
            if stay.corporation_id == killmail.corporation_id and stay.since <= killmail.timestamp
        ),
        default=None,
    )
    if since is None:
        # EVE's answer may be a day old, and then knows nothing of a pilot who joined today.
        return None
    before = killmail.timestamp - since
    if before >= timedelta(days=int(threshold)):
        return None
    return f"Joined {killmail.corporation} {span(before)} before the loss, {eve_time(since)}"
