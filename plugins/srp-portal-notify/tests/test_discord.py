"""What comes to a channel of Discord, and what happens when it does not come."""

from __future__ import annotations

import json
import logging
from decimal import Decimal

import pytest
from srp_portal_notify.markdown import LIMIT
from srp_portal_notify.sending import NotDelivered
from srp_portal_notify.topics import TOPICS

from .conftest import REVIEWER, SUBMITTER, TOKEN, make_event, make_past

LINK = "<https://srp.example.com/request/39861569/>"

#: Fields of events, the topic that they are, and what is told of them with their notes.
EVENTS = [
    (
        {"kind": "submitted", "status": "evaluating", "previous_status": None, "actor": SUBMITTER},
        "submitted",
        "Guardian, 285.0 m: submitted by Paxswill.",
    ),
    ({}, "approved", "Guardian, 285.0 m: approved 342.0 m."),
    (
        {"status": "rejected", "note": "No fit."},
        "rejected",
        "Guardian, 285.0 m: rejected. “No fit.”",
    ),
    (
        {"status": "paid", "previous_status": "approved"},
        "paid",
        "Guardian, 285.0 m: paid 342.0 m.",
    ),
    (
        {"kind": "commented", "note": "Which fleet?"},
        "commented",
        "Guardian, 285.0 m: comment by Director. “Which fleet?”",
    ),
    (
        {"status": "incomplete", "note": "Which fleet?"},
        "incomplete",
        "Guardian, 285.0 m: incomplete. “Which fleet?”",
    ),
    (
        {"status": "evaluating", "previous_status": "rejected"},
        "reopened",
        "Guardian, 285.0 m: to be evaluated again.",
    ),
    (
        {"status": "rejected", "actor": SUBMITTER, "note": "Withdrawn."},
        "withdrawn",
        "Guardian, 285.0 m: withdrawn by paxswill. “Withdrawn.”",
    ),
    (
        {"status": "approved", "previous_status": "paid"},
        "unpaid",
        "Guardian, 285.0 m: payment of 342.0 m taken back.",
    ),
    (
        {"kind": "payout_changed", "payout": Decimal(1234567890)},
        "payout_changed",
        "Guardian, 285.0 m: payout is now 1.2 b.",
    ),
    (
        {"kind": "modifier_added", "note": "Home"},
        "modifier_added",
        "Guardian, 285.0 m: modifier added, payout is now 342.0 m. “Home”",
    ),
    (
        {"kind": "modifier_voided", "note": "Home"},
        "modifier_voided",
        "Guardian, 285.0 m: modifier voided, payout is now 342.0 m. “Home”",
    ),
    (
        {"kind": "details_changed", "actor": SUBMITTER},
        "details_changed",
        "Guardian, 285.0 m: details changed by paxswill.",
    ),
    (
        {"kind": "division_changed"},
        "division_changed",
        "Guardian, 285.0 m: moved to Fleet Operations.",
    ),
]


@pytest.mark.parametrize(("fields", "topic", "text"), EVENTS, ids=[case[1] for case in EVENTS])
def test_event_when_told_then_is_a_short_line_with_a_link(receiver, tell, fields, topic, text):
    tell(
        make_event(**fields),
        history=[make_past()],
        discord_url=receiver.discord_url,
        events=topic,
        notes="true",
    )
    assert receiver.contents == [f"{text} {LINK}"]


@pytest.mark.parametrize(("fields", "topic", "text"), EVENTS, ids=[case[1] for case in EVENTS])
def test_event_when_not_among_those_that_are_told_then_nothing_is_sent(
    receiver, tell, fields, topic, text
):
    others = " ".join(set(TOPICS) - {topic})
    tell(make_event(**fields), discord_url=receiver.discord_url, events=others)
    assert receiver.messages == []


def test_events_when_listed_then_cover_every_topic():
    assert {topic for _, topic, _ in EVENTS} == set(TOPICS)


@pytest.mark.parametrize("past", [[], [make_past(request_id=1)], [make_past(value=None)]])
def test_value_when_unknown_then_the_text_goes_without(receiver, tell, past):
    tell(make_event(), history=past, discord_url=receiver.discord_url)
    assert receiver.contents == [f"Guardian: approved 342.0 m. {LINK}"]


def test_notes_when_not_wanted_then_nobodys_words_are_sent(receiver, tell):
    tell(make_event(kind="commented", note="WORDS"), discord_url=receiver.discord_url)
    assert receiver.contents == [f"Guardian: comment by Director. {LINK}"]


def test_message_when_sent_then_calls_nobody_and_shows_no_pictures(receiver, tell):
    tell(make_event(), discord_url=receiver.discord_url)
    (message,) = receiver.messages
    assert message.path == receiver.discord_path
    assert message.headers["Content-Type"] == "application/json"
    assert message.json["allowed_mentions"] == {"parse": []}
    assert message.json["flags"] == 4
    assert set(message.json) == {"content", "allowed_mentions", "flags"}


