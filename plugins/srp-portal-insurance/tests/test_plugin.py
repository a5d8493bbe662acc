"""The plugin in a portal: from the submission to the payout."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from srp_portal.hooks.manager import build_plugin_manager
from srp_portal.plugin import ProposedModifier
from srp_portal.settings import SettingsError

GUARDIAN = 39861569
PATH = "GET /esi/insurance/prices"


@pytest.fixture
def submission(make_portal, universe):
    """Gives submission(settings, loss): a portal, the pilot's browser and a division."""

    def prepare(settings, loss):
        own = {f"insurance.{name}": value for name, value in settings.items()}
        portal = make_portal({"srp.plugins": "insurance zkillboard", **own})
        portal.make_pilot("pilot", loss.character_id)
        division = portal.make_division("Fleet", submit="pilot")
        return portal, portal.login("pilot"), division

    return prepare


def submitted(submission, settings, loss):
    """The document of a request for this loss."""
    portal, browser, division = submission(settings, loss)
    request_id = portal.submit(browser, loss, division)
    return browser.get(f"/request/{request_id}/?fmt=json").json


def test_request_when_insured_then_the_deduction_is_visible(submission, universe):
    loss = universe.add_kill(
        universe.losses[GUARDIAN].character_id, ship_type_id=11987, value=Decimal("300000000.00")
    )
    document = submitted(submission, {"level": "Platinum"}, loss)
    [modifier] = document["modifiers"]
    assert modifier["note"] == "Insurance, Platinum: 246.0 m"
    assert modifier["user"]["name"] == "insurance"
    assert document["base_payout"] == "300000000.00"
    assert document["payout"] == "54000000.00"


def test_request_when_insurance_pays_more_than_the_base_then_the_payout_is_zero(
    submission, universe
):
    document = submitted(submission, {"level": "platinum"}, universe.losses[GUARDIAN])
    assert document["base_payout"] == "40000000.00"
    assert document["payout"] == "0.00"


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"rate": "50"},
        {"level": "Gold", "except_groups": "LOGISTICS"},
        {"level": "Gold", "except_ships": "Guardian"},
    ],
)
def test_request_when_not_configured_or_excepted_then_nothing_is_deducted_nor_asked(
    submission, universe, settings
):
    universe.clear_log()
    document = submitted(submission, settings, universe.losses[GUARDIAN])
    assert document["modifiers"] == []
    assert document["payout"] == "40000000.00"
    assert not [path for _, path in universe.requests if "insurance" in path]


def test_request_when_of_a_capsule_then_nothing_is_deducted(submission, universe):
    capsule = next(loss for loss in universe.losses.values() if loss.ship_type_id == 670)
    assert submitted(submission, {"level": "Platinum"}, capsule)["modifiers"] == []


def test_request_when_concord_shot_the_ship_then_nothing_is_deducted(submission, universe):
    pilot = universe.losses[GUARDIAN].character_id
    loss = universe.add_kill(pilot, attacker_ids=["concord"])
    assert submitted(submission, {"level": "Platinum"}, loss)["modifiers"] == []


def test_submission_when_eve_gives_no_prices_then_503_and_nothing_is_stored(submission, universe):
    loss = universe.losses[GUARDIAN]
    portal, browser, division = submission({"level": "Platinum"}, loss)
    universe.add_fault(PATH, "html503")
    form = {"url": loss.zkb_url, "details": "Fleet fight.", "division": str(division)}
    answer = portal.post(browser, "/request/add/", form, status=503)
    assert "insurance prices" in answer.text
    browser.get(f"/request/{loss.killmail_id}/", status=404)
    universe.clear_faults()
    assert portal.submit(browser, loss, division) == loss.killmail_id


def test_modifiers_when_the_bench_asks_then_are_those_of_the_portal(make_bench, proposed):
    [modifier] = proposed(make_bench(level="Basic", cost="subtract", rate="10"))
    assert modifier.value == Decimal("-8610000.00")
    assert modifier.note == "Insurance, Basic: 98.4 m less 12.3 m for the policy, 10.0 % of it"


EARLIER = ProposedModifier("absolute", "-1234567.89", "Insurance, Gold: 1.2 m")


def test_rules_when_applied_once_more_then_the_deduction_stays_as_it_was(
    make_bench, proposed, universe
):
    universe.clear_log()
    assert proposed(make_bench(level="gold"), [EARLIER]) == [EARLIER]
    assert universe.requests == []


def test_recalculation_when_insurance_pays_something_else_by_now_then_changes_nothing(
    make_portal, universe
):
    loss = universe.losses[GUARDIAN]
    settings = {"srp.plugins": "insurance zkillboard", "insurance.level": "Platinum"}
    before = make_portal(settings)
    before.make_pilot("pilot", loss.character_id)
    before.make_user("admin")
    division = before.make_division("Fleet", submit="pilot", admin="admin")
    before.submit(before.login("pilot"), loss, division)
    prices = [
        {"name": "Platinum", "cost": 1, "payout": 2},
        {"name": "Gold", "cost": 1, "payout": 2},
    ]
    body = json.dumps([{"type_id": 11987, "levels": prices}])
    universe.add_fault(PATH, "status", status=200, body=body)

    def would_change(**changes):
        # Another process: nothing is left in the cache.
        portal = make_portal({**settings, **changes}, before.ini["sqlalchemy.url"])
        address = f"/recalculation/?division={division}&fmt=json"
        return portal.login("admin").get(address).json["requests"]

    assert would_change() == []
    [changed] = would_change(**{"insurance.level": "Gold"})
    assert "Insurance, Gold: 2.00" in str(changed)


@pytest.mark.parametrize(
    ("settings", "notes"),
    [
        ({"level": "Basic"}, ["Insurance, Basic: 98.4 m"]),
        ({"level": "Gold", "rate": "50"}, ["Insurance, Gold: 216.5 m, 50.0 % of it"]),
        ({"level": "Gold", "except_ships": "Guardian"}, []),
        ({}, []),
    ],
)
def test_rules_when_other_ones_are_applied_then_the_deduction_follows_them(
    make_bench, proposed, settings, notes
):
    assert [each.note for each in proposed(make_bench(**settings), [EARLIER])] == notes


@pytest.mark.parametrize(("name", "value"), [("level", "Best"), ("rate", "200"), ("cost", "no")])
def test_portal_when_a_setting_is_wrong_then_stops_with_a_line_that_names_it(
    make_portal, name, value
):
    with pytest.raises(SettingsError) as caught:
        make_portal({f"insurance.{name}": value})
    assert str(caught.value).startswith(f"setting insurance.{name} (or INSURANCE_{name.upper()}): ")


def test_plugin_when_installed_then_is_found():
    [report] = [each for each in build_plugin_manager(["insurance"], {}).reports if each.enabled]
    assert report.distribution == "srp-portal-insurance"
    assert "payout_modifiers" in report.hooks
