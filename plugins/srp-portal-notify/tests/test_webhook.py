"""Signed messages to other programs."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from decimal import Decimal
from pathlib import Path

import pytest
from srp_portal_notify.sending import NotDelivered

from .conftest import SECRET, SUBMITTER, in_batch, make_batch, make_event, make_past

README = Path(__file__).parents[1] / "README.md"


@pytest.fixture
def settings(receiver):
    return {"webhook_url": receiver.hook_url, "webhook_secret": SECRET}


def block(kind):
    """The block of the README under `<!-- tested: KIND -->`."""
    pattern = rf"^<!-- tested: {kind} -->\n```\w+\n(.*?)^```$"
    (found,) = re.findall(pattern, README.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    return found


@pytest.fixture
def is_genuine():
    """The check that the README shows to authors of receivers."""
    names = {}
    exec(compile(block("receiver"), str(README), "exec"), names)
    return names["is_genuine"]


def test_message_when_sent_then_is_the_one_in_the_documentation(receiver, tell, settings):
    tell(make_event(), history=[make_past()], **settings)
    (message,) = receiver.messages
    assert message.path == receiver.hook_path
    assert message.json == json.loads(block("body"))


def test_message_when_sent_then_its_headers_tell_what_it_is(receiver, tell, settings):
    tell(make_event(), **settings)
    (message,) = receiver.messages
    signed = message.headers["X-SRP-Timestamp"].encode() + b"." + message.body
    assert message.headers["Content-Type"] == "application/json"
    assert message.headers["X-SRP-Event"] == "approved"
    assert message.headers["X-SRP-Delivery"] == "e-1"
    assert (
        message.headers["X-SRP-Signature"]
        == "sha256=" + hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
    )


def test_signature_when_checked_as_documented_then_holds_for_this_message_and_time_alone(
    receiver, tell, settings, is_genuine
):
    tell(make_event(), **settings)
    (message,) = receiver.messages
    sent = int(message.headers["X-SRP-Timestamp"])
    later = {**message.headers, "X-SRP-Timestamp": str(sent + 1)}
    assert is_genuine(SECRET, message.headers, message.body, now=sent + 300)
    assert not is_genuine(SECRET, message.headers, message.body, now=sent + 301)
    assert not is_genuine(SECRET, message.headers, message.body, now=sent - 301)
    assert not is_genuine(SECRET, later, message.body, now=sent)
    assert not is_genuine(SECRET, message.headers, message.body + b" ", now=sent)
    assert not is_genuine(SECRET + "x", message.headers, message.body, now=sent)
    assert not is_genuine(SECRET, {}, message.body, now=sent)


def test_note_when_wanted_then_is_sent_whole(receiver, tell, settings):
    event = make_event(kind="commented", note="Line one\nline *two* " + "x" * 500)
    tell(event, notes="true", **settings)
    tell(event, **settings)
    with_note, without = receiver.messages
    assert with_note.json["events"][0]["note"] == event.note
    assert "Line one line *two* x" in with_note.json["text"]
    assert without.json["events"][0]["note"] is None
    assert b"Line one" not in without.body


def test_amounts_when_sent_then_are_exact_text(receiver, tell, settings):
    payout = Decimal("999999999999.99")
    tell(make_event(payout=payout), history=[make_past(value="0.1")], **settings)
    (message,) = receiver.messages
    request = message.json["events"][0]["request"]
    assert (request["payout"], request["value"]) == ("999999999999.99", "0.10")


def test_batch_when_told_then_one_message_holds_all_events(receiver, tell, settings):
    events = make_batch(3, status="paid", previous_status="approved")
    tell(*events, history=[make_past(request_id=2)], **settings)
    (message,) = receiver.messages
    assert message.headers["X-SRP-Delivery"] == message.json["delivery"] == "e-1"
    assert [entry["event_id"] for entry in message.json["events"]] == ["e-1", "e-2", "e-3"]
    assert [entry["request"]["value"] for entry in message.json["events"]] == [
        None,
        "285000000.00",
        None,
    ]
    assert message.json["text"].split("\n") == [
        "3 requests paid, 1.0 b in all.",
        *["Guardian: paid 342.0 m."] * 3,
    ]


def test_batch_when_of_one_request_then_the_text_has_no_line_above(receiver, tell, settings):
    events = in_batch(
        make_event("e-1", kind="modifier_added", note="A"),
        make_event("e-2", kind="modifier_added", note="B"),
    )
    tell(*events, events="all", notes="yes", **settings)
    (message,) = receiver.messages
    assert message.json["text"].split("\n") == [
        "Guardian: modifier added, payout is now 342.0 m. “A”",
        "Guardian: modifier added, payout is now 342.0 m. “B”",
    ]


@pytest.mark.parametrize("status", [301, 400, 404, 429, 500, 503])
def test_message_when_refused_then_the_error_names_the_host_alone(receiver, tell, settings, status):
    receiver.answers[receiver.hook_path] = (status, {}, b"QUERY-S3CRET")
    with pytest.raises(NotDelivered) as caught:
        tell(make_event(), **settings)
    assert str(caught.value) == f"{receiver.host} answered {status}"


def test_channels_when_one_fails_then_a_repeat_reaches_that_one_alone(
    receiver, make_bench, settings
):
    bench = make_bench(discord_url=receiver.discord_url, **settings)
    context = bench.context_for("notify")
    receiver.answers[receiver.discord_path] = (500, {}, b"")
    for _ in range(2):
        with pytest.raises(NotDelivered, match=r"^Discord answered 500$"):
            bench.registry.notify("notify", make_event(), context)
    del receiver.answers[receiver.discord_path]
    bench.registry.notify("notify", make_event(), context)
    assert len(receiver.got(receiver.discord_path)) == 3
    assert len(receiver.got(receiver.hook_path)) == 1
    # Another event is another matter.
    bench.registry.notify("notify", make_event("e-2"), context)
    assert len(receiver.got(receiver.hook_path)) == 2


def test_channels_when_both_fail_then_the_error_names_both(receiver, tell, settings):
    receiver.answers[receiver.discord_path] = (500, {}, b"")
    receiver.answers[receiver.hook_path] = (503, {}, b"")
    with pytest.raises(NotDelivered, match=rf"^Discord answered 500; {receiver.host} answered 503"):
        tell(make_event(actor=SUBMITTER), discord_url=receiver.discord_url, **settings)