def test_words_when_they_hold_markdown_then_are_shown_as_they_are(receiver, tell):
    tell(
        make_event(
            kind="commented",
            ship="*Rifter*",
            note="@everyone\n# [free ISK](https://evil.example) <@1>",
            actor=REVIEWER,
        ),
        discord_url=receiver.discord_url,
        notes="true",
    )
    words = r"“@everyone \# \[free ISK\](https://evil.example) \<@1\>”"
    assert receiver.contents == [rf"\*Rifter\*: comment by Director. {words} {LINK}"]


def test_template_when_set_then_its_markdown_counts_and_its_link_is_the_only_one(receiver, tell):
    tell(
        make_event(pilot="A_b_"),
        discord_url=receiver.discord_url,
        template__approved="**{pilot}** [[{ship}]](<{url}>) {id} {division} {submitter} {actor}"
        " {status}[ after {previous_status}]",
    )
    rest = "39861569 Fleet Operations paxswill Director approved after evaluating"
    assert receiver.contents == [rf"**A\_b\_** [Guardian]({LINK}) {rest}"]


def test_note_when_long_then_is_cut_and_the_link_stays(receiver, tell):
    event = make_event(kind="commented", note="*" * 10_000)
    tell(event, discord_url=receiver.discord_url, notes="true")
    (content,) = receiver.contents
    assert content.endswith(f"…” {LINK}")
    assert content.count(r"\*") == 299
    assert len(content) < LIMIT


def test_text_when_longer_than_a_message_then_is_cut(receiver, tell):
    tell(
        make_event(kind="commented", note="_" * 300),
        discord_url=receiver.discord_url,
        notes="true",
        template__commented="[{note}{note}{note}{note}]",
    )
    (content,) = receiver.contents
    assert len(content) <= LIMIT
    assert content.endswith(f"… {LINK}")


GONE = (
    "Discord answered {status}: the webhook of notify.discord_url is not there any more; make a new"
    " one in Discord, and put its URL into the setting"
)
WAIT = "Discord takes no more messages at the moment, and asks to wait {pause} seconds"


def told(status, document):
    """An answer of Discord's own."""
    return status, {}, json.dumps(document).encode()


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (told(429, {"message": "Slow down", "retry_after": 1.337}), WAIT.format(pause=1.337)),
        ((429, {"Retry-After": "65"}, b"<html>error 1015</html>"), WAIT.format(pause=65)),
        ((429, {}, b""), WAIT.format(pause="some")),
        (told(404, {"message": "Unknown Webhook", "code": 10015}), GONE.format(status=404)),
        (told(401, {"message": "Invalid Webhook Token"}), GONE.format(status=401)),
        (told(400, {"message": "Cannot do"}), "Discord answered 400: Cannot do"),
        (
            told(400, {"message": f"no /api/webhooks/1/{TOKEN} here"}),
            "Discord answered 400: no … here",
        ),
        (told(400, [1]), "Discord answered 400"),
        ((500, {}, b"\xff{"), "Discord answered 500"),
        ((302, {"Location": "/elsewhere"}, b""), "Discord answered 302"),
    ],
)
def test_message_when_refused_then_the_error_says_why_and_no_secret(
    receiver, tell, caplog, answer, why
):
    receiver.answers[receiver.discord_path] = answer
    with caplog.at_level(logging.DEBUG), pytest.raises(NotDelivered) as caught:
        tell(make_event(), discord_url=receiver.discord_url)
    assert str(caught.value) == why
    assert len(receiver.messages) == 1
    assert TOKEN not in caplog.text + repr(caught.value)


def test_message_when_nobody_is_there_then_the_error_holds_no_secret(receiver, tell, caplog):
    receiver.shutdown()
    receiver.server_close()
    with caplog.at_level(logging.DEBUG), pytest.raises(NotDelivered) as caught:
        tell(make_event(), discord_url=receiver.discord_url)
    assert str(caught.value) == f"{receiver.host} can't be reached: ConnectionError"
    # Nothing is chained that a traceback would show.
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)
    assert TOKEN not in caplog.text


def test_message_when_sent_then_the_logs_hold_no_secret(receiver, tell, caplog):
    # A portal that was started before has made this logger quieter.
    with caplog.at_level(logging.DEBUG), caplog.at_level(logging.DEBUG, "urllib3"):
        tell(make_event(), discord_url=receiver.discord_url + "?thread_id=5")
    assert len(receiver.messages) == 1
    # urllib3 tells of every request, which is what is to be tested.
    assert '"POST /… HTTP/1.1" 204' in caplog.text
    assert TOKEN not in caplog.text


def test_event_when_told_again_then_the_same_is_sent_again(receiver, tell):
    tell(make_event(), make_event(), discord_url=receiver.discord_url)
    first, second = receiver.contents
    assert first == second
