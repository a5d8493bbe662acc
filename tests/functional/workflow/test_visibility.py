"""Who may see and do what: strangers, visitors, other divisions, and one's own requests."""

from __future__ import annotations

from decimal import Decimal

import pytest

FORMATS = {"json": "application/json", "xml": "application/xml", "html": "text/html"}


@pytest.fixture
def house(shared_house):
    return shared_house


@pytest.fixture(scope="module")
def request_id(shared_house):
    return shared_house.store()


@pytest.mark.parametrize("who", ["pilot", "reviewer", "payer", "auditor", "admin"])
def test_request_when_its_submitter_or_the_staff_look_then_is_shown(house, request_id, who):
    for fmt in FORMATS:
        page = getattr(house, who).get(f"/request/{request_id}/?fmt={fmt}")
        assert page.status_int == 200


@pytest.mark.parametrize("who", ["stranger", "root"])
@pytest.mark.parametrize("fmt", FORMATS)
def test_request_when_others_look_then_is_403_and_says_nothing(house, request_id, who, fmt):
    for path in (f"/request/{request_id}/", f"/request/{request_id}/division/"):
        answer = getattr(house, who).get(f"{path}?fmt={fmt}", status="*")
        assert answer.status_int == 403
        assert "Paxswill" not in answer.text
        assert "Fleet fight" not in answer.text


@pytest.mark.parametrize("path", ["/request/{id}/", "/request/{id}/division/", "/request/add/"])
def test_page_when_anonymous_then_asks_for_a_login_or_is_401(house, request_id, path):
    path = path.format(id=request_id)
    browser = house.portal.browser()
    answer = browser.get(path, status="*")
    assert (answer.status_int, answer.location) == (
        303,
        f"http://localhost/login/?next={path.replace('/', '%2F')}",
    )
    if "add" not in path:
        for fmt in ("json", "xml"):
            answer = browser.get(f"{path}?fmt={fmt}", status="*")
            assert (answer.status_int, "WWW-Authenticate" in answer.headers) == (401, True)


def test_request_when_a_key_reads_it_then_sees_what_its_owner_sees_and_changes_nothing(
    house, request_id
):
    key = house.portal.make_key(house.users["reviewer"])
    browser = house.portal.browser()
    path = f"/request/{request_id}/?fmt=json&apikey={key}"
    assert browser.get(path).json["id"] == request_id
    form = {"id_": "payout", "value": "1"}
    assert browser.post(path, form, status="*").status_int == 401
    stranger = house.portal.make_key(house.users["stranger"])
    answer = browser.get(f"/request/{request_id}/?fmt=json&apikey={stranger}", status="*")
    assert answer.status_int == 403


# One's own requests.


@pytest.fixture(scope="module")
def jack(shared_house):
    """Somebody with every permission in the division, and requests of their own."""
    house = shared_house
    if "jack" not in house.users:
        house.users["jack"] = house.portal.make_pilot("jack", 2112000301)
        for permission in ("submit", "review", "pay", "admin"):
            house.grant("jack", permission)
    return house


def own(house, **options):
    return house.store(submitter="jack", pilot_id=2112000301, **options)


REVIEWS = [
    ("evaluating", {"id_": "action", "type_": "approved"}),
    ("evaluating", {"id_": "action", "type_": "rejected", "note": "x"}),
    ("evaluating", {"id_": "action", "type_": "incomplete"}),
    ("rejected", {"id_": "action", "type_": "evaluating"}),
    ("evaluating", {"id_": "payout", "value": "1000"}),
    ("evaluating", {"id_": "modifier", "type_": "abs-bonus", "value": "1", "note": ""}),
    ("evaluating", {"id_": "void", "modifier_id": "1"}),
    ("evaluating", {"id_": "suggestion", "modifier_id": "1"}),
    ("approved", {"id_": "action", "type_": "paid"}),
    ("paid", {"id_": "action", "type_": "approved"}),
    ("paid", {"id_": "action", "type_": "evaluating"}),
]


