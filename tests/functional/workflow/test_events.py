"""What plugins are told of changes: after the commit, at least once, whatever they do with it."""

from __future__ import annotations

import threading
import time
from asyncio import CancelledError
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import delete, select

from srp_portal.domain.lifecycle import Status
from srp_portal.hooks import notify
from srp_portal.hooks.notify import MOST_ATTEMPTS
from srp_portal.models.events import OutboxDelivery, OutboxEvent
from srp_portal.models.requests import SrpRequest
from srp_portal.plugin import hookimpl
from srp_portal.services import delivery, review
from srp_portal.web.views import request_detail

LONGEST_WAIT = 5


@pytest.fixture
def house(judged_house, judge):
    """The house with an empty outbox."""
    with judged_house.portal.writing() as dbsession:
        dbsession.execute(delete(OutboxDelivery))
        dbsession.execute(delete(OutboxEvent))
    yield judged_house
    judged_house.portal.now = None


def kinds(house, request_id):
    """The events of a request, oldest first."""
    with house.portal.reading() as dbsession:
        return list(
            dbsession.scalars(
                select(OutboxEvent.kind)
                .where(OutboxEvent.request_id == request_id)
                .order_by(OutboxEvent.id)
            )
        )


def deliveries(house):
    with house.portal.reading() as dbsession:
        return list(dbsession.scalars(select(OutboxDelivery).order_by(OutboxDelivery.id)))


def until(condition):
    """Waits for the thread that delivers; gives what the condition gave at last."""
    end = time.monotonic() + LONGEST_WAIT
    while not (result := condition()) and time.monotonic() < end:
        time.sleep(0.01)
    return result


FORMS = [
    ("reviewer", {"id_": "action", "type_": "comment", "note": "Hm"}, ["commented"]),
    ("reviewer", {"id_": "action", "type_": "approved", "note": "ok"}, ["status_changed"]),
    ("reviewer", {"id_": "payout", "value": "1"}, ["payout_changed"]),
    (
        "reviewer",
        {"id_": "modifier", "type_": "abs-bonus", "value": "1", "note": "x"},
        ["modifier_added"],
    ),
    ("pilot", {"id_": "details", "details": "New"}, ["details_changed"]),
    ("pilot", {"id_": "withdraw", "note": ""}, ["status_changed"]),
    ("reviewer", {"id_": "note", "note": "Nobody's business"}, []),
]


@pytest.mark.parametrize(("who", "form", "wanted"), FORMS, ids=lambda value: str(value)[:50])
def test_change_when_made_then_its_event_is_written_with_it_and_told_after_the_commit(
    house, judge, who, form, wanted
):
    told = []
    judge.changed = lambda event: told.append((event.kind, committed_version(house, event)))
    id_ = house.store()
    answer = house.act(who, id_, **form)
    assert answer.status_int == 200
    assert kinds(house, id_) == ["submitted", *wanted]
    if wanted:
        until(lambda: len(told) == 2)
        # By then another transaction reads what the event speaks of.
        assert [kind for kind, _ in told] == ["submitted", *wanted]
        assert told[-1][1] == answer.json["version"]


def committed_version(house, event):
    with house.portal.reading() as dbsession:
        return dbsession.get_one(SrpRequest, event.request_id).version


def test_event_when_told_then_says_who_did_what(house, judge):
    told = []
    judge.changed = told.append
    id_ = house.store(base=Decimal("12.34"))
    house.act("reviewer", id_, id_="action", type_="rejected", note="No fit")
    until(lambda: len(told) == 2)
    event = told[-1]
    assert (event.kind, event.request_id) == ("status_changed", id_)
    assert (event.status, event.previous_status, event.note) == (
        "rejected",
        "evaluating",
        "No fit",
    )
    assert (event.actor.name, event.submitter.name) == ("reviewer", "pilot")
    assert event.submitter.character_ids == tuple(sorted(house.character_ids))
    assert (event.division.id, event.division.name) == (house.division, "Fleet")
    assert event.payout == Decimal("12.34")
    assert event.url == f"http://localhost/request/{id_}/"


@pytest.mark.parametrize(
    "form",
    [
        {"id_": "action", "type_": "rejected", "note": ""},
        {"id_": "action", "type_": "paid", "note": ""},
        {"id_": "payout", "value": "x"},
        {"id_": "payout", "value": "1", "version": "99"},
    ],
    ids=str,
)
def test_change_when_refused_then_nothing_is_written_and_nobody_told(house, judge, form):
    id_ = house.store()
    house.portal.portal.delivery.deliver_due()
    told = []
    judge.changed = told.append
    for headers in ({"Accept": "application/json"}, {}):
        answer = house.post("reviewer", f"/request/{id_}/", form, headers=headers)
        assert answer.status_int >= 400
    assert kinds(house, id_) == ["submitted"]
    assert told == []


