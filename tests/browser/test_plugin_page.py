"""The page of plugins in a browser: wide and narrow, and what is forgotten is asked for once."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from srp_portal.models.events import OutboxDelivery, PluginFailure
from srp_portal.testing.portal import PASSWORD

WIDE, NARROW = 1280, 320
#: As long as errors get, with a word that is as long as hosts get.
LONGEST = ("HTTPError: 503 for https://" + "x" * 200 + ".example/… " + "again " * 60)[:500]


@pytest.fixture
def administrator(served, new_page, universe):
    """Opens the page of plugins, on which there is much to see, in a window of some width."""
    loss = next(
        loss for loss in universe.losses.values() if loss.character_id and loss.zkb == "full"
    )
    served.make_pilot("pilot", loss.character_id)
    served.make_user("root", is_admin=True)
    division = served.make_division("Fleet", submit="pilot")
    served.submit(served.login("pilot"), loss, division)
    served.portal.delivery.deliver_due()
    now = served.clock()
    with served.writing() as dbsession:
        event_id = 1
        dbsession.add(
            OutboxDelivery(
                outbox_event_id=event_id,
                plugin="departed-" + "x" * 50,
                state="dead",
                attempts=9,
                due_at=now,
                last_error=LONGEST,
            )
        )
        for count in (1, 1_234_567):
            dbsession.add(
                PluginFailure(
                    plugin="zkillboard",
                    hook=f"fetch of source {count}" + "y" * 100,
                    message=LONGEST,
                    first_at=now,
                    last_at=now,
                    count=count,
                )
            )

    def open_(width):
        page = new_page(viewport={"width": width, "height": 900})
        page.goto("/login/?next=/plugins/")
        page.fill("[name=username]", "root")
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_selector("h1:text-is('Plugins')")
        return page

    return open_


@pytest.mark.parametrize("width", [NARROW, 390, WIDE])
def test_page_when_errors_and_names_are_longest_then_nothing_lies_beside_the_window(
    administrator, width
):
    page = administrator(width)
    for fold in page.locator("main details").all():
        fold.locator("summary").click()
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_forget_when_clicked_then_asks_once_and_then_does_it(served, administrator):
    page = administrator(WIDE)
    page.locator("summary:text-is('Forget')").click()
    with served.reading() as dbsession:
        assert dbsession.scalars(select(OutboxDelivery.state)).all().count("dead") == 1
    page.locator("button:text-is('Yes, forget it')").click()
    page.wait_for_selector("text=1 delivery forgotten.")
    page.wait_for_selector("text=No dead deliveries")


def test_resend_when_clicked_then_says_that_it_is_on_the_way(served, administrator):
    page = administrator(WIDE)
    page.locator("button:text-is('Send again')").click()
    page.wait_for_selector("text=1 delivery on the way again.")


def test_page_when_reached_by_the_menu_then_it_is_the_administrators(administrator):
    page = administrator(WIDE)
    page.goto("/account/")
    page.locator("details.menu > summary").click()
    page.locator(".menu-body a:has-text('Plugins')").click()
    page.wait_for_selector("h1:text-is('Plugins')")