@pytest.mark.parametrize(("status", "form"), REVIEWS, ids=lambda value: str(value)[:60])
def test_own_request_when_reviewed_or_paid_then_is_403_everywhere_and_audited(jack, status, form):
    id_ = own(jack, status=status)
    before = jack.detail("reviewer", id_)
    for accept in FORMATS.values():
        answer = jack.post("jack", f"/request/{id_}/", form, headers={"Accept": accept})
        assert (accept, answer.status_int) == (accept, 403)
    assert jack.detail("reviewer", id_) == before
    refusals = [entry for entry in jack.audited(id_) if entry[2]]
    assert [(actor, action) for actor, action, *_ in refusals] == [("jack", "refused")] * 3
    assert "own request" in refusals[0][3]["attempt"]


def test_own_request_when_read_then_offers_no_step_and_no_internals(jack):
    id_ = own(jack, status="approved")
    document = jack.detail("jack", id_)
    assert document["valid_actions"] == []
    assert "notes" not in document
    assert "flags" not in document
    assert 'value="paid"' not in jack.jack.get(f"/request/{id_}/").text
    assert 'value="paid"' not in jack.jack.get("/request/pay/").text


def test_request_of_a_pilot_of_ones_own_when_somebody_else_submitted_it_then_is_no_ones_to_pay(
    jack,
):
    id_ = jack.store(pilot_id=2112000301, status="approved")
    form = {"id_": "action", "type_": "paid"}
    assert jack.post("jack", f"/request/{id_}/", form).status_int == 403
    assert jack.detail("jack", id_)["valid_actions"] == []


@pytest.mark.parametrize(
    "form",
    [{"id_": "action", "type_": "comment", "note": "x"}, {"id_": "details", "details": "x"}],
    ids=["comment", "details"],
)
def test_own_request_when_its_words_change_then_that_is_allowed(jack, form):
    assert jack.post("jack", f"/request/{own(jack)}/", form).status_int == 200


def test_own_request_when_the_site_allows_it_then_may_be_reviewed_and_paid(make_portal, furnish):
    house = furnish(make_portal({"srp.self_review": "true"}))
    for permission in ("review", "pay"):
        house.grant("pilot", permission)
    id_ = house.store()
    assert house.detail("pilot", id_)["valid_actions"] == ["approved", "incomplete", "rejected"]
    for type_ in ("approved", "paid"):
        answer = house.act("pilot", id_, id_="action", type_=type_, note="")
        assert (answer.status_int, answer.json["status"]) == (200, type_)


# Moving to another division.


@pytest.fixture(scope="module")
def places(jack):
    """The house, with two more divisions: one with a reviewer of its own, one closed to pilots."""
    jack.users["rita"] = jack.portal.make_user("rita")
    jack.far = jack.portal.make_division("Far away", submit="pilot", review="rita")
    jack.closed = jack.portal.make_division("Closed", review=("rita", "reviewer"))
    return jack


def move(house, who, id_, division, **form):
    return house.post(who, f"/request/{id_}/division/", {"division": str(division), **form})


@pytest.mark.parametrize("status", ["evaluating", "incomplete", "approved"])
@pytest.mark.parametrize("who", ["pilot", "reviewer", "admin"])
def test_division_when_changed_by_submitter_or_reviewer_then_is_evaluated_there(
    places, who, status
):
    id_ = places.store(status=status)
    answer = move(places, who, id_, places.far)
    assert answer.status_int == 200
    assert answer.json["division"]["name"] == "Far away"
    assert answer.json["status"] == "evaluating"
    assert places.detail("rita", id_)["division"]["id"] == places.far
    # Whoever reviews the old division alone has lost sight of it.
    seen = getattr(places, who).get(f"/request/{id_}/", status="*").status_int
    assert seen == (200 if who == "pilot" else 403)


