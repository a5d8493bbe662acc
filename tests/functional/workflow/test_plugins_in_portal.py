"""What plugins add to a request, from the submission to the page of its reviewer."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from decimal import Decimal

import pytest

from srp_portal.plugin import Flag, Panel, ProposedModifier, SubmissionRejected
from srp_portal.services import plugin_panels
from srp_portal.services.plugin_failures import failures_by_plugin


@pytest.fixture
def house(judged_house, judge, universe):
    return judged_house


@pytest.fixture
def submit(house, universe):
    """Submits a new loss of the pilot's; gives the request's id."""

    def submit_loss(**facts):
        loss = universe.add_kill(min(house.character_ids), **facts)
        return house.portal.submit(house.pilot, loss, house.division)

    return submit_loss


def test_base_payout_when_a_plugin_answers_then_counts_before_the_killmails_value(
    house, judge, submit
):
    judge.base = lambda killmail, context: killmail.value / 3
    id_ = submit(value=Decimal("100.00"))
    assert house.detail("pilot", id_)["base_payout"] == "33.33"


def test_base_payout_when_no_plugin_answers_then_is_the_killmails_value(house, submit):
    assert house.detail("pilot", submit(value=Decimal("100.01")))["base_payout"] == "100.01"


def test_modifiers_when_a_plugin_gives_them_then_count_and_can_be_voided_like_any_other(
    house, judge, submit
):
    judge.modifiers = lambda *_: iter(
        [
            ProposedModifier("relative", "0.10", "Home defence"),
            ProposedModifier("absolute", Decimal(-20), "Late"),
            ProposedModifier("relative", "0.5", "Old pilot", apply=False),
        ]
    )
    id_ = submit(value=Decimal("100.00"))
    document = house.detail("pilot", id_)
    assert document["payout"] == "88.00"
    assert [modifier["note"] for modifier in document["modifiers"]] == [
        "Old pilot",
        "Late",
        "Home defence",
    ]
    assert {modifier["user"]["name"] for modifier in document["modifiers"]} == {"judge"}
    assert [modifier.get("suggested", False) for modifier in document["modifiers"]] == [
        True,
        False,
        False,
    ]
    page = house.reviewer.get(f"/request/{id_}/").text
    assert "Home defence" in page
    late = str(document["modifiers"][1]["id"])
    assert house.act("reviewer", id_, id_="void", modifier_id=late).json["payout"] == "110.00"
    taken = str(document["modifiers"][0]["id"])
    answer = house.act("reviewer", id_, id_="suggestion", modifier_id=taken)
    assert answer.json["payout"] == "160.00"
    assert house.audited(id_)[0][3]["modifiers"][0]["plugin"] == "judge"


def test_hooks_when_called_then_know_killmail_submitter_and_history(house, judge, submit):
    earlier = submit(value=Decimal(7))
    seen = {}

    def look(killmail, submitter, context):
        mine, everybodys = context.history(days=1), context.history(days=1, ship_id=587)
        seen.update(killmail=killmail, submitter=submitter, mine=mine, all=everybodys)
        return []

    judge.flags = look
    submit(value=Decimal(8))
    assert seen["killmail"].value == Decimal("8.00")
    assert (seen["submitter"].name, seen["submitter"].is_admin) == ("pilot", False)
    assert set(seen["submitter"].character_ids) == house.character_ids
    past = next(each for each in seen["mine"] if each.request_id == earlier)
    assert (past.value, past.payout, past.status) == (Decimal(7), Decimal(7), "evaluating")
    assert earlier in [each.request_id for each in seen["all"]]


def test_flags_when_a_plugin_raises_them_then_staff_sees_them_and_the_submitter_never(
    house, judge, submit
):
    text = "Far above the <b>average</b>"
    judge.flags = lambda *_: [Flag("price", "alert", text)]
    id_ = submit()
    # Other installed plugins may have something to say of the loss as well.
    assert {
        "code": "price",
        "level": "alert",
        "plugin": "judge",
        "text": text,
    } in house.detail("payer", id_)["flags"]
    page = house.reviewer.get(f"/request/{id_}/").text
    assert "Far above the &lt;b&gt;average" in page
    for fmt in ("html", "json", "xml"):
        assert "average" not in house.pilot.get(f"/request/{id_}/?fmt={fmt}").text


def test_panels_when_staff_opens_the_page_then_are_shown_and_to_nobody_else(house, judge):
    asked, pool = [], house.portal.portal.engine.pool

    def panels(killmail, context):
        asked.append(pool.checkedout())
        return [Panel("Prices <i>", (("Jita", "1 & 2"), ("Amarr", str(killmail.value))))]

    judge.panels = panels
    id_ = house.store()
    for who in ("reviewer", "payer", "auditor", "admin"):
        page = getattr(house, who).get(f"/request/{id_}/").text
        assert "Prices &lt;i&gt;" in page
        assert "1 &amp; 2" in page
        assert "285000000.00" in page
    house.post("reviewer", f"/request/{id_}/", {"id_": "payout", "value": "x"}, headers={})
    # Plugins may ask the network, so no transaction is open meanwhile.
    assert asked == [0] * 5
    assert "Prices" not in house.pilot.get(f"/request/{id_}/").text
    house.detail("reviewer", id_)
    assert len(asked) == 5


def test_panel_when_rows_are_shorter_then_their_last_cell_fills_them(house, judge):
    rows = (("Place", "Price", "Age"), ("Jita", "1"), (), ("Nobody sells it elsewhere.",))
    judge.panels = lambda killmail, context: [Panel("Prices", rows)]
    page = house.reviewer.get(f"/request/{house.store()}/").html
    [panel] = [box for box in page.select("section.card-box") if box.find("h2", string="Prices")]
    spans = [[cell.get("colspan") for cell in row("td")] for row in panel("tr")]
    assert spans == [[None] * 3, [None, "2"], [], ["3"]]


@pytest.mark.parametrize("how", ["raises", "wrong", "exits", "sleeps"])
def test_panels_when_they_break_then_the_page_is_shown_without_them(house, judge, monkeypatch, how):
    monkeypatch.setattr(plugin_panels, "SECONDS", 0.2)

    def broken(killmail, context):
        if how == "raises":
            raise ZeroDivisionError
        if how == "exits":
            raise SystemExit
        if how == "sleeps":
            time.sleep(0.5)
        return [42] if how == "wrong" else [Panel("Too late", ())]

    judge.panels = broken
    page = house.reviewer.get(f"/request/{house.store()}/")
    assert page.status_int == 200
    assert "Too late" not in page.text


def test_panels_when_they_hang_then_the_failure_is_kept(house, judge, monkeypatch):
    monkeypatch.setattr(plugin_panels, "SECONDS", 0.1)
    may_end = threading.Event()
    judge.panels = lambda killmail, context: may_end.wait(10)
    house.reviewer.get(f"/request/{house.store()}/")
    may_end.set()
    house.portal.portal.failures.write()
    message = failures(house)["request_panels"].message
    assert message == "it was still running when 0.1 s were over"


def test_history_when_requests_are_older_then_leaves_them_out(house, judge, submit):
    old = house.store(at=house.portal.clock() - timedelta(days=10))
    found = {}
    judge.flags = lambda killmail, submitter, context: found.update(
        {days: [each.request_id for each in context.history(days)] for days in (9, 11)}
    )
    submit()
    assert old not in found[9]
    assert old in found[11]


def test_page_when_plugins_add_to_it_then_still_takes_few_statements(
    house, judge, count_statements
):
    judge.panels = lambda killmail, context: [Panel("Prices", (("Jita", "1"),))]
    suggestion = ProposedModifier("relative", "0.5", "Maybe", apply=False)
    flags = [("judge", Flag("late", "info", "Late"))]
    id_ = house.store(modifiers=[("judge", suggestion)], flags=flags, status="paid")
    house.act("reviewer", id_, id_="note", note="Hm")
    house.admin.get(f"/request/{id_}/")
    with count_statements(house.portal) as statements:
        page = house.admin.get(f"/request/{id_}/")
    assert "Prices" in page.text
    # Listeners may be told of the changes at the same time.
    seen = [statement for statement in statements.seen if "outbox" not in statement]
    assert len(seen) <= 8, "\n".join(seen)


FAILING = {
    "base": "base_payout",
    "modifiers": "payout_modifiers",
    "validate": "validate_submission",
    "flags": "review_flags",
}


@pytest.mark.parametrize(("answer", "hook"), FAILING.items(), ids=FAILING.values())
def test_hook_when_it_fails_on_a_submission_then_the_failure_is_kept(
    house, judge, desk, universe, answer, hook
):
    def fail(*_):
        raise ZeroDivisionError("division by https://prices.example/S3CRET")

    setattr(judge, answer, fail)
    before = failures(house).get(hook)
    desk.submit(universe.add_kill(min(house.character_ids)).zkb_url)
    house.portal.portal.failures.write()
    kept = failures(house)[hook]
    assert kept.message == "ZeroDivisionError: division by https://prices.example/…"
    assert kept.count == (before.count if before else 0) + 1


def test_hook_when_it_gives_a_wrong_value_then_the_failure_is_kept(house, judge, desk, universe):
    judge.base = lambda *_: 0.1
    desk.submit(universe.add_kill(min(house.character_ids)).zkb_url)
    house.portal.portal.failures.write()
    assert "result must be a Decimal" in failures(house)["base_payout"].message


def test_hook_when_it_refuses_then_that_is_no_failure(house, judge, desk, universe):
    def refuse(*_):
        raise SubmissionRejected("Not here.")

    judge.validate = refuse
    before = failures(house)
    desk.submit(universe.add_kill(min(house.character_ids)).zkb_url)
    house.portal.portal.failures.write()
    assert failures(house) == before


def test_listener_when_it_fails_then_the_failure_is_kept_before_it_is_given_up(house, judge):
    def fail(event):
        raise ZeroDivisionError

    judge.changed = fail
    house.store()
    house.portal.portal.delivery.deliver_due()
    house.portal.portal.failures.write()
    assert failures(house)["request_changed"].message == "ZeroDivisionError"


def failures(house):
    """What is kept of the judge, by hook."""
    with house.portal.reading() as dbsession:
        return {each.hook: each for each in failures_by_plugin(dbsession).get("judge", ())}
