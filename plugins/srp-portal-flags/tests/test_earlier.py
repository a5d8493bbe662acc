"""Against earlier requests for the hull: its median, and the same hull twice."""

from __future__ import annotations

from decimal import Decimal
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st
from srp_portal_flags.case import Case
from srp_portal_flags.earlier import value_median
from srp_portal_flags.options import Options
from srp_portal_flags.review import review
from srp_portal_flags.settings import FlagSettings

from srp_portal.plugin import DivisionInfo, UserInfo
from srp_portal.testing.killmails import make_killmail as plain_killmail

PILOT, ALT = 570140137, 2112000101
MILLION = Decimal(1_000_000)


@pytest.mark.parametrize(
    ("minutes", "told"),
    [
        (-15, "15 minutes earlier, 2014-07-02 19:11 EVE time"),
        (-1, "1 minute earlier, 2014-07-02 19:25 EVE time"),
        (0.5, "30 seconds later, 2014-07-02 19:26 EVE time"),
        (0, "0 seconds earlier, 2014-07-02 19:26 EVE time"),
        (7, "7 minutes later, 2014-07-02 19:33 EVE time"),
        (15, "15 minutes later, 2014-07-02 19:41 EVE time"),
        (-16, None),
        (16, None),
    ],
)
@pytest.mark.parametrize("pilot_id", [PILOT, ALT])
def test_same_hull_when_lost_within_minutes_then_names_the_request(
    make_past, flags_of, minutes, told, pilot_id
):
    history = [make_past(12345, minutes, pilot_id=pilot_id)]
    flags = flags_of(plain_killmail(), own=(PILOT, ALT), history=history)
    assert flags.get("same_hull") == (told and f"Same hull lost {told}: request 12345")


def test_same_hull_when_several_then_names_the_nearest_and_counts(
    make_killmail, make_past, flags_of
):
    history = [
        make_past(id_, -minutes, pilot_id=PILOT) for id_, minutes in ((3, 9), (2, 4), (1, 5))
    ]
    text = flags_of(make_killmail(), own=(PILOT,), history=history)["same_hull"]
    assert (
        text == "Same hull lost 4 minutes earlier, 2014-07-02 19:22 EVE time: request 2 and 2 more"
    )


def test_same_hull_when_of_others_or_itself_then_no_flag(make_killmail, make_past, flags_of):
    killmail = make_killmail()
    history = [make_past(1, -1), make_past(killmail.killmail_id, 0, pilot_id=PILOT)]
    assert "same_hull" not in flags_of(killmail, own=(PILOT,), history=history)


@pytest.mark.parametrize(("threshold", "told"), [("240", "3 hours"), ("120", None)])
def test_same_hull_when_a_threshold_is_set_then_flags_up_to_it(
    make_killmail, make_past, flags_of, threshold, told
):
    history = [make_past(1, -200, pilot_id=PILOT)]
    text = flags_of(make_killmail(), own=(PILOT,), history=history, same_hull=threshold).get(
        "same_hull", ""
    )
    assert bool(text) == bool(told)
    assert (told or "") in text


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("570", "2.0"),
        ("569.99", None),
        ("684", "2.4"),
        ("285", None),
        ("142.51", None),
        ("142.5", "0.50"),
        ("0", "0.00"),
        (None, None),
    ],
)
def test_value_median_when_far_then_says_how_far_from_what(
    make_killmail, make_past, flags_of, value, told
):
    millions = [1, 285, 285, 285, 900, 280, 290]
    history = [
        make_past(number, value=each * MILLION) for number, each in enumerate(millions, start=1)
    ]
    killmail = make_killmail(value=value and Decimal(value) * MILLION)
    text = flags_of(killmail, history=history).get("value_median")
    assert text == (told and f"{told} times the median of 7 Guardian requests (285.0 m)")


@pytest.mark.parametrize(
    ("count", "settings", "is_flagged"),
    [
        (4, {}, False),
        (5, {}, True),
        (5, {"history_requests": "6"}, False),
        (1, {"history_requests": "1"}, True),
        (5, {"value_median": "10"}, True),
        (5, {"value_median": "10.1"}, False),
    ],
)
def test_value_median_when_settings_differ_then_count(
    make_past, flags_of, count, settings, is_flagged
):
    history = [make_past(number + 1) for number in range(count)]
    # Those that no source knew a value of are no part of a median.
    history += [make_past(100 + number, value=None) for number in range(3)]
    flags = flags_of(plain_killmail(value=2850 * MILLION), history=history, **settings)
    assert ("value_median" in flags) is is_flagged


def test_value_median_when_the_hull_is_free_then_no_flag(make_killmail, make_past, flags_of):
    history = [make_past(number, value=Decimal(0)) for number in range(1, 7)]
    assert "value_median" not in flags_of(make_killmail(), history=history)


def test_history_when_asked_then_once_for_the_hull_and_the_days_of_the_settings(
    make_killmail, make_division
):
    asked = []

    class Context:
        def history(self, days, ship_id=None):
            asked.append((days, ship_id))
            return []

    settings = FlagSettings.from_mapping({"history_days": "30"})
    killmail = make_killmail()
    with Case(killmail, make_division(), UserInfo(1, "a", False), Context(), settings.options) as c:
        review(c, settings.thresholds)
    assert asked == [(30, killmail.ship_id)]


amounts = st.decimals(0, 10**12, places=2)


@given(amounts, st.lists(amounts, min_size=5, max_size=9), st.decimals("1.1", 50, places=1))
def test_value_median_when_any_values_then_flags_exactly_outside_the_band(value, known, factor):
    class Past:
        request_id = 1

        def __init__(self, amount):
            self.value = amount

    class Context:
        def history(self, *_):
            return [Past(amount) for amount in known]

    case = Case(
        plain_killmail(value=value),
        DivisionInfo(1, "Fleet"),
        UserInfo(1, "a", False),
        Context(),
        Options(),
    )
    usual = median(known)
    is_far = bool(usual) and (value >= usual * factor or usual >= value * factor)
    assert (value_median(case, factor) is not None) == is_far
