"""Who shot: the submitter, friends, NPCs, one pilot alone."""

from __future__ import annotations

import pytest

from srp_portal.plugin import Attacker

PILOT, ALT, STRANGER = 570140137, 2112000101, 2112000302
DREDDIT, TEST, ENEMIES = 1018389948, 498125261, 98000103
NEWBIES = 1000167


def shooter(character_id=STRANGER, corporation_id=ENEMIES, alliance_id=None):
    """An attacker, by default an enemy."""
    return Attacker(character_id, corporation_id, alliance_id, 587, False)


RAT = shooter(None, 1000127)


def test_own_character_when_it_shot_then_is_told_by_its_id(make_killmail, flags_of):
    killmail = make_killmail(attackers=(shooter(), shooter(ALT), shooter(ALT)))
    flags = flags_of(killmail, own=(PILOT, ALT))
    assert flags["own_character"] == f"Own character {ALT} among the attackers"


def test_own_character_when_it_is_the_pilot_then_is_told_by_name(make_killmail, flags_of):
    killmail = make_killmail(attackers=(shooter(PILOT), shooter(ALT)))
    flags = flags_of(killmail, own=(PILOT, ALT))
    assert flags["own_character"] == f"Own characters Paxswill, {ALT} among the attackers"


def test_own_character_when_many_shot_then_three_are_told(make_killmail, flags_of):
    killmail = make_killmail(attackers=tuple(shooter(number) for number in range(1, 7)))
    flags = flags_of(killmail, own=(5, 1, 3, 2, 4))
    assert flags["own_character"] == "Own characters 1, 2, 3 and 2 more among the attackers"


def test_own_character_when_names_are_asked_for_then_is_told_by_name(
    make_killmail, flags_of, universe
):
    killmail = make_killmail(attackers=(shooter(ALT),))
    flags = flags_of(killmail, own=(PILOT, ALT), names="on")
    assert flags["own_character"] == "Own character Mira Solenne among the attackers"
    universe.clear_log()
    assert flags_of(killmail, own=(PILOT, ALT), names="on") == flags
    assert universe.requests == []


def test_own_character_when_names_have_no_answer_then_is_told_all_the_same(
    make_killmail, flags_of, universe, caplog
):
    universe.add_fault("POST /esi/universe/names", "status", status=500)
    flags = flags_of(make_killmail(attackers=(shooter(ALT),)), own=(ALT,), names="on")
    assert flags["own_character"] == f"Own character {ALT} among the attackers"
    assert "Names of own characters are left out: EVE's API" in caplog.text


@pytest.mark.parametrize("attackers", [(), (shooter(),), (RAT,)], ids=["none", "enemy", "rat"])
def test_own_character_when_none_shot_then_no_flag(make_killmail, flags_of, attackers):
    assert "own_character" not in flags_of(make_killmail(attackers=attackers), own=(PILOT, ALT))


@pytest.mark.parametrize(
    ("friends", "told"),
    [
        ([shooter(7, DREDDIT, TEST)], "1 of 2 pilots: 1 of Dreddit"),
        ([shooter(7, 98000009, TEST)], "1 of 2 pilots: 1 of Test Alliance Please Ignore"),
        ([shooter(7, 98000101, 99000101)], "1 of 2 pilots: 1 of the division's other groups"),
        ([shooter(7, 98000102, 99000102)], "1 of 2 pilots: 1 of the division's other groups"),
        (
            [shooter(7, DREDDIT, TEST), shooter(8, 98000102, 99000102), shooter(9, DREDDIT, TEST)],
            "3 of 4 pilots: 2 of Dreddit, 1 of the division's other groups",
        ),
    ],
    ids=["corporation", "alliance", "division's corporation", "division's alliance", "several"],
)
def test_friendly_fire_when_friends_shot_then_says_how_many_of_whom(
    make_killmail, make_division, flags_of, friends, told
):
    division = make_division(corporation_ids=(98000101,), alliance_ids=(99000102,))
    killmail = make_killmail(attackers=(shooter(), RAT, *friends))
    assert flags_of(killmail, division)["friendly_fire"] == f"Friendly fire by {told}"


@pytest.mark.parametrize(
    "attackers",
    [
        (shooter(),),
        (shooter(PILOT, DREDDIT, TEST),),
        (shooter(None, DREDDIT, TEST),),
        (Attacker(7, None, None, None, True),),
    ],
    ids=["enemy", "the pilot", "no pilot", "nobody's pilot"],
)
def test_friendly_fire_when_no_friend_shot_then_no_flag(make_killmail, flags_of, attackers):
    killmail = make_killmail(attackers=attackers)
    assert "friendly_fire" not in flags_of(killmail)


def test_friendly_fire_when_both_are_in_eves_corporation_then_no_flag(make_killmail, flags_of):
    killmail = make_killmail(
        corporation_id=NEWBIES, alliance_id=None, alliance=None, attackers=(shooter(7, NEWBIES),)
    )
    assert "friendly_fire" not in flags_of(killmail)


@pytest.mark.parametrize(("threshold", "is_flagged"), [("2", True), ("3", False)])
def test_friendly_fire_when_a_threshold_is_set_then_flags_from_there_on(
    make_killmail, flags_of, threshold, is_flagged
):
    killmail = make_killmail(
        attackers=(shooter(7, DREDDIT, TEST), shooter(8, DREDDIT, TEST)), awox=True
    )
    flags = flags_of(killmail, friendly_fire=threshold)
    assert ("friendly_fire" in flags) is is_flagged


def test_friendly_fire_when_the_board_says_so_then_the_board_is_named(make_killmail, flags_of):
    flags = flags_of(make_killmail(attackers=(shooter(),), awox=True))
    assert flags["friendly_fire"] == "zKillboard calls it friendly fire"


@pytest.mark.parametrize(
    ("attackers", "labels", "told"),
    [
        ((RAT, RAT), {}, {"npc": "Killed by NPCs alone"}),
        ((RAT, shooter()), {}, {"solo": "Killed by 1 pilot alone"}),
        ((shooter(), shooter(7)), {}, {}),
        ((), {}, {}),
        ((), {"npc": True}, {"npc": "zKillboard calls it a loss to NPCs"}),
        ((shooter(), shooter(7)), {"solo": True}, {"solo": "zKillboard calls it a solo kill"}),
        ((), {"solo": True, "source": ""}, {"solo": "The killmail's source calls it a solo kill"}),
    ],
    ids=["rats", "one", "two", "nobody", "label npc", "label solo", "nameless source"],
)
def test_npc_and_solo_when_so_many_players_shot_then_flags(
    make_killmail, flags_of, attackers, labels, told
):
    flags = flags_of(make_killmail(attackers=attackers, **labels))
    assert {code: flags[code] for code in ("npc", "solo") if code in flags} == told


@pytest.mark.parametrize(("players", "is_flagged"), [(1, True), (3, True), (4, False)])
def test_solo_when_a_threshold_is_set_then_flags_up_to_it(
    make_killmail, flags_of, players, is_flagged
):
    attackers = tuple(shooter(7 + number) for number in range(players))
    assert ("solo" in flags_of(make_killmail(attackers=attackers), solo="3")) is is_flagged
