"""From the change of a request in a portal to the message about it."""

from __future__ import annotations

import logging
from datetime import timedelta
from decimal import Decimal

import pytest

from .conftest import SECRET, TOKEN


@pytest.fixture
def make_desk(make_portal, universe, receiver):
    """Gives make(**settings): a portal, a loss that was submitted there, and who reviews."""

    def make(**settings):
        own = {f"notify.{name.replace('__', '.')}": value for name, value in settings.items()}
        portal = make_portal(own)
        loss = universe.losses[39861569]
        portal.make_pilot("paxswill", loss.character_id)
        portal.make_user("director")
        division = portal.make_division(
            "Fleet Operations", submit="paxswill", review="director", pay="director"
        )
        portal.submit(portal.login("paxswill"), loss, division)
        return portal, loss

    return make


def decide(portal, loss, status, note=""):
    """The director's decision."""
    form = {"id_": "action", "type_": status, "note": note}
    portal.post(portal.login("director"), f"/request/{loss.killmail_id}/", form, status=303)


def short(amount):
    return f"{amount / 10**6:,.1f} m"


def test_request_when_worked_on_then_each_step_is_told_with_value_and_payout(make_desk, receiver):
    portal, loss = make_desk(discord_url=receiver.discord_url)
    receiver.wait_for(1)
    portal.post(
        portal.login("director"),
        f"/request/{loss.killmail_id}/",
        {"id_": "modifier", "type_": "rel-bonus", "value": "20", "note": "Logistics"},
        status=303,
    )
    decide(portal, loss, "approved")
    receiver.wait_for(2)
    decide(portal, loss, "paid")
    receiver.wait_for(3)
    link = f"<http://localhost/request/{loss.killmail_id}/>"
    value, payout = short(loss.value), short(loss.value * Decimal("1.2"))
    assert receiver.contents == [
        f"Guardian, {value}: submitted by Paxswill. {link}",
        f"Guardian, {value}: approved {payout}. {link}",
        f"Guardian, {value}: paid {payout}. {link}",
    ]


def test_division_when_it_has_a_webhook_of_its_own_then_that_hears_of_it(make_desk, receiver):
    make_desk(
        discord_url=receiver.discord_url + "-general",
        division__fleet_operations__discord_url=receiver.discord_url,
        division__fleet_operations__webhook_url=receiver.hook_url,
        webhook_secret=SECRET,
    )
    messages = receiver.wait_for(2)
    assert [message.path for message in messages] == [receiver.discord_path, receiver.hook_path]


def test_message_when_discord_is_down_then_comes_later_and_no_secret_is_kept(
    make_desk, receiver, caplog
):
    receiver.answers[receiver.discord_path] = (503, {}, b"")
    with caplog.at_level(logging.DEBUG):
        portal, _ = make_desk(discord_url=receiver.discord_url)
        receiver.wait_for(1)
        # Ends the thread that delivers; from here on the test does.
        portal.portal.delivery_thread.stop()
        del receiver.answers[receiver.discord_path]
        assert portal.portal.delivery.deliver_due() == 0
        portal.now = portal.clock() + timedelta(minutes=1)
        assert portal.portal.delivery.deliver_due() == 1
    assert len(set(receiver.contents)) == 1
    assert len(receiver.contents) == 2
    assert "request_changed failed" in caplog.text
    assert "Discord answered 503" in caplog.text
    assert TOKEN not in caplog.text


def test_portal_when_nothing_is_set_then_writes_nothing_down_for_the_plugin(make_desk, receiver):
    portal, loss = make_desk()
    decide(portal, loss, "approved")
    assert "notify" in portal.portal.plugins.names
    assert "notify" not in portal.portal.plugins.request_changed_subscribers
    assert portal.portal.delivery.seconds_to_next() is None
    assert receiver.messages == []


def test_administrators_page_when_opened_then_shows_the_settings_without_their_secrets(
    make_desk, receiver
):
    portal, _ = make_desk(
        discord_url=receiver.discord_url,
        division__fleet_operations__webhook_url=receiver.hook_url,
        webhook_secret=SECRET,
        template__paid="{ship} is paid",
    )
    portal.make_user("root", is_admin=True)
    page = portal.login("root").get("/plugins/").text
    assert "{ship} is paid" in page
    assert receiver.host in page
    for secret in (TOKEN, SECRET, "QUERY-S3CRET"):
        assert secret not in page
