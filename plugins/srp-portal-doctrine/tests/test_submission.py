"""From the form to the reviewer's page."""

from __future__ import annotations

from decimal import Decimal

import pytest

RIFTER = 122410087


@pytest.fixture
def site(make_portal, folder, examples, universe):
    """A portal with the README's fit for the division "Home Fleet", and the lost Rifter's pilot."""
    (folder / "Home Fleet").mkdir()
    (folder / "Home Fleet" / "fits.txt").write_text(examples["fit"], encoding="utf-8")
    portal = make_portal({"doctrine.folder": str(folder), "doctrine.deduction": "5"})
    portal.make_pilot("pilot", universe.losses[RIFTER].character_id)
    portal.make_user("reviewer")
    return portal


def submit(site, universe, name):
    """Submits the Rifter to a division of this name; gives the path of the request."""
    division = site.make_division(name, submit="pilot", review="reviewer")
    number = site.submit(site.login("pilot"), universe.losses[RIFTER], division)
    return f"/request/{number}/"


def suggested(document):
    return [each for each in document["modifiers"] if each.get("suggested")]


def cells(page):
    """The texts of the doctrine's panel, row by row."""
    for card in page.html.select("section.card-box"):
        title = card.find("h2")
        if title is not None and title.text.startswith("Doctrine"):
            return [title.text, *([td.text for td in tr("td")] for tr in card("tr"))]
    return None


def test_request_when_the_fit_differs_then_the_reviewer_sees_it_and_may_take_the_deduction(
    site, universe, examples
):
    path = submit(site, universe, "Home Fleet")
    value = universe.losses[RIFTER].value
    reviewer = site.login("reviewer")
    document = reviewer.get(f"{path}?fmt=json").json
    [suggestion] = suggested(document)
    assert suggestion["note"] == examples["note"].strip()
    assert Decimal(document["payout"]) == value
    title, heading, row = cells(reviewer.get(path))
    shown = [title, " | ".join(heading), " | ".join(row)]
    assert shown == examples["panel"].splitlines()
    form = {"id_": "suggestion", "modifier_id": str(suggestion["id"])}
    site.post(reviewer, path, form, status=303)
    taken = reviewer.get(f"{path}?fmt=json").json
    assert Decimal(taken["payout"]) == (value * Decimal("0.95")).quantize(Decimal("0.01"))


def test_request_when_its_submitter_looks_then_there_is_no_panel(site, universe):
    path = submit(site, universe, "Home Fleet")
    assert cells(site.login("pilot").get(path)) is None


def test_request_when_of_a_division_without_fits_then_nothing_is_said(site, universe):
    path = submit(site, universe, "Other")
    reviewer = site.login("reviewer")
    assert suggested(reviewer.get(f"{path}?fmt=json").json) == []
    assert cells(reviewer.get(path)) is None


def test_submission_when_eve_cannot_tell_types_by_name_then_goes_on(site, universe):
    universe.add_fault("* /esi/universe/ids", "html503")
    path = submit(site, universe, "Home Fleet")
    reviewer = site.login("reviewer")
    document = reviewer.get(f"{path}?fmt=json").json
    assert suggested(document) == []
    assert Decimal(document["payout"]) == universe.losses[RIFTER].value
    assert "EVE did not answer" in cells(reviewer.get(path))[1][0]
    universe.reset()
    assert cells(reviewer.get(path))[0] == "Doctrine: Home tackle"