def test_change_when_the_transaction_fails_at_its_end_then_nothing_is_stored_or_told(
    house, judge, monkeypatch
):
    id_ = house.store()
    house.portal.portal.delivery.deliver_due()
    told = []
    judge.changed = told.append

    def broken(request, **options):
        raise ZeroDivisionError

    monkeypatch.setattr(request_detail, "load_detail", broken)
    answer = house.act("reviewer", id_, id_="payout", value="77")
    assert answer.status_int == 500
    monkeypatch.undo()
    assert kinds(house, id_) == ["submitted"]
    assert house.detail("reviewer", id_)["version"] == 1
    assert told == []


def test_listener_when_it_sleeps_then_delays_no_answer(house, judge):
    is_told, may_go_on = threading.Event(), threading.Event()

    def sleep(event):
        is_told.set()
        may_go_on.wait(LONGEST_WAIT)

    judge.changed = sleep
    id_ = house.store()
    try:
        assert house.act("reviewer", id_, id_="payout", value="1").status_int == 200
        assert is_told.wait(LONGEST_WAIT)
        # The listener still sleeps, and the next change is answered too.
        assert house.act("reviewer", id_, id_="payout", value="2").status_int == 200
        assert not may_go_on.is_set()
    finally:
        may_go_on.set()
    assert until(lambda: {row.state for row in deliveries(house)} == {"done"})


def test_delivery_when_stopped_then_ends_after_the_attempt_at_hand(house, judge):
    portal = house.portal.portal
    worker = delivery.Delivery(
        portal.plugins, portal.contexts, portal.session_factory, portal.clock
    )
    judge.changed = lambda event: worker.stop()
    house.store()
    house.store()
    assert worker.deliver_due() == 1
    assert [row.state for row in deliveries(house)] == ["done", "pending"]


def test_listener_when_it_hangs_then_the_attempt_fails_and_others_are_told(
    house, judge, monkeypatch
):
    monkeypatch.setattr(delivery, "ATTEMPT_SECONDS", 0.2)
    may_go_on, told = threading.Event(), []

    def hang_once(event):
        told.append(event.request_id)
        if len(told) == 1:
            may_go_on.wait(LONGEST_WAIT)

    judge.changed = hang_once
    first, second = house.store(), house.store()
    house.portal.portal.delivery.deliver_due()
    may_go_on.set()
    assert told == [first, second]
    assert [row.state for row in deliveries(house)] == ["pending", "done"]
    assert "longer than 0.2 s" in deliveries(house)[0].last_error


@pytest.mark.parametrize("error", [ZeroDivisionError, SystemExit, CancelledError])
def test_listener_when_it_fails_then_is_told_again_with_growing_pauses_and_the_same_id(
    house, judge, error
):
    told = []

    def fail_twice(event):
        told.append(event.event_id)
        if len(told) < 3:
            raise error

    judge.changed = fail_twice
    house.portal.now = house.portal.clock()
    worker = house.portal.portal.delivery
    house.store()
    pauses = []
    for _ in range(3):
        assert worker.deliver_due() == 1
        (row,) = deliveries(house)
        pauses.append(row.due_at - house.portal.now)
        assert worker.deliver_due() == 0
        house.portal.now = row.due_at
    assert len(set(told)) == 1
    assert timedelta() < pauses[0] < pauses[1]
    assert (row.state, row.attempts, row.last_error) == ("done", 3, "")


def test_listener_when_it_always_fails_then_the_delivery_is_dead_and_keeps_its_error(house, judge):
    def fail(event):
        raise RuntimeError("no such channel")

    judge.changed = fail
    house.portal.now = house.portal.clock()
    worker = house.portal.portal.delivery
    id_ = house.store()
    for _ in range(MOST_ATTEMPTS):
        assert worker.deliver_due() == 1
        house.portal.now += timedelta(days=2)
    assert worker.deliver_due() == 0
    (row,) = deliveries(house)
    assert (row.state, row.attempts) == ("dead", MOST_ATTEMPTS)
    assert "no such channel" in row.last_error
    assert worker.seconds_to_next() is None
    assert house.detail("pilot", id_)["status"] == "evaluating"


def test_event_when_the_process_dies_in_the_middle_then_is_told_again_after_the_lease(house, judge):
    """What `Delivery` leaves behind when it is killed while the plugin runs."""
    told = []
    judge.changed = lambda event: told.append(event.event_id)
    house.portal.now = house.portal.clock()
    house.store()
    with house.portal.writing() as dbsession:
        row = dbsession.scalars(select(OutboxDelivery)).one()
        row.due_at = house.portal.now + delivery.LEASE
    worker = house.portal.portal.delivery
    assert worker.deliver_due() == 0
    assert worker.seconds_to_next() == delivery.LEASE.total_seconds()
    house.portal.now += delivery.LEASE
    assert (worker.deliver_due(), len(told)) == (1, 1)


