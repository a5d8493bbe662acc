"""The killmail type: what it takes, what it normalises, what it refuses."""

from __future__ import annotations

import copy
import dataclasses
import json
import pickle
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from srp_portal.plugin import Attacker, IskOutOfRange, Item, SubmissionRejected
from srp_portal.testing.killmails import make_killmail

FIELDS_OF_THE_CONTRACT = [
    "killmail_id",
    "killmail_hash",
    "url",
    "timestamp",
    "pilot_id",
    "pilot",
    "corporation_id",
    "corporation",
    "alliance_id",
    "alliance",
    "ship_id",
    "ship",
    "system_id",
    "system",
    "constellation",
    "region",
    "value",
    "verified",
    "items",
    "attackers",
    "source",
]


def test_fields_when_given_by_position_then_have_the_order_of_the_contract():
    names = [field.name for field in dataclasses.fields(make_killmail())]
    assert names[: len(FIELDS_OF_THE_CONTRACT)] == FIELDS_OF_THE_CONTRACT
    assert names[-1] == "raw"


def test_killmail_when_changed_then_raises():
    with pytest.raises(dataclasses.FrozenInstanceError):
        make_killmail().value = Decimal(1)


@pytest.mark.parametrize(
    "change",
    [
        lambda values: values.__setitem__("total", Decimal(1)),
        lambda values: values.__delitem__("total"),
        lambda values: values.update(total=Decimal(1)),
        lambda values: values.pop("total"),
        lambda values: values.clear(),
        lambda values: values.setdefault("other", Decimal(1)),
        lambda values: values.__ior__({"total": Decimal(1)}),
    ],
    ids=["set", "delete", "update", "pop", "clear", "setdefault", "ior"],
)
def test_values_when_changed_then_raise(change):
    killmail = make_killmail()
    with pytest.raises(TypeError, match="read-only"):
        change(killmail.values)
    assert killmail == make_killmail()


def test_values_when_their_origin_changes_later_then_stay():
    values = {"total": 5}
    killmail = make_killmail(values=values)
    values["total"] = 6
    assert killmail.values == {"total": Decimal(5)}


def test_killmail_when_copied_pickled_or_made_a_dict_then_is_the_same():
    killmail = make_killmail()
    assert copy.deepcopy(killmail) == pickle.loads(pickle.dumps(killmail)) == killmail
    assert hash(copy.deepcopy(killmail)) == hash(killmail)
    assert json.loads(json.dumps(dataclasses.asdict(killmail)["values"], default=str)) == {
        "total": "285000000.00",
        "fitted": "270000000.00",
    }


def test_timestamp_when_of_another_zone_then_is_kept_in_utc():
    zone = timezone(timedelta(hours=2))
    killmail = make_killmail(timestamp=datetime(2014, 7, 2, 21, 26, tzinfo=zone))
    assert killmail.timestamp == datetime(2014, 7, 2, 19, 26, tzinfo=UTC)
    assert killmail.timestamp.tzinfo is UTC


def test_hash_when_in_upper_case_then_is_kept_in_lower_case():
    assert make_killmail(killmail_hash="AB" * 20).killmail_hash == "ab" * 20


@pytest.mark.parametrize("value", [Decimal("1.5"), "1.5"], ids=["decimal", "text"])
def test_value_when_exact_then_is_a_decimal(value):
    assert make_killmail(value=value).value == Decimal("1.5")
    assert isinstance(make_killmail(value=value).value, Decimal)


def test_optional_fields_when_none_then_stay_none():
    killmail = make_killmail(
        killmail_hash=None, value=None, alliance_id=None, alliance=None, security=None
    )
    assert killmail.killmail_hash is killmail.value is killmail.alliance is None


def test_lists_when_given_then_become_tuples():
    inner = Item(34, 0, 1, 0)
    killmail = make_killmail(items=[Item(11489, 5, 0, 1, 0, [inner])], attackers=[])
    assert killmail.items == (Item(11489, 5, 0, 1, 0, (inner,)),)
    assert killmail.attackers == ()


