"""The README is true: its file works, its tables are whole, its payouts are right."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from srp_portal_payout_rules import reading, scopes

from srp_portal.composition import compose
from srp_portal.plugin import SubmissionRejected
from srp_portal.settings import Settings, SettingsError


@pytest.fixture
def block(readme):
    """Gives block(kind): the block that is tested as this."""

    def find(kind):
        [found] = re.findall(rf"<!-- tested: {kind} -->\n```\w+\n(.*?)```", readme, re.DOTALL)
        return found

    return find


@pytest.fixture
def rules(make_rules, block):
    return make_rules(block("rules"))


def rows(readme, heading):
    """The pieces of code in the first column of the table with this heading."""
    table = readme.split(f"| {heading} | ", 1)[1].split("\n\n", 1)[0]
    cells = [line.split("|")[1] for line in table.splitlines()[2:]]
    return [name for cell in cells for name in re.findall("`([^`]+)`", cell)]


def test_example_when_a_muninn_of_the_training_division_then_is_paid_as_it_says(
    rules, make_killmail
):
    loss = make_killmail(
        ship="Muninn",
        ship_group="Heavy Assault Cruiser",
        timestamp=datetime(2026, 3, 1, tzinfo=UTC),
    )
    assert rules.payout(loss, "Training") == Decimal(119_225_000)
    assert rules.notes(loss, "Training") == [
        "Doctrine: hull price of Muninn",
        "Training fleet: Training, 25 %",
        "After the campaign: 2026-03-01, 25 %",
        "Insurance: Muninn, 74.0 m",
    ]


def test_example_when_a_scimitar_then_is_paid_as_it_says(rules, make_killmail):
    loss = make_killmail(ship="Scimitar", timestamp=datetime(2026, 3, 1, tzinfo=UTC))
    assert rules.payout(loss) == Decimal(342_000_000)


def test_example_when_asked_about_other_losses_then_says_what_it_should(rules, make_killmail):
    recent = datetime.now(UTC)
    with pytest.raises(SubmissionRejected, match="Capsules"):
        rules.check(make_killmail(ship="Capsule", ship_group="Capsule", timestamp=recent))
    with pytest.raises(SubmissionRejected, match="14 days"):
        rules.check(make_killmail())
    rifter = make_killmail(ship="Rifter", ship_group="Frigate", solo=True)
    assert rules.payout(rifter) == Decimal(150_000_000)
    assert rules.notes(rifter) == [
        "Everything else: 50 % of the total value",
        "Home defence: Catch, 19:26 EVE time, 10 %",
        "Alone behind enemy lines: solo, security -0.4, 5 %",
        "Cap of 150.0 m",
    ]
    values = {"destroyed": Decimal(10**10)}
    carrier = make_killmail(ship="Archon", ship_group="Carrier", values=values)
    assert rules.payout(carrier, "Strategic") == Decimal(3 * 10**9)


def test_error_when_shown_then_is_what_the_start_says(block, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rules.toml").write_text('[limits]\ndays = 14\n[[rules]]\nname = "A"\nbse = "hull"')
    ini = {
        "sqlalchemy.url": "sqlite://",
        "srp.secret": "s" * 32,
        "payout-rules.file": "rules.toml",
        "srp.plugins": "payout-rules",
    }
    with pytest.raises(SettingsError) as caught:
        compose(Settings.load(ini, {}))
    assert f"{caught.value}\n" == block("error")


@pytest.mark.parametrize(
    ("heading", "keys"),
    [
        ("condition", scopes.CONDITIONS),
        ("key", reading.RULE_KEYS),
    ],
)
def test_keys_when_listed_then_are_all_that_there_are(readme, heading, keys):
    listed = [name for name in rows(readme, heading) if '"' not in name]
    assert sorted(listed) == sorted(set(keys) - {"bonuses", "deductions"})


def test_tables_when_listed_then_are_all_that_there_are(readme):
    named = {re.sub(r"[\[\]]", "", name) for name in rows(readme, "table")}
    assert {name.split(".")[0] for name in named if name != "days"} == set(reading.ROOT_KEYS)


def test_keys_of_a_bonus_when_listed_then_are_all_that_there_are(readme):
    section = readme.split("### A bonus or a deduction", 1)[1]
    assert sorted(rows(section, "key")) == sorted(reading.ADJUSTMENT_KEYS)
