"""From a killmail link to a paid request, through every page, as four people do it."""

from __future__ import annotations

from decimal import Decimal

import pytest


@pytest.fixture
def people(portal, universe):
    loss = next(
        each
        for each in universe.losses.values()
        if each.character_id and each.zkb == "slim" and each.value > 10**8
    )
    portal.make_pilot("pilot", loss.character_id)
    portal.make_user("reviewer")
    portal.make_user("payer")
    division = portal.make_division("Fleet", submit="pilot", review="reviewer", pay="payer")
    return portal, loss, division


def test_request_when_submitted_reviewed_and_paid_ends_paid(people):
    portal, loss, division = people
    pilot = portal.login("pilot")
    id_ = portal.submit(pilot, loss, division)
    page = pilot.get(f"/request/{id_}/")
    assert loss.zkb_url in page.text
    document = pilot.get(f"/request/{id_}/?fmt=json").json
    assert document["status"] == "evaluating"
    assert Decimal(document["base_payout"]) == loss.value
    assert document["valid_actions"] == []

    reviewer = portal.login("reviewer")
    assert f"/request/{id_}/" in reviewer.get("/request/pending/").text
    path = f"/request/{id_}/"

    def work(browser, status=303, **form):
        version = browser.get(f"{path}?fmt=json").json["version"]
        return portal.post(browser, path, {"version": str(version), **form}, status=status)

    work(reviewer, id_="payout", value="100m")
    work(reviewer, id_="modifier", type_="rel-bonus", value="15", note="Logistics")
    work(reviewer, id_="modifier", type_="abs-deduct", value="10m", note="No insurance")
    document = reviewer.get(f"{path}?fmt=json").json
    assert document["payout"] == "103500000.00"
    newest = document["modifiers"][0]
    work(reviewer, id_="void", modifier_id=str(newest["id"]))
    assert reviewer.get(f"{path}?fmt=json").json["payout"] == "115000000.00"
    work(reviewer, id_="action", type_="approved", note="Good")

    payer = portal.login("payer")
    assert "115,000,000" in payer.get("/request/pay/").text
    work(payer, id_="action", type_="paid", note="")
    document = pilot.get(f"{path}?fmt=json").json
    assert document["status"] == "paid"
    assert [action["type"] for action in document["actions"]] == ["paid", "approved"]
    assert "115,000,000" in pilot.get("/request/personal/").text
    work(payer, id_="action", type_="approved", note="Typo in the amount")
    assert pilot.get(f"{path}?fmt=json").json["status"] == "approved"