def test_division_when_a_reviewer_moves_a_request_out_of_sight_then_html_goes_to_the_list(places):
    for who, location in (("reviewer", "/request/pending/"), ("pilot", None)):
        id_ = places.store()
        form = {"division": str(places.far)}
        answer = places.post(who, f"/request/{id_}/division/", form, headers={})
        assert answer.status_int == 303
        assert answer.location == f"http://localhost{location or f'/request/{id_}/'}"
        assert places.detail("rita", id_)["division"]["id"] == places.far


@pytest.mark.parametrize("status", ["paid", "rejected"])
def test_division_when_finalized_then_is_409(places, status):
    id_ = places.store(status=status)
    for who in ("pilot", "reviewer"):
        answer = move(places, who, id_, places.far)
        assert (answer.status_int, answer.json["present"]) == (409, status)
        assert getattr(places, who).get(f"/request/{id_}/division/", status="*").status_int == 409


@pytest.mark.parametrize("who", ["payer", "auditor", "stranger", "root"])
def test_division_when_others_change_it_then_is_403(places, who, request_id):
    for division in (places.far, "x", ""):
        assert move(places, who, request_id, division).status_int == 403
    path = f"/request/{request_id}/division/"
    assert getattr(places, who).get(path, status="*").status_int == 403


@pytest.mark.parametrize("division", ["closed", "", "x", "99999", "-1"])
def test_division_when_the_submitter_may_not_submit_there_then_is_422(places, request_id, division):
    target = places.closed if division == "closed" else division
    for who in ("pilot", "reviewer"):
        answer = move(places, who, request_id, target)
        assert (answer.status_int, answer.json["field"]) == (422, "division")
        form = {"division": str(target)}
        page = places.post(who, f"/request/{request_id}/division/", form, headers={})
        assert page.status_int == 422
        assert "field-division-error" in page.text


def test_division_when_the_request_has_changed_since_then_is_409_and_stays(places):
    id_ = places.store()
    places.act("reviewer", id_, id_="payout", value="1")
    assert move(places, "pilot", id_, places.far, version="1").status_int == 409
    form = {"division": str(places.far), "version": "1"}
    page = places.post("pilot", f"/request/{id_}/division/", form, headers={})
    assert page.status_int == 409
    assert places.detail("pilot", id_)["division"]["id"] == places.division


def test_division_when_it_stays_the_same_then_nothing_changes(places):
    id_ = places.store(status="approved")
    before = places.detail("pilot", id_)
    assert move(places, "pilot", id_, places.division).json == before


def test_division_page_when_opened_then_offers_the_submitters_other_divisions(places):
    page = places.reviewer.get(f"/request/{places.store()}/division/")
    form = next(form for form in page.forms.values() if "division" in form.fields)
    offered = [text for _, _, text in form["division"].options]
    assert "Far away" in offered
    assert "Closed" not in offered
    assert "Fleet" not in offered


# Payments.


def test_payment_when_made_taken_back_and_made_again_then_all_of_it_is_kept(house):
    id_ = house.store(status="approved", base=Decimal("123456789.01"))
    pay = {"id_": "action", "type_": "paid", "note": ""}
    payment = house.act("payer", id_, **pay).json["payments"][0]
    assert (payment["amount"], payment["void"]) == ("123456789.01", False)
    assert (payment["payer"]["name"], payment["payee"]["name"]) == ("payer", "pilot")
    back = house.act("payer", id_, id_="action", type_="evaluating", note="Wrong amount").json
    assert back["payments"][0]["void"]["reason"] == "Wrong amount"
    assert back["payments"][0]["void"]["user"]["name"] == "payer"
    house.act("reviewer", id_, id_="payout", value="100")
    house.act("reviewer", id_, id_="action", type_="approved", note="")
    document = house.act("admin", id_, **pay).json
    assert [payment["amount"] for payment in document["payments"]] == [
        "100000000.00",
        "123456789.01",
    ]
    assert [bool(payment["void"]) for payment in document["payments"]] == [False, True]
    assert document["payments"] == house.detail("pilot", id_)["payments"]
