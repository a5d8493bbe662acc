"""The page of plugins: for site administrators, with failures and dead deliveries to send again."""

from __future__ import annotations

import json
import re
import threading
from dataclasses import dataclass

import pytest
from sqlalchemy import delete, event, func, insert, select, update

from srp_portal.models.events import (
    AuditEntry,
    DeliveryState,
    OutboxDelivery,
    OutboxEvent,
    PluginFailure,
)
from srp_portal.plugin import hookimpl
from srp_portal.services.delivery import DeliveryThread

PATH = "/plugins/"
WAIT_S = 10
SETTINGS = {
    "listener.webhook": "https://discord.example/api/webhooks/1/S3CRET",
    "listener.api_token": "S3CRET",
    "listener.channel": "losses",
}
LONG = "x" * 480


class Listener:
    """A plugin that listens, and does what a test assigns."""

    API_VERSION = 1
    dist = None

    def __init__(self, name):
        self.name = name
        self.has_told = threading.Event()
        self.error = None

    def load(self):
        """It is its own entry point."""
        return self

    @hookimpl
    def request_changed(self, event):
        self.has_told.set()
        if self.error is not None:
            raise self.error

    @hookimpl
    def review_flags(self, killmail):
        raise ZeroDivisionError("no such division")


class Old(Listener):
    """A plugin that is left out."""

    API_VERSION = 0


class Bare(Listener):
    """A plugin whose author forgot to mark the hooks."""

    request_changed = review_flags = None


@dataclass
class Office:
    """A furnished portal with two listeners."""

    house: object
    listener: Listener
    other: Listener

    def dead(self, listener="listener", **fields):
        """A dead delivery; its id."""
        request_id = self.house.store()
        with self.house.portal.writing() as dbsession:
            event_id = dbsession.scalar(
                select(OutboxEvent.id).where(OutboxEvent.request_id == request_id)
            )
            mine = OutboxDelivery.outbox_event_id == event_id
            dbsession.execute(delete(OutboxDelivery).where(mine, OutboxDelivery.plugin != listener))
            dbsession.execute(
                update(OutboxDelivery)
                .where(mine)
                .values({"state": "dead", "attempts": 9, "last_error": "E: no", **fields})
            )
            return dbsession.scalar(select(OutboxDelivery.id).where(mine))

    def states(self):
        """Deliveries by state."""
        with self.house.portal.reading() as dbsession:
            rows = dbsession.execute(
                select(OutboxDelivery.state, func.count()).group_by(OutboxDelivery.state)
            )
            return dict(rows.all())

    def audited(self):
        """What the log says of deliveries: (actor, action, id, payload)."""
        with self.house.portal.reading() as dbsession:
            rows = dbsession.scalars(
                select(AuditEntry)
                .where(AuditEntry.subject_type == "delivery")
                .order_by(AuditEntry.id)
            )
            return [
                (row.actor, row.action, row.subject_id, json.loads(row.payload)) for row in rows
            ]

    def document(self, query=""):
        """The page as JSON."""
        return self.house.root.get(f"{PATH}?fmt=json{query}").json

    def plugin(self, name="listener"):
        """A plugin in the document."""
        return next(each for each in self.document()["plugins"] if each["name"] == name)

    def sleep(self):
        """Keeps the thread that delivers from waking, so that states stand still."""
        self.house.portal.portal.delivery_thread.stop()


@pytest.fixture(scope="module")
def make_office(make_any_shared_house):
    listener, other = Listener("listener"), Listener("other")
    house = make_any_shared_house(
        SETTINGS, entry_points=[listener, other, Old("old"), Bare("bare")]
    )
    return Office(house, listener, other)


@pytest.fixture
def office(make_office):
    office = make_office
    with office.house.portal.writing() as dbsession:
        for model in (OutboxDelivery, PluginFailure):
            dbsession.execute(delete(model))
    office.listener.error = None
    office.sleep()
    return office


def test_page_when_read_names_every_plugin_with_hooks_and_why_it_is_not_in_use(office):
    plugins = {each["name"]: each for each in office.document()["plugins"]}
    assert set(plugins) == {"listener", "other", "old", "bare"}
    assert plugins["listener"]["enabled"]
    assert plugins["listener"]["hooks"] == ["request_changed", "review_flags"]
    assert not plugins["old"]["enabled"]
    assert "API_VERSION 0" in plugins["old"]["reason"]
    assert (plugins["bare"]["enabled"], plugins["bare"]["reason"]) == (True, "it has no hooks")
    page = office.house.root.get(PATH).text
    assert "API_VERSION 0" in page
    assert "Does nothing: it has no hooks" in page


@pytest.mark.parametrize("fmt", ["html", "json", "xml"])
def test_page_when_settings_are_secret_then_shows_that_they_are_set_and_no_more(office, fmt):
    page = office.house.root.get(f"{PATH}?fmt={fmt}").text
    assert "S3CRET" not in page
    assert "https://discord.example/…" in page
    assert "set, not shown" in page
    assert "losses" in page


