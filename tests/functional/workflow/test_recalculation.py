"""New rules for requests that are still evaluated: what would change, and that it does."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from html import unescape
from itertools import count

import orjson
import pytest
from sqlalchemy import select

from srp_portal.models.events import AuditEntry, OutboxEvent
from srp_portal.plugin import (
    KillmailNotFound,
    ProposedModifier,
    SourceUnavailable,
    SubmissionRejected,
)

PATH = "/recalculation/"
NUMBERS = count()
HOME = ProposedModifier("relative", "0.10", "Home defence")
LATE = ProposedModifier("absolute", Decimal(-20), "Late")
MAYBE = ProposedModifier("relative", "0.5", "Old pilot", apply=False)


@pytest.fixture
def house(judged_house, judge):
    """The judged house with a division of the test's own."""
    judged_house.own = judged_house.portal.make_division(
        f"Division {next(NUMBERS)}", submit="pilot", review="reviewer", admin="admin"
    )
    return judged_house


@pytest.fixture
def store(house, judge):
    """Stores a request of the test's division, with what the rules gave it then."""

    def store(*rules, **facts):
        facts = {"base": Decimal("100.00"), "value": Decimal("100.00"), **facts}
        modifiers = [("judge", rule) for rule in rules]
        return house.store(division=house.own, modifiers=modifiers, **facts)

    return store


def look(house, who="admin", fmt="json", **query):
    query = {"division": house.own, "fmt": fmt, **query}
    return getattr(house, who).get(PATH, query, status="*")


def told(house, request_id):
    """What the page says of a request, None where it stays as it is."""
    rows = {row["id"]: row for row in look(house).json["requests"]}
    return rows.get(request_id)


def apply(house, *request_ids, who="admin", **fields):
    """Has the changes of requests made that the page shows; gives the answer."""
    rows = {row["id"]: row for row in look(house).json["requests"]}
    changes = [rows[id_]["change"] for id_ in request_ids or rows]
    return send(house, [change for change in changes if change], who, **fields)


def left_alone(house):
    """What the page says of the requests that can't be changed."""
    page = look(house, fmt="html").html
    return unescape(page.select_one("[aria-labelledby=left-title]").text)


def send(house, changes, who="admin", headers=None, **fields):
    house.log_in(who)
    form = [("csrf_token", house.tokens[who]), *fields.items()]
    form += [("change", change) for change in changes]
    accept = headers or {"Accept": "application/json"}
    return getattr(house, who).post(PATH, form, headers=accept, status="*")


def standing(document):
    """The modifiers of a request: note, whether void, whether suggested; the oldest first."""
    return [
        (each["note"], bool(each["void"]), each.get("suggested", False))
        for each in reversed(document["modifiers"])
    ]


def test_rules_when_asked_once_more_then_know_what_they_have_given(house, judge, store):
    seen = []
    judge.modifiers = lambda _killmail, _submitter, context: seen.append(context.earlier) or seen[0]
    request_id = store(HOME, LATE, MAYBE)
    [late] = [
        each["id"]
        for each in house.detail("reviewer", request_id)["modifiers"]
        if each["note"] == "Late"
    ]
    assert house.act("reviewer", request_id, id_="void", modifier_id=str(late)).status_int == 200
    assert told(house, request_id) is None
    assert sorted(seen[0], key=lambda each: each.note) == [HOME, LATE, MAYBE]


def test_killmail_when_its_source_had_no_document_then_rules_see_what_they_saw_at_first(
    house, judge, make_killmail
):
    facts = {"value": None, "values": {"value": Decimal("9.00")}}
    id_ = house.store(division=house.own, base=Decimal(9), **facts)
    seen = []
    judge.modifiers = lambda killmail, *_: seen.append(killmail)
    look(house)
    submitted = make_killmail(
        killmail_id=id_,
        pilot_id=min(house.character_ids),
        **facts,
    )
    assert seen == [submitted]
    assert submitted.items
    assert submitted.attackers


def test_requests_when_the_rules_are_the_same_then_none_is_listed(house, judge, store):
    rules = [HOME, LATE, MAYBE]
    judge.modifiers = lambda *_: list(rules)
    store(*rules)
    document = look(house).json
    assert (document["request_count"], document["looked_at"]) == (1, 1)
    assert document["requests"] == []
    assert document["division"]["id"] == house.own


