"""The plugin within a whole portal."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

MUNINN, RIFTER, CAPSULE = 12015, 587, 670

RULES = """
    [limits]
    days = 14
    [hulls]
    Muninn = 312_450_000
    [[deductions]]
    name = "Insurance"
    isk = "74m"
    except = { group = "Logistics" }
    [[rules]]
    name = "Capsules"
    when = { group = "Capsule" }
    refuse = "Capsules are not reimbursed."
    [[rules]]
    name = "Doctrine"
    when = { division = "Fleet" }
    base = "hull"
    [[rules.deductions]]
    name = "No boosters"
    percent = 25
    [[rules.deductions]]
    name = "Out of position"
    percent = 25
    """


@pytest.fixture
def house(make_portal, universe, write):
    """Gives house(rules): a portal with them, its pilot, and what submits a loss."""

    def build(rules):
        portal = make_portal({"payout-rules.file": write(rules)} if rules else {})
        character_id = min(universe.characters)
        portal.make_pilot("pilot", character_id)
        division = portal.make_division("Fleet", submit="pilot")
        browser = portal.login("pilot")

        def submit(status=303, **facts):
            loss = universe.add_kill(character_id, **facts)
            form = {"url": loss.zkb_url, "details": "Fleet.", "division": str(division)}
            answer = portal.post(browser, "/request/add/", form, status=status)
            if status != 303:
                return answer
            return browser.get(f"/request/{loss.killmail_id}/?fmt=json").json

        return submit

    return build


def test_submission_when_a_rule_matches_then_is_paid_by_it_with_the_reasons(house):
    document = house(RULES)(ship_type_id=MUNINN)
    assert document["base_payout"] == "312450000.00"
    assert document["payout"] == "119225000.00"
    assert sorted(modifier["note"] for modifier in document["modifiers"]) == [
        "Doctrine: hull price of Muninn",
        "Insurance: 74.0 m",
        "No boosters: 25 %",
        "Out of position: 25 %",
    ]
    assert {modifier["user"]["name"] for modifier in document["modifiers"]} == {"payout-rules"}


def test_submission_when_a_rule_refuses_then_the_pilot_reads_why(house):
    page = house(RULES)(status=422, ship_type_id=CAPSULE)
    assert "Capsules are not reimbursed." in page


def test_submission_when_too_old_then_the_pilot_reads_until_when_it_had_time(house):
    lost = datetime.now(UTC) - timedelta(days=15)
    page = house(RULES)(status=422, killed_at=lost)
    assert "This loss is 15 days old, and losses are reimbursed for 14 days" in page


def test_submission_when_eve_is_away_then_nothing_is_stored(house, universe):
    submit = house(RULES)
    universe.add_fault("GET /esi/markets/prices", "html503")
    page = submit(status=503, ship_type_id=RIFTER)
    assert "The price of the Rifter can&#39;t be asked" in page.text
    universe.clear_faults()
    assert submit(ship_type_id=RIFTER)["payout"] == "0.00"


def test_portal_when_there_is_no_file_then_pays_as_without_the_plugin(house, universe):
    submit = house("")
    universe.clear_log()
    document = submit(ship_type_id=MUNINN, value=Decimal(100))
    assert (document["payout"], document["modifiers"]) == ("100.00", [])
    assert not [path for _, path in universe.requests if "markets" in path]


def test_portals_when_they_have_files_of_their_own_then_each_pays_by_its_own(house, write):
    one = house('[[rules]]\nname = "One"\nfixed = 1')
    other = house('[[rules]]\nname = "Other"\nfixed = 2')
    assert (one()["payout"], other()["payout"]) == ("1.00", "2.00")


def test_file_when_changed_while_the_portal_runs_then_counts_after_the_next_start(
    make_portal, universe, write
):
    path = write('[[rules]]\nname = "One"\nfixed = 1')
    character_id = min(universe.characters)
    payouts = []
    for content in ('[[rules]]\nname = "Two"\nfixed = 2', "broken"):
        portal = make_portal({"payout-rules.file": path})
        portal.make_pilot("pilot", character_id)
        division = portal.make_division("Fleet", submit="pilot")
        browser = portal.login("pilot")
        with open(path, "w", encoding="utf-8") as opened:
            opened.write(content)
        id_ = portal.submit(browser, universe.add_kill(character_id), division)
        payouts.append(browser.get(f"/request/{id_}/?fmt=json").json["payout"])
    assert payouts == ["1.00", "2.00"]


def test_page_when_a_reviewer_opens_it_then_shows_the_reasons(make_portal, universe, write):
    portal = make_portal({"payout-rules.file": write(RULES)})
    character_id = min(universe.characters)
    portal.make_pilot("pilot", character_id)
    portal.make_user("reviewer")
    division = portal.make_division("Fleet", submit="pilot", review="reviewer")
    loss = universe.add_kill(character_id, ship_type_id=MUNINN)
    id_ = portal.submit(portal.login("pilot"), loss, division)
    page = portal.login("reviewer").get(f"/request/{id_}/").text
    for note in ("Doctrine: hull price of Muninn", "Insurance: 74.0 m", "No boosters: 25 %"):
        assert note in page
