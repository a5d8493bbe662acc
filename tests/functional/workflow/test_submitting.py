"""The submitting table of the contract, every row, against the sandbox."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import select

from srp_portal.models.events import AuditEntry
from srp_portal.plugin import ProposedModifier

PATH = "/request/add/"


@pytest.fixture
def house(judged_house):
    return judged_house


@pytest.mark.parametrize("kind", ["zkb_url", "esi_url", "killreport", "bare killreport"])
def test_submission_when_any_kind_of_link_then_is_stored(desk, house, universe, pilot_id, kind):
    loss = universe.add_kill(pilot_id, value=Decimal("123456789.01"))
    url = f"killReport:{loss.killmail_id}:{loss.hash}" if " " in kind else getattr(loss, kind)
    answer = desk.submit(f"  {url} ", accept="text/html")
    assert (answer.status_int, answer.location) == (
        303,
        f"http://localhost/request/{loss.killmail_id}/",
    )
    document = house.detail("pilot", loss.killmail_id)
    assert (document["pilot"], document["ship"]) == (loss.pilot, loss.ship)
    assert (document["details"], document["status"]) == ("Fleet fight.", "evaluating")
    # EVE's own API knows no value.
    wanted = "123456789.01" if kind == "zkb_url" else "0.00"
    assert document["base_payout"] == document["payout"] == wanted
    assert document["submitter"]["name"] == "pilot"
    assert house.audited(loss.killmail_id)[0][:3] == ("pilot", "request.submitted", False)


@pytest.mark.parametrize(
    "words",
    [
        "the capsule right after its ship",
        "a freighter with blueprint copies",
        "killed by pirates only",
        "items inside containers",
        "as dear as a request may be",
        "a carrier",
        "worth nothing",
        "a pilot without alliance",
        "an old one",
    ],
)
def test_submission_when_the_loss_is_unusual_then_is_stored_as_it_is(desk, house, universe, words):
    loss = next(loss for loss in universe.losses.values() if words in loss.note)
    who, division = "pilot", house.division
    if loss.character_id not in house.character_ids:
        who = f"owner of {loss.killmail_id}"
        house.users[who] = house.portal.make_pilot(who, loss.character_id)
        division = house.portal.make_division(f"Of {loss.killmail_id}", submit=who)
    answer = desk.submit(loss.killreport, who=who, division=str(division))
    assert answer.status_int == 303, answer.text
    document = house.detail(who, loss.killmail_id)
    assert (document["ship"], document["pilot"]) == (loss.ship, loss.pilot)
    if "alliance" in words:
        assert document["alliance"] is None
        xml = getattr(house, who).get(f"/request/{loss.killmail_id}/?fmt=xml").xml
        assert xml.find(".//{*}alliance").text is None
    assert getattr(house, who).get(f"/request/{loss.killmail_id}/").status_int == 200


def test_form_when_opened_then_is_prefilled_from_the_query(house):
    path = (
        f"{PATH}?url=https%3A%2F%2Fx.example&details=Some%20words&division={house.other_division}"
    )
    form = house.pilot.get(path).forms["submission"]
    assert form["url"].value == "https://x.example"
    assert form["details"].value == "Some words"
    assert form["division"].value == str(house.other_division)


@pytest.mark.parametrize("who", ["reviewer", "stranger", "root"])
def test_form_when_somebody_may_submit_nowhere_then_is_403(house, who):
    assert getattr(house, who).get(PATH, status="*").status_int == 403


@pytest.mark.parametrize(
    "url",
    [
        "", "hello", "https://example.com/kill/1/", "https://zkillboard.com.evil.example/kill/1/",
        "https://zkillboard.com/kill/", "javascript:alert(1)", "killReport:12:abc",
        "https://zkillboard.com/kill/" + "1" * 3000, "http://127.0.0.1:5432/",
    ],
    ids=range(9),
)  # fmt: skip
def test_link_when_no_source_takes_it_then_names_the_kinds_that_work(desk, url):
    desk.refuses(url, 422, *(("zKillboard", "killReport") if url else ()))


def test_link_when_there_is_no_such_killmail_then_says_so(desk, universe):
    desk.refuses(f"{universe.url}/zkb/kill/1234/", 422, "1234")
    hash_ = "a" * 40
    desk.refuses(f"killReport:1234:{hash_}", 422)


def test_link_when_the_killmail_is_too_fresh_then_says_how_the_games_link_helps(desk, universe):
    loss = next(loss for loss in universe.losses.values() if loss.zkb == "fresh")
    desk.refuses(loss.zkb_url, 422, "killReport")
    assert desk.submit(loss.killreport).status_int == 303


def test_killmail_when_the_hash_is_wrong_then_can_not_be_verified(desk, universe, pilot_id):
    loss = universe.add_kill(pilot_id, zkb="wrong-hash")
    desk.refuses(loss.zkb_url, 422)
    desk.refuses(f"killReport:{loss.killmail_id}:{'0' * 40}", 422)
    assert desk.submit(loss.killreport).status_int == 303


def test_killmail_when_a_structure_was_lost_then_says_that_there_is_no_pilot(desk, universe):
    loss = next(loss for loss in universe.losses.values() if loss.character_id is None)
    desk.refuses(loss.zkb_url, 422, "no pilot")
    desk.refuses(loss.killreport, 422, "no pilot")


def test_killmail_when_the_victim_is_somebody_else_then_names_them(desk, house, universe):
    foreign = next(id_ for id_ in universe.characters if id_ not in house.character_ids)
    loss = universe.add_kill(foreign)
    desk.refuses(loss.zkb_url, 422, "not one of your characters")


@pytest.mark.parametrize("what", ["source", "base", "modifier"])
def test_value_when_above_a_trillion_then_is_refused(desk, judge, universe, pilot_id, what):
    above = Decimal("1000000000000.01")
    loss = universe.add_kill(pilot_id, value=above if what == "source" else Decimal(10))
    if what == "base":
        judge.base = lambda killmail, context: above
    if what == "modifier":
        judge.base = lambda killmail, context: above - Decimal("0.01")
        judge.modifiers = lambda *_: [ProposedModifier("absolute", "0.01", "More")]
    desk.refuses(loss.zkb_url, 422, "1,000,000,000,000.00 ISK")


def test_value_when_a_trillion_but_a_hundredth_then_is_exact(desk, house, universe, pilot_id):
    loss = universe.add_kill(pilot_id, value=Decimal("999999999999.99"))
    assert desk.submit(loss.zkb_url).status_int == 303
    document = house.detail("pilot", loss.killmail_id)
    assert document["payout"] == "999999999999.99"
    assert document["payout_str"] == "999,999,999,999.99"
    assert "999,999,999,999.99" in house.pilot.get("/request/personal/").text


@pytest.mark.parametrize(
    ("fields", "status", "field"),
    [
        ({"details": "  \r\n "}, 422, "details"),
        ({"details": "x" * 10_001}, 422, "details"),
        ({"division": ""}, 422, "division"),
        ({"division": "x"}, 422, "division"),
        ({"division": "99999"}, 403, None),
    ],
    ids=["blank", "long", "no-division", "bad-division", "unknown-division"],
)
def test_field_when_missing_or_wrong_then_says_so_at_the_field(
    desk, universe, pilot_id, fields, status, field
):
    url = universe.add_kill(pilot_id).zkb_url
    before = desk.stored()
    answer = desk.submit(url, **fields)
    assert (answer.status_int, answer.json.get("field")) == (status, field)
    page = desk.submit(url, accept="text/html", **fields)
    assert page.status_int == status
    if status == 422:
        assert f'id="field-{field}-error"' in page.text
        assert page.forms["submission"]["url"].value == url
    assert desk.stored() == before
    assert "/zkb/" not in str(universe.requests)


def test_details_when_not_required_then_may_be_empty(make_portal, pilot_id, universe):
    portal = make_portal({"srp.details_required": "false"})
    portal.make_pilot("pilot", pilot_id)
    division = portal.make_division("Fleet", submit="pilot")
    loss = universe.add_kill(pilot_id)
    assert portal.submit(portal.login("pilot"), loss, division, details="") == loss.killmail_id


@pytest.mark.parametrize("who", ["reviewer", "payer", "auditor", "admin", "stranger", "root"])
def test_division_when_somebody_may_not_submit_to_it_then_is_403_and_audited(
    desk, house, universe, pilot_id, who
):
    desk.refuses(universe.add_kill(pilot_id).zkb_url, 403, who=who)
    with house.portal.reading() as dbsession:
        entry = dbsession.scalars(
            select(AuditEntry).where(AuditEntry.actor == who).order_by(AuditEntry.id.desc())
        ).first()
    assert (entry.action, entry.is_refused) == ("refused", True)


def test_submission_when_made_already_then_leads_those_there_who_may_see_it(
    desk, house, universe, pilot_id
):
    loss = universe.add_kill(pilot_id)
    desk.submit(loss.zkb_url)
    before = desk.stored()
    for accept in ("text/html", "application/json"):
        for url in (loss.zkb_url, loss.killreport):
            answer = desk.submit(url, accept=accept)
            assert answer.status_int == 303
            assert answer.location.endswith(f"/request/{loss.killmail_id}/")
    house.users["other"] = house.portal.make_user("other")
    others = house.portal.make_division("Others", submit="other")
    desk.refuses(loss.zkb_url, 422, "submitted already", who="other", division=str(others))
    assert desk.stored() == before


def test_submission_when_anonymous_then_asks_for_a_login(house):
    browser = house.portal.browser()
    assert browser.get(PATH, status="*").location == (
        "http://localhost/login/?next=%2Frequest%2Fadd%2F"
    )
    answer = browser.post(PATH, {}, headers={"Accept": "application/json"}, status="*")
    assert answer.status_int == 401
