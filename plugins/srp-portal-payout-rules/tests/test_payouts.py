"""What is paid, and what the notes say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from srp_portal.plugin import IskOutOfRange, SubmissionRejected

MUNINN = {"ship": "Muninn", "ship_id": 12015, "ship_group": "Heavy Assault Cruiser"}
SCIMITAR = {"ship": "Scimitar", "ship_id": 11978}

#: The two payouts that the alliance's pilots know by heart.
ALLIANCE = """
    [hulls]
    Muninn = 312_450_000
    Scimitar = 285_000_000

    [[deductions]]
    name = "Insurance"
    isk = "74m"
    except = { group = "Logistics" }

    [[rules]]
    name = "Logistics"
    when = { group = "Logistics" }
    base = "hull"
    [[rules.bonuses]]
    name = "Logistics pilots"
    percent = 20

    [[rules]]
    name = "Doctrine"
    base = "hull"
    [[rules.deductions]]
    name = "No boosters"
    percent = 25
    [[rules.deductions]]
    name = "Out of position"
    percent = 25
    """


def rule(*lines):
    """A rule for every loss, by default of 100 m, with more lines."""
    paying = () if any(line.startswith(("base =", "fixed =")) for line in lines) else ("fixed",)
    fixed = 'fixed = "100m"' if paying else ""
    return "\n".join(('[[rules]]\nname = "All"', fixed, *lines))


def test_payout_when_a_muninn_with_deductions_then_is_119_225_000(make_rules, make_killmail):
    rules, loss = make_rules(ALLIANCE), make_killmail(**MUNINN)
    assert rules.base(loss) == Decimal("312450000.00")
    assert rules.payout(loss) == Decimal("119225000.00")
    assert [(m.kind, m.value, m.note, m.apply) for m in rules.modifiers(loss)] == [
        ("absolute", 0, "Doctrine: hull price of Muninn", True),
        ("relative", Decimal("-0.25"), "No boosters: 25 %", True),
        ("relative", Decimal("-0.25"), "Out of position: 25 %", True),
        ("absolute", -74_000_000, "Insurance: 74.0 m", True),
    ]


def test_payout_when_a_scimitar_with_its_bonus_then_is_342_000_000(make_rules, make_killmail):
    rules, loss = make_rules(ALLIANCE), make_killmail(**SCIMITAR)
    assert rules.payout(loss) == Decimal("342000000.00")
    assert rules.notes(loss) == ["Logistics: hull price of Scimitar", "Logistics pilots: 20 %"]


VALUES = {"total": Decimal("285000000.01"), "fitted": Decimal(270), "destroyed": Decimal(90)}


@pytest.mark.parametrize(
    ("lines", "amount", "reason"),
    [
        (['fixed = "1.5m"'], "1500000", "All: fixed payout"),
        (["fixed = 74_000_000.5"], "74000000.50", "All: fixed payout"),
        (['base = "total"'], "285000000.01", "All: total value"),
        (['base = "fitted"'], "270", "All: fitted value"),
        (['base = "destroyed"'], "90", "All: destroyed value"),
        (['base = "total"', "percent = 50"], "142500000.00", "All: 50 % of the total value"),
        (['base = "fitted"', "percent = 12.5"], "33.75", "All: 12.5 % of the fitted value"),
        (['base = "fitted"', "percent = 0.333"], "0.90", "All: 0.333 % of the fitted value"),
        (['base = "destroyed"', "percent = 150"], "135", "All: 150 % of the destroyed value"),
        (
            ['base = "fitted"', 'base_minimum = "1m"'],
            "1000000",
            "All: fitted value, at least 1.0 m",
        ),
        (
            ['base = "total"', "percent = 90", 'base_maximum = "200m"'],
            "200000000",
            "All: 90 % of the total value, at most 200.0 m",
        ),
        (['base = "total"', 'base_minimum = "1m"', 'base_maximum = "1b"'], "285000000.01", ""),
        (['base = "fitted"', 'fallback = "total"'], "270", "All: fitted value"),
    ],
)
def test_base_when_a_rule_says_what_counts_then_is_that_with_its_reason(
    make_rules, make_killmail, lines, amount, reason
):
    rules, loss = make_rules(rule(*lines)), make_killmail(values=VALUES)
    assert rules.base(loss) == Decimal(amount)
    assert rules.notes(loss) == [reason or "All: total value"]


def test_base_when_the_value_is_not_known_then_the_fallback_counts(make_rules, make_killmail):
    text = rule('base = "destroyed"', 'fallback = "fitted"', "percent = 50")
    rules, loss = make_rules(text), make_killmail(values={"fitted": Decimal(270)})
    assert rules.base(loss) == 135
    assert rules.notes(loss) == [
        "All: 50 % of the fitted value, as the destroyed value isn't known"
    ]


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (['base = "destroyed"'], "the destroyed value"),
        (['base = "destroyed"', 'fallback = "fitted"'], "the destroyed value or the fitted value"),
    ],
)
def test_submission_when_the_value_is_not_known_then_is_refused_and_never_paid_otherwise(
    make_rules, make_killmail, lines, words
):
    rules = make_rules(rule(*lines))
    loss = make_killmail(values={"total": Decimal(5)})
    with pytest.raises(SubmissionRejected) as caught:
        rules.base(loss)
    assert caught.value.message == (
        f"The rule “All” pays by {words}, which nobody knows for this loss. Submit it by its"
        " zKillboard link, which comes with values."
    )


def test_values_when_zero_then_are_known(make_rules, make_killmail):
    rules = make_rules(rule('base = "destroyed"', 'fallback = "total"'))
    loss = make_killmail(values={"destroyed": Decimal(0), "total": Decimal(5)})
    assert rules.payout(loss) == 0


def test_payout_when_no_rule_matches_then_only_what_stands_apart_counts(make_rules, make_killmail):
    rules = make_rules(
        """
        [[bonuses]]
        name = "Home defence"
        percent = 10
        when = { region = ["Catch", "Providence"] }
        [[rules]]
        name = "Delve"
        when = { region = "Delve" }
        fixed = 5
        """
    )
    loss = make_killmail()
    assert rules.base(loss) is None
    assert rules.notes(loss) == ["Home defence: Catch, 10 %"]
    assert rules.notes(make_killmail(region="Syndicate")) == []
    assert rules.notes(make_killmail(region="Delve")) == ["Delve: fixed payout"]


def test_payout_when_a_rule_goes_without_a_bonus_then_the_others_count(make_rules, make_killmail):
    apart = "".join(f'[[bonuses]]\nname = "{name}"\nisk = 5\n' for name in ("One", "Two", "Three"))
    rules = make_rules(apart + rule('without = ["one", "THREE"]'))
    assert rules.notes(make_killmail()) == ["All: fixed payout", "Two: 5.00"]


def test_bonus_when_only_suggested_then_is_left_to_the_reviewer(make_rules, make_killmail):
    text = rule(
        'cap = "105m"',
        "[[rules.bonuses]]",
        'name = "Solo"',
        "percent = 50",
        "suggest = true",
        "[[rules.deductions]]",
        'name = "Late"',
        "isk = 1",
        "suggest = true",
    )
    rules = make_rules(text)
    assert [m.apply for m in rules.modifiers(make_killmail())] == [True, False, False]
    assert rules.payout(make_killmail()) == 100_000_000


@pytest.mark.parametrize(
    ("lines", "payout", "note"),
    [
        (['cap = "100m"'], "100000000", None),
        (['cap = "99m"'], "99000000", "Cap of 99.0 m"),
        (['cap = "119m"', "[[rules.bonuses]]", 'name = "B"', "percent = 20"], "119000000", "Cap"),
        (["cap = 100", "[[rules.bonuses]]", 'name = "B"', "percent = 20"], "100", "Cap of 100.00"),
        (["cap = 100.01", "[[rules.bonuses]]", 'name = "B"', "percent = 50"], "100.00", "Cap"),
        (['minimum = "100m"'], "100000000", None),
        (['minimum = "1.2b"'], "1200000000", "Minimum of 1.2 b"),
        (
            ['minimum = "5m"', "[[rules.deductions]]", 'name = "D"', "percent = 99"],
            "5000000",
            "Min",
        ),
        (['minimum = "5m"', "[[rules.deductions]]", 'name = "D"', "percent = 100"], "5000000", "M"),
        (['minimum = "5m"', "[[rules.deductions]]", 'name = "D"', 'isk = "9b"'], "5000000", "Min"),
    ],
)
def test_payout_when_out_of_bounds_then_a_modifier_brings_it_back(
    make_rules, make_killmail, lines, payout, note
):
    rules, loss = make_rules(rule(*lines)), make_killmail()
    assert rules.payout(loss) == Decimal(payout)
    last = rules.notes(loss)[-1]
    assert last.startswith(note) if note else not last.startswith(("Cap", "Minimum"))


def test_payout_when_beyond_what_the_portal_takes_then_is_refused_before_any_cap(
    make_rules, make_killmail
):
    rules = make_rules(rule('base = "total"', "percent = 1000", "cap = 5"))
    with pytest.raises(IskOutOfRange):
        rules.base(make_killmail(values={"total": Decimal(10) ** 12}))


def test_submission_when_a_rule_refuses_then_its_words_are_told(make_rules, make_killmail):
    rules = make_rules(
        """
        [[rules]]
        name = "Capsules"
        when = { group = "capsule" }
        refuse = "Capsules are not reimbursed."
        """
    )
    rules.check(make_killmail())
    with pytest.raises(SubmissionRejected) as caught:
        rules.check(make_killmail(ship="Capsule", ship_group="Capsule", ship_group_id=29))
    assert caught.value.message == "Capsules are not reimbursed."


def lost(make_killmail, **age):
    """A loss of so long ago."""
    return make_killmail(timestamp=datetime.now(UTC) - timedelta(**age))


LIMITS = """
    [limits]
    days = 14
    [[rules]]
    name = "Training"
    when = { division = "Training" }
    fixed = 5
    days = 1
    [[rules]]
    name = "Strategic"
    when = { division = "Strategic" }
    fixed = 5
    """


@pytest.mark.parametrize(
    ("division", "age", "is_taken"),
    [
        ("Training", {"hours": 23}, True),
        ("Training", {"hours": 25}, False),
        ("Strategic", {"days": 13, "hours": 23}, True),
        ("Strategic", {"days": 14, "minutes": 1}, False),
        ("of no rule", {"days": 13, "hours": 23}, True),
        ("of no rule", {"days": 14, "minutes": 1}, False),
    ],
)
def test_submission_when_too_old_then_is_refused(
    make_rules, make_killmail, division, age, is_taken
):
    rules, loss = make_rules(LIMITS), lost(make_killmail, **age)
    if is_taken:
        assert rules.check(loss, division) is None
    else:
        with pytest.raises(SubmissionRejected, match="losses are reimbursed for"):
            rules.check(loss, division)


@pytest.mark.parametrize(
    ("division", "words"),
    [
        ("Training", "This loss is 20 days old, and losses are reimbursed for 1 day: it had to be"),
        ("Fleet", "This loss is 20 days old, and losses are reimbursed for 14 days: it had to be"),
    ],
)
def test_refusal_when_too_old_then_names_days_and_date(make_rules, make_killmail, division, words):
    loss = lost(make_killmail, days=20, hours=1)
    with pytest.raises(SubmissionRejected) as caught:
        make_rules(LIMITS).check(loss, division)
    last = loss.timestamp + timedelta(days=1 if division == "Training" else 14)
    assert caught.value.message == f"{words} submitted by {last:%Y-%m-%d %H:%M} EVE time."


def test_submission_when_there_is_no_limit_then_any_age_is_taken(make_rules, make_killmail):
    assert make_rules(rule()).check(make_killmail()) is None


def test_age_when_rules_are_applied_once_more_then_has_no_meaning(make_rules, make_killmail):
    loss = lost(make_killmail, days=13)
    rules = make_rules(LIMITS)
    rules.check(loss, "Strategic")
    rules.earlier = rules.modifiers(loss, "Strategic")
    # The request has waited for its reviewer since.
    later = lost(make_killmail, days=40)
    assert rules.check(later, "Strategic") is None
    rules.earlier = ()
    with pytest.raises(SubmissionRejected):
        rules.check(later, "Strategic")
