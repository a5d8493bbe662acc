"""A loss is looked at before it is submitted: the payout with its reasons, and nothing stored."""

from __future__ import annotations

from decimal import Decimal
from html import unescape

import pytest

from srp_portal.plugin import Flag, KillmailNotFound, ProposedModifier, SubmissionRejected

RULES = (
    ProposedModifier("relative", "0.10", "Home <defence>"),
    ProposedModifier("absolute", Decimal(-20), "Late"),
    ProposedModifier("relative", "0.5", "Old pilot", apply=False),
)


@pytest.fixture
def house(judged_house, judge):
    return judged_house


def page_of(desk, url, **fields):
    return desk.submit(url, accept="text/html", check="1", **fields)


def test_check_when_the_loss_is_fine_then_tells_the_payout_of_the_submission_that_follows(
    desk, house, judge, universe, pilot_id
):
    judge.modifiers = lambda *_: list(RULES)
    judge.flags = lambda *_: [Flag("price", "alert", "Far above the average")]
    loss = universe.add_kill(pilot_id, value=Decimal("100.00"))
    before = desk.stored()
    document = desk.submit(loss.zkb_url, details="", check="1").json
    assert desk.stored() == before
    assert "average" not in str(document)
    assert (document["id"], document["pilot"]) == (loss.killmail_id, loss.pilot)
    assert (document["value"], document["base_payout"]) == ("100.00", "100.00")
    assert [
        (each["plugin"], each["note"], each["value_str"], each.get("suggested", False))
        for each in document["modifiers"]
    ] == [
        ("judge", "Home <defence>", "10.0% bonus", False),
        ("judge", "Late", "20.00 ISK penalty", False),
        ("judge", "Old pilot", "50.0% bonus", True),
    ]
    assert desk.submit(loss.zkb_url).status_int == 303
    stored = house.detail("pilot", loss.killmail_id)
    same = set(document) & set(stored) - {"modifiers"}
    assert {name: stored[name] for name in same} == {name: document[name] for name in same}
    assert document["payout"] == "88.00"


def test_check_when_a_deduction_rounds_to_nothing_then_is_written_as_the_request_writes_it(
    desk, house, judge, universe, pilot_id
):
    judge.base = lambda *_: Decimal("-0.00")
    judge.modifiers = lambda *_: [
        ProposedModifier("absolute", Decimal("-0.005"), "Half a hundredth"),
        ProposedModifier("relative", Decimal("-0.000001"), "Next to nothing"),
    ]
    loss = universe.add_kill(pilot_id, value=Decimal("-0.00"))
    checked = desk.submit(loss.zkb_url, check="1").json
    assert desk.submit(loss.zkb_url).status_int == 303
    stored = house.detail("pilot", loss.killmail_id)
    for name in ("base_payout", "base_payout_str", "payout"):
        assert checked[name] == stored[name] == "0.00"
    written = [
        [(each["note"], str(each["value"]), each["value_str"]) for each in modifiers]
        for modifiers in (checked["modifiers"], stored["modifiers"][::-1])
    ]
    assert written[0] == written[1]
    assert [value for _, value, _ in written[0]] == ["0.00", "0.0"]


def test_check_when_on_the_page_then_shows_the_bill_keeps_what_was_typed_and_stores_nothing(
    desk, judge, universe, pilot_id
):
    judge.modifiers = lambda *_: list(RULES)
    judge.flags = lambda *_: [Flag("price", "alert", "Far above the average")]
    loss = universe.add_kill(pilot_id, value=Decimal("123456789.01"))
    before = desk.stored()
    page = page_of(desk, loss.zkb_url, details="Typed <b>words</b>")
    assert page.status_int == 200
    card = page.html.select_one("#check")
    for words in (loss.pilot, loss.ship, "123,456,789.01", "Home <defence>", "10.0% bonus"):
        assert words in card.text
    assert card.select_one("[data-amount=base]").text == "123,456,789.01"
    assert "Old pilot" in card.select_one(".bill-suggested").text
    assert "Old pilot" not in card.select_one(".bill-counted").text
    assert "average" not in page.text
    form = page.forms["submission"]
    assert (form["url"].value, form["details"].value) == (loss.zkb_url, "Typed <b>words</b>")
    assert desk.stored() == before
    # Enter in a field sends the first button, which submits.
    assert page.html.select("#submission button")[0].text.strip() == "Submit"
    assert form.submit(status=303).location.endswith(f"/request/{loss.killmail_id}/")


