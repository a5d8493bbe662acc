"""Two people at the same moment, by real threads, on both databases: exactly one wins."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from functools import partial

import pytest
from sqlalchemy import func, select

from srp_portal.models.events import OutboxDelivery, OutboxEvent
from srp_portal.models.payments import Payment, PaymentLine
from srp_portal.models.requests import SrpRequest


@pytest.fixture(params=["sqlite", "postgresql"])
def house(request, make_portal, furnish, plugin):
    """A furnished portal with the tests' own plugin on each database."""
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgresql_url")
    house = furnish(
        make_portal(database_url=url, entry_points=plugin.entry_points, submission_seconds=15)
    )
    house.judge = plugin.judge
    house.users["payer two"] = house.portal.make_user("payer two")
    house.grant("payer two", "pay")
    return house


def at_once(*calls):
    """Starts all of the calls at the same moment, each in a thread; gives their results."""
    barrier = threading.Barrier(len(calls))

    def run(call):
        barrier.wait(timeout=20)
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def count_of(house, statement):
    with house.portal.reading() as dbsession:
        return dbsession.scalar(statement)


def test_payments_when_two_pay_at_once_then_one_is_made_and_the_other_is_told(house):
    house.log_in("payer", "payer two")
    for _ in range(5):
        id_ = house.store(status="approved", base=Decimal("123.45"))
        pay = {"id_": "action", "type_": "paid", "note": ""}
        payers = ("payer", "payer two", "payer", "payer two")
        answers = at_once(*(partial(house.act, who, id_, **pay) for who in payers))
        assert sorted(answer.status_int for answer in answers) == [200, 409, 409, 409]
        refused = [answer.json for answer in answers if answer.status_int == 409]
        assert {answer["present"] for answer in refused} == {"paid"}
        lines = select(func.count()).select_from(PaymentLine).where(PaymentLine.request_id == id_)
        assert count_of(house, lines) == 1
        document = house.detail("pilot", id_)
        assert [payment["amount"] for payment in document["payments"]] == ["123.45"]
        assert [action["type"] for action in document["actions"]] == ["paid", "approved"]


def test_payment_when_the_amount_changes_at_once_then_nobody_pays_what_they_did_not_see(house):
    house.log_in("payer", "pilot")
    for _ in range(5):
        id_ = house.store(status="approved", base=Decimal("100.00"))
        seen = {"version": str(house.detail("payer", id_)["version"])}
        at_once(
            partial(house.act, "payer", id_, id_="action", type_="paid", note="", **seen),
            partial(house.act, "pilot", id_, id_="details", details="Changed", **seen),
        )
        document = house.detail("payer", id_)
        was_paid = document["status"] == "paid"
        # Either one or the other happened, and never both.
        assert was_paid == bool(document["payments"])
        assert was_paid == (document["details"] == "Fleet fight.")


def test_forms_when_many_come_without_versions_then_all_count_and_the_payout_adds_up(house):
    house.log_in("reviewer", "admin")
    id_ = house.store(base=Decimal("0.00"))
    form = {"id_": "modifier", "type_": "abs-bonus", "value": "1", "note": ""}
    people = ("reviewer", "admin", "reviewer", "admin")
    answers = at_once(*(partial(house.act, who, id_, **form) for who in people))
    assert [answer.status_int for answer in answers] == [200] * 4
    assert house.detail("reviewer", id_)["payout"] == "4000000.00"
    assert house.detail("reviewer", id_)["version"] == 5


def test_submissions_when_two_are_made_at_once_then_exactly_one_wins(house, universe):
    pilot_id = min(house.character_ids)
    house.log_in("pilot")
    barrier = threading.Barrier(2)
    # Both have looked everything up before either begins to write.
    house.judge.validate = lambda *_: (barrier.wait(timeout=10), None)[1]
    for _ in range(3):
        loss = universe.add_kill(pilot_id)
        form = {"url": loss.killreport, "details": "x", "division": str(house.division)}
        submit = partial(house.post, "pilot", "/request/add/", form)
        answers = at_once(submit, submit)
        assert [answer.status_int for answer in answers] == [303, 303]
        assert {answer.location for answer in answers} == {
            f"http://localhost/request/{loss.killmail_id}/"
        }
        for model in (SrpRequest.id, OutboxEvent.request_id):
            statement = select(func.count()).where(model == loss.killmail_id)
            assert count_of(house, statement) == 1
    assert count_of(house, select(func.count()).select_from(Payment)) == 0


def test_deliveries_when_two_work_the_outbox_off_at_once_then_each_event_is_told_once(house):
    told = []
    for _ in range(10):
        house.store()
    house.judge.changed = lambda event: told.append(event.event_id)
    worker = house.portal.portal.delivery
    attempts = at_once(worker.deliver_due, worker.deliver_due, worker.deliver_due)
    assert (sum(attempts), len(told), len(set(told))) == (10, 10, 10)
    with house.portal.reading() as dbsession:
        states = set(dbsession.scalars(select(OutboxDelivery.state)))
    assert states == {"done"}
