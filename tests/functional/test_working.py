"""What people do with a request beside changing its state: payouts, modifiers, words, versions."""

from __future__ import annotations

from decimal import Decimal

import pytest

from srp_portal.plugin import Flag, ProposedModifier

TRILLION = "1000000000000.00"


@pytest.fixture
def house(shared_house):
    return shared_house


def payout(document):
    return Decimal(document["payout"])


# Payouts.


@pytest.mark.parametrize(
    ("typed", "isk"),
    [
        ("12.5", "12500000.00"),
        ("12.5m", "12500000.00"),
        ("1.2b", "1200000000.00"),
        ("750k", "750000.00"),
        (" 750K ", "750000.00"),
        ("0", "0.00"),
        ("0.00000001", "0.01"),
        (".5", "500000.00"),
        ("999999.99999999", "999999999999.99"),
        ("1000b", TRILLION),
        ("1000000", TRILLION),
    ],
)
def test_payout_when_typed_is_in_millions_unless_it_says_otherwise(house, typed, isk):
    document = house.act("reviewer", house.store(), id_="payout", value=typed).json
    assert (document["base_payout"], document["payout"]) == (isk, isk)


WRONG_AMOUNTS = [
    "", "-1", "1,5", "1,000", "1 000", "1.5.2", "abc", "NaN", "Infinity", "1e3", "0.000000001",
    "1000000.00000001", "1001b", "99999999999999999999", "\uff11\uff12", "1_0", "12.5 mm", "+1",
]  # fmt: skip


@pytest.mark.parametrize("typed", WRONG_AMOUNTS)
@pytest.mark.parametrize("form", ["payout", "abs-bonus", "abs-deduct"])
def test_amount_when_it_can_not_be_read_then_is_422_at_its_field_and_stores_nothing(
    house, form, typed
):
    id_ = house.refused = getattr(house, "refused", None) or house.store()
    fields = {"id_": "payout"} if form == "payout" else {"id_": "modifier", "type_": form}
    before = house.detail("reviewer", id_)
    answer = house.act("reviewer", id_, **fields, value=typed, note="")
    assert (answer.status_int, answer.json["field"]) == (422, "value")
    assert house.detail("reviewer", id_) == before


@pytest.mark.parametrize(
    ("type_", "typed", "value", "words", "result"),
    [
        ("rel-bonus", "15", 0.15, "15.0% bonus", "115000000.00"),
        ("rel-bonus", "12.125%", 0.12125, "12.125% bonus", "112125000.00"),
        ("rel-deduct", "10.5", -0.105, "10.5% penalty", "89500000.00"),
        ("rel-deduct", "250", -2.5, "250.0% penalty", "0.00"),
        ("abs-bonus", "1.5", "1500000.00", "1,500,000.00 ISK bonus", "101500000.00"),
        ("abs-deduct", "750k", "-750000.00", "750,000.00 ISK penalty", "99250000.00"),
        ("abs-deduct", "1b", "-1000000000.00", "1,000,000,000.00 ISK penalty", "0.00"),
    ],
)
def test_modifier_when_added_counts_and_when_voided_does_not(
    house, type_, typed, value, words, result
):
    id_ = house.store(base=Decimal("100000000.00"))
    form = {"id_": "modifier", "type_": type_, "value": typed, "note": "Why"}
    document = house.act("reviewer", id_, **form).json
    modifier = document["modifiers"][0]
    assert (modifier["value"], modifier["value_str"], modifier["note"]) == (value, words, "Why")
    assert (document["payout"], document["base_payout"]) == (result, "100000000.00")
    document = house.act("reviewer", id_, id_="void", modifier_id=str(modifier["id"])).json
    assert document["modifiers"][0]["void"]["user"]["name"] == "reviewer"
    assert document["payout"] == "100000000.00"
    again = house.act("reviewer", id_, id_="void", modifier_id=str(modifier["id"]))
    assert (again.status_int, again.json["present"]) == (409, "evaluating")


