"""The submitting table of the contract, every row, against the sandbox."""

from __future__ import annotations

import time
from decimal import Decimal

import pytest
from sqlalchemy import delete, func, select

from srp_portal.models.divisions import Grant
from srp_portal.models.events import AuditEntry, OutboxEvent
from srp_portal.models.killmails import Killmail
from srp_portal.models.requests import SrpRequest
from srp_portal.plugin import ProposedModifier, SubmissionRejected

PATH = "/request/add/"
HTML = {"Accept": "text/html"}


@pytest.fixture
def house(judged_house, judge, universe):
    return judged_house


@pytest.fixture
def pilot_id(house):
    return min(house.character_ids)


def form_for(house, url, **fields):
    return {"url": url, "details": "Fleet fight.", "division": str(house.division), **fields}


def submit(house, url, who="pilot", headers=None, **fields):
    return house.post(
        who, PATH, form_for(house, url, **fields), headers=headers or {"Accept": "application/json"}
    )


def stored(house):
    """How much there is of everything that a submission writes."""
    with house.portal.reading() as dbsession:
        return [
            dbsession.scalar(select(func.count()).select_from(model))
            for model in (SrpRequest, Killmail, OutboxEvent)
        ]


def assert_refused(house, url, status, *words, field="url", who="pilot", **fields):
    """Refuses in JSON and in HTML, with the words, what was typed kept and nothing stored."""
    before = stored(house)
    answer = submit(house, url, who=who, **fields)
    assert answer.status_int == status
    assert answer.json["code"] == status
    for word in words:
        assert word in answer.json["description"]
    if status == 422:
        assert answer.json["field"] == field
    page = submit(house, url, who=who, headers=HTML, **fields)
    assert page.status_int == status
    if status != 403:
        for word in words:
            assert word in page.text
        form = page.forms["submission"]
        assert form["url"].value == url.strip()
        assert form["details"].value == fields.get("details", "Fleet fight.")
        if status == 422:
            assert f'id="field-{field}-error"' in page.text or "field-error" in page.text
    assert stored(house) == before
    return page


# What works.


@pytest.mark.parametrize("kind", ["zkb_url", "esi_url", "killreport", "bare killreport"])
def test_submission_when_any_kind_of_link_then_is_stored(house, universe, pilot_id, kind):
    loss = universe.add_kill(pilot_id, value=Decimal("123456789.01"))
    url = f"killReport:{loss.killmail_id}:{loss.hash}" if " " in kind else getattr(loss, kind)
    answer = submit(house, f"  {url} ", headers=HTML)
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
def test_submission_when_the_loss_is_unusual_then_is_stored_as_it_is(house, universe, words):
    loss = next(loss for loss in universe.losses.values() if words in loss.note)
    who, division = "pilot", house.division
    if loss.character_id not in house.character_ids:
        who = f"owner of {loss.killmail_id}"
        house.users[who] = house.portal.make_pilot(who, loss.character_id)
        division = house.portal.make_division(f"Of {loss.killmail_id}", submit=who)
    answer = submit(house, loss.killreport, who=who, division=str(division))
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


# What does not: the rows of the table.


@pytest.mark.parametrize(
    "url",
    [
        "", "hello", "https://example.com/kill/1/", "https://zkillboard.com.evil.example/kill/1/",
        "https://zkillboard.com/kill/", "javascript:alert(1)", "killReport:12:abc",
        "https://zkillboard.com/kill/" + "1" * 3000, "http://127.0.0.1:5432/",
    ],
    ids=range(9),
)  # fmt: skip
def test_link_when_no_source_takes_it_then_names_the_kinds_that_work(house, url):
    words = () if not url else ("zKillboard", "killReport")
    page = assert_refused(house, url, 422)
    for word in words:
        assert word in page.text
        assert word in submit(house, url).json["description"]


def test_link_when_there_is_no_such_killmail_then_says_so(house, universe):
    assert_refused(house, f"{universe.url}/zkb/kill/1234/", 422, "1234")
    hash_ = "a" * 40
    assert_refused(house, f"killReport:1234:{hash_}", 422)


def test_link_when_the_killmail_is_too_fresh_then_says_how_the_games_link_helps(house, universe):
    loss = next(loss for loss in universe.losses.values() if loss.zkb == "fresh")
    words = ("killReport",)
    page = assert_refused(house, loss.zkb_url, 422)
    for word in words:
        assert word in page.text
    assert submit(house, loss.killreport).status_int == 303


