"""Events of one change: one message for all that belong together."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from srp_portal_notify.groups import group_of
from srp_portal_notify.settings import NotifySettings

from srp_portal.plugin import DivisionInfo, UserInfo

from .conftest import FLEET, REVIEWER, TOKEN, in_batch, make_batch, make_event, make_past

CAPITALS = DivisionInfo(4, "Capitals")
BLOPS = DivisionInfo(5, "Black Ops")


def test_batch_when_forty_are_paid_then_one_message_tells_of_all(receiver, tell):
    events = make_batch(40, status="paid", previous_status="approved")
    tell(*events, discord_url=receiver.discord_url)
    (content,) = receiver.contents
    first, *lines, last = content.split("\n")
    assert first == "40 requests paid, 13.7 b in all."
    assert lines[0] == "Guardian: paid 342.0 m. <https://srp.example.com/request/1/>"
    assert last == f"… and {40 - len(lines)} more"
    assert len(lines) > 25
    assert len(content) <= 2000


def test_batch_when_repeated_then_the_first_event_alone_sends_again(receiver, tell):
    events = make_batch(3)
    tell(*reversed(events), events[1], events[0], discord_url=receiver.discord_url)
    first, second = receiver.contents
    assert first == second


def test_batch_when_small_then_every_request_has_its_line(receiver, tell):
    events = make_batch(2, kind="submitted", status="evaluating", previous_status=None)
    past = [make_past(request_id=1), make_past(request_id=2, value="1000000")]
    tell(*events, history=past, discord_url=receiver.discord_url)
    (content,) = receiver.contents
    assert content.split("\n") == [
        "2 requests submitted, 684.0 m in all.",
        "Guardian, 285.0 m: submitted by Paxswill. <https://srp.example.com/request/1/>",
        "Guardian, 1.0 m: submitted by Paxswill. <https://srp.example.com/request/2/>",
    ]


def test_batch_when_a_value_is_unknown_then_no_line_has_one(receiver, tell):
    tell(*make_batch(2), history=[make_past(request_id=1)], discord_url=receiver.discord_url)
    assert receiver.contents[0].count("Guardian: approved") == 2


def test_batch_when_of_several_topics_then_each_has_its_message(receiver, tell):
    events = in_batch(
        make_event("e-1", request_id=1, kind="details_changed"),
        make_event("e-2", request_id=1, status="evaluating", previous_status="approved"),
        make_event("e-3", request_id=2, kind="details_changed"),
    )
    tell(*events, discord_url=receiver.discord_url, events="all")
    details, reopened = receiver.contents
    assert details.startswith("2 requests with new details, 684.0 m in all.\n")
    assert reopened.startswith("Guardian: to be evaluated again. <")


def test_batch_when_of_several_divisions_then_each_channel_hears_of_its_own(receiver, tell):
    other = f"{receiver.discord_url}-other"
    events = in_batch(
        make_event("e-1", request_id=1, division=FLEET),
        make_event("e-2", request_id=2, division=CAPITALS, ship="Naglfar"),
        make_event("e-3", request_id=3, division=BLOPS, ship="Redeemer"),
        make_event("e-4", request_id=4, division=DivisionInfo(6, "Mute"), ship="Rifter"),
    )
    tell(
        *events,
        discord_url=receiver.discord_url,
        division__capitals__discord_url=other,
        division__5__template__approved="{ship}!",
        division__6__events="paid",
    )
    (here,) = receiver.contents
    (there,) = [message.content for message in receiver.got(f"{receiver.discord_path}-other")]
    # Two divisions share a channel, and so a message, each with its own words.
    lines = here.split("\n")
    assert lines[0] == "2 requests approved, 684.0 m in all."
    assert [line.split(" <")[0] for line in lines[1:]] == [
        "Guardian: approved 342.0 m.",
        "Redeemer!",
    ]
    assert there.startswith("Naglfar: approved 342.0 m. <")


@pytest.mark.parametrize(
    ("second", "header"),
    [
        ({}, r"2 from Fleet Operations by Director: 684.0 m"),
        ({"division": CAPITALS}, "2 by Director: 684.0 m"),
        ({"actor": UserInfo(9, "*Boss*", is_admin=True)}, "2 from Fleet Operations: 684.0 m"),
    ],
)
def test_batch_when_its_template_is_set_then_that_is_the_first_line(receiver, tell, second, header):
    events = in_batch(make_event("e-1", request_id=1), make_event("e-2", request_id=2, **second))
    tell(
        *events,
        discord_url=receiver.discord_url,
        template__batch="{count}[ from {division}][ by {actor}]: {total}",
    )
    assert receiver.contents[0].split("\n")[0] == header


def test_batch_when_names_hold_markdown_then_the_first_line_shows_them(receiver, tell):
    events = make_batch(2, actor=UserInfo(9, "*Boss*", is_admin=True))
    tell(*events, discord_url=receiver.discord_url, template__batch="{what}[ by {actor}]")
    assert receiver.contents[0].startswith("approved by \\*Boss\\*\n")


def test_total_when_a_request_has_several_events_then_counts_it_once(receiver, tell):
    events = in_batch(
        make_event("e-1", request_id=1, kind="payout_changed", payout=Decimal(1000)),
        make_event("e-2", request_id=1, kind="payout_changed", payout=Decimal(2000)),
        make_event("e-3", request_id=2, kind="payout_changed", payout=Decimal(3000)),
    )
    tell(*events, discord_url=receiver.discord_url, events="all")
    assert receiver.contents[0].startswith("2 requests with a new payout, 5.0 k in all.\n")


_TOPICS = st.sampled_from(
    [
        {},
        {"status": "paid"},
        {"kind": "commented"},
        {"status": "incomplete"},
        {"status": "rejected", "actor": REVIEWER},
    ]
)


@given(
    st.lists(st.tuples(_TOPICS, st.sampled_from([FLEET, CAPITALS, BLOPS])), min_size=1, max_size=12)
)
def test_events_when_grouped_then_each_that_is_told_is_in_exactly_one_message(drawn):
    settings = NotifySettings(
        {
            "discord_url": f"https://discord.com/api/webhooks/1/{TOKEN}",
            "division.4.discord_url": f"https://discord.com/api/webhooks/2/{TOKEN}",
            "division.5.events": "paid",
        }
    )
    events = in_batch(
        *(
            make_event(f"e-{number}", division=division, **fields)
            for number, (fields, division) in enumerate(drawn)
        )
    )
    sent = [group for event in events if (group := group_of(event, "discord", settings))]
    told = [event.event_id for group in sent for event in group]
    wanted = [
        event.event_id
        for event in events
        if event.status == "paid" or (event.division != BLOPS and event.status != "incomplete")
    ]
    assert sorted(told) == sorted(wanted)
    assert all(len({(e.kind, e.status, e.division == CAPITALS) for e in g}) == 1 for g in sent)