def test_rules_when_they_keep_to_what_they_gave_then_see_it_also_where_it_was_voided(
    house, judge, store
):
    id_, voided = store(HOME, MAYBE), store(HOME)
    [home] = house.detail("reviewer", voided)["modifiers"]
    house.act("reviewer", voided, id_="void", modifier_id=home["id"])
    seen = {}

    def keeping(killmail, submitter, context):
        seen[killmail.killmail_id] = list(context.earlier)
        return context.earlier or [LATE]

    judge.modifiers = keeping
    assert look(house).json["requests"] == []
    assert seen == {id_: [HOME, MAYBE], voided: [HOME]}
    judge.modifiers = lambda *_: []
    apply(house)
    judge.modifiers = keeping
    # What the rules have taken back themselves is no longer what they gave.
    assert [each["note"] for each in told(house, id_)["added"]] == ["Late"]


def test_request_when_the_rules_changed_then_tells_old_and_new_with_reasons(house, judge, store):
    id_ = store(HOME, MAYBE)
    judge.base = lambda killmail, context: killmail.value * 2
    judge.modifiers = lambda *_: [LATE]
    row = told(house, id_)
    assert (row["base_payout"], row["new_base_payout"]) == ("100.00", "200.00")
    assert (row["payout"], row["new_payout"]) == ("110.00", "180.00")
    assert [(each["note"], each["plugin"]) for each in row["added"]] == [("Late", "judge")]
    assert [each["note"] for each in row["voided"]] == ["Home defence", "Old pilot"]
    assert row["voided"][1]["suggested"] is True
    page = look(house, fmt="html").html
    entry = page.select_one("#changes .rule-entry")
    for words in ("Home defence", "10.0% bonus", "Late", "20.00 ISK penalty", "judge", "200.00"):
        assert words in entry.text
    assert entry.select_one("[data-amount=new]").text == "180.00"
    assert house.detail("reviewer", id_)["payout"] == "110.00"


def test_apply_when_asked_then_changes_logs_and_tells_as_by_hand(house, judge, store):
    id_ = store(HOME, MAYBE)
    version = house.detail("reviewer", id_)["version"]
    judge.base = lambda killmail, context: Decimal(200)
    judge.modifiers = lambda *_: [LATE, MAYBE]
    answer = apply(house, id_).json
    assert [each["id"] for each in answer["changed"]] == [id_]
    assert answer["left_alone"] == []
    document = house.detail("reviewer", id_)
    assert (document["base_payout"], document["payout"]) == ("200.00", "180.00")
    assert document["version"] == version + 1
    assert standing(document) == [
        ("Home defence", True, False), ("Old pilot", False, True), ("Late", False, False),
    ]  # fmt: skip
    assert document["modifiers"][0]["user"]["name"] == "judge"
    assert document["modifiers"][2]["void"]["user"]["name"] == "judge"
    actor, action, is_refused, payload = house.audited(id_)[-1]
    assert (actor, action, is_refused) == ("admin", "request.recalculate", False)
    assert payload["from"] == {"base": "100.00", "payout": "110.00"}
    assert payload["to"] == {"base": "200.00", "payout": "180.00"}
    assert [(each["note"], each["apply"]) for each in payload["added"]] == [("Late", True)]
    assert [each["note"] for each in payload["voided"]] == ["Home defence"]
    with house.portal.reading() as dbsession:
        rows = dbsession.scalars(
            select(OutboxEvent).where(OutboxEvent.request_id == id_).order_by(OutboxEvent.id)
        ).all()[1:]
    assert [row.kind for row in rows] == ["payout_changed", "modifier_voided", "modifier_added"]
    assert len({row.batch_id for row in rows}) == 1
    events = [orjson.loads(row.payload) for row in rows]
    assert {(event["payout"], event["actor"]["name"]) for event in events} == {("180.00", "admin")}
    assert told(house, id_) is None


def test_apply_when_the_rules_go_back_then_so_does_the_payout(house, judge, store):
    id_ = store(HOME)
    judge.modifiers = lambda *_: []
    apply(house, id_)
    assert house.detail("reviewer", id_)["payout"] == "100.00"
    judge.modifiers = lambda *_: [HOME]
    apply(house, id_)
    document = house.detail("reviewer", id_)
    assert document["payout"] == "110.00"
    assert standing(document) == [("Home defence", True, False), ("Home defence", False, False)]