def test_killmail_when_the_hash_is_wrong_then_can_not_be_verified(house, universe, pilot_id):
    loss = universe.add_kill(pilot_id, zkb="wrong-hash")
    assert_refused(house, loss.zkb_url, 422)
    assert_refused(house, f"killReport:{loss.killmail_id}:{'0' * 40}", 422)
    assert submit(house, loss.killreport).status_int == 303


def test_killmail_when_a_plugin_refuses_it_then_gives_the_reason(house, judge, universe, pilot_id):
    def refuse(killmail, submitter, context):
        raise SubmissionRejected("We do not pay for shuttles.")

    judge.validate = refuse
    url = universe.add_kill(pilot_id).zkb_url
    assert_refused(house, url, 422, "We do not pay for shuttles.")


def test_killmail_when_a_structure_was_lost_then_says_that_there_is_no_pilot(house, universe):
    loss = next(loss for loss in universe.losses.values() if loss.character_id is None)
    assert_refused(house, loss.zkb_url, 422, "no pilot")
    assert_refused(house, loss.killreport, 422, "no pilot")


def test_killmail_when_the_victim_is_somebody_else_then_names_them(house, universe):
    foreign = next(id_ for id_ in universe.characters if id_ not in house.character_ids)
    loss = universe.add_kill(foreign)
    assert_refused(house, loss.zkb_url, 422, "not one of your characters")


@pytest.mark.parametrize("what", ["source", "base", "modifier"])
def test_value_when_above_a_trillion_then_is_refused(house, judge, universe, pilot_id, what):
    above = Decimal("1000000000000.01")
    loss = universe.add_kill(pilot_id, value=above if what == "source" else Decimal(10))
    if what == "base":
        judge.base = lambda killmail, context: above
    if what == "modifier":
        judge.base = lambda killmail, context: above - Decimal("0.01")
        judge.modifiers = lambda *_: [ProposedModifier("absolute", "0.01", "More")]
    assert_refused(house, loss.zkb_url, 422, "1,000,000,000,000.00 ISK")


def test_value_when_a_trillion_but_a_hundredth_then_is_exact(house, universe, pilot_id):
    loss = universe.add_kill(pilot_id, value=Decimal("999999999999.99"))
    assert submit(house, loss.zkb_url).status_int == 303
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
    house, universe, pilot_id, fields, status, field
):
    url = universe.add_kill(pilot_id).zkb_url
    before = stored(house)
    answer = submit(house, url, **fields)
    assert (answer.status_int, answer.json.get("field")) == (status, field)
    page = submit(house, url, headers=HTML, **fields)
    assert page.status_int == status
    if status == 422:
        assert f'id="field-{field}-error"' in page.text
        assert page.forms["submission"]["url"].value == url
    assert stored(house) == before
    assert "/zkb/" not in str(universe.requests)


def test_details_when_not_required_then_may_be_empty(make_portal, pilot_id, universe):
    portal = make_portal({"srp.details_required": "false"})
    portal.make_pilot("pilot", pilot_id)
    division = portal.make_division("Fleet", submit="pilot")
    loss = universe.add_kill(pilot_id)
    assert portal.submit(portal.login("pilot"), loss, division, details="") == loss.killmail_id


@pytest.mark.parametrize("who", ["reviewer", "payer", "auditor", "admin", "stranger", "root"])
def test_division_when_somebody_may_not_submit_to_it_then_is_403_and_audited(
    house, universe, pilot_id, who
):
    assert_refused(house, universe.add_kill(pilot_id).zkb_url, 403, who=who)
    with house.portal.reading() as dbsession:
        entry = dbsession.scalars(
            select(AuditEntry).where(AuditEntry.actor == who).order_by(AuditEntry.id.desc())
        ).first()
    assert (entry.action, entry.is_refused) == ("refused", True)


def test_submission_when_made_already_then_leads_those_there_who_may_see_it(
    house, universe, pilot_id
):
    loss = universe.add_kill(pilot_id)
    submit(house, loss.zkb_url)
    before = stored(house)
    for headers in (HTML, None):
        for url in (loss.zkb_url, loss.killreport):
            answer = submit(house, url, headers=headers)
            assert answer.status_int == 303
            assert answer.location.endswith(f"/request/{loss.killmail_id}/")
    if "other" not in house.users:
        house.users["other"] = house.portal.make_user("other")
        house.other_home = house.portal.make_division("Others", submit="other")
    assert_refused(
        house, loss.zkb_url, 422, "submitted already", who="other", division=house.other_home
    )
    assert stored(house) == before