@pytest.mark.parametrize(
    ("type_", "typed", "field"),
    [
        ("rel-bonus", "-5", "value"),
        ("rel-bonus", "1.0005", "value"),
        ("rel-bonus", "", "value"),
        ("rel-deduct", "NaN", "value"),
        ("rel-bonus", "99999999", "value"),
        ("mul-bonus", "5", "type_"),
        ("", "5", "type_"),
    ],
)
def test_modifier_when_it_can_not_be_read_then_is_422_at_its_field(house, type_, typed, field):
    form = {"id_": "modifier", "type_": type_, "value": typed, "note": ""}
    answer = house.act("reviewer", house.store(), **form)
    assert (answer.status_int, answer.json["field"]) == (422, field)


@pytest.mark.parametrize(
    "form",
    [
        {"id_": "modifier", "type_": "abs-bonus", "value": "0.00000001"},
        {"id_": "modifier", "type_": "rel-bonus", "value": "0.001"},
    ],
    ids=["absolute", "relative"],
)
def test_payout_when_modifiers_lift_it_above_a_trillion_then_is_422(house, form):
    id_ = house.store(base=Decimal(TRILLION))
    before = house.detail("reviewer", id_)
    assert house.act("reviewer", id_, note="", **form).status_int == 422
    assert house.detail("reviewer", id_) == before


def test_payout_when_absolute_and_relative_modifiers_meet_then_follows_the_formula(house):
    id_ = house.store(base=Decimal("999999999999.99"))
    for type_, value in (
        ("abs-deduct", "500b"), ("rel-bonus", "10"), ("rel-deduct", "33.333"), ("abs-bonus", "1k")
    ):  # fmt: skip
        document = house.act(
            "reviewer", id_, id_="modifier", type_=type_, value=value, note=""
        ).json
    # (999,999,999,999.99 - 500,000,000,000 + 1,000) x (1 + 0.1 - 0.33333), half-even
    assert document["payout"] == "383335000766.66"
    assert document["payout_str"] == "383,335,000,766.66"


@pytest.mark.parametrize("id_", ["void", "suggestion"])
@pytest.mark.parametrize("given", ["", "x", "-1", "999999999999999999", "1\u0660"])
def test_modifier_when_there_is_none_of_that_number_then_is_422(house, id_, given):
    answer = house.act("reviewer", house.store(), id_=id_, modifier_id=given)
    assert (answer.status_int, answer.json["field"]) == (422, "modifier_id")


def test_modifier_when_it_is_another_requests_then_can_not_be_voided_here(house):
    first, second = house.store(), house.store()
    form = {"id_": "modifier", "type_": "abs-bonus", "value": "1", "note": ""}
    foreign = house.act("reviewer", first, **form).json["modifiers"][0]["id"]
    answer = house.act("reviewer", second, id_="void", modifier_id=str(foreign))
    assert answer.status_int == 422
    assert house.detail("reviewer", first)["modifiers"][0]["void"] is False


def test_suggestion_when_taken_counts_like_any_other_modifier(house):
    suggested = ProposedModifier("relative", Decimal("0.5"), "Old hull", apply=False)
    id_ = house.store(base=Decimal("100.00"), modifiers=[("judge", suggested)])
    document = house.detail("reviewer", id_)
    modifier = document["modifiers"][0]
    assert (modifier["suggested"], document["payout"]) == (True, "100.00")
    document = house.act("reviewer", id_, id_="suggestion", modifier_id=str(modifier["id"])).json
    assert document["payout"] == "150.00"
    assert "suggested" not in document["modifiers"][0]
    assert document["modifiers"][0]["user"]["name"] == "judge"
    again = house.act("reviewer", id_, id_="suggestion", modifier_id=str(modifier["id"]))
    assert again.status_int == 409


def test_suggestion_when_voided_then_can_not_be_taken(house):
    suggested = ProposedModifier("absolute", Decimal(5), "Maybe", apply=False)
    id_ = house.store(base=Decimal("100.00"), modifiers=[("judge", suggested)])
    modifier = str(house.detail("reviewer", id_)["modifiers"][0]["id"])
    assert house.act("reviewer", id_, id_="void", modifier_id=modifier).json["payout"] == "100.00"
    assert house.act("reviewer", id_, id_="suggestion", modifier_id=modifier).status_int == 409


