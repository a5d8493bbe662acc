"""What plugins and pages get back of a killmail that was stored."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from srp_portal.domain.permissions import Identity, Permission
from srp_portal.plugin import Attacker, Item
from srp_portal.services import fit
from srp_portal.services.killmail_lookup import Loss
from srp_portal.services.outbox import Outbox
from srp_portal.services.request_detail import request_detail
from srp_portal.services.stored_killmails import (
    killmail_of,
    killmail_row,
    readable_document,
    recorded_values,
    security_text,
)
from srp_portal.services.submission import store_request
from srp_portal.testing.killmails import make_killmail as a_killmail

DOCUMENT = {
    "killmail_id": 39861569,
    "victim": {
        "items": [
            {"item_type_id": 3530, "flag": 11, "quantity_destroyed": 1, "singleton": 0},
            {
                "item_type_id": 3467,
                "flag": 5,
                "quantity_dropped": 1,
                "singleton": 0,
                "items": [{"item_type_id": 34, "flag": 0, "quantity_destroyed": 7, "singleton": 0}],
            },
        ]
    },
    "attackers": [{"character_id": 95810944, "ship_type_id": 17841, "final_blow": True}],
}
RAW = json.dumps(DOCUMENT)


@pytest.fixture
def store(dbsession, world, now):
    """Stores a request with this killmail."""
    pilot = world.user("Ada")
    division_id = world.division()

    def store_killmail(killmail):
        store_request(
            dbsession,
            Identity(pilot.id, pilot.name),
            Loss(killmail, Decimal(0), (), (), {}),
            division_id=division_id,
            details="",
            outbox=Outbox(dbsession, subscribers=(), url_for="https://srp.example/{}".format),
            now=now,
        )
        dbsession.expire_all()
        reader = Identity(pilot.id + 1, "Ben", grants={division_id: frozenset({Permission.AUDIT})})
        detail = request_detail(
            dbsession,
            reader,
            killmail.killmail_id,
            self_review=False,
            offered={},
            with_killmail=True,
        )
        return detail.killmail

    return store_killmail


def test_killmail_when_stored_and_read_then_is_the_same(store, make_killmail):
    killmail = make_killmail(
        raw=RAW,
        items=(
            Item(3530, 11, 1, 0),
            Item(3467, 5, 0, 1, items=(Item(34, 0, 7, 0),)),
        ),
        attackers=(Attacker(95810944, None, None, 17841, True),),
        security=Decimal("-0.034245789123456"),
        npc=True,
        values={"total": Decimal("999999999999.99"), "x" * 64: Decimal("0.01")},
        source="S" * 200,
    )
    assert store(killmail) == killmail


@pytest.mark.parametrize(
    "fields",
    [
        {"alliance_id": None, "alliance": None, "value": None, "values": {}},
        {"killmail_hash": None, "security": None, "ship_group_id": None, "region_id": None},
    ],
    ids=["no-alliance-and-value", "no-hash-and-security"],
)
def test_killmail_when_parts_are_unknown_then_they_stay_so(store, make_killmail, fields):
    killmail = make_killmail(items=(), attackers=(), **fields)
    assert store(killmail) == killmail


NESTED = (
    Item(3530, 11, 1, 0, 2),
    Item(3467, 5, 0, 1, items=(Item(34, 0, 7, 0), Item(35, 5, 0, 1))),
)
NPCS = (Attacker(None, 1000125, None, None, False), Attacker(1, 2, 3, 4, True))


@pytest.mark.parametrize(
    "fields",
    [
        {"items": NESTED, "attackers": NPCS},
        {"items": (), "attackers": NPCS},
        {"items": NESTED, "attackers": ()},
        {"value": None, "values": {"value": Decimal("5.00"), "total": Decimal("6.00")}},
        {"value": Decimal("4.00"), "values": {"value": Decimal("5.00")}},
        {"security": Decimal("-0.123456789012345678901234567")},
    ],
    ids=["both", "attackers", "items", "value-by-name-alone", "two-values", "security"],
)
def test_killmail_when_its_source_has_no_document_then_is_the_same_after_it_was_stored(
    store, make_killmail, fields
):
    killmail = make_killmail(raw="", **fields)
    assert store(killmail) == killmail


@pytest.mark.parametrize("raw", [RAW, "no document", "{}"])
def test_killmail_when_its_document_says_something_else_then_what_was_judged_is_kept(store, raw):
    killmail = a_killmail(raw=raw, items=NESTED, attackers=NPCS)
    assert store(killmail) == replace(killmail, raw="")


def test_killmail_when_its_source_only_hands_on_the_document_then_that_is_kept(store):
    killmail = store(a_killmail(raw=RAW, items=(), attackers=()))
    assert (killmail.raw, len(killmail.items), len(killmail.attackers)) == (RAW, 2, 1)


IDS = st.integers(1, 2**63 - 1)
COUNTS = st.integers(0, 2**63 - 1)
INNER = st.builds(Item, IDS, COUNTS, COUNTS, COUNTS, COUNTS)
ITEMS = st.builds(Item, IDS, COUNTS, COUNTS, COUNTS, COUNTS, st.lists(INNER, max_size=2).map(tuple))
MAYBE = st.none() | IDS
ATTACKERS = st.builds(Attacker, MAYBE, MAYBE, MAYBE, MAYBE, st.booleans())
CENTS = st.integers(0, 10**14).map(lambda hundredths: Decimal(hundredths).scaleb(-2))
NAMES = st.sampled_from(["value", "total", "fitted", "x" * 64]) | st.from_regex(
    r"[a-z0-9][a-z0-9._-]{0,63}", fullmatch=True
)
KILLMAILS = st.builds(
    a_killmail,
    items=st.lists(ITEMS, max_size=3),
    attackers=st.lists(ATTACKERS, max_size=3),
    value=st.none() | CENTS,
    values=st.dictionaries(NAMES, CENTS, max_size=4),
    security=st.none() | st.decimals(-1, 1, places=27),
    npc=st.booleans(),
    solo=st.booleans(),
    awox=st.booleans(),
    killmail_hash=st.none() | st.just("0" * 40),
    alliance_id=st.none(),
    alliance=st.none(),
    ship_group_id=MAYBE,
    constellation_id=MAYBE,
    region_id=MAYBE,
    ship_group=st.sampled_from(["", "Logistics"]),
)


@given(KILLMAILS)
def test_killmail_when_read_from_its_row_then_equals_what_was_submitted(killmail):
    recorded = recorded_values(killmail)
    assert killmail_of(killmail_row(killmail, datetime.now(UTC)), recorded.items()) == killmail
    assert all(len(name) <= 64 for name in recorded)


@given(st.decimals(-1, 1, allow_nan=False) | st.decimals(-1, 1, places=60))
def test_security_when_it_has_more_digits_than_the_column_then_loses_the_last_alone(security):
    text = security_text(security)
    assert len(text) <= 30
    assert abs(Decimal(text) - security) <= Decimal("1E-26")
    if len(str(security)) <= 30:
        assert text == str(security)


UNREADABLE = {
    "no-json": "{",
    "list": "[]",
    "text": '"x"',
    "number": "1",
    "no-flag": '{"victim": {"items": [{"item_type_id": 1}]}}',
    "wrong-victim": '{"victim": []}',
    "wrong-items": '{"victim": {"items": {"a": 1}}}',
    "wrong-id": '{"victim": {"items": [{"item_type_id": "1", "flag": 5}]}}',
    "wrong-attackers": '{"attackers": [1]}',
    "deep": "[" * 100_000,
}


@pytest.mark.parametrize("kind", UNREADABLE)
def test_document_when_it_is_not_esis_then_is_not_kept(kind):
    assert readable_document(UNREADABLE[kind]) == ""


@pytest.mark.parametrize("raw", ["", RAW, "{}", '{"victim": {}}'])
def test_document_when_pages_can_read_it_then_is_kept_as_it_came(raw):
    assert readable_document(raw) == raw


def test_fit_when_shown_then_adds_up_equal_items_by_slot():
    items = [
        {"item_type_id": 2, "flag": flag, "quantity_destroyed": 1, "quantity_dropped": 2}
        for flag in (27, 28, 5, 999)
    ]
    raw = json.dumps({"victim": {"items": items}})
    items = fit.lost_items(fit.document_of(raw), {})
    lines = [(item.slot, item.name, item.destroyed, item.dropped) for item in items]
    assert lines == [
        ("High slots", "Type 2", 2, 4),
        ("Cargo", "Type 2", 1, 2),
        ("Elsewhere", "Type 2", 1, 2),
    ]
    assert fit.item_type_ids(DOCUMENT) == {3530, 3467, 34}
    assert (fit.attacker_count(DOCUMENT), fit.attacker_count(fit.document_of(""))) == (1, 0)
