"""What fails leaves out its own flag, whatever it is."""

from __future__ import annotations

import time
from types import SimpleNamespace

import pytest
from srp_portal_flags import review_flags
from srp_portal_flags.case import Case
from srp_portal_flags.options import Options
from srp_portal_flags.review import review
from srp_portal_flags.settings import FlagSettings

from srp_portal.plugin import Attacker, Item, UserInfo
from srp_portal.testing.plugins import PluginBench

EVERYTHING = {"joined": "3650", "cargo_share": "1", "value_gap": "1", "abyssal": "1", "names": "on"}
ASKING = {"joined", "cargo_share", "value_gap", "abyssal"}
# The flags that are missing when an address of EVE's fails.
MISSING = {
    "GET /esi/markets/prices": {"cargo_share", "value_gap"},
    "GET /esi/characters/": {"joined"},
    "POST /esi/universe/names": {"abyssal"},
    "* /esi/": ASKING,
}
PILOT = UserInfo(1, "pilot", False, (570140137,))


@pytest.fixture
def suspicious(make_killmail):
    """A loss that every check which asks EVE flags, and others too."""
    return make_killmail(
        items=(Item(3841, 5, 5, 0), Item(47732, 20, 1, 0)),
        attackers=(Attacker(570140137, 1018389948, 498125261, 587, True),),
        values={},
    )


@pytest.fixture
def codes_found(suspicious, flags_of):
    """Gives codes_found(): what all checks together say of the suspicious loss."""
    return lambda: set(flags_of(suspicious, own=PILOT.character_ids, **EVERYTHING))


def test_checks_when_eve_answers_then_all_of_them_flag(codes_found):
    assert codes_found() >= ASKING


@pytest.mark.parametrize("path", MISSING)
@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "status", "status": 404},
        {"kind": "html", "status": 503},
        {"kind": "rate-limit", "retry_after": 60},
        {"kind": "bad-json"},
        {"kind": "drop"},
        {"kind": "status", "status": 200, "body": "null"},
        {"kind": "status", "status": 200, "body": "[{}]"},
        {"kind": "status", "status": 200, "body": '{"a": "b"}'},
    ],
    ids=["404", "down", "limit", "bad json", "drop", "null", "empty rows", "another shape"],
)
def test_check_when_its_question_fails_then_is_left_out_alone(
    codes_found, universe, caplog, path, fault
):
    universe.add_fault(path, **fault)
    found = codes_found()
    left_out = ASKING - found
    if fault["kind"] == "rate-limit":
        # EVE's limit stops the process: whether others were answered before it is chance.
        assert left_out >= MISSING[path]
    else:
        assert left_out == MISSING[path]
    assert "own_character" in found
    told = {message.split(" for ")[0] for message in caplog.messages if "No flag" in message}
    assert told == {f"No flag {code}" for code in left_out}


def test_question_when_slow_then_is_not_waited_for(suspicious, make_division, universe, caplog):
    universe.add_fault("GET /esi/markets/prices", "slow", seconds=4.0)
    settings = FlagSettings.from_mapping(EVERYTHING)
    with PluginBench(universe, ["flags"]) as bench:
        context = bench.context_for("flags")
        started = time.monotonic()
        with Case(
            suspicious, make_division(), PILOT, context, settings.options, seconds=0.5
        ) as case:
            found = {flag.code for flag in review(case, settings.thresholds)}
        assert time.monotonic() - started < 3
    assert found & ASKING == {"joined", "abyssal"}
    assert "cargo_share for killmail 39861569: EVE's API did not answer within 0.5" in caplog.text


def test_history_when_it_fails_then_the_others_flag(suspicious, make_division, caplog):
    def broken(*_):
        raise OSError("the database is away")

    context = SimpleNamespace(settings={}, history=broken)
    found = {each.code for each in review_flags(suspicious, make_division(), PILOT, context)}
    assert found == {"own_character", "solo"}
    for code in ("same_hull", "value_median"):
        assert f"No flag {code} for killmail 39861569" in caplog.text
    assert "the database is away" in caplog.text


def test_check_when_it_is_mistaken_then_the_log_has_the_traceback(
    suspicious, make_division, caplog
):
    def result():
        raise ZeroDivisionError("a mistake in the program")

    characters = SimpleNamespace(
        get_characters_character_id_corporationhistory=lambda **_: SimpleNamespace(result=result)
    )
    context = SimpleNamespace(
        settings={"joined": "7"}, esi=SimpleNamespace(Character=characters), history=lambda *_: []
    )
    found = {each.code for each in review_flags(suspicious, make_division(), PILOT, context)}
    assert found == {"own_character", "solo"}
    (record,) = caplog.records
    assert record.exc_info[0] is ZeroDivisionError


def test_checks_when_not_configured_then_the_network_is_asked_nothing(
    suspicious, flags_of, universe
):
    universe.clear_log()
    assert "own_character" in flags_of(suspicious, own=PILOT.character_ids)
    assert universe.requests == []


def test_case_when_nothing_asks_then_no_thread_is_started(suspicious, make_division):
    context = SimpleNamespace(settings={}, history=lambda *_: [])
    with Case(suspicious, make_division(), PILOT, context, Options()) as case:
        review(case, FlagSettings.from_mapping({}).thresholds)
        assert case._pool is None
