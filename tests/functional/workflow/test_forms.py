"""How forms are answered: versions, pages to go back to, tokens, and the audit log."""

from __future__ import annotations

from decimal import Decimal

import pytest


@pytest.fixture
def house(shared_house):
    return shared_house


VERSIONED = {
    "action": ("reviewer", {"type_": "approved", "note": ""}),
    "comment": ("reviewer", {"id_": "action", "type_": "comment", "note": "x"}),
    "payout": ("reviewer", {"value": "1"}),
    "modifier": ("reviewer", {"type_": "abs-bonus", "value": "1", "note": ""}),
    "void": ("reviewer", {"modifier_id": "1"}),
    "suggestion": ("reviewer", {"modifier_id": "1"}),
    "details": ("pilot", {"details": "x"}),
    "note": ("reviewer", {"note": "x"}),
    "withdraw": ("pilot", {"note": ""}),
}


@pytest.mark.parametrize("form", VERSIONED)
def test_form_when_the_request_has_changed_since_then_is_409_and_stores_nothing(house, form):
    id_ = house.store()
    seen = house.detail("reviewer", id_)["version"]
    house.act("admin", id_, id_="payout", value="7")
    before = house.detail("admin", id_)
    who, values = VERSIONED[form]
    answer = house.act(who, id_, **{"id_": form, **values, "version": str(seen)})
    assert (answer.status_int, answer.json["present"]) == (409, "evaluating")
    assert house.detail("admin", id_) == before


def test_transition_when_others_went_further_meanwhile_then_is_409_and_no_refusal(house):
    id_ = house.store()
    seen = str(house.detail("reviewer", id_)["version"])
    house.bring(id_, "paid")
    form = {"id_": "action", "type_": "approved", "note": "", "version": seen}
    answer = house.act("reviewer", id_, **form)
    assert (answer.status_int, answer.json["present"]) == (409, "paid")
    assert not any(is_refused for _, _, is_refused, _ in house.audited(id_))


@pytest.mark.parametrize("form", ["comment", "payout", "modifier", "details", "withdraw", "action"])
def test_form_when_it_was_taken_then_the_version_grows(house, form):
    id_ = house.store()
    who, values = VERSIONED[form]
    before = house.detail(who, id_)["version"]
    answer = house.act(who, id_, **{"id_": form, **values, "version": str(before)})
    assert answer.json["version"] > before


def test_conflict_in_html_when_it_comes_then_shows_the_state_and_gives_the_words_back(house):
    id_ = house.store()
    house.bring(id_, "approved")
    form = {"id_": "action", "type_": "approved", "version": "1", "note": "My long words"}
    page = house.post("reviewer", f"/request/{id_}/", form, headers={})
    assert page.status_int == 409
    assert "My long words" in page.text
    assert 'data-status="approved"' in page.text


def test_wrong_value_in_html_when_sent_then_comes_back_with_what_was_typed(house):
    id_ = house.store()
    form = {"id_": "modifier", "type_": "abs-bonus", "value": "1,5", "note": "My reasons"}
    page = house.post("reviewer", f"/request/{id_}/", form, headers={})
    assert page.status_int == 422
    assert 'value="1,5"' in page.text
    assert "My reasons" in page.text
    assert house.detail("reviewer", id_)["modifiers"] == []


@pytest.mark.parametrize(
    ("next_", "location"),
    [
        (None, "/request/{id}/"),
        ("/request/pay/?x=1", "/request/pay/?x=1"),
        ("//evil.example/", "/request/{id}/"),
        ("https://evil.example/", "/request/{id}/"),
        ("/\\evil.example", "/request/{id}/"),
    ],
)
def test_html_when_done_then_goes_back_to_a_page_of_ours(house, next_, location):
    id_ = house.store()
    form = {"id_": "action", "type_": "comment", "note": "x"} | ({"next": next_} if next_ else {})
    answer = house.post("reviewer", f"/request/{id_}/", form, headers={})
    assert answer.status_int == 303
    assert answer.location == "http://localhost" + location.format(id=id_)


def test_xml_when_done_then_is_the_fresh_document(house):
    id_ = house.store()
    form = {"id_": "payout", "value": "5"}
    answer = house.post("reviewer", f"/request/{id_}/", form, headers={"Accept": "text/xml"})
    assert answer.status_int == 200
    assert answer.xml.findtext(".//{*}payout/{*}base") == "5000000.00"


@pytest.mark.parametrize("method", ["field", "header"])
def test_form_when_the_token_is_missing_then_is_refused(house, method):
    id_ = house.store()
    path, form = f"/request/{id_}/", {"id_": "action", "type_": "comment", "note": "x"}
    answer = house.reviewer.post(path, form, status="*", headers={"Accept": "application/json"})
    assert 400 <= answer.status_int < 500
    house.post("reviewer", path, form, status=200)
    headers = {"Accept": "application/json", "X-CSRF-Token": house.tokens["reviewer"]}
    house.reviewer.post(path, form, headers=headers, status=200)


def test_work_when_done_or_refused_then_stands_in_the_audit_log(house):
    id_ = house.store(base=Decimal("100.00"))
    house.act("reviewer", id_, id_="payout", value="1")
    house.act("reviewer", id_, id_="modifier", type_="rel-bonus", value="10", note="n")
    modifier = house.detail("reviewer", id_)["modifiers"][0]["id"]
    house.act("reviewer", id_, id_="void", modifier_id=str(modifier))
    house.act("payer", id_, id_="payout", value="2")
    house.act("reviewer", id_, id_="action", type_="approved", note="ok")
    house.act("payer", id_, id_="action", type_="paid", note="")
    log = house.audited(id_)
    assert [(actor, action, refused) for actor, action, refused, _ in log] == [
        ("pilot", "request.submitted", False),
        ("reviewer", "request.payout", False),
        ("reviewer", "request.modifier.add", False),
        ("reviewer", "request.modifier.void", False),
        ("payer", "refused", True),
        ("reviewer", "request.approved", False),
        ("payer", "request.paid", False),
    ]
    assert log[1][3] == {
        "from": {"base": "100.00", "payout": "100.00"},
        "to": {"base": "1000000.00", "payout": "1000000.00"},
    }
    assert log[2][3]["payout"] == {"from": "1000000.00", "to": "1100000.00"}
    assert log[6][3] == {"from": "approved", "note": "", "payout": "1000000.00", "to": "paid"}