def test_apply_when_only_a_suggestion_is_new_then_the_payout_stays_and_nobody_is_told(
    house, judge, store
):
    id_ = store()
    judge.modifiers = lambda *_: [MAYBE]
    row = told(house, id_)
    assert row["payout"] == row["new_payout"]
    assert row["added"][0]["suggested"] is True
    assert "Payout stays" in look(house, fmt="html").text
    apply(house, id_)
    document = house.detail("reviewer", id_)
    assert (document["payout"], standing(document)) == ("100.00", [("Old pilot", False, True)])
    with house.portal.reading() as dbsession:
        kinds = select(OutboxEvent.kind).where(OutboxEvent.request_id == id_)
        assert dbsession.scalars(kinds).all() == ["submitted"]


def test_modifiers_when_their_plugin_is_not_in_use_any_more_then_go_and_the_page_says_so(
    house, store
):
    id_ = house.store(division=house.own, modifiers=[("gone", HOME)], value=Decimal(1))
    assert [each["plugin"] for each in told(house, id_)["voided"]] == ["gone"]
    assert "gone, not in use" in look(house, fmt="html").text
    apply(house, id_)
    assert house.detail("reviewer", id_)["payout"] == "1.00"


def test_request_when_a_reviewer_set_its_base_then_is_left_alone_as_a_whole(house, judge, store):
    id_ = store(HOME)
    house.act("reviewer", id_, id_="payout", value="0.00005")
    # A cap of 60 ISK by a rule's own base of 100: on the reviewer's nothing would be left.
    judge.base = lambda killmail, context: Decimal(100)
    judge.modifiers = lambda *_: [HOME, ProposedModifier("absolute", Decimal(-60), "Cap")]
    row = told(house, id_)
    assert (row["base_by_hand"], row["change"], row["new_payout"]) == (True, None, "55.00")
    assert "base payout was set by a reviewer" in row["problem"]
    assert "base payout was set by a reviewer" in left_alone(house)
    answer = send(house, [f"{id_}.2.{'0' * 16}"]).json
    assert "set by a reviewer" in answer["left_alone"][0]["problem"]
    assert house.detail("reviewer", id_)["payout"] == "55.00"


def test_modifiers_when_people_decided_about_one_then_all_of_its_plugin_stay(house, judge, store):
    id_ = store(HOME, LATE, MAYBE)
    house.act("reviewer", id_, id_="modifier", type_="abs-bonus", value="0.001", note="By hand")
    home, _, maybe, _ = reversed(house.detail("reviewer", id_)["modifiers"])
    house.act("reviewer", id_, id_="void", modifier_id=home["id"])
    house.act("reviewer", id_, id_="suggestion", modifier_id=maybe["id"])
    before = house.detail("reviewer", id_)
    judge.modifiers = lambda *_: [HOME, LATE, MAYBE]
    assert told(house, id_) is None
    for rules in ([], [ProposedModifier("absolute", Decimal("-20.50"), "Late")], [HOME]):
        judge.modifiers = lambda *_, rules=rules: rules
        row = told(house, id_)
        assert (row["voided"], row["added"], row["change"]) == ([], [], None)
        assert row["kept_plugins"] == ["judge"]
        assert "What judge gave stays" in row["problem"]
        assert "What judge gave stays" in left_alone(house)
    assert house.detail("reviewer", id_) == before


@pytest.mark.parametrize("decision", ["void", "suggestion"])
def test_base_when_people_decided_about_its_plugins_modifiers_then_stays_with_them(
    house, judge, store, decision
):
    id_ = store(HOME, MAYBE)
    number = house.detail("reviewer", id_)["modifiers"][0]["id"]
    house.act("reviewer", id_, id_=decision, modifier_id=number)
    before = house.detail("reviewer", id_)
    judge.base = lambda killmail, context: Decimal(50)
    judge.modifiers = lambda *_: [LATE]
    assert told(house, id_)["change"] is None
    # By the same modifiers they surely fit together.
    judge.modifiers = lambda *_: [HOME, MAYBE]
    assert told(house, id_)["new_base_payout"] == "50.00"
    assert house.detail("reviewer", id_) == before


