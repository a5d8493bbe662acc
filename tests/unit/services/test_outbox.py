"""Events as the outbox keeps them."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from srp_portal.plugin import DivisionInfo, RequestEvent, UserInfo
from srp_portal.plugin.types import EVENT_KINDS
from srp_portal.services.outbox import event_from_json, event_to_json

amounts = st.decimals(min_value=0, max_value=Decimal("1000000000000.00"), places=2)


def make_event(**fields):
    return RequestEvent(
        **{
            "event_id": "7f3c",
            "kind": "submitted",
            "request_id": 39861569,
            "division": DivisionInfo(1, "Fleet", (98000001,), (99000001, 99000002)),
            "submitter": UserInfo(2, "pilot", False, (570140137, 95000105)),
            "pilot": "Ærøskøbing",
            "ship": "Guardian",
            "payout": Decimal("40000000.00"),
            "actor": UserInfo(3, "reviewer", True),
            "status": "evaluating",
            "previous_status": None,
            "note": "",
            "url": "https://srp.example/request/39861569/",
            "timestamp": datetime(2014, 7, 9, 19, 43, 58, 126158, tzinfo=UTC),
        }
        | fields
    )


@pytest.mark.parametrize("kind", EVENT_KINDS)
def test_event_when_kept_and_read_then_is_the_same(kind):
    event = make_event(kind=kind, status="rejected", previous_status="evaluating")
    assert event_from_json(event_to_json(event)) == event


def test_event_when_kept_with_a_batch_then_is_kept_alone():
    event = make_event()
    assert event_from_json(event_to_json(make_event(batch=(event, event)))) == event


@given(payout=amounts, note=st.text(st.characters(exclude_categories=["Cs"])))
def test_event_when_its_words_and_amounts_are_unusual_then_nothing_is_lost(payout, note):
    event = make_event(payout=payout, note=note)
    again = event_from_json(event_to_json(event))
    assert again == event
    assert str(again.payout) == f"{payout:.2f}"