def test_page_when_a_plugin_fails_then_says_at_what_when_and_how_often(office):
    house = office.house
    for _ in range(2):
        house.portal.portal.plugins.review_flags(None, None, None, lambda name: None)
    house.portal.portal.failures.write()
    [failure] = office.plugin()["failures"]
    assert (failure["hook"], failure["count"]) == ("review_flags", 2)
    assert failure["message"] == "ZeroDivisionError: no such division"
    page = house.root.get(PATH).text
    assert "ZeroDivisionError: no such division" in page
    assert "failed 2 times since" in page


def test_page_when_a_listener_fails_to_the_end_then_lists_the_delivery(office):
    house = office.house
    office.listener.error = RuntimeError("no such channel")
    id_ = house.store()
    with house.portal.writing() as dbsession:
        dbsession.execute(update(OutboxDelivery).values(attempts=8))
    house.portal.portal.delivery.deliver_due()
    [dead] = office.document()["dead_deliveries"]
    assert dead["plugin"] == "listener"
    assert dead["request"] == {"href": f"/request/{id_}/", "id": id_}
    assert (dead["kind"], dead["attempts"]) == ("submitted", 9)
    assert dead["error"] == "RuntimeError: no such channel"
    assert (office.plugin()["waiting"], office.plugin()["dead"]) == (0, 1)
    page = house.root.get(PATH)
    assert page.html.find("a", href=f"/request/{id_}/")
    assert "RuntimeError: no such channel" in page.text


def test_page_when_a_plugin_is_gone_but_its_deliveries_are_not_then_it_is_still_there(office):
    office.dead("other", plugin="departed")
    gone = office.plugin("departed")
    assert (gone["enabled"], gone["reason"], gone["dead"]) == (False, "not installed any more", 1)


def test_deliveries_when_there_are_many_then_are_paged_newest_first(office):
    ids = [office.dead() for _ in range(3)]
    office.house.root.get(PATH)
    object.__setattr__(office.house.portal.portal.settings, "page_size", 2)
    try:
        pages = [office.house.root.get(f"{PATH}?page={page}") for page in (1, 2, 99)]
    finally:
        object.__setattr__(office.house.portal.portal.settings, "page_size", 25)
    shown = [
        [int(field["value"]) for field in page.html.find_all("input", {"name": "delivery_id"})]
        for page in pages
    ]
    # Each has two forms.
    assert [each[::2] for each in shown] == [[ids[2], ids[1]], [ids[0]], [ids[0]]]
    assert pages[0].html.find("a", rel="next")["href"] == f"{PATH}?page=2"
    assert [each["id"] for each in office.document()["dead_deliveries"]] == ids[::-1]


def test_deliveries_when_of_one_plugin_then_leave_out_the_others(office):
    mine, _ = office.dead(), office.dead("other")
    document = office.document("&plugin=listener")
    assert ([each["id"] for each in document["dead_deliveries"]], document["count"]) == ([mine], 1)
    assert office.document("&plugin=nobody")["dead_deliveries"] == []


def test_resend_when_of_one_then_it_is_made_again_with_all_its_attempts(office):
    first, second = office.dead(), office.dead()
    office.listener.error = ZeroDivisionError()
    form = {"action": "resend", "delivery_id": str(first)}
    document = office.house.post("root", PATH, form, status=200).json
    assert [each["id"] for each in document["dead_deliveries"]] == [second]
    assert office.house.portal.portal.delivery.deliver_due() == 1
    with office.house.portal.reading() as dbsession:
        row = dbsession.get_one(OutboxDelivery, first)
        assert (row.state, row.attempts) == ("pending", 1)
    actor, action, subject, payload = office.audited()[-1]
    assert (actor, action, subject) == ("root", "delivery.resend", first)
    assert payload == {"count": 1, "error": "E: no", "kind": "submitted", "plugin": "listener"}


def test_resend_when_done_then_the_delivery_is_woken_and_the_plugin_told(office):
    id_ = office.dead()
    portal = office.house.portal.portal
    vars(portal)["delivery_thread"] = thread = DeliveryThread(portal.delivery)
    office.listener.has_told.clear()
    form = {"action": "resend", "delivery_id": str(id_)}
    office.house.post("root", PATH, form, headers={}, status=303)
    assert office.listener.has_told.wait(WAIT_S)
    thread.stop()
    assert office.states() == {"done": 1}


@pytest.mark.parametrize("action", ["resend", "forget"])
def test_all_of_a_plugin_when_sent_again_or_forgotten_then_others_stay(office, action):
    for plugin in ("listener", "listener", "other"):
        office.dead(plugin)
    form = {"action": action, "plugin": "listener"}
    answer = office.house.post("root", PATH, form, headers={}, status=303)
    assert answer.location == f"http://localhost{PATH}"
    left = {"dead": 1, "pending": 2} if action == "resend" else {"dead": 1}
    assert office.states() == left
    actor, did, subject, payload = office.audited()[-1]
    assert (actor, did, subject) == ("root", f"delivery.{action}", None)
    assert payload == {"count": 2, "plugin": "listener"}
    said = {"resend": "2 deliveries on the way again.", "forget": "2 deliveries forgotten."}
    assert said[action] in office.house.root.get(PATH).text