def test_modifiers_when_people_decided_about_another_plugins_then_follow_the_rules(house, judge):
    id_ = house.store(
        division=house.own, modifiers=[("gone", HOME), ("judge", LATE)], value=Decimal(100)
    )
    [home] = [
        each["id"]
        for each in house.detail("reviewer", id_)["modifiers"]
        if each["note"] == HOME.note
    ]
    house.act("reviewer", id_, id_="void", modifier_id=home)
    row = told(house, id_)
    assert ([each["note"] for each in row["voided"]], row["kept_plugins"]) == (["Late"], ["gone"])
    assert "What gone gave stays" in look(house, fmt="html").html.select_one("#changes").text
    apply(house, id_)
    document = house.detail("reviewer", id_)
    assert (document["payout"], told(house, id_)["change"]) == ("100.00", None)


def test_modifier_when_a_person_voided_the_new_one_then_it_is_not_proposed_again(
    house, judge, store
):
    id_ = store()
    judge.modifiers = lambda *_: [HOME]
    apply(house, id_)
    [home] = house.detail("reviewer", id_)["modifiers"]
    house.act("reviewer", id_, id_="void", modifier_id=home["id"])
    assert told(house, id_) is None


@pytest.mark.parametrize("status", ["incomplete", "approved", "rejected", "paid"])
def test_request_when_not_evaluated_then_is_not_looked_at(house, judge, status):
    house.portal.grant(house.own, "pay", "payer")
    judge.modifiers = lambda *_: [HOME]
    house.store(division=house.own, status=status)
    assert look(house).json["request_count"] == 0
    assert "Nothing is evaluated" in look(house, fmt="html").text


@pytest.mark.parametrize("error", [SubmissionRejected, KillmailNotFound])
def test_refusal_when_a_plugin_would_refuse_then_is_shown_and_nothing_is_worked_out(
    house, judge, store, error
):
    def refuse(*_):
        raise error("Too <old>.")

    asked = []
    stays = store(HOME)
    judge.validate = refuse
    judge.base = lambda *_: asked.append("base") or Decimal(500)
    judge.modifiers = lambda *_: asked.append("modifiers") or []
    row = told(house, stays)
    assert (row["refusal"], row["problem"], row["change"]) == ("Too <old>.", "", None)
    assert (row["new_base_payout"], row["new_payout"]) == ("100.00", "110.00")
    assert (row["voided"], row["added"], asked) == ([], [], [])
    assert "Too &lt;old&gt;." in look(house, fmt="html").text
    answer = send(house, [f"{stays}.1.{'0' * 16}"]).json
    assert answer["left_alone"][0]["problem"] == "Too <old>."
    document = house.detail("reviewer", stays)
    assert (document["status"], document["payout"]) == ("evaluating", "110.00")


@pytest.mark.parametrize("hook", ["base", "modifiers", "validate"])
@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ZeroDivisionError("oops"), "judge failed"),
        (SourceUnavailable("Prices are down."), "Prices"),
    ],
)
def test_request_when_its_plugins_fail_then_is_listed_with_the_reason_and_left_alone(
    house, judge, store, hook, error, words
):
    broken, fine = store(HOME), store(HOME)

    def fails(killmail, *_):
        if killmail.killmail_id == broken:
            raise error

    setattr(judge, hook, fails)
    row = told(house, broken)
    assert words in row["problem"]
    assert (row["change"], row["new_payout"]) == (None, "110.00")
    assert told(house, fine)["change"]
    page = look(house, fmt="html")
    assert words in unescape(page.html.select_one("[aria-labelledby=left-title]").text)
    answer = send(house, [f"{broken}.1.{'0' * 16}"]).json
    assert words in answer["left_alone"][0]["problem"]
    assert house.detail("reviewer", broken)["payout"] == "110.00"


def test_payout_when_beyond_the_most_then_the_request_is_left_alone(house, judge, store):
    id_ = store()
    judge.base = lambda killmail, context: Decimal("1000000000000.00")
    judge.modifiers = lambda *_: [HOME]
    assert "1,000,000,000,000.00 ISK" in told(house, id_)["problem"]


