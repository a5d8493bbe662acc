"""Pages in a narrow window, with amounts as large as they come."""

from __future__ import annotations

import pytest

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
