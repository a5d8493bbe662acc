"""The other types of the public surface."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from itertools import repeat
from typing import get_args

import pytest

from srp_portal.domain.lifecycle import Status
from srp_portal.plugin import (
    Attacker,
    DivisionInfo,
    EventKind,
    Flag,
    IskOutOfRange,
    Item,
    Panel,
    PastRequest,
    PluginContext,
    ProposedModifier,
    RequestEvent,
    Transformer,
    UserInfo,
)
from srp_portal.plugin.types import EVENT_KINDS
from srp_portal.testing.killmails import make_killmail

WHEN = datetime(2026, 3, 4, 5, 6, tzinfo=UTC)
USER = UserInfo(3, "Ann", False)


def event(**overrides):
    fields = {
        "event_id": "e-1",
        "kind": "submitted",
        "request_id": 39861569,
        "division": DivisionInfo(1, "Test Alliance"),
        "submitter": USER,
        "pilot": "Paxswill",
        "ship": "Guardian",
        "payout": Decimal("40000000.00"),
        "actor": USER,
        "status": "evaluating",
        "previous_status": None,
        "note": "",
        "url": "https://srp.example.com/request/39861569/",
        "timestamp": WHEN,
    }
    return RequestEvent(**{**fields, **overrides})


def past(**overrides):
    fields = {
        "request_id": 1,
        "pilot_id": 2,
        "ship_id": 587,
        "ship": "Rifter",
        "killed_at": WHEN,
        "submitted_at": WHEN,
        "status": "paid",
        "value": None,
        "payout": 5,
    }
    return PastRequest(**{**fields, **overrides})


@pytest.mark.parametrize("value", ["0.10", Decimal("0.10")], ids=["text", "decimal"])
def test_modifier_when_its_value_is_exact_then_is_a_decimal(value):
    modifier = ProposedModifier("relative", value, "Home defence")
    assert isinstance(modifier.value, Decimal)
    assert (modifier.value, modifier.apply) == (Decimal("0.1"), True)


def test_modifier_when_negative_then_is_a_penalty():
    assert ProposedModifier("absolute", -5, "Insurance", apply=False).value == Decimal(-5)


@pytest.mark.parametrize(
    ("arguments", "error", "field"),
    [
        (("percent", 1, ""), ValueError, "kind"),
        ((None, 1, ""), TypeError, "kind"),
        (("relative", 0.1, ""), TypeError, "value"),
        (("relative", None, ""), TypeError, "value"),
        (("relative", "NaN", ""), ValueError, "value"),
        (("absolute", "-Infinity", ""), ValueError, "value"),
        (("relative", 1001, ""), ValueError, "value"),
        (("relative", "-1000.1", ""), ValueError, "value"),
        (("absolute", 1, None), TypeError, "note"),
        (("absolute", 1, "x" * 2001), ValueError, "note"),
        (("absolute", 1, "", 1), TypeError, "apply"),
    ],
)
def test_modifier_when_a_field_is_wrong_then_the_error_names_it(arguments, error, field):
    with pytest.raises(error, match=rf"ProposedModifier\.{field}"):
        ProposedModifier(*arguments)


@pytest.mark.parametrize("value", [10**12 + 1, -(10**12) - 1], ids=["bonus", "penalty"])
def test_modifier_when_beyond_a_trillion_then_refuses_the_submission(value):
    with pytest.raises(IskOutOfRange):
        ProposedModifier("absolute", value, "Much")


@pytest.mark.parametrize(
    ("arguments", "error", "field"),
    [
        (("Own Kill", "info", "text"), ValueError, "code"),
        ((5, "info", "text"), TypeError, "code"),
        (("own", "fatal", "text"), ValueError, "level"),
        (("own", 1, "text"), TypeError, "level"),
        (("own", "alert", " "), ValueError, "text"),
        (("own", "alert", None), TypeError, "text"),
    ],
)
def test_flag_when_a_field_is_wrong_then_the_error_names_it(arguments, error, field):
    with pytest.raises(error, match=rf"Flag\.{field}"):
        Flag(*arguments)


def test_panel_when_made_of_lists_then_holds_tuples():
    assert Panel("Fit", [["Slot", "Module"], ["low", ""]]).rows == (
        ("Slot", "Module"),
        ("low", ""),
    )


@pytest.mark.parametrize(
    ("title", "rows", "error"),
    [
        ("", [], ValueError),
        ("Fit", "rows", TypeError),
        ("Fit", ["cells"], TypeError),
        ("Fit", [[1]], TypeError),
        ("Fit", [["x" * 501]], ValueError),
        ("Fit", [["x"] * 13], ValueError),
        ("Fit", [["x"]] * 501, ValueError),
    ],
    ids=["no title", "text", "row of text", "number", "long cell", "wide", "long"],
)
def test_panel_when_it_is_no_table_of_text_then_is_refused(title, rows, error):
    with pytest.raises(error, match=r"Panel\."):
        Panel(title, rows)


def test_panel_when_its_rows_or_cells_have_no_end_then_is_refused_at_the_limit():
    read = []

    def endless():
        while True:
            read.append(1)
            yield "x"

    with pytest.raises(ValueError, match=r"Panel\.rows\[0\] has more than 12 cells"):
        Panel("Fit", [endless()])
    assert len(read) == 13
    read.clear()
    with pytest.raises(ValueError, match=r"Panel\.rows has more than 500 rows"):
        Panel("Fit", ([text] for text in endless()))
    assert len(read) == 501


@pytest.mark.parametrize(
    "make",
    [
        lambda: Item(1, 5, 1, 0, items=repeat(Item(1, 5, 1, 0))),
        lambda: UserInfo(1, "Ann", False, repeat(5)),
        lambda: make_killmail(attackers=repeat(Attacker(1, 2, None, 587, True))),
    ],
    ids=["items", "ids", "attackers"],
)
def test_members_when_they_have_no_end_then_are_refused_at_the_limit(make):
    with pytest.raises(ValueError, match="has more than 100000 members"):
        make()


def test_transformer_when_its_template_has_one_place_then_is_taken():
    transformer = Transformer("ship", "Wiki", "https://wiki.example.com/{}?v=1#top")
    assert transformer.attribute == "ship"


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        (("Ship!", "Wiki", "https://example.com/{}"), "attribute"),
        (("ship", "", "https://example.com/{}"), "name"),
        (("ship", "Wiki", "https://example.com/"), "url_template"),
        (("ship", "Wiki", "https://example.com/{}/{}"), "url_template"),
        (("ship", "Wiki", "https://{}.example.com/"), "url_template"),
        (("ship", "Wiki", "javascript:alert({})"), "url_template"),
    ],
)
def test_transformer_when_a_field_is_wrong_then_the_error_names_it(arguments, field):
    with pytest.raises(ValueError, match=rf"Transformer\.{field}"):
        Transformer(*arguments)


def test_infos_when_given_lists_then_hold_tuples():
    assert DivisionInfo(1, "Home", [98], [99]).alliance_ids == (99,)
    assert UserInfo(1, "Ann", True, [90]).character_ids == (90,)


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda: DivisionInfo(0, "Home"), ValueError),
        (lambda: DivisionInfo(1, ""), ValueError),
        (lambda: DivisionInfo(1, "Home", 98), TypeError),
        (lambda: DivisionInfo(1, "Home", (), ["99"]), TypeError),
        (lambda: UserInfo(True, "Ann", False), TypeError),
        (lambda: UserInfo(1, "Ann", None), TypeError),
        (lambda: UserInfo(1, "Ann", False, "90"), TypeError),
    ],
)
def test_infos_when_a_field_is_wrong_then_are_refused(make, error):
    with pytest.raises(error, match="Info\\."):
        make()


@pytest.mark.parametrize("kind", EVENT_KINDS)
def test_event_when_of_a_known_kind_then_is_taken(kind):
    assert event(kind=kind).kind == kind


def test_event_kinds_when_listed_then_are_those_of_the_type():
    assert get_args(EventKind) == EVENT_KINDS


@pytest.mark.parametrize("status", list(Status))
def test_event_when_its_status_is_of_the_domain_then_is_plain_text(status):
    made = event(status=status, previous_status=status)
    assert type(made.status) is type(made.previous_status) is str


def test_event_when_its_note_is_long_then_is_taken():
    assert len(event(note="x" * 10_000).note) == 10_000


@pytest.mark.parametrize(
    ("field", "value", "error"),
    [
        ("event_id", "", ValueError),
        ("kind", "deleted", ValueError),
        ("request_id", 0, ValueError),
        ("division", 1, TypeError),
        ("submitter", None, TypeError),
        ("actor", "Ann", TypeError),
        ("pilot", "", ValueError),
        ("ship", "", ValueError),
        ("payout", 1.0, TypeError),
        ("status", "gone", ValueError),
        ("previous_status", "gone", ValueError),
        ("note", None, TypeError),
        ("url", "/request/1/", ValueError),
        ("timestamp", datetime(2026, 3, 4), ValueError),  # noqa: DTZ001 - the point
        ("batch", None, TypeError),
        ("batch", [event(), "e-2"], TypeError),
        ("batch", [event(batch=[event()])], ValueError),
    ],
)
def test_event_when_a_field_is_wrong_then_the_error_names_it(field, value, error):
    with pytest.raises(error, match=rf"RequestEvent\.{field}"):
        event(**{field: value})


def test_past_request_when_given_other_zones_then_is_in_utc():
    made = past(killed_at=WHEN.astimezone(timezone(timedelta(hours=-5))))
    assert made.killed_at == WHEN
    assert made.killed_at.tzinfo is UTC
    assert made.payout == Decimal(5)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("request_id", 0),
        ("ship", ""),
        ("killed_at", datetime(2026, 3, 4)),  # noqa: DTZ001 - the point
        ("status", "gone"),
        ("value", -1),
        ("payout", "x"),
    ],
)
def test_past_request_when_a_field_is_wrong_then_the_error_names_it(field, value):
    with pytest.raises(ValueError, match=rf"PastRequest\.{field}"):
        past(**{field: value})


def test_context_when_made_then_has_the_tools_of_the_contract():
    context = PluginContext({"a": "b"}, None, None, None, lambda days, ship_id=None: [])
    assert (context.settings, context.history(30)) == ({"a": "b"}, [])
