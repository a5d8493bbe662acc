"""The whole way in a real browser: EVE login, submit, review, approve, pay, and the JSON of it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def log_in_locally(page, name, password):
    page.goto("/login/")
    page.fill("#field-username", name)
    page.fill("#field-password", password)
    page.press("#field-password", "Enter")
    expect(page.locator("header.bar")).to_contain_text(name)


def log_in_with_eve(page, character):
    page.goto("/login/")
    page.get_by_role("link", name="Log in with EVE").click()
    page.get_by_role("button", name=re.compile(re.escape(character.name))).click()
    expect(page.locator("header.bar")).to_contain_text(character.name)


def open_fold(page, field, summary):
    """Opens the folded form that holds a field; an error leaves it open by itself."""
    if not page.locator(field).is_visible():
        page.locator("summary", has_text=summary).click()


def add_modifier(page, type_, value, note):
    open_fold(page, "#modifier-value", "Add a bonus or deduction")
    page.select_option("#modifier-type", type_)
    page.fill("#modifier-note", note)
    page.fill("#modifier-value", value)
    page.press("#modifier-value", "Enter")
    expect(page.locator(".bill-line", has_text=note)).to_be_visible()


def payout(page):
    return page.locator("[data-amount=payout]").first


def test_loss_when_submitted_reviewed_and_paid_shows_the_same_amounts_everywhere(
    served, universe, new_page
):
    loss = next(
        each
        for each in universe.losses.values()
        if each.character_id and each.zkb == "slim" and each.value > 10**8
    )
    character = universe.characters[loss.character_id]
    served.make_user("reviewer")
    served.make_user("payer")
    division = served.make_division("Fleet", review="reviewer", pay="payer")

    pilot = new_page()
    log_in_with_eve(pilot, character)
    for each in (division, served.make_division("Home defence")):
        served.grant(each, "submit", character.name)
    pilot.goto("/request/add/")
    pilot.fill("#field-url", loss.zkb_url)
    pilot.select_option("#field-division", label="Fleet")
    pilot.fill("#field-details", "Second wave, broadcast for reps too late.")
    pilot.press("#field-url", "Enter")
    pilot.wait_for_url(re.compile(rf"/request/{loss.killmail_id}/$"))
    expect(pilot.locator(".chip-large")).to_contain_text("evaluating", ignore_case=True)

    from srp_portal.testing.portal import PASSWORD

    reviewer = new_page()
    log_in_locally(reviewer, "reviewer", PASSWORD)
    reviewer.goto("/request/pending/")
    reviewer.locator("[data-row-link]").first.click()
    open_fold(reviewer, "#payout-value", "Change the base")
    reviewer.fill("#payout-value", "200")
    reviewer.press("#payout-value", "Enter")
    expect(payout(reviewer)).to_contain_text("200,000,000")
    add_modifier(reviewer, "rel-bonus", "15", "Logistics bonus")
    add_modifier(reviewer, "abs-deduct", "30m", "Not insured")
    expect(payout(reviewer)).to_contain_text("195,500,000")
    deduction = reviewer.locator(".bill-line", has_text="Not insured")
    deduction.get_by_role("button", name="Void").click()
    expect(payout(reviewer)).to_contain_text("230,000,000")
    reviewer.locator("#actions button[value=approved]").click()
    expect(reviewer.locator(".chip-large")).to_contain_text("approved", ignore_case=True)

    payer = new_page()
    log_in_locally(payer, "payer", PASSWORD)
    payer.goto("/request/pay/")
    expect(payer.locator("main")).to_contain_text("230,000,000")
    payer.goto(f"/request/{loss.killmail_id}/")
    payer.locator("#actions button[value=paid]").click()
    expect(payer.locator(".chip-large")).to_contain_text("paid", ignore_case=True)

    pilot.reload()
    expect(pilot.locator(".chip-large")).to_contain_text("paid", ignore_case=True)
    expect(payout(pilot)).to_contain_text("230,000,000")
    document = pilot.evaluate(
        "async () => (await fetch(location.href, {headers: {Accept: 'application/json'}})).json()"
    )
    assert document["status"] == "paid"
    assert document["base_payout"] == "200000000.00"
    assert document["payout"] == "230000000.00"
    assert [modifier["value_str"] for modifier in document["modifiers"]] == [
        "30,000,000.00 ISK penalty",
        "15.0% bonus",
    ]
    assert "void" in document["modifiers"][0]
    assert document["modifiers"][1]["void"] is False
