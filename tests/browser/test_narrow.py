"""Pages in a narrow window, with amounts as large as they come."""

from __future__ import annotations

from decimal import Decimal

import pytest
from playwright.sync_api import expect

from srp_portal.domain.payout import ModifierKind
from srp_portal.models.requests import SrpRequest
from srp_portal.services.accounts import plugin_user
from srp_portal.services.review import make_modifier
from srp_portal.testing.portal import PASSWORD


@pytest.mark.parametrize("width", [320, 390])
def test_request_when_the_amounts_are_largest_then_nothing_lies_beside_the_window(
    served, new_page, universe, width
):
    loss = max(
        (loss for loss in universe.losses.values() if loss.character_id and loss.zkb == "full"),
        key=lambda loss: loss.value,
    )
    served.make_pilot("pilot", loss.character_id)
    division = served.make_division("Fleet", submit="pilot")
    id_ = served.submit(served.login("pilot"), loss, division)

    page = new_page(viewport={"width": width, "height": 800})
    page.goto(f"/login/?next=/request/{id_}/")
    page.fill("[name=username]", "pilot")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    amount = page.locator(".bill-number")
    assert amount.inner_text() == f"{loss.value:,.2f}"
    assert len(amount.inner_text()) >= len("100,000,000,000.00")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    # On one line.
    assert amount.bounding_box()["height"] < 40


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_check_when_sent_from_a_phone_then_shows_the_bill_and_submits_from_there(
    served, new_page, universe, scripts
):
    pilot_id = next(loss.character_id for loss in universe.losses.values() if loss.character_id)
    loss = universe.add_kill(pilot_id, value=Decimal("999999999999.99"))
    served.make_pilot("pilot", pilot_id)
    served.make_division("Fleet", submit="pilot")
    page = new_page(viewport={"width": 320, "height": 800}, java_script_enabled=scripts)
    page.goto("/login/?next=/request/add/")
    page.fill("[name=username]", "pilot")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.fill("[name=url]", loss.zkb_url)
    page.click("button[name=check]")
    amount = page.locator("#check .bill-number")
    assert amount.inner_text() == "999,999,999,999.99"
    # The browser goes to the bill, and what was typed is still there.
    expect(amount).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    page.fill("[name=details]", "Fleet fight.")
    page.click(".dock button")
    page.wait_for_url(f"**/request/{loss.killmail_id}/")


def test_recalculation_when_in_a_narrow_window_then_nothing_lies_beside_it(
    served, new_page, universe
):
    pilot_id = next(loss.character_id for loss in universe.losses.values() if loss.character_id)
    loss = universe.add_kill(pilot_id, value=Decimal("900000000000.00"))
    served.make_pilot("pilot", pilot_id)
    served.make_user("admin")
    division = served.make_division("D" * 100, submit="pilot", admin="admin")
    id_ = served.submit(served.login("pilot"), loss, division)
    with served.writing() as dbsession:
        user = plugin_user(dbsession, "gone", now=served.clock())
        request = dbsession.get_one(SrpRequest, id_)
        modifier = make_modifier(request, user.id, ModifierKind.RELATIVE, Decimal("0.1"), "W" * 200)
        modifier.created_at = served.clock()
        dbsession.add(modifier)
        request.payout = Decimal("990000000000.00")
    page = new_page(viewport={"width": 320, "height": 800})
    page.goto("/login/?next=/recalculation/")
    page.fill("[name=username]", "admin")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.click("text=Work it out")
    assert page.locator("[data-amount=new]").inner_text() == "900,000,000,000.00"
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    page.click(".dock button")
    page.wait_for_selector("text=Changed: 1 request.")
    assert page.locator(".dock").count() == 0