@pytest.mark.parametrize("what", ["approved", "rejected"])
def test_request_when_decided_meanwhile_then_is_left_alone(house, judge, store, what):
    id_ = store()
    judge.modifiers = lambda *_: [HOME]
    seen = told(house, id_)["change"]
    house.act("reviewer", id_, id_="action", type_=what, note="So be it.")
    answer = send(house, [seen]).json
    assert "no longer evaluated" in answer["left_alone"][0]["problem"]
    assert house.detail("reviewer", id_)["payout"] == "100.00"


def test_rules_when_they_change_between_page_and_form_then_only_what_was_shown_is_applied(
    house, judge, store
):
    id_ = store()
    judge.modifiers = lambda *_: [HOME]
    seen = told(house, id_)["change"]
    judge.modifiers = lambda *_: [LATE]
    answer = send(house, [seen]).json
    assert answer["changed"] == []
    assert "look at it again" in answer["left_alone"][0]["problem"]
    assert house.detail("reviewer", id_)["payout"] == "100.00"


def test_page_when_some_are_ticked_then_only_those_change_and_all_takes_the_rest(
    house, judge, store
):
    ids = [store() for _ in range(3)]
    judge.modifiers = lambda *_: [HOME]
    form = look(house, fmt="html").forms["changes"]
    ticks = {int(tick._value.split(".")[0]): tick for tick in form.fields["change"]}
    assert sorted(ticks) == sorted(ids)
    assert not any(tick.checked for tick in ticks.values())
    ticks[ids[1]].checked = True
    page = form.submit("apply", index=0, status=303).follow()
    assert "Changed: 1 request." in page.text
    assert [house.detail("reviewer", id_)["payout"] for id_ in ids] == [
        "100.00",
        "110.00",
        "100.00",
    ]
    assert house.detail("reviewer", ids[1])["modifiers"][0]["note"] == "Home defence"
    page = page.forms["changes"].submit("apply", index=1, status=303).follow()
    assert "Changed: 2 requests." in page.text
    assert "Nothing would change here" in page.text
    assert {house.detail("reviewer", id_)["payout"] for id_ in ids} == {"110.00"}


def test_form_when_nothing_is_ticked_then_says_so(house, judge, store):
    store()
    judge.modifiers = lambda *_: [HOME]
    page = look(house, fmt="html").forms["changes"].submit("apply", index=0, status=303).follow()
    assert "Choose the requests to change first." in page.text
    answer = send(house, [])
    assert (answer.status_int, answer.json["field"]) == (422, "change")


@pytest.mark.parametrize(
    "change",
    ["x", "1.1", "1.1.xyz", "1.-1." + "0" * 16, "٣.1." + "0" * 16, "1.1." + "0" * 16 + "\n"],
)
def test_form_when_a_change_is_none_of_the_pages_then_is_400(house, change):
    assert send(house, [change]).status_int == 400


def test_form_when_too_many_at_once_then_is_400(house):
    changes = [f"{number}.1.{'0' * 16}" for number in range(1, 52)]
    assert send(house, changes).status_int == 400
    # None of them is a request of the division.
    assert len(send(house, changes[:50]).json["left_alone"]) == 50


@pytest.mark.parametrize("query", [{"division": "x"}, {"after": "x"}, {"division": "1" * 30}])
def test_page_when_asked_for_nonsense_then_is_400(house, query):
    assert look(house, **query).status_int == 400


@pytest.mark.parametrize("who", ["pilot", "reviewer", "payer", "auditor", "stranger"])
def test_page_when_no_administrators_then_is_403_in_every_way(house, judge, store, who):
    id_ = store()
    judge.modifiers = lambda *_: [HOME]
    for query in ({}, {"division": "all"}):
        assert look(house, who, **query).status_int == 403
        assert look(house, who, fmt="html", **query).status_int == 403
    assert send(house, [told(house, id_)["change"]], who).status_int == 403
    assert house.detail("reviewer", id_)["payout"] == "100.00"
    with house.portal.reading() as dbsession:
        refused = select(AuditEntry).where(
            AuditEntry.actor == who, AuditEntry.is_refused, AuditEntry.action == "refused"
        )
        payloads = [orjson.loads(entry.payload) for entry in dbsession.scalars(refused)]
    assert payloads[-1] == {"attempt": "recalculate", "method": "POST", "path": PATH}