# Words.


def test_rejection_when_it_has_no_note_then_is_422_at_the_note(house):
    id_ = house.store()
    for note in ("", "  \r\n\t "):
        answer = house.act("reviewer", id_, id_="action", type_="rejected", note=note)
        assert (answer.status_int, answer.json["field"]) == (422, "note")
    assert house.detail("reviewer", id_)["status"] == "evaluating"


@pytest.mark.parametrize(
    ("who", "form"),
    [
        ("reviewer", {"id_": "action", "type_": "comment", "note": " "}),
        ("reviewer", {"id_": "note", "note": ""}),
        ("reviewer", {"id_": "action", "type_": "submitted", "note": "x"}),
        ("reviewer", {"id_": "action", "note": "x"}),
        ("pilot", {"id_": "details", "details": " \n "}),
        ("pilot", {"id_": "details", "details": "x" * 10_001}),
        ("reviewer", {"id_": "action", "type_": "comment", "note": "x" * 10_001}),
        ("reviewer", {"id_": "action", "type_": "comment", "note": "x", "version": "one"}),
    ],
    ids=["comment", "note", "no-such-type", "no-type", "details", "long", "long-note", "version"],
)
def test_form_when_a_value_is_missing_or_wrong_then_is_422(house, who, form):
    assert house.act(who, house.store(), **form).status_int == 422


@pytest.mark.parametrize("form", [{}, {"id_": ""}, {"id_": "pay"}, {"id_": "Action"}], ids=str)
def test_form_when_it_is_unknown_then_is_400(house, form):
    assert house.act("reviewer", house.store(), **form).status_int == 400


@pytest.mark.parametrize("form", ["payout", "modifier", "void", "suggestion"])
def test_form_when_somebody_may_not_send_it_then_nothing_is_said_of_its_values(house, form):
    answer = house.act("pilot", house.store(), id_=form, value="-1", modifier_id="x")
    assert answer.status_int == 403


def test_form_when_files_stand_in_for_text_then_counts_as_empty(house):
    id_ = house.store()
    for name, form in {
        "note": {"id_": "action", "type_": "comment"},
        "value": {"id_": "payout"},
        "id_": {},
    }.items():
        answer = house.post(
            "reviewer", f"/request/{id_}/", form, upload_files=[(name, "a.txt", b"12")]
        )
        assert answer.status_int in (400, 422)


def test_details_when_changed_then_the_old_ones_stay_in_a_comment(house):
    id_ = house.store(details="First words.\nSecond line.")
    document = house.act("pilot", id_, id_="details", details="Better words.").json
    assert document["details"] == "Better words."
    assert [action["type"] for action in document["actions"]] == ["comment"]
    assert "First words.\nSecond line." in document["actions"][0]["note"]


@pytest.mark.parametrize("status", ["incomplete", "approved"])
def test_details_when_changed_later_then_the_request_is_evaluated_again(house, status):
    id_ = house.store(status=status)
    document = house.act("pilot", id_, id_="details", details="Better words.").json
    assert document["status"] == "evaluating"
    assert [action["type"] for action in document["actions"]][:2] == ["evaluating", "comment"]


def test_details_when_they_stay_the_same_then_nothing_changes(house):
    id_ = house.store(details="Same.", status="approved")
    before = house.detail("pilot", id_)
    assert house.act("pilot", id_, id_="details", details=" Same.\r\n").json == before


def test_withdrawal_when_undone_then_is_evaluated_and_can_be_withdrawn_again(house):
    id_ = house.store()
    document = house.act("pilot", id_, id_="withdraw", note="Mistake").json
    assert (document["status"], document["withdrawn"]) == ("rejected", True)
    assert document["actions"][0]["note"] == "Mistake"
    document = house.act("pilot", id_, id_="withdraw", undo="1", note="").json
    assert (document["status"], document["withdrawn"]) == ("evaluating", False)
    assert house.act("pilot", id_, id_="withdraw", note="").json["withdrawn"] is True


