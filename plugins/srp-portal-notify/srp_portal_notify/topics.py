"""What people are told about: the kinds of changes, by names that stand in the settings."""

from __future__ import annotations

from typing import NamedTuple

from srp_portal.plugin import RequestEvent


class Topic(NamedTuple):
    """A kind of change.

    template: the text of a single one, unless a setting gives another. what: the same for several
    at once, after "12 requests".
    """

    template: str
    what: str


_SHIP = "{ship}[, {value}]: "

TOPICS: dict[str, Topic] = {
    "submitted": Topic(_SHIP + "submitted by {pilot}.", "submitted"),
    "approved": Topic(_SHIP + "approved {payout}.", "approved"),
    "rejected": Topic(_SHIP + "rejected.[ “{note}”]", "rejected"),
    "paid": Topic(_SHIP + "paid {payout}.", "paid"),
    "commented": Topic(_SHIP + "comment by {actor}.[ “{note}”]", "commented on"),
    "incomplete": Topic(_SHIP + "incomplete.[ “{note}”]", "set incomplete"),
    "reopened": Topic(_SHIP + "to be evaluated again.[ “{note}”]", "to be evaluated again"),
    "withdrawn": Topic(_SHIP + "withdrawn by {actor}.[ “{note}”]", "withdrawn"),
    "unpaid": Topic(_SHIP + "payment of {payout} taken back.[ “{note}”]", "no longer paid"),
    "payout_changed": Topic(_SHIP + "payout is now {payout}.", "with a new payout"),
    "modifier_added": Topic(
        _SHIP + "modifier added, payout is now {payout}.[ “{note}”]", "with a modifier more"
    ),
    "modifier_voided": Topic(
        _SHIP + "modifier voided, payout is now {payout}.[ “{note}”]", "with a modifier less"
    ),
    "details_changed": Topic(_SHIP + "details changed by {actor}.", "with new details"),
    "division_changed": Topic(_SHIP + "moved to {division}.", "moved to another division"),
}

#: Those that are told unless a setting says otherwise.
USUAL = frozenset({"submitted", "approved", "rejected", "paid", "commented"})


def topic_of(event: RequestEvent) -> str:
    """The name of the event's topic; one that is not in TOPICS for a kind that is not known yet."""
    if event.kind != "status_changed":
        return event.kind
    if event.status == "evaluating":
        return "reopened"
    if event.status == "approved" and event.previous_status == "paid":
        # Called "approved" it would read as good news.
        return "unpaid"
    if event.status == "rejected" and event.actor.id == event.submitter.id:
        # Events have no mark for it; a reviewer who rejects their own takes it back as well.
        return "withdrawn"
    return event.status