def test_page_when_a_site_administrator_holds_nothing_in_the_division_then_shows_no_request(
    house, judge, store
):
    id_ = store()
    judge.modifiers = lambda *_: [HOME]
    page = house.root.get(PATH)
    assert "No division's requests are yours to change" in unescape(page.text)
    assert look(house, "root").status_int == 403
    assert look(house, "root", division="all").json["requests"] == []
    answer = send(house, [told(house, id_)["change"]], "root").json
    assert "no longer evaluated in a division" in answer["left_alone"][0]["problem"]
    assert house.detail("reviewer", id_)["payout"] == "100.00"


def test_division_when_it_is_somebody_elses_then_its_requests_stay_out_of_sight(
    house, judge, store
):
    house.portal.grant(house.own, "admin", "stranger")
    mine, foreign = store(), house.store()
    judge.modifiers = lambda *_: [HOME]
    rows = look(house, "stranger", division="all").json
    assert [row["id"] for row in rows["requests"]] == [mine]
    assert [each["id"] for each in rows["divisions"]] == [house.own]
    assert look(house, "stranger", division=house.division).status_int == 403
    answer = send(house, [f"{foreign}.1.{'0' * 16}"], "stranger").json
    assert answer["changed"] == []


def test_request_when_the_administrators_own_then_is_shown_and_can_not_be_changed(
    house, judge, store
):
    house.portal.grant(house.own, "admin", "pilot")
    id_ = store()
    judge.modifiers = lambda *_: [HOME]
    [row] = look(house, "pilot").json["requests"]
    assert (row["problem"], row["change"]) == ("Nobody may review a request of their own.", None)
    assert (row["payout"], row["new_payout"]) == ("100.00", "110.00")
    theirs = told(house, id_)["change"]
    assert send(house, [theirs], "pilot").status_int == 403
    assert house.detail("reviewer", id_)["payout"] == "100.00"
    assert house.audited(id_)[-1][1] == "request.submitted"


def test_page_when_a_key_reads_it_then_is_the_same_document(house, judge, store):
    store()
    judge.modifiers = lambda *_: [HOME]
    key = house.portal.make_key(house.users["admin"])
    answer = house.portal.browser().get(
        PATH, {"division": house.own, "fmt": "json"}, headers={"Authorization": f"Bearer {key}"}
    )
    assert answer.json["requests"] == look(house).json["requests"]
    root = look(house, fmt="xml").xml
    assert root.findtext("requests/item/new-payout") == "110.00"


def test_page_when_rules_take_too_long_then_shows_what_is_done_and_goes_on_behind_it(
    house, judge, store
):
    ids = [store() for _ in range(3)]
    slow = ids[1]

    def modifiers(killmail, *_):
        if killmail.killmail_id == slow:
            time.sleep(1.7)
        return [HOME]

    judge.modifiers = modifiers
    first = look(house).json
    assert [row["id"] for row in first["requests"]] == ids[:1]
    assert first["next_after"] == ids[0]
    second = look(house, after=ids[0]).json
    assert [(row["id"], row["problem"]) for row in second["requests"]] == [
        (slow, "The rules took too long.")
    ]
    third = look(house, after=slow).json
    assert [row["id"] for row in third["requests"]] == ids[2:]
    assert third["next_after"] is None
    link = look(house, fmt="html").html.select_one("a[rel=next]")
    assert f"after={ids[0]}" in link["href"]
    judge.modifiers = lambda *_: [HOME]
    changes = [row["change"] for row in look(house).json["requests"]]
    judge.modifiers = modifiers
    answer = send(house, changes).json
    assert [each["id"] for each in answer["changed"]] == ids[:1]
    assert {each["id"] for each in answer["left_alone"]} == {slow, ids[2]}


class Broken:
    """An installed plugin that can't be imported."""

    name, dist = "broken-rules", None

    def load(self):
        raise ImportError("no module named rules")


@pytest.fixture
def furnished(make_portal, furnish, plugin):
    """Gives make(entry points, **settings): a furnished portal with them beside the tests' own."""

    def make(*entry_points, **settings):
        portal = make_portal(settings, entry_points=[*plugin.entry_points, *entry_points])
        house = furnish(portal)
        house.judge, house.own = plugin.judge, house.division
        return house

    return make