def test_withdrawal_when_it_was_a_rejection_then_can_not_be_undone(house):
    id_ = house.store(status="rejected")
    answer = house.act("pilot", id_, id_="withdraw", undo="1", note="")
    assert (answer.status_int, answer.json["present"]) == (409, "rejected")


def test_withdrawn_request_when_a_reviewer_takes_it_up_then_is_no_longer_withdrawn(house):
    id_ = house.store()
    house.act("pilot", id_, id_="withdraw", note="")
    answer = house.act("reviewer", id_, id_="action", type_="evaluating", note="")
    assert (answer.json["status"], answer.json["withdrawn"]) == ("evaluating", False)
    assert house.act("pilot", id_, id_="withdraw", undo="1", note="").status_int == 409


def test_notes_and_flags_when_read_are_for_the_staff_and_never_for_the_submitter(house):
    id_ = house.store(flags=[("judge", Flag("late", "alert", "Very suspicious"))])
    house.act("reviewer", id_, id_="note", note="Knows no fear, see #123")
    for who in ("reviewer", "payer", "auditor", "admin"):
        document = house.detail(who, id_)
        assert document["notes"][0]["note"] == "Knows no fear, see #123"
        assert document["flags"][0]["text"] == "Very suspicious"
        page = getattr(house, who).get(f"/request/{id_}/").text
        assert '<a href="/request/123/">#123</a>' in page
        assert "Very suspicious" in page
    assert {"notes", "flags"}.isdisjoint(house.detail("pilot", id_))
    for fmt in ("html", "xml", "json"):
        text = house.pilot.get(f"/request/{id_}/?fmt={fmt}").text
        assert "no fear" not in text
        assert "suspicious" not in text


NASTY = {
    "html": '<script>alert(1)</script> & "quotes" <b>\'',
    "control": "bell\x07 escape\x1b tab\t form\x0c end",
    "emoji": "👩‍🚀🚀 fly safe o7",
    "rtl": "\u202eevil\u202c עברית العربية",
    "long": "wörd " * 999 + "end.",
    "xml": "]]> <!-- --> &amp; \ufffe \x85 .",
    "lines": "one\ntwo\n\nthree",
}


@pytest.mark.parametrize("kind", NASTY)
def test_words_when_nasty_then_are_shown_in_every_representation_and_run_in_none(house, kind):
    text = NASTY[kind]
    id_ = house.store(details=text, pilot=f"Nasty {kind}")
    for form in ({"id_": "action", "type_": "comment"}, {"id_": "note"}):
        assert house.act("reviewer", id_, note=text, **form).status_int == 200
    document = house.detail("reviewer", id_)
    assert document["details"] == document["notes"][0]["note"] == text
    assert document["actions"][0]["note"] == text
    page = house.reviewer.get(f"/request/{id_}/")
    assert "<script>alert" not in page.text
    assert "<b>'" not in page.text
    shown = house.reviewer.get(f"/request/{id_}/?fmt=xml").xml.findtext(".//{*}details")
    if kind not in ("control", "xml"):  # which XML 1.0 can't carry as they are
        assert shown == text
    for fmt in ("html", "json", "xml", "rss", "atom", "csv"):
        answer = house.reviewer.get(f"/request/all/pilot/Nasty {kind}?fmt={fmt}")
        assert f"Nasty {kind}" in answer.text
        if fmt in ("html", "xml", "rss", "atom"):
            assert "<script>alert" not in answer.text
            assert "\x07" not in answer.text


# Versions, pages, audit.

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


def test_request_when_there_is_none_then_is_404_on_every_method(house):
    for path in ("/request/999999999/", "/request/999999999/division/"):
        assert house.reviewer.get(path, status="*").status_int == 404
        form = {"id_": "payout", "value": "1", "division": "1"}
        assert house.post("reviewer", path, form).status_int == 404


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
