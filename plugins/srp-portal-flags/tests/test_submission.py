"""A whole submission: the reviewer sees the flags, the submitter does not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

MIRA, TOBIN = 2112000101, 2112000102


@pytest.fixture
def furnished(make_portal):
    """Makes a portal with a pilot of two characters, a reviewer and a division."""

    def furnish(**settings):
        portal = make_portal({f"flags.{name}": value for name, value in settings.items()})
        portal.make_pilot("pilot", MIRA, TOBIN)
        portal.make_user("reviewer")
        division = portal.make_division("Fleet", submit="pilot", review="reviewer")
        return portal, division

    return furnish


def flags_of(portal, name, request_id):
    """What somebody sees: code and text, None where there is no such part of the document."""
    browser = portal.login(name)
    document = browser.get(f"/request/{request_id}/?fmt=json").json
    if "flags" not in document:
        return None
    return {each["code"]: each["text"] for each in document["flags"] if each["plugin"] == "flags"}


def test_submission_when_suspicious_then_staff_sees_the_flags_and_the_submitter_none(
    furnished, universe
):
    portal, division = furnished(names="on", joined="3650", abyssal="1", cargo_share="0.1")
    first = universe.add_kill(MIRA, killed_at=datetime.now(UTC) - timedelta(hours=1))
    loss = universe.add_kill(
        MIRA, killed_at=first.killed_at + timedelta(minutes=7), attacker_ids=[TOBIN], fit="abyssal"
    )
    pilot = portal.login("pilot")
    portal.submit(pilot, first, division)
    request_id = portal.submit(pilot, loss, division)
    found = flags_of(portal, "reviewer", request_id)
    assert found["own_character"] == "Own character Tobin Arkwright among the attackers"
    assert found["solo"] == "Killed by 1 pilot alone"
    assert found["friendly_fire"].endswith("1 of Ember Haulage Cooperative")
    assert found["same_hull"].startswith("Same hull lost 7 minutes earlier, 20")
    assert found["same_hull"].endswith(f"EVE time: request {first.killmail_id}")
    assert "abyssal" in found
    page = portal.login("reviewer").get(f"/request/{request_id}/").text
    assert found["own_character"] in page
    assert flags_of(portal, "pilot", request_id) is None
    assert found["own_character"] not in pilot.get(f"/request/{request_id}/").text


def test_submission_when_the_value_is_far_from_the_median_then_is_flagged(furnished, universe):
    portal, division = furnished()
    pilot = portal.login("pilot")
    for value in (9, 10, 10, 10, 11):
        portal.submit(pilot, universe.add_kill(MIRA, value=Decimal(value * 10**6)), division)
    loss = universe.add_kill(TOBIN, value=Decimal(24 * 10**6))
    request_id = portal.submit(pilot, loss, division)
    found = flags_of(portal, "reviewer", request_id)
    assert found["value_median"] == "2.4 times the median of 5 Rifter requests (10.0 m)"


def test_submission_when_eve_goes_away_then_is_taken_with_the_flags_that_are_left(
    furnished, universe
):
    portal, division = furnished(cargo_share="1", value_gap="1")
    universe.add_fault("GET /esi/markets/prices", "status", status=404)
    loss = universe.add_kill(MIRA, attacker_ids=["guristas"])
    request_id = portal.submit(portal.login("pilot"), loss, division)
    assert flags_of(portal, "reviewer", request_id) == {"npc": "Killed by NPCs alone"}