def test_plugin_when_it_could_not_be_loaded_then_nothing_is_worked_out_or_applied(furnished):
    house = furnished(Broken())
    id_ = house.store(modifiers=[("broken-rules", HOME)], base=Decimal("100.00"))
    house.judge.modifiers = lambda *_: [LATE]
    document = look(house).json
    assert "The plugin broken-rules could not be loaded" in document["problem"]
    assert (document["requests"], document["looked_at"], document["request_count"]) == ([], 0, 1)
    assert house.admin.get(f"{PATH}?fmt=json").json["problem"] == document["problem"]
    for page in (look(house, fmt="html"), house.admin.get(PATH)):
        assert page.html.select_one(".message-warning").text.strip() == document["problem"]
        assert "changes" not in page.forms
    answer = send(house, [f"{id_}.1.{'0' * 16}"])
    assert answer.status_int == 422
    assert "broken-rules" in answer.json["description"]
    answer = send(house, [f"{id_}.1.{'0' * 16}"], headers={"Accept": "text/html"})
    assert "broken-rules could not be loaded" in answer.follow().text
    assert house.detail("reviewer", id_)["payout"] == "110.00"


def test_plugin_when_nobody_named_it_then_the_rules_of_the_others_are_applied(furnished):
    names = "esi-killmail zkillboard judge"
    house = furnished(Broken(), **{"srp.plugins": names})
    id_ = house.store(modifiers=[("broken-rules", HOME)], base=Decimal("100.00"))
    document = look(house).json
    assert document["problem"] == ""
    assert [each["id"] for each in apply(house, id_).json["changed"]] == [id_]


@pytest.fixture(params=["sqlite", "postgresql"])
def each_house(request, make_portal, furnish, plugin):
    """A furnished portal with the tests' own plugin on each database."""
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgresql_url")
    house = furnish(make_portal(database_url=url, entry_points=plugin.entry_points))
    house.judge, house.own = plugin.judge, house.division
    return house


def test_version_when_a_reviewer_changes_the_request_meanwhile_then_the_reviewer_wins(
    each_house,
):
    house, judge = each_house, each_house.judge
    id_ = house.store(base=Decimal("100.00"))
    judge.modifiers = lambda *_: [HOME]
    seen = told(house, id_)["change"]
    house.act("reviewer", id_, id_="modifier", type_="abs-bonus", value="0.0004", note="")
    # The change by now is another one, as the request is.
    answer = send(house, [seen]).json
    assert answer["changed"] == []
    assert "changed since" in answer["left_alone"][0]["problem"]
    assert house.detail("reviewer", id_)["payout"] == "500.00"

    def modifiers(*_):
        # While the plugins are asked for the second time, nothing is locked.
        judge.modifiers = lambda *_: [HOME]
        house.act("reviewer", id_, id_="modifier", type_="abs-bonus", value="0.0002", note="")
        return [HOME]

    seen = told(house, id_)["change"]
    judge.modifiers = modifiers
    answer = send(house, [seen]).json
    assert answer["changed"] == []
    assert "Somebody changed this request meanwhile" in answer["left_alone"][0]["problem"]
    assert house.detail("reviewer", id_)["payout"] == "700.00"


def test_requests_when_a_plugin_looks_back_then_sees_what_was_there_at_the_submission(
    each_house,
):
    house, judge, store = each_house, each_house.judge, each_house.store
    now = house.portal.clock()
    seen = {}

    def look_back(killmail, submitter, context):
        mine = [each.request_id for each in context.history(days=30)]
        everybodys = [each.request_id for each in context.history(days=30, ship_id=11987)]
        seen[killmail.killmail_id] = (mine[:2], everybodys[:2])
        return []

    judge.modifiers = look_back
    old, first, second = (store(at=now - timedelta(days=days)) for days in (100, 80, 60))
    look(house)
    # Neither itself nor what came later; and days count back from the submission.
    assert seen[second] == ([first], [first])
    assert seen[first] == ([old], [old])


def test_network_when_plugins_are_asked_then_no_transaction_is_open(each_house):
    house, seen = each_house, []
    pool = house.portal.portal.engine.pool
    id_ = house.store()
    house.judge.modifiers = lambda *_: seen.append(pool.checkedout()) or [HOME]
    apply(house, id_)
    assert seen == [0, 0]


