"""What plugins and pages get back of a killmail that was stored."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from srp_portal.domain.permissions import Identity, Permission
from srp_portal.plugin import Attacker, Item
from srp_portal.services import fit
from srp_portal.services.killmail_lookup import Loss
from srp_portal.services.outbox import Outbox
from srp_portal.services.request_detail import request_detail
from srp_portal.services.stored_killmails import readable_document
from srp_portal.services.submission import store_request

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