@pytest.mark.parametrize(
    ("field", "value", "error"),
    [
        ("killmail_id", 0, ValueError),
        ("killmail_id", -1, ValueError),
        ("killmail_id", 2**63, ValueError),
        ("killmail_id", True, TypeError),
        ("killmail_id", "1", TypeError),
        ("pilot_id", None, TypeError),
        ("alliance_id", 0, ValueError),
        ("region_id", 1.0, TypeError),
        ("pilot", "", ValueError),
        ("pilot", " ", ValueError),
        ("pilot", None, TypeError),
        ("pilot", "x" * 201, ValueError),
        ("pilot", "two\nlines", ValueError),
        ("ship", "nul\x00", ValueError),
        ("ship", "lone \ud800", ValueError),
        ("ship_group", 5, TypeError),
        ("killmail_hash", "ab", ValueError),
        ("killmail_hash", "g" * 40, ValueError),
        ("killmail_hash", 5, TypeError),
        ("url", "ftp://example.com/", ValueError),
        ("url", "javascript:alert(1)", ValueError),
        ("url", "https://user@example.com/", ValueError),
        ("url", "https:///kill/1/", ValueError),
        ("url", "https://example.com/a b", ValueError),
        ("timestamp", datetime(2014, 7, 2, 19, 26), ValueError),  # noqa: DTZ001 - the point
        ("timestamp", "2014-07-02", TypeError),
        ("value", 1.5, TypeError),
        ("value", True, TypeError),
        ("value", "much", ValueError),
        ("value", Decimal("NaN"), ValueError),
        ("value", Decimal("Infinity"), ValueError),
        ("value", -1, ValueError),
        ("verified", 1, TypeError),
        ("npc", None, TypeError),
        ("items", "abc", TypeError),
        ("items", None, TypeError),
        ("items", [1], TypeError),
        ("attackers", [None], TypeError),
        ("values", [], TypeError),
        ("values", {"Total": 1}, ValueError),
        ("values", {1: 1}, TypeError),
        ("values", {"total": 0.5}, TypeError),
        ("security", 0.5, TypeError),
        ("security", "1.1", ValueError),
        ("raw", b"{}", TypeError),
    ],
)
def test_killmail_when_a_field_is_wrong_then_the_error_names_it(field, value, error):
    with pytest.raises(error, match=rf"Killmail\.{field}"):
        make_killmail(**{field: value})


@pytest.mark.parametrize(
    ("alliance_id", "alliance"), [(None, "Name"), (5, None)], ids=["no id", "no name"]
)
def test_alliance_when_half_given_then_is_refused(alliance_id, alliance):
    with pytest.raises(ValueError, match="given together"):
        make_killmail(alliance_id=alliance_id, alliance=alliance)


@pytest.mark.parametrize("value", [10**12 + 1, "1e13", Decimal("1e999999999")])
def test_value_when_beyond_a_trillion_then_refuses_the_submission(value):
    with pytest.raises(IskOutOfRange, match=r"1,000,000,000,000\.00") as caught:
        make_killmail(value=value)
    assert isinstance(caught.value, SubmissionRejected)
    assert caught.value.message == str(caught.value)


def test_value_when_a_trillion_then_is_taken():
    assert make_killmail(value=10**12).value == Decimal(10**12)


def test_item_when_nested_twice_then_is_refused():
    inner = Item(34, 0, 1, 0)
    middle = Item(34, 0, 1, 0, items=(inner,))
    with pytest.raises(ValueError, match="nested once"):
        Item(34, 0, 1, 0, items=(middle,))


@pytest.mark.parametrize(
    ("position", "value", "error"),
    [(0, 0, ValueError), (1, -1, ValueError), (2, None, TypeError), (3, 1.0, TypeError)],
)
def test_item_when_a_field_is_wrong_then_is_refused(position, value, error):
    arguments = [34, 5, 1, 0]
    arguments[position] = value
    with pytest.raises(error, match=r"Item\."):
        Item(*arguments)


def test_attacker_when_an_npc_then_has_no_ids():
    assert Attacker(None, None, None, None, False).character_id is None


@pytest.mark.parametrize(
    "arguments", [(0, None, None, None, True), (None, None, None, None, None)], ids=["id", "blow"]
)
def test_attacker_when_a_field_is_wrong_then_is_refused(arguments):
    with pytest.raises((TypeError, ValueError), match=r"Attacker\."):
        Attacker(*arguments)


@given(st.decimals(min_value=0, max_value=10**12, places=2))
def test_value_when_within_bounds_then_is_kept_exactly(value):
    assert make_killmail(value=str(value)).value == value