def test_apply_when_two_do_it_at_once_then_each_request_is_changed_once(each_house):
    house, barrier = each_house, threading.Barrier(2)
    house.users["second"] = house.portal.make_user("second")
    house.grant("second", "admin")
    ids = [house.store(value=Decimal("100.00")) for _ in range(3)]
    house.judge.modifiers = lambda *_: [HOME]
    changes = [row["change"] for row in look(house).json["requests"]]
    house.log_in("admin", "second")

    def together(killmail, *_):
        if killmail.killmail_id == ids[0]:
            barrier.wait(timeout=10)
        return [HOME]

    # Both have worked everything out before either begins to write.
    house.judge.modifiers = together
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda who: send(house, changes, who), ("admin", "second")))
    assert [answer.status_int for answer in answers] == [200, 200]
    counts = sorted(len(answer.json["changed"]) for answer in answers)
    assert counts == [0, 3]
    for id_ in ids:
        document = house.detail("reviewer", id_)
        assert (document["payout"], len(document["modifiers"])) == ("110.00", 1)
        assert document["version"] == 2


def test_apply_when_on_each_database_then_all_is_one_transaction(each_house):
    house = each_house
    ids = [
        house.store(modifiers=[("judge", HOME), ("judge", MAYBE)], base=Decimal("100.00"))
        for _ in range(4)
    ]
    house.judge.modifiers = lambda *_: [LATE]
    house.judge.base = lambda killmail, context: Decimal("300.00")
    house.act("reviewer", ids[0], id_="payout", value="0.0001")
    changes = [row["change"] for row in look(house).json["requests"] if row["change"]]
    house.act("reviewer", ids[1], id_="modifier", type_="abs-bonus", value="0.001", note="Mine")
    answer = send(house, changes).json
    assert [each["id"] for each in answer["changed"]] == ids[2:]
    assert [each["id"] for each in answer["left_alone"]] == [ids[1]]
    payouts = [house.detail("reviewer", id_)["payout"] for id_ in ids]
    assert payouts == ["110.00", "1210.00", "280.00", "280.00"]
    listed = house.reviewer.get("/request/pending/?fmt=json").json
    assert listed["total_payouts"] == "1880.00"


def test_apply_when_one_of_them_is_ones_own_then_nothing_at_all_is_changed(each_house):
    house = each_house
    house.grant("pilot", "admin")
    house.users["other"] = house.portal.make_user("other")
    house.grant("other", "submit")
    theirs, own = house.store(submitter="other", pilot_id=95009999), house.store()
    house.judge.modifiers = lambda *_: [HOME]
    changes = [row["change"] for row in look(house).json["requests"]]
    assert len(changes) == 2
    assert send(house, changes, "pilot").status_int == 403
    for id_ in (theirs, own):
        assert house.detail("reviewer", id_)["modifiers"] == []
    assert [each["id"] for each in send(house, changes).json["changed"]] == sorted([theirs, own])


def test_page_when_there_are_many_then_they_come_in_pages_and_in_few_statements(
    each_house, count_statements
):
    house = each_house
    house.judge.modifiers = lambda *_: [HOME]
    now = house.portal.clock()
    ids = [house.store(at=now - timedelta(minutes=number)) for number in range(3)]
    look(house)
    with count_statements(house.portal) as few:
        assert len(look(house).json["requests"]) == 3
    ids += [house.store(at=now - timedelta(minutes=number)) for number in range(3, 53)]
    with count_statements(house.portal) as many:
        first = look(house).json
    assert len(few) == len(many), "\n".join(many.seen)
    assert len(many) <= 10, "\n".join(many.seen)
    second = look(house, after=first["next_after"]).json
    assert (first["looked_at"], second["looked_at"], second["next_after"]) == (50, 3, None)
    found = [row["id"] for page in (first, second) for row in page["requests"]]
    assert found == ids[::-1]
    assert first["request_count"] == 53
    page = look(house, fmt="html", after=first["next_after"])
    assert "From the oldest on" in page.text


def test_menu_when_somebody_administers_then_leads_to_the_page(house):
    for who in ("admin", "root"):
        assert f'href="{PATH}"' in getattr(house, who).get("/account/").text
    assert house.root.get("/plugins/").html.select(f'main a[href="{PATH}"]')
    assert house.root.get(PATH).html.select('main a[href="/plugins/"]')
    assert f'href="{PATH}"' not in house.reviewer.get("/account/").text
