"""Notes, comments, details and withdrawals: words, and what is missing or wrong in a form."""

from __future__ import annotations

import pytest

from srp_portal.plugin import Flag


@pytest.fixture
def house(shared_house):
    return shared_house


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


def test_request_when_there_is_none_then_is_404_on_every_method(house):
    for path in ("/request/999999999/", "/request/999999999/division/"):
        assert house.reviewer.get(path, status="*").status_int == 404
        form = {"id_": "payout", "value": "1", "division": "1"}
        assert house.post("reviewer", path, form).status_int == 404