def test_forget_when_of_one_then_it_is_gone_and_the_log_says_what_it_was(office):
    first, second = office.dead(), office.dead()
    form = {"action": "forget", "delivery_id": str(first)}
    document = office.house.post("root", PATH, form, status=200).json
    assert [each["id"] for each in document["dead_deliveries"]] == [second]
    assert office.audited()[-1][1:3] == ("delivery.forget", first)


@pytest.mark.parametrize("action", ["resend", "forget"])
@pytest.mark.parametrize("state", ["gone", *map(str, DeliveryState)])
def test_one_that_is_not_dead_when_meant_then_nothing_changes(office, action, state):
    id_ = 999_999 if state == "gone" else office.dead(state=state)
    if state == "dead":
        office.house.post("root", PATH, {"action": "forget", "delivery_id": str(id_)}, status=200)
    before, log = office.states(), office.audited()
    form = {"action": action, "delivery_id": str(id_)}
    assert office.house.post("root", PATH, form).status_int == 404
    assert office.house.post("root", PATH, form, headers={}).status_int == 303
    assert "sent again or forgotten already" in office.house.root.get(PATH).text
    assert (office.states(), office.audited()) == (before, log)


@pytest.mark.parametrize(
    "form",
    [
        {"action": "resend"},
        {"action": "resend", "plugin": "listener", "delivery_id": "1"},
        {"action": "resend", "delivery_id": "x"},
        {"action": "resend", "delivery_id": "9" * 30},
        {"action": "delete", "plugin": "listener"},
        {"plugin": "listener"},
    ],
    ids=str,
)
def test_form_when_it_says_nothing_or_too_much_then_it_is_400(office, form):
    office.dead()
    assert office.house.post("root", PATH, form).status_int == 400
    assert office.states() == {"dead": 1}


def test_page_when_the_reader_administers_less_than_the_site_then_it_is_403(office):
    office.dead()
    for who in ("pilot", "reviewer", "payer", "admin"):
        assert getattr(office.house, who).get(PATH, status="*").status_int == 403
        form = {"action": "forget", "plugin": "listener"}
        assert office.house.post(who, PATH, form).status_int == 403
        assert PATH not in getattr(office.house, who).get("/account/").text
    assert office.states() == {"dead": 1}
    assert PATH in office.house.root.get("/account/").text


def test_page_when_the_reader_is_nobody_then_asks_for_a_login(office):
    answer = office.house.portal.browser().get(PATH, status=303)
    assert answer.location.startswith("http://localhost/login/")


def test_page_when_it_is_empty_then_says_so(office):
    assert "No dead deliveries" in office.house.root.get(PATH).text


@pytest.mark.parametrize("fmt", ["html", "json", "xml"])
def test_page_when_there_is_more_on_it_then_takes_no_more_statements(office, count_statements, fmt):
    counts = []
    for _ in range(2):
        for plugin in ("listener", "listener", "other"):
            office.dead(plugin, last_error=LONG)
            office.house.portal.portal.failures.note(plugin, f"hook {office.states()}", LONG)
        office.house.portal.portal.failures.write()
        office.house.root.get(f"{PATH}?fmt={fmt}")
        with count_statements(office.house.portal) as statements:
            office.house.root.get(f"{PATH}?fmt={fmt}")
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 7, "\n".join(statements.seen)


@pytest.fixture
def busy(office):
    """Thousands of deliveries that are done, between hundreds that are dead."""
    office.dead()
    with office.house.portal.writing() as dbsession:
        event_id = dbsession.scalar(select(func.max(OutboxEvent.id)))
        rows = [
            {
                "outbox_event_id": event_id,
                "plugin": f"plugin-{number}",
                "state": "done" if number % 20 else "dead",
                "due_at": office.house.portal.clock(),
            }
            for number in range(10_000)
        ]
        dbsession.execute(insert(OutboxDelivery), rows)
    office.dead()
    with office.house.portal.portal.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.commit()
    return office


@pytest.mark.parametrize("query", ["", "&plugin=listener"])
def test_page_when_most_deliveries_are_done_then_none_of_those_is_read(busy, query):
    engine, seen = busy.house.portal.portal.engine, []

    def note(connection, cursor, statement, parameters, context, executemany):
        if "outbox_deliveries" in statement:
            seen.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    try:
        assert busy.document(query)["dead_deliveries"]
    finally:
        event.remove(engine, "before_cursor_execute", note)
    # The counts, and the page.
    assert len(seen) == 2
    for statement, parameters in seen:
        plan = explained(engine, statement, parameters)
        # The partial indexes hold what is not done, and nothing else.
        assert re.search("ix_outbox_deliveries_(dead|open)", plan), (
            f"{statement}\n{parameters}\n{plan}"
        )


def explained(engine, statement, parameters):
    """How the database would go about it."""
    explain = "EXPLAIN QUERY PLAN " if engine.name == "sqlite" else "EXPLAIN "
    with engine.connect() as connection:
        rows = connection.exec_driver_sql(explain + statement, parameters)
        return "\n".join(str(row[-1]) for row in rows)
