"""The corporation at the time of the loss: may it submit, and since when was the pilot in it?"""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from srp_portal.sandbox.loading import people

DREDDIT, TEST = 1018389948, 498125261
HISTORY = "GET /esi/characters/570140137/corporationhistory"


@pytest.mark.parametrize(
    ("groups", "is_flagged"),
    [
        ({}, False),
        ({"corporation_ids": (DREDDIT,)}, False),
        ({"alliance_ids": (1, TEST)}, False),
        ({"corporation_ids": (1,), "alliance_ids": (TEST,)}, False),
        ({"corporation_ids": (1,)}, True),
        ({"corporation_ids": (TEST,), "alliance_ids": (DREDDIT,)}, True),
    ],
)
def test_outside_groups_when_none_is_the_pilots_then_flags(
    make_killmail, make_division, flags_of, groups, is_flagged
):
    flags = flags_of(make_killmail(), make_division(**groups))
    told = "Lost in Dreddit (Test Alliance Please Ignore), which is none of the groups of Fleet"
    assert flags.get("outside_groups") == (told if is_flagged else None)


def test_outside_groups_when_there_is_no_alliance_then_names_the_corporation_alone(
    make_killmail, make_division, flags_of
):
    killmail = make_killmail(alliance_id=None, alliance=None)
    flags = flags_of(killmail, make_division(alliance_ids=(TEST,)))
    assert flags["outside_groups"] == "Lost in Dreddit, which is none of the groups of Fleet"


@pytest.fixture
def has_been(universe):
    """Has EVE tell this history of the pilot: corporation and time, newest first."""

    def tell(*stays):
        rows = [
            {"corporation_id": corporation_id, "record_id": number, "start_date": start}
            for number, (corporation_id, start) in enumerate(stays, start=1)
        ]
        universe.add_fault(HISTORY, "status", status=200, body=json.dumps(rows))

    return tell


@pytest.mark.parametrize(
    ("since", "told"),
    [
        ("2014-06-25T19:26:01Z", "6 days before the loss, 2014-06-25 19:26 EVE time"),
        ("2014-07-01T19:26:00Z", "24 hours before the loss, 2014-07-01 19:26 EVE time"),
        ("2014-07-02T19:26:00Z", "0 seconds before the loss, 2014-07-02 19:26 EVE time"),
        ("2014-06-25T19:26:00Z", None),
        ("2010-01-01T00:00:00Z", None),
        ("2014-07-02T19:26:01Z", None),
    ],
    ids=["a second inside", "a day", "at once", "a week", "long ago", "afterwards"],
)
def test_joined_when_days_ago_then_says_when(make_killmail, flags_of, has_been, since, told):
    has_been((DREDDIT, since), (1000167, "2009-11-09T04:00:00Z"))
    text = flags_of(make_killmail(), joined="7").get("joined")
    assert text == (told and f"Joined Dreddit {told}")


@pytest.mark.parametrize(
    ("stays", "is_flagged"),
    [
        ([(DREDDIT, "2014-07-01T00:00:00Z"), (DREDDIT, "2010-01-01T00:00:00Z")], True),
        ([(DREDDIT, "2014-08-01T00:00:00Z"), (DREDDIT, "2010-01-01T00:00:00Z")], False),
        ([(98000101, "2014-07-02T00:00:00Z")], False),
        ([], False),
    ],
    ids=["back again", "back again later", "elsewhere", "nowhere"],
)
def test_joined_when_the_history_is_odd_then_the_stay_of_the_loss_counts(
    make_killmail, flags_of, has_been, stays, is_flagged
):
    has_been(*stays)
    assert ("joined" in flags_of(make_killmail(), joined="7")) is is_flagged


def test_joined_when_eve_tells_then_is_asked_once(make_killmail, flags_of, universe):
    mira = universe.characters[2112000101]
    killmail = make_killmail(
        pilot_id=mira.id,
        corporation_id=mira.corporation_id,
        corporation="Ember Haulage Cooperative",
        timestamp=sandbox_joined(mira) + timedelta(days=3),
    )
    universe.clear_log()
    first = flags_of(killmail, joined="7 days")
    assert first["joined"].startswith("Joined Ember Haulage Cooperative 3 days before the loss")
    assert flags_of(killmail, joined="7 days") == first
    assert len(universe.requests) == 1


def sandbox_joined(character):
    """When the sandbox lets a character of Ember Haulage Cooperative have joined it."""
    _, corporations, _ = people()
    return max(character.born_at, corporations[character.corporation_id].founded_at)
