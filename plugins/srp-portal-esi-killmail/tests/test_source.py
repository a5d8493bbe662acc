"""From a link to the killmail, against the sandbox."""

from __future__ import annotations

import json

import pytest

from srp_portal.plugin import KillmailNotFound, KillmailUnverified, SourceUnavailable

GUARDIAN = 39861569


@pytest.fixture
def guardian(universe):
    """The documented loss."""
    return universe.losses[GUARDIAN]


@pytest.mark.parametrize("kind", ["esi_url", "killreport"])
def test_killmail_when_eve_has_it_then_has_its_facts_and_no_value(universe, bench, guardian, kind):
    killmail = bench.fetch(getattr(guardian, kind))
    assert (killmail.killmail_id, killmail.killmail_hash) == (GUARDIAN, guardian.hash)
    assert (killmail.pilot, killmail.ship, killmail.region) == ("Paxswill", "Guardian", "Catch")
    assert (killmail.value, killmail.values) == (None, {})
    assert (killmail.source, killmail.verified) == ("ESI", True)
    base = universe.settings()["esi.base_url"]
    assert killmail.url == f"{base}/killmails/{GUARDIAN}/{guardian.hash}/"
    assert json.loads(killmail.raw) == guardian.killmail


def test_killmail_when_seconds_old_then_is_there_already(universe, bench):
    loss = next(loss for loss in universe.losses.values() if loss.zkb == "fresh")
    assert bench.fetch(loss.killreport).pilot == loss.pilot


def test_killmail_when_asked_for_then_no_killboard_is(universe, bench, guardian):
    universe.clear_log()
    bench.fetch(guardian.killreport)
    assert {path.split("/")[1] for _, path in universe.requests} == {"esi"}


def test_killmail_when_by_npcs_alone_then_is_an_npc_kill(universe, bench):
    loss = next(
        loss
        for loss in universe.losses.values()
        if loss.character_id
        and not any("character_id" in each for each in loss.killmail["attackers"])
    )
    assert bench.fetch(loss.killreport).npc


def test_killmail_when_the_hash_is_another_then_is_not_verified(bench, guardian):
    with pytest.raises(KillmailUnverified):
        bench.fetch(f"killReport:{GUARDIAN}:{guardian.hash[::-1]}")


def test_killmail_when_unknown_then_is_refused(universe, bench, guardian):
    universe.add_fault("GET /esi/killmails/", "status", status=404, body='{"error":"not found"}')
    with pytest.raises(KillmailNotFound, match="39861569"):
        bench.fetch(guardian.killreport)


def test_killmail_when_of_a_structure_then_is_refused_with_the_reason(universe, bench):
    loss = next(loss for loss in universe.losses.values() if loss.character_id is None)
    with pytest.raises(KillmailNotFound, match="no pilot"):
        bench.fetch(loss.killreport)


@pytest.mark.parametrize(
    ("match", "kind", "detail"),
    [
        ("GET /esi/killmails/", "html503", {}),
        ("GET /esi/killmails/", "drop", {}),
        ("GET /esi/killmails/", "truncate", {}),
        ("GET /esi/killmails/", "status", {"status": 200, "body": "<html>"}),
        ("GET /esi/killmails/", "status", {"status": 200, "body": "[]"}),
        ("GET /esi/killmails/", "status", {"status": 200, "body": '{"killmail_id": 1}'}),
        ("GET /esi/killmails/", "status", {"status": 403, "body": '{"error":"Forbidden"}'}),
        ("POST /esi/universe/names", "status", {"status": 404, "body": '{"error":"unknown"}'}),
        ("GET /esi/universe/systems", "status", {"status": 200, "body": "{}"}),
        ("GET /esi/universe/types", "html502", {}),
    ],
    ids=lambda value: str(value)[:40],
)
def test_eve_when_it_fails_then_the_source_is_unavailable(
    universe, bench, guardian, *, match, kind, detail
):
    universe.add_fault(match, kind, **detail)
    with pytest.raises(SourceUnavailable):
        bench.fetch(guardian.killreport)


def test_text_when_no_link_then_no_source_takes_it(bench):
    assert bench.source_of("https://zkillboard.com/kill/1/") is None


def test_fetch_when_the_link_never_matched_then_is_refused(bench):
    (loaded,) = bench.registry.sources
    with pytest.raises(KillmailNotFound, match="no kill link"):
        loaded.source.fetch("killReport:1", bench.context_for("esi-killmail"))
