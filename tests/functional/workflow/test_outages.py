"""Submissions while something fails: the board, EVE, a plugin, or one's own rights."""

from __future__ import annotations

import time

import pytest
from sqlalchemy import delete

from srp_portal.models.divisions import Grant
from srp_portal.plugin import SubmissionRejected

PATH = "/request/add/"


@pytest.fixture
def house(judged_house):
    return judged_house


def test_killmail_when_a_plugin_refuses_it_then_gives_the_reason(desk, judge, universe, pilot_id):
    def refuse(killmail, submitter, context):
        raise SubmissionRejected("We do not pay for shuttles.")

    judge.validate = refuse
    url = universe.add_kill(pilot_id).zkb_url
    desk.refuses(url, 422, "We do not pay for shuttles.")


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
    desk, universe, pilot_id, outage
):
    match, kind, detail = OUTAGES[outage]
    loss = universe.add_kill(pilot_id)
    universe.add_fault(match, kind, **detail)
    desk.refuses(loss.zkb_url, 503)


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
    desk, judge, universe, pilot_id, hook, how
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
    desk.refuses(loss.zkb_url, 503)
    judge.forget()
    assert desk.submit(loss.zkb_url).status_int == 303


def test_submission_when_flags_break_then_goes_on_without_them(
    desk, house, judge, universe, pilot_id
):
    judge.flags = lambda *_: [object()]
    loss = universe.add_kill(pilot_id)
    assert desk.submit(loss.zkb_url).status_int == 303
    flags = house.detail("reviewer", loss.killmail_id)["flags"]
    assert "judge" not in {flag["plugin"] for flag in flags}


def test_submission_when_the_network_is_asked_then_no_transaction_is_open(
    desk, house, judge, universe, pilot_id
):
    pool = house.portal.portal.engine.pool
    open_connections = []
    judge.validate = lambda *_: open_connections.append(pool.checkedout())
    assert desk.submit(universe.add_kill(pilot_id).zkb_url).status_int == 303
    assert open_connections == [0]


def test_submission_when_rights_are_lost_meanwhile_then_is_refused(
    desk, house, judge, universe, pilot_id
):
    fleeting = house.portal.make_division(f"Fleeting {pilot_id}", submit="pilot")
    judge.validate = lambda *_: revoke_all(house, fleeting)
    before = desk.stored()
    url = universe.add_kill(pilot_id).zkb_url
    assert desk.submit(url, division=fleeting).status_int == 403
    assert desk.stored() == before


def revoke_all(house, division_id):
    with house.portal.writing() as dbsession:
        dbsession.execute(delete(Grant).where(Grant.division_id == division_id))