def test_check_when_sent_by_its_button_then_needs_no_script_and_no_details(house, universe):
    loss = universe.add_kill(min(house.character_ids))
    form = house.pilot.get("/request/add/").forms["submission"]
    form["url"], form["division"] = loss.killreport, str(house.division)
    page = form.submit("check")
    assert page.status_int == 200
    assert "unknown" in page.html.select_one("#check .facts").text
    button = page.html.select_one("button[name=check]")
    assert button.has_attr("formnovalidate")


def test_check_when_as_xml_then_is_the_same_document(desk, judge, universe, pilot_id):
    judge.modifiers = lambda *_: list(RULES)
    loss = universe.add_kill(pilot_id, value=Decimal("100.00"))
    root = desk.submit(loss.zkb_url, accept="application/xml", check="1").xml
    assert root.findtext("payout") == "88.00"
    assert [each.findtext("note") for each in root.find("modifiers")] == [
        rule.note for rule in RULES
    ]


@pytest.mark.parametrize("error", [SubmissionRejected, KillmailNotFound])
def test_check_when_refused_then_says_why_as_the_submission_would(
    desk, judge, universe, pilot_id, error
):
    def refuse(*_):
        raise error("Capsules are not paid.")

    judge.validate = refuse
    loss = universe.add_kill(pilot_id)
    desk.refuses(loss.zkb_url, 422, "Capsules are not paid.", check="1")
    desk.refuses("https://example.com/", 422, "killReport", check="1")


def test_check_when_a_plugin_breaks_then_is_503_and_keeps_the_form(desk, judge, universe, pilot_id):
    judge.modifiers = lambda *_: 1 / 0
    desk.refuses(universe.add_kill(pilot_id).zkb_url, 503, "judge", check="1")


@pytest.mark.parametrize(
    ("fields", "status"), [({"division": "99999"}, 403), ({"division": ""}, 422)]
)
def test_check_when_the_division_is_wrong_then_is_refused_without_the_network(
    desk, universe, pilot_id, fields, status
):
    url = universe.add_kill(pilot_id).zkb_url
    assert desk.submit(url, check="1", **fields).status_int == status
    assert "/zkb/" not in str(universe.requests)


def test_check_when_submitted_already_then_links_to_the_request_and_keeps_the_form(
    desk, house, universe, pilot_id
):
    loss = universe.add_kill(pilot_id)
    assert desk.submit(loss.zkb_url).status_int == 303
    page = page_of(desk, loss.zkb_url)
    assert page.status_int == 422
    assert "submitted already" in unescape(page.text)
    assert page.html.select_one(f'#submission a[href="/request/{loss.killmail_id}/"]')
    assert page.forms["submission"]["url"].value == loss.zkb_url
    # Programs are told as by a submission.
    answer = desk.submit(loss.zkb_url, check="1")
    assert answer.location == f"http://localhost/request/{loss.killmail_id}/"


def test_check_when_somebody_elses_request_has_the_killmail_then_gives_no_link(
    desk, house, universe, pilot_id
):
    loss = universe.add_kill(pilot_id)
    taken = house.store(submitter="reviewer", killmail_id=loss.killmail_id)
    page = page_of(desk, loss.zkb_url)
    assert page.status_int == 422
    assert not page.html.select(f'a[href="/request/{taken}/"]')
    assert desk.submit(loss.zkb_url, check="1").status_int == 422


def test_check_when_the_network_is_asked_then_no_transaction_is_open(
    desk, house, judge, universe, pilot_id
):
    seen = []
    pool = house.portal.portal.engine.pool
    judge.base = lambda killmail, context: seen.append(pool.checkedout()) or Decimal(5)
    assert desk.submit(universe.add_kill(pilot_id).zkb_url, check="1").json["payout"] == "5.00"
    assert seen == [0]


def test_check_when_without_a_token_then_is_refused(house):
    form = {"url": "", "division": str(house.division), "check": "1"}
    assert house.pilot.post("/request/add/", form, status="*").status_int == 400
