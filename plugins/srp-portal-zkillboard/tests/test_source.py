"""From a link to the killmail, against the sandbox."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from srp_portal.plugin import (
    IskOutOfRange,
    KillmailNotFound,
    KillmailUnverified,
    SourceUnavailable,
)

GUARDIAN = 39861569


def loss_of(universe, kind):
    """A loss of a pilot that the board shows in this way."""
    return next(
        loss
        for loss in universe.losses.values()
        if loss.zkb == kind and loss.character_id is not None and loss.value
    )


def answer(universe, body, status=200):
    """Has the board answer this to the next question about a kill."""
    text = body if isinstance(body, str) else json.dumps(body)
    universe.add_fault("GET /zkb/api/", "status", status=status, body=text)


def entry(universe, **changes):
    """What the board says about the Guardian, changed."""
    facts = {"hash": universe.losses[GUARDIAN].hash, "totalValue": 1.1, **changes}
    return [{"killmail_id": GUARDIAN, "zkb": facts}]


@pytest.mark.parametrize("kind", ["slim", "full"])
def test_killmail_when_the_board_has_it_then_has_eves_facts_and_the_boards_values(
    universe, board, make_bench, kind
):
    loss = loss_of(universe, kind)
    killmail = make_bench().fetch(loss.zkb_url)
    assert (killmail.killmail_id, killmail.killmail_hash) == (loss.killmail_id, loss.hash)
    assert (killmail.pilot_id, killmail.pilot) == (loss.character_id, loss.pilot)
    assert (killmail.ship_id, killmail.ship) == (loss.ship_type_id, loss.ship)
    assert (killmail.system_id, killmail.system) == (loss.solar_system_id, loss.system)
    assert killmail.timestamp == loss.killed_at.replace(microsecond=0)
    assert killmail.value == killmail.values["total"] == loss.value
    assert set(killmail.values) == {"total", "fitted", "destroyed", "dropped"}
    assert killmail.url == f"{board}/kill/{loss.killmail_id}/"
    assert (killmail.source, killmail.verified) == ("zKillboard", True)


def test_killmail_when_documented_then_is_the_documented_one(make_bench):
    killmail = make_bench().fetch(f"https://zkillboard.com/kill/{GUARDIAN}/")
    assert (killmail.pilot, killmail.ship, killmail.ship_group) == (
        "Paxswill",
        "Guardian",
        "Logistics",
    )
    assert (killmail.corporation, killmail.alliance) == ("Dreddit", "Test Alliance Please Ignore")
    assert (killmail.system, killmail.constellation, killmail.region) == (
        "WD-VTV",
        "UX3-N2",
        "Catch",
    )


def test_board_when_asked_then_with_a_slash_and_without_a_query(universe, make_bench):
    universe.clear_log()
    make_bench().fetch(f"https://zkillboard.com/kill/{GUARDIAN}/?a=b")
    asked = [path for _, path in universe.requests if path.startswith("/zkb")]
    assert asked == [f"/zkb/api/killID/{GUARDIAN}/"]


def test_board_when_asked_twice_then_answers_once(universe, make_bench):
    bench = make_bench()
    first = bench.fetch(f"https://zkillboard.com/kill/{GUARDIAN}/")
    universe.clear_log()
    assert bench.fetch(f"https://zkillboard.com/kill/{GUARDIAN}/") == first
    assert not [path for _, path in universe.requests if path.startswith("/zkb")]


@pytest.mark.parametrize("name", ["fittedValue", "destroyedValue"])
def test_value_when_another_is_wanted_then_that_one_counts(make_bench, name):
    killmail = make_bench(value=name).fetch(f"https://zkillboard.com/kill/{GUARDIAN}/")
    assert killmail.value == killmail.values[name.removesuffix("Value")]
    assert killmail.value != killmail.values["total"]


def test_value_when_written_with_many_digits_then_no_float_touches_it(universe, make_bench):
    body = json.dumps(entry(universe)).replace("1.1", "999999999999.99")
    answer(universe, body)
    killmail = make_bench().fetch(f"https://zkillboard.com/kill/{GUARDIAN}/")
    assert killmail.value == Decimal("999999999999.99")


@pytest.mark.parametrize(
    ("changes", "value"),
    [({"totalValue": 5}, 5), ({"totalValue": 0}, 0), ({"totalValue": None}, None)],
    ids=["whole", "zero", "missing"],
)
def test_value_when_there_is_one_then_is_it_and_else_none(universe, make_bench, changes, value):
    answer(universe, entry(universe, **changes))
    assert make_bench().fetch(f"https://zkillboard.com/kill/{GUARDIAN}/").value == value


def test_value_when_beyond_a_trillion_then_the_submission_is_refused(universe, make_bench):
    answer(universe, entry(universe, totalValue=10**13))
    with pytest.raises(IskOutOfRange):
        make_bench().fetch(f"https://zkillboard.com/kill/{GUARDIAN}/")


def test_labels_when_the_board_gives_them_then_are_kept(universe, make_bench):
    answer(universe, entry(universe, npc=True, solo=True, awox=True))
    killmail = make_bench().fetch(f"https://zkillboard.com/kill/{GUARDIAN}/")
    assert (killmail.npc, killmail.solo, killmail.awox) == (True, True, True)


def test_entry_when_in_the_old_spelling_then_is_understood(universe, make_bench):
    (old,) = entry(universe)
    old["killID"] = old.pop("killmail_id")
    answer(universe, [old])
    assert make_bench().fetch(f"https://zkillboard.com/kill/{GUARDIAN}/").pilot == "Paxswill"


def test_killmail_when_too_fresh_for_the_board_then_says_how_to_submit_it(universe, make_bench):
    loss = next(loss for loss in universe.losses.values() if loss.zkb == "fresh")
    with pytest.raises(KillmailNotFound, match="five minutes") as caught:
        make_bench().fetch(loss.zkb_url)
    assert f"<url=killReport:{loss.killmail_id}:" in caught.value.message


def test_killmail_when_it_appears_later_then_is_found(universe, make_bench):
    bench = make_bench()
    universe.add_fault("GET /zkb/api/", "status", times=1, status=200, body="[]")
    with pytest.raises(KillmailNotFound):
        bench.fetch(f"https://zkillboard.com/kill/{GUARDIAN}/")
    assert bench.fetch(f"https://zkillboard.com/kill/{GUARDIAN}/").pilot == "Paxswill"


def test_killmail_when_the_boards_hash_is_wrong_then_is_not_verified(universe, make_bench):
    loss = next(loss for loss in universe.losses.values() if loss.zkb == "wrong-hash")
    with pytest.raises(KillmailUnverified):
        make_bench().fetch(loss.zkb_url)


def test_killmail_when_of_a_structure_then_is_refused_with_the_reason(universe, make_bench):
    loss = next(
        loss
        for loss in universe.losses.values()
        if loss.character_id is None and loss.zkb in {"slim", "full"}
    )
    with pytest.raises(KillmailNotFound, match="no pilot"):
        make_bench().fetch(loss.zkb_url)


def test_killmail_when_of_a_capsule_then_is_like_any_other(universe, make_bench):
    loss = next(loss for loss in universe.losses.values() if loss.ship_type_id == 670)
    assert make_bench().fetch(loss.zkb_url).ship == "Capsule"


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<html><body>Just a moment...</body></html>",
        "[null]",
        "{}",
        "null",
        "5",
        '{"error":"killID is an invalid parameter"}',
        '[{"killmail_id":39861569}]',
        '[{"killmail_id":39861569,"zkb":{}}]',
        '[{"killmail_id":39861569,"zkb":{"hash":"abc"}}]',
        '[{"killmail_id":39861569,"zkb":{"hash":5}}]',
        '[{"killmail_id":1,"zkb":{"hash":"' + "ab" * 20 + '"}}]',
        '[{"killmail_id":39861569,"zkb":{"hash":"' + "ab" * 20 + '","totalValue":NaN}}]',
        '[{"killmail_id":39861569,"zkb":{"hash":"' + "ab" * 20 + '","totalValue":-1}}]',
        '[{"killmail_id":39861569,"zkb":{"hash":"' + "ab" * 20 + '","totalValue":"1"}}]',
        '[{"killmail_id":39861569,"zkb":{"hash":"' + "ab" * 20 + '","totalValue":true}}]',
        "[" * 100_000,
    ],
    ids=lambda body: body[:60],
)
def test_answer_when_strange_then_the_source_is_unavailable(universe, make_bench, body):
    answer(universe, body)
    with pytest.raises(SourceUnavailable, match="can't be understood"):
        make_bench().fetch(f"https://zkillboard.com/kill/{GUARDIAN}/")


@pytest.mark.parametrize("status", [301, 302, 403, 404, 429, 500, 503])
def test_answer_when_refused_then_the_source_is_unavailable(universe, make_bench, status):
    universe.add_fault(
        "GET /zkb/api/",
        "status",
        status=status,
        body="<html>no</html>",
        headers={"Location": "/zkb/api/blocked.json", "Retry-After": "60"},
    )
    universe.clear_log()
    with pytest.raises(SourceUnavailable, match="can't be reached"):
        make_bench().fetch(f"https://zkillboard.com/kill/{GUARDIAN}/")
    assert len(universe.requests) == 1


def test_board_when_the_line_breaks_once_then_is_asked_again(universe, make_bench):
    universe.add_fault("GET /zkb/api/", "drop", times=1)
    assert make_bench().fetch(f"https://zkillboard.com/kill/{GUARDIAN}/").pilot == "Paxswill"


def test_board_when_the_line_stays_broken_then_is_unavailable(universe, make_bench):
    universe.add_fault("GET /zkb/api/", "drop")
    with pytest.raises(SourceUnavailable):
        make_bench().fetch(f"https://zkillboard.com/kill/{GUARDIAN}/")


@pytest.mark.parametrize("path", ["killmails", "universe/names", "universe/regions"])
def test_eve_when_down_then_the_source_is_unavailable(universe, make_bench, path):
    universe.add_fault(f"* /esi/{path}", "html503")
    with pytest.raises(SourceUnavailable):
        make_bench().fetch(f"https://zkillboard.com/kill/{GUARDIAN}/")


def test_link_when_of_no_kill_then_no_source_takes_it(make_bench):
    assert make_bench().source_of("https://zkillboard.com/character/1/") is None


def test_fetch_when_the_link_never_matched_then_is_refused(make_bench):
    bench = make_bench()
    (loaded,) = bench.registry.sources
    with pytest.raises(KillmailNotFound, match="no link"):
        loaded.source.fetch("https://evil.example/kill/1/", bench.context_for("zkillboard"))
