"""ISK goes to the submitter's main character, not to whoever flew the lost ship."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from srp_portal.models.payments import Payment

COPIED = re.compile(r'data-copy="([^"]+)"')


@pytest.fixture
def alt_loss(portal):
    """An approved request of somebody with two characters, about the one that is not the main."""
    universe = portal.sandbox
    main, alt = sorted(universe.characters)[:2]
    portal.make_pilot("pilot", main, alt)
    for name in ("reviewer", "payer"):
        portal.make_user(name)
    division = portal.make_division("Fleet", submit="pilot", review="reviewer", pay="payer")
    id_ = portal.submit(portal.login("pilot"), universe.add_kill(alt), division)
    portal.post(
        portal.login("reviewer"),
        f"/request/{id_}/",
        {"id_": "action", "type_": "approved", "note": ""},
        status=303,
    )
    return id_, universe.characters[main], universe.characters[alt]


@pytest.mark.parametrize("path", ["/request/pay/", "/request/{id}/"])
def test_payer_when_the_loss_is_an_alts_copies_the_main_characters_name(portal, alt_loss, path):
    id_, main, alt = alt_loss
    page = portal.login("payer").get(path.format(id=id_)).text
    assert main.name in COPIED.findall(page)
    assert alt.name not in COPIED.findall(page.split("Pay to")[-1])
    assert alt.name in page


def test_payment_when_recorded_names_the_main_character(portal, alt_loss):
    id_, main, _ = alt_loss
    payer = portal.login("payer")
    portal.post(
        payer, f"/request/{id_}/", {"id_": "action", "type_": "paid", "note": ""}, status=303
    )
    with portal.reading() as dbsession:
        assert dbsession.scalars(select(Payment.payee_character_id)).all() == [main.id]


def test_payer_when_the_pilot_was_sold_still_pays_who_submitted(portal, alt_loss):
    id_, main, alt = alt_loss
    portal.login_with_eve(alt.id)
    portal.sandbox.sell_character(alt.id)
    portal.login_with_eve(alt.id)
    page = portal.login("payer").get(f"/request/{id_}/").text
    assert main.name in COPIED.findall(page)
