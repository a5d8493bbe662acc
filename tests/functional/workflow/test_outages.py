"""Submissions while something fails: the board, EVE, a plugin, or one's own rights."""

from __future__ import annotations

import threading
import time

import pytest
from sqlalchemy import delete

from srp_portal.models.divisions import Grant
from srp_portal.plugin import Flag, SubmissionRejected, hookimpl
from srp_portal.services.plugin_failures import failures_by_plugin

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


def kept_failures(house, plugin="judge"):
    """What is kept of a plugin: how often each hook failed, and the last message."""
    house.portal.portal.failures.write()
    with house.portal.reading() as dbsession:
        found = failures_by_plugin(dbsession).get(plugin, ())
    return {each.hook: (each.count, each.message) for each in found}


@pytest.fixture
def hang():
    """A hook that hangs until the test ends."""
    may_end = threading.Event()
    yield lambda *_: may_end.wait(10)
    may_end.set()


HOOKS = {"base": "base_payout", "modifiers": "payout_modifiers", "validate": "validate_submission"}


@pytest.mark.parametrize("answer", HOOKS)
def test_submission_when_a_hook_hangs_then_answer_log_and_failures_name_it(
    desk, house, judge, universe, pilot_id, hang, caplog, answer
):
    hook = HOOKS[answer]
    setattr(judge, answer, hang)
    before, _ = kept_failures(house).get(hook, (0, ""))
    refused = desk.submit(universe.add_kill(pilot_id).zkb_url)
    assert refused.status_int == 503
    assert "The plugin judge did not answer in time." in refused.json["description"]
    message = "it was still running when 1.5 s were over"
    assert kept_failures(house)[hook] == (before + 1, message)
    assert f"Plugin judge: {hook}: {message}" in caplog.text


def test_submission_when_flags_hang_then_is_stored_with_those_of_the_others(
    make_shared_house, plugin, universe, hang
):
    slow, swift = Flagging("slow", hang), Flagging("swift", lambda: [Flag("late", "info", "Late")])
    house = make_shared_house(
        entry_points=[*plugin.entry_points, slow, swift], submission_seconds=1.5
    )
    url = universe.add_kill(min(house.character_ids)).zkb_url
    answer = submit(house, url)
    assert answer.status_int == 303
    id_ = int(answer.location.rstrip("/").rpartition("/")[2])
    assert [each["plugin"] for each in house.detail("reviewer", id_)["flags"]] == ["swift"]
    count, message = kept_failures(house, "slow")["review_flags"]
    assert count == 1
    assert message.startswith("it was still running when ")


def submit(house, url, **fields):
    form = {"url": url, "details": "x", "division": str(house.division), **fields}
    return house.post("pilot", PATH, form, headers={"Accept": "application/json"})


class Flagging:
    """A plugin with flags alone."""

    API_VERSION = 1
    dist = None

    def __init__(self, name, flags):
        self.name = name
        self._flags = flags

    def load(self):
        """It is its own entry point."""
        return self

    @hookimpl
    def review_flags(self, killmail):
        return self._flags()


class Board(Flagging):
    """A plugin whose source never says whether a link is its own."""

    hosts = ()
    description = "Links"

    @hookimpl
    def killmail_sources(self, settings):
        return [self]

    def matches(self, url):
        return self._flags()

    def fetch(self, url, context):
        raise NotImplementedError


@pytest.mark.parametrize("check", [{}, {"check": "1"}], ids=["submission", "check"])
def test_submission_when_matches_hangs_then_is_503_in_time_and_names_the_plugin(
    make_shared_house, universe, hang, check
):
    house = make_shared_house(entry_points=[Board("board", hang)], submission_seconds=0.3)
    started = time.monotonic()
    answer = submit(house, universe.add_kill(min(house.character_ids)).zkb_url, **check)
    assert time.monotonic() - started < 5
    assert answer.status_int == 503
    assert "The plugin board did not answer in time." in answer.json["description"]
    assert "matches of source board" in kept_failures(house, "board")


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
