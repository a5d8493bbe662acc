"""A request with all that hangs on it: whole in each form, and read in a fixed number of steps."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from lxml import etree
from sqlalchemy import update

from srp_portal.models.users import User
from srp_portal.plugin import Flag, ProposedModifier

TRANSFORMERS = {
    "srp.transformers": "system_id | Map | https://map.example/{}\nship | Wiki | https://w.example/{}"
}


@pytest.fixture(scope="module")
def house(make_any_shared_house):
    """A portal on each database that offers transformers, one of which the division chose."""
    house = make_any_shared_house(TRANSFORMERS)
    house.post(
        "admin",
        f"/division/{house.division}/",
        {"form_id": "transformer", "attribute": "system_id", "transformer": "Map"},
        status=200,
    )
    return house


def full_request(house):
    """A request to which everything has happened that can happen to one."""
    suggestions = [
        ProposedModifier("relative", Decimal("0.12345"), "Taken", apply=False),
        ProposedModifier("absolute", Decimal("-3.07"), "Left", apply=False),
    ]
    flags = [Flag("late", "info", "Late"), Flag("fit", "alert", "No tank")]
    id_ = house.store(
        base=Decimal("1000.05"),
        modifiers=[("judge", each) for each in suggestions],
        flags=[("judge", each) for each in flags],
        system_id=30002187,
    )
    taken = {each["note"]: each["id"] for each in house.detail("reviewer", id_)["modifiers"]}
    steps = [
        ("reviewer", {"id_": "suggestion", "modifier_id": str(taken["Taken"])}),
        ("admin", {"id_": "modifier", "type_": "abs-deduct", "value": "0.00001", "note": "Tax"}),
        ("admin", {"id_": "action", "type_": "comment", "note": "Hm"}),
        ("reviewer", {"id_": "note", "note": "Often"}),
        ("admin", {"id_": "note", "note": "Always"}),
        ("reviewer", {"id_": "action", "type_": "approved", "note": "Fine"}),
        ("payer", {"id_": "action", "type_": "paid", "note": ""}),
        ("admin", {"id_": "action", "type_": "evaluating", "note": "Not fine"}),
    ]
    for who, form in steps:
        assert house.act(who, id_, **form).status_int == 200, form
    tax = next(each for each in house.detail("admin", id_)["modifiers"] if each["note"] == "Tax")
    for who, form in [
        ("reviewer", {"id_": "void", "modifier_id": str(tax["id"])}),
        ("reviewer", {"id_": "action", "type_": "approved", "note": ""}),
        ("payer", {"id_": "action", "type_": "paid", "note": ""}),
    ]:
        assert house.act(who, id_, **form).status_int == 200, form
    return id_


@pytest.fixture(scope="module")
def full(house):
    return full_request(house)


def test_request_when_everything_happened_to_it_then_json_has_each_part_newest_first(house, full):
    document = house.detail("auditor", full)
    assert [(each["type"], each["note"], each["user"]["name"]) for each in document["actions"]] == [
        ("paid", "", "payer"),
        ("approved", "", "reviewer"),
        ("evaluating", "Not fine", "admin"),
        ("paid", "", "payer"),
        ("approved", "Fine", "reviewer"),
        ("comment", "Hm", "admin"),
    ]
    modifiers = document["modifiers"]
    assert [(each["note"], each["type"], each["value"]) for each in modifiers] == [
        ("Tax", "absolute", "-10.00"),
        ("Left", "absolute", "-3.07"),
        ("Taken", "relative", 0.12345),
    ]
    assert [each["user"]["name"] for each in modifiers] == ["admin", "judge", "judge"]
    assert [each.get("suggested", False) for each in modifiers] == [False, True, False]
    assert modifiers[0]["void"]["user"]["name"] == "reviewer"
    assert modifiers[0]["void"]["timestamp"].endswith("GMT")
    assert [each["void"] for each in modifiers[1:]] == [False, False]
    assert modifiers[2]["taken_by"]["name"] == "reviewer"
    assert "taken_by" not in modifiers[0] | modifiers[1]
    payments = document["payments"]
    assert [each["amount"] for each in payments] == ["1123.51", "1112.27"]
    assert payments[0]["void"] is False
    assert payments[1]["void"]["user"]["name"] == "admin"
    assert payments[1]["void"]["reason"] == "Not fine"
    assert {(each["payer"]["name"], each["payee"]["name"]) for each in payments} == {
        ("payer", "pilot")
    }
    assert document["flags"] == [
        {"code": "late", "level": "info", "plugin": "judge", "text": "Late"},
        {"code": "fit", "level": "alert", "plugin": "judge", "text": "No tank"},
    ]
    assert [(each["note"], each["user"]["name"]) for each in document["notes"]] == [
        ("Always", "admin"),
        ("Often", "reviewer"),
    ]
    assert document["transformed"] == {"system_id": "https://map.example/30002187"}


def test_request_when_everything_happened_to_it_then_xml_and_html_say_the_same(house, full):
    document = house.detail("auditor", full)
    root = etree.fromstring(house.auditor.get(f"/request/{full}/?fmt=xml").body)
    page = house.auditor.get(f"/request/{full}/").text
    for kind, tag in [("actions", "action"), ("modifiers", "modifier"), ("payments", "payment")]:
        assert root.xpath(f"//{kind}/{tag}/@id") == [str(each["id"]) for each in document[kind]]
    assert root.xpath("//payments/payment/void/reason/text()") == ["Not fine"]
    assert root.xpath("//flags/flag/@code") == ["late", "fit"]
    assert root.xpath("//notes/note/text/text()") == ["Always", "Often"]
    for text in ("No tank", "Always", "Not fine", "taken by reviewer", "voided by admin", "Left"):
        assert text in page
    counted = re.search(r"([0-9,]+) requests?, 2 notes", page)
    listed = house.auditor.get("/request/all/submitter/pilot?fmt=json").json["request_count"]
    assert int(counted[1]) == listed


def test_request_when_the_submitter_reads_it_then_no_form_has_flags_or_notes(house, full):
    document = house.detail("pilot", full)
    assert not {"flags", "notes"} & set(document)
    assert [len(document[part]) for part in ("actions", "modifiers", "payments")] == [6, 3, 2]
    for fmt in ("xml", "html"):
        text = house.pilot.get(f"/request/{full}/?fmt={fmt}").text
        assert "Not fine" in text
        assert "No tank" not in text
        assert "Always" not in text


def test_request_when_somebody_is_renamed_then_all_of_it_has_the_new_name(house, full):
    def rename(name):
        with house.portal.writing() as dbsession:
            dbsession.execute(
                update(User).where(User.id == house.users["reviewer"]).values(name=name)
            )

    rename("Rita")
    try:
        document = house.detail("auditor", full)
    finally:
        rename("reviewer")
    assert document["actions"][1]["user"]["name"] == "Rita"
    assert document["modifiers"][0]["void"]["user"]["name"] == "Rita"
    assert document["modifiers"][2]["taken_by"]["name"] == "Rita"
    assert document["notes"][1]["user"]["name"] == "Rita"


#: Statements about a request where transformers are offered, beside those that say who asks.
STATEMENTS = {"json": 3, "xml": 3, "html": 5}


@pytest.mark.parametrize("fmt", STATEMENTS)
def test_request_when_more_hangs_on_it_then_takes_no_more_statements(
    house, full, count_statements, fmt
):
    key = house.portal.make_key(house.users["auditor"])
    bare = house.store()
    seen = []
    for id_ in (bare, full):
        path = f"/request/{id_}/?fmt={fmt}&apikey={key}"
        browser = house.portal.browser()
        browser.get(path)
        with count_statements(house.portal) as statements:
            assert browser.get(path).status_int == 200
        seen.append([each for each in statements.seen if "outbox" not in each])
    assert seen[0] == seen[1]
    of_the_request = [each for each in seen[0] if "api_keys" not in each and "grants" not in each]
    navigation = fmt == "html"  # its counts are one more
    assert len(of_the_request) <= STATEMENTS[fmt] + navigation, "\n".join(of_the_request)


@pytest.mark.parametrize("fmt", ["json", "xml"])
def test_request_when_read_by_a_program_then_the_killmails_document_is_left_alone(
    house, full, count_statements, fmt
):
    with count_statements(house.portal) as statements:
        house.auditor.get(f"/request/{full}/?fmt={fmt}")
    sent = "\n".join(statements.seen)
    assert "killmails.system_id" in sent
    for unread in ("killmails.raw", "killmail_values", "inventory_types", "submitter_tallies"):
        assert unread not in sent
