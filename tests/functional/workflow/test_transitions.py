"""The transition table of the contract over HTTP: every state, every way, everybody."""

from __future__ import annotations

import pytest

STATES = ("approved", "evaluating", "incomplete", "paid", "rejected")
REVIEW, PAY = {"reviewer", "admin"}, {"payer", "admin"}

#: The contract's table, written down once more: from, to, and who may.
TABLE = {
    ("evaluating", "incomplete"): REVIEW,
    ("evaluating", "rejected"): REVIEW,
    ("evaluating", "approved"): REVIEW,
    ("incomplete", "rejected"): REVIEW,
    ("incomplete", "evaluating"): REVIEW,
    ("rejected", "evaluating"): REVIEW,
    ("approved", "evaluating"): REVIEW,
    ("approved", "paid"): PAY,
    ("paid", "approved"): PAY,
    ("paid", "evaluating"): PAY,
}
PEOPLE = ("pilot", "reviewer", "payer", "auditor", "admin", "stranger", "root")
READERS = {"pilot", "reviewer", "payer", "auditor", "admin"}


def expected_status(who, before, after):
    allowed = TABLE.get((before, after))
    if allowed is not None:
        return 200 if who in allowed else 403
    # The right to set that state from somewhere, but not from here.
    may_elsewhere = any(who in people for (_, to), people in TABLE.items() if to == after)
    return 409 if may_elsewhere else 403


@pytest.fixture(scope="module")
def standing(shared_house):
    """A request in each state, with a modifier, which refused attempts leave as it is."""
    found = {}
    for status in STATES:
        found[status] = shared_house.store()
        bonus = {"type_": "rel-bonus", "value": "1", "note": ""}
        shared_house.act("reviewer", found[status], id_="modifier", **bonus)
        shared_house.bring(found[status], status)
    return found


@pytest.mark.parametrize("before", STATES)
@pytest.mark.parametrize("who", PEOPLE)
def test_transition_when_tried_is_answered_as_the_table_says(shared_house, standing, who, before):
    house = shared_house
    for after in STATES:
        wanted = expected_status(who, before, after)
        id_ = house.store(status=before) if wanted == 200 else standing[before]
        answer = house.act(who, id_, id_="action", type_=after, note="Because.")
        assert (after, answer.status_int) == (after, wanted)
        if wanted == 200:
            assert (answer.json["status"], answer.json["actions"][0]["type"]) == (after, after)
        elif wanted == 409:
            assert answer.json["present"] == before
    assert house.detail("admin", standing[before])["status"] == before


@pytest.mark.parametrize("before", STATES)
@pytest.mark.parametrize("who", sorted(READERS))
def test_valid_actions_when_read_are_the_readers_own_and_sorted(
    shared_house, standing, who, before
):
    wanted = sorted(
        after for (state, after), people in TABLE.items() if state == before and who in people
    )
    assert shared_house.detail(who, standing[before])["valid_actions"] == wanted


@pytest.mark.parametrize("before", STATES)
@pytest.mark.parametrize("who", PEOPLE)
def test_comment_when_made_is_kept_in_any_state_by_those_who_may(
    shared_house, standing, who, before
):
    wanted = 200 if who in {"pilot", "reviewer", "payer", "admin"} else 403
    note = f"{who} on {before}"
    answer = shared_house.act(who, standing[before], id_="action", type_="comment", note=note)
    assert answer.status_int == wanted
    document = shared_house.detail("admin", standing[before])
    notes = [action["note"] for action in document["actions"]]
    assert (note in notes) == (wanted == 200)
    assert document["status"] == before


PAYOUT_FORMS = {
    "payout": {"value": "12.5"},
    "modifier": {"type_": "rel-bonus", "value": "10", "note": "x"},
    "void": {},
    "suggestion": {},
}


@pytest.mark.parametrize("before", STATES)
@pytest.mark.parametrize("form", PAYOUT_FORMS)
def test_payout_forms_when_not_evaluating_are_closed_and_never_open_to_others(
    shared_house, standing, form, before
):
    house, id_, values = shared_house, standing[before], PAYOUT_FORMS[form]
    if form in ("void", "suggestion"):
        values = {"modifier_id": str(house.detail("admin", id_)["modifiers"][0]["id"])}
    for who in ("pilot", "payer", "auditor", "stranger", "root"):
        assert (who, house.act(who, id_, id_=form, **values).status_int) == (who, 403)
    if before != "evaluating":
        for who in ("reviewer", "admin"):
            answer = house.act(who, id_, id_=form, **values)
            assert (who, answer.status_int, answer.json["present"]) == (who, 409, before)


SUBMITTERS_FORMS = {
    "details": ({"details": "Other words."}, {"evaluating", "incomplete", "approved"}),
    "withdraw": ({"note": ""}, {"evaluating", "incomplete"}),
}


@pytest.mark.parametrize("before", STATES)
@pytest.mark.parametrize("form", SUBMITTERS_FORMS)
def test_submitters_forms_when_sent_are_the_submitters_alone_while_the_state_allows(
    shared_house, standing, form, before
):
    house = shared_house
    values, open_states = SUBMITTERS_FORMS[form]
    for who in ("reviewer", "payer", "auditor", "admin", "stranger", "root"):
        answer = house.act(who, standing[before], id_=form, **values)
        assert (who, answer.status_int) == (who, 403)
    if before in open_states:
        answer = house.act("pilot", house.store(status=before), id_=form, **values)
        after = "rejected" if form == "withdraw" else "evaluating"
        assert (answer.status_int, answer.json["status"]) == (200, after)
    else:
        answer = house.act("pilot", standing[before], id_=form, **values)
        assert (answer.status_int, answer.json["present"]) == (409, before)


@pytest.mark.parametrize("before", STATES)
def test_note_when_written_is_for_the_staff_in_any_state(shared_house, standing, before):
    for who in PEOPLE:
        wanted = 200 if who in {"reviewer", "payer", "auditor", "admin"} else 403
        answer = shared_house.act(who, standing[before], id_="note", note=f"{who} says so")
        assert (who, answer.status_int) == (who, wanted)