OUTAGES = {
    "board-503": ("/zkb/", "status", {"status": 503}),
    "board-html": ("/zkb/", "html", {}),
    "board-cut": ("/zkb/", "truncate", {}),
    "board-hangs": ("/zkb/", "hang", {}),
    "esi-503": ("/esi/", "status", {"status": 503}),
    "esi-500-on-names": ("POST /esi/", "status", {"status": 500}),
    "esi-dropped": ("/esi/", "drop", {}),
    "esi-slow": ("/esi/", "slow", {"seconds": 2.5}),
    "esi-hangs": ("/esi/", "hang", {}),
}


@pytest.mark.parametrize("outage", OUTAGES)
def test_submission_when_source_or_eve_is_down_or_slow_then_is_503_and_kept(
    house, universe, pilot_id, outage
):
    match, kind, detail = OUTAGES[outage]
    loss = universe.add_kill(pilot_id)
    universe.add_fault(match, kind, **detail)
    assert_refused(house, loss.zkb_url, 503)


def test_submission_when_eve_limits_errors_then_is_503_and_kept(make_portal, universe, pilot_id):
    portal = make_portal({"esi.server_error_max_retries": "0"}, submission_seconds=1)
    portal.make_pilot("pilot", pilot_id)
    division = portal.make_division("Fleet", submit="pilot")
    universe.add_fault("/esi/", "error-limit")
    form = {"url": universe.add_kill(pilot_id).zkb_url, "details": "x", "division": division}
    page = portal.post(portal.login("pilot"), PATH, form, status=503)
    assert page.forms["submission"]["url"].value == form["url"]


@pytest.mark.parametrize("hook", ["base", "modifiers", "validate"])
@pytest.mark.parametrize("how", ["raises", "wrong-value", "exits", "sleeps"])
def test_submission_when_a_plugin_breaks_then_is_503_and_nothing_is_stored(
    house, judge, universe, pilot_id, hook, how
):
    def broken(*_):
        if how == "raises":
            raise ZeroDivisionError
        if how == "exits":
            raise SystemExit
        if how == "sleeps":
            time.sleep(2)
            return None
        return 12.5 if hook != "modifiers" else [12.5]

    setattr(judge, hook, broken)
    loss = universe.add_kill(pilot_id)
    assert_refused(house, loss.zkb_url, 503)
    judge.forget()
    assert submit(house, loss.zkb_url).status_int == 303


def test_submission_when_flags_break_then_goes_on_without_them(house, judge, universe, pilot_id):
    judge.flags = lambda *_: [object()]
    loss = universe.add_kill(pilot_id)
    assert submit(house, loss.zkb_url).status_int == 303
    assert house.detail("reviewer", loss.killmail_id)["flags"] == []


def test_submission_when_the_network_is_asked_then_no_transaction_is_open(
    house, judge, universe, pilot_id
):
    pool = house.portal.portal.engine.pool
    open_connections = []
    judge.validate = lambda *_: open_connections.append(pool.checkedout())
    assert submit(house, universe.add_kill(pilot_id).zkb_url).status_int == 303
    assert open_connections == [0]


def test_submission_when_rights_are_lost_meanwhile_then_is_refused(
    house, judge, universe, pilot_id
):
    fleeting = house.portal.make_division(f"Fleeting {pilot_id}", submit="pilot")
    judge.validate = lambda *_: revoke_all(house, fleeting)
    before = stored(house)
    url = universe.add_kill(pilot_id).zkb_url
    assert submit(house, url, division=fleeting).status_int == 403
    assert stored(house) == before


def revoke_all(house, division_id):
    with house.portal.writing() as dbsession:
        dbsession.execute(delete(Grant).where(Grant.division_id == division_id))


def test_submission_when_anonymous_then_asks_for_a_login(house):
    browser = house.portal.browser()
    assert browser.get(PATH, status="*").location == (
        "http://localhost/login/?next=%2Frequest%2Fadd%2F"
    )
    answer = browser.post(PATH, {}, headers={"Accept": "application/json"}, status="*")
    assert answer.status_int == 401