def test_event_when_it_always_ends_the_process_then_is_dead_after_the_usual_attempts(
    house, judge, monkeypatch
):
    """As seen by the processes that come after each other: the outcome is never written."""
    told = []
    judge.changed = lambda event: told.append(event.event_id)
    house.portal.now = house.portal.clock()
    house.store()
    portal = house.portal.portal
    for number in range(1, MOST_ATTEMPTS + 1):
        dying = delivery.Delivery(
            portal.plugins, portal.contexts, portal.session_factory, portal.clock
        )
        monkeypatch.setattr(dying, "_keep", lambda *_: None)
        assert dying.deliver_due() == 1
        assert [row.attempts for row in deliveries(house)] == [number]
        house.portal.now += delivery.LEASE
    assert portal.delivery.deliver_due() == 0
    (row,) = deliveries(house)
    assert (row.state, row.attempts, len(told)) == ("dead", MOST_ATTEMPTS, MOST_ATTEMPTS)
    assert row.last_error == "the portal's process ended while the plugin was being told"


class Ear:
    """A plugin that listens, and does what it was made with."""

    API_VERSION = 1
    dist = None

    def __init__(self, name, hear):
        self.name = name
        self._hear = hear

    def load(self):
        """It is its own entry point."""
        return self

    @hookimpl
    def request_changed(self, event):
        self._hear(event)


def test_listener_when_it_hangs_then_others_are_told_first_for_a_while(
    make_shared_house, monkeypatch
):
    monkeypatch.setattr(delivery, "ATTEMPT_SECONDS", 0.1)
    may_go_on, told = threading.Event(), []

    def hang(event):
        told.append("slow")
        may_go_on.wait(LONGEST_WAIT)

    ears = [Ear("slow", hang), Ear("swift", lambda event: told.append("swift"))]
    house = make_shared_house(entry_points=ears)
    house.portal.now = house.portal.clock()
    worker = house.portal.portal.delivery

    def work_off(count):
        told.clear()
        for _ in range(count):
            house.store()
        worker.deliver_due()
        return list(told)

    assert work_off(3) == ["slow", "swift", "swift", "swift", "slow", "slow"]
    # The next pass, in which all is due once more that was not taken.
    house.portal.now += notify.PAUSES[0]
    assert work_off(1) == ["swift", *["slow"] * 4]
    # By then it may be well again, and its turn is by time.
    house.portal.now += delivery.REMEMBERED
    assert work_off(1)[:2] == ["slow", "swift"]
    may_go_on.set()


def test_thread_when_a_delivery_failed_then_wakes_by_itself_for_the_next_attempt(
    house, judge, monkeypatch
):
    monkeypatch.setattr(notify, "PAUSES", (timedelta(milliseconds=50),) * len(notify.PAUSES))
    told = []

    def fail_once(event):
        told.append(event.event_id)
        if len(told) == 1:
            raise ZeroDivisionError

    judge.changed = fail_once
    house.store()
    house.portal.portal.delivery_thread.wake()
    assert until(lambda: len(told) == 2)
    assert until(lambda: {row.state for row in deliveries(house)} == {"done"})


@pytest.fixture
def paid_together(house):
    """Three requests marked paid in one transaction; their ids."""
    ids = [house.store(status="approved") for _ in range(3)]
    house.portal.portal.delivery.deliver_due()
    with house.portal.writing() as dbsession:
        works = [house._work(dbsession, "payer", id_) for id_ in ids]
        for work in works:
            review.change_status(replace(work, outbox=works[0].outbox), Status.PAID, "")
    return ids


def test_events_when_written_together_then_each_tells_of_all_in_order(house, judge, paid_together):
    told = []
    judge.changed = told.append
    house.portal.portal.delivery.deliver_due()
    assert [event.request_id for event in told] == paid_together
    alone = tuple(replace(event, batch=()) for event in told)
    assert [event.batch for event in told] == [alone] * 3


def test_events_when_written_together_then_are_read_once(
    house, judge, paid_together, count_statements
):
    judge.changed = lambda event: None
    with count_statements(house.portal) as statements:
        assert house.portal.portal.delivery.deliver_due() == 3
    reading = [said for said in statements.seen if "outbox_events.payload" in said]
    assert len(reading) == 1


def test_event_when_of_a_batch_and_told_later_again_then_still_tells_of_all(
    house, judge, paid_together
):
    told = []

    def fail_for_the_second(event):
        told.append(event)
        if len(told) == 2:
            raise ZeroDivisionError

    judge.changed = fail_for_the_second
    house.portal.now = house.portal.clock()
    house.portal.portal.delivery.deliver_due()
    house.store()
    house.portal.now += timedelta(hours=1)
    house.portal.portal.delivery.deliver_due()
    assert [event.batch for event in told if event.request_id == paid_together[1]] == [
        told[0].batch
    ] * 2


def test_event_when_written_alone_or_before_batches_then_has_none(house, judge):
    told = []
    judge.changed = told.append
    first, second = house.store(), house.store()
    with house.portal.writing() as dbsession:
        old = select(OutboxEvent).where(OutboxEvent.request_id == second)
        dbsession.scalars(old).one().batch_id = None
    house.portal.portal.delivery.deliver_due()
    assert [(event.request_id, event.batch) for event in told] == [(first, ()), (second, ())]
