"""Which losses a rule is for."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from srp_portal_payout_rules.conditions import Facts, OneOf, Scope, Truth, shown_security
from srp_portal_payout_rules.reading import read_rules

from srp_portal.plugin import DivisionInfo
from srp_portal.testing.killmails import make_killmail

LISTS = """
[lists]
Logistics = ["Logistics", "logistics frigate"]
armour = ["guardian", "Damnation"]
shield = ["Scimitar"]
"""


def matches(conditions, division="Fleet", **killmail):
    """Whether a rule with these lines takes the loss, by default a Guardian in Catch."""
    text = f'{LISTS}\n[[rules]]\nname = "It"\nfixed = 1\n{conditions}\n'
    facts = Facts.of(make_killmail(**killmail), DivisionInfo(7, division))
    return read_rules(text).rule_for(facts) is not None


# The Guardian was lost on 2014-07-02, a Wednesday, at 19:26.
@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ('ship = "Guardian"', True),
        ('ship = "gUARDIAN"', True),
        ('ship = " Guardian "', True),
        ("ship = 11987", True),
        ('ship = ["Muninn", "Guardian"]', True),
        ('ship = ["Muninn", 12015]', False),
        ('ship = "Logistics"', False),
        ('group = "logistics"', True),
        ("group = 832", True),
        ("group = 11987", False),
        ('group = ["Capsule"]', False),
        ('list = "logistics"', True),
        ('list = "ARMOUR"', True),
        ('list = "shield"', False),
        ('list = ["shield", "armour"]', True),
        ('role = "logistics"', True),
        ('role = "logistics", list = "shield"', False),
        ('region = "catch"', True),
        ("region = 10000014", True),
        ('region = "Delve"', False),
        ('constellation = "UX3-N2"', True),
        ("constellation = 20000175", False),
        ('system = "wd-vtv"', True),
        ("system = 30001198", True),
        ('system = "Catch"', False),
        ('division = "fleet"', True),
        ("division = 7", True),
        ('division = ["Training", "Strategic"]', False),
        ('corporation = "Dreddit"', True),
        ("corporation = 1018389948", True),
        ('corporation = "Test Alliance Please Ignore"', False),
        ('alliance = "test alliance please ignore"', True),
        ("alliance = 1", False),
        ("solo = false", True),
        ("solo = true", False),
        ("npc = false, awox = false", True),
        ("npc = true", False),
        ("awox = true", False),
        ('security = "nullsec"', True),
        ('security = "lowsec"', False),
        ('security = ["highsec", "Nullsec"]', True),
        ('security = "-0.4 to 0.0"', True),
        ('security = "-0.3 to 1.0"', False),
        ('security = "wormhole"', False),
        ("from = 2014-07-02", True),
        ("from = 2014-07-03", False),
        ("until = 2014-07-02", True),
        ("until = 2014-07-01", False),
        ("from = 2014-07-02, until = 2014-07-02", True),
        ("from = 2014-07-02T19:26:00", True),
        ("from = 2014-07-02T19:26:01Z", False),
        ("until = 2014-07-02T19:26:00", False),
        ("until = 2014-07-02T21:26:01+02:00", True),
        ('hours = "19:26-19:27"', True),
        ('hours = "18:00-19:26"', False),
        ('hours = "22:00-02:00"', False),
        ('hours = "19:00-02:00"', True),
        ('hours = "23:00-19:27"', True),
        ('hours = ["1:00-2:00", "19:00 - 24:00"]', True),
        ('hours = "00:00-24:00"', True),
        ('weekdays = "Wednesday"', True),
        ('weekdays = ["sat", "WED"]', True),
        ('weekdays = ["thursday"]', False),
        ('ship = "Guardian", region = "Catch", division = "Fleet"', True),
        ('ship = "Guardian", region = "Delve"', False),
    ],
)
def test_rule_when_it_has_a_condition_then_takes_the_losses_that_fulfil_it(condition, expected):
    assert matches(f"when = {{ {condition} }}") is expected
    assert matches(f"except = {{ {condition} }}") is not expected


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ("", True),
        ('when = [{ region = "Delve" }, { ship = "Guardian" }]', True),
        ('when = [{ region = "Delve" }, { ship = "Muninn" }]', False),
        ('when = { region = "Catch" }\nexcept = { solo = true }', True),
        ('when = { region = "Catch" }\nexcept = { solo = false }', False),
        ('except = { region = "Catch", solo = true }', True),
        ('except = [{ region = "Catch" }, { solo = true }]', False),
        ('[rules.when]\nregion = "Catch"', True),
        ('[[rules.when]]\nregion = "Delve"\n[[rules.when]]\nsystem = "WD-VTV"', True),
    ],
)
def test_conditions_when_several_then_one_table_of_them_must_be_fulfilled(conditions, expected):
    assert matches(conditions) is expected


@pytest.mark.parametrize(
    ("unknown", "condition"),
    [
        ({"ship_group": "", "ship_group_id": None}, 'group = "Logistics"'),
        ({"ship_group": "", "ship_group_id": None}, 'list = "logistics"'),
        ({"alliance": None, "alliance_id": None}, 'alliance = "Test Alliance Please Ignore"'),
        ({"security": None}, 'security = "-1.0 to 1.0"'),
        ({"region_id": None}, "region = 10000014"),
    ],
)
def test_condition_when_the_source_does_not_know_the_fact_then_is_not_fulfilled(unknown, condition):
    assert matches(f"when = {{ {condition} }}", **unknown) is False
    assert matches(f"except = {{ {condition} }}", **unknown) is True


@pytest.mark.parametrize(
    ("security", "shown"),
    [
        ("0.5", "0.5"),
        ("0.45", "0.5"),
        ("0.4499999", "0.4"),
        ("0.049", "0.1"),
        ("0.0000001", "0.1"),
        ("0", "0.0"),
        ("-0.03", "0.0"),
        ("-0.99", "-1.0"),
        ("1", "1.0"),
    ],
)
def test_security_when_shown_then_is_as_in_the_game(security, shown):
    assert str(shown_security(Decimal(security))) == shown


@pytest.mark.parametrize(
    ("security", "expected"), [("highsec", False), ("nullsec", False), ("wormhole", True)]
)
def test_security_when_lost_in_a_wormhole_then_only_that_is_fulfilled(security, expected):
    place = {"region_id": 11000005, "region": "B-R00005", "security": Decimal("-0.99")}
    assert matches(f'when = {{ security = "{security}" }}', **place) is expected
    assert matches('when = { security = "-1.0 to 1.0" }', **place) is False


@pytest.mark.parametrize(
    ("time", "expected"),
    [
        ((21, 59), False),
        ((22, 0), True),
        ((23, 59), True),
        ((0, 0), True),
        ((1, 59), True),
        ((2, 0), False),
    ],
)
def test_hours_when_over_midnight_then_hold_on_both_sides_of_it(time, expected):
    lost = datetime(2026, 11, 20, *time, 59, tzinfo=UTC)
    assert matches('when = { hours = "22:00-02:00" }', timestamp=lost) is expected


def test_rules_when_several_match_then_the_first_one_counts():
    rules = read_rules(
        """
        [[rules]]
        name = "Delve"
        when = { region = "Delve" }
        fixed = 1
        [[rules]]
        name = "Catch"
        when = { region = "Catch" }
        fixed = 2
        [[rules]]
        name = "Guardians"
        when = { ship = "Guardian" }
        fixed = 3
        """
    )
    facts = Facts.of(make_killmail(), DivisionInfo(7, "Fleet"))
    assert rules.rule_for(facts).name == "Catch"


def scope(text):
    """The scope of a rule with these lines."""
    return read_rules(f'{LISTS}[[rules]]\nname = "It"\nfixed = 1\n{text}\n').rules[0].scope


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("", "", True),
        ("", "when = { solo = true }", True),
        ("when = { solo = true }", "", False),
        ("when = { solo = true }", "when = { solo = true }", True),
        ("when = { solo = true }", "when = { solo = false }", False),
        ("when = { solo = true }", "when = { solo = true, npc = true }", True),
        ("when = { solo = true, npc = true }", "when = { solo = true }", False),
        ('when = { ship = ["A", "B"] }', 'when = { ship = "a" }', True),
        ('when = { ship = "A" }', 'when = { ship = ["A", "B"] }', False),
        ('when = { ship = "A" }', 'when = { system = "A" }', False),
        ('when = [{ ship = "A" }, { solo = true }]', "when = { solo = true }", True),
        ("when = { solo = true }", 'when = [{ ship = "A" }, { solo = true }]', False),
        ("except = { solo = true }", "", False),
        ("", "except = { solo = true }", True),
        ("except = { solo = true }", "except = { solo = true }", True),
        ("except = { solo = true }", "except = [{ npc = true }, { solo = true }]", True),
        ("except = { solo = true }", "except = { solo = true, npc = true }", False),
    ],
)
def test_scope_when_compared_then_covers_what_it_surely_takes_whole(one, other, expected):
    assert scope(one).covers(scope(other)) is expected


CONDITIONS = st.lists(
    st.one_of(
        st.builds(Truth, st.sampled_from(["solo", "npc"]), st.booleans()),
        st.builds(
            OneOf,
            st.sampled_from(["ship", "division"]),
            st.frozensets(st.sampled_from(["a", "b", "c"]), min_size=1),
        ),
    ),
    min_size=1,
    max_size=2,
).map(tuple)
SCOPES = st.builds(
    Scope, *(st.lists(CONDITIONS, max_size=2).map(tuple) for _ in ("when", "except"))
)


LOSSES = [
    Facts.of(make_killmail(ship=ship, solo=solo, npc=npc), DivisionInfo(7, division))
    for ship, division, solo, npc in product("abcd", "abcd", (True, False), (True, False))
]


def left_over(one, other):
    """Losses that the other scope takes, and this one does not."""
    return [each for each in LOSSES if other.matches(each) and not one.matches(each)]


@given(SCOPES, SCOPES)
def test_scope_when_it_covers_another_then_takes_all_of_its_losses(one, other):
    assert not one.covers(other) or left_over(one, other) == []


@given(SCOPES, CONDITIONS, SCOPES)
def test_scope_when_another_asks_for_more_then_covers_it(one, more, other):
    when = tuple((*each, *more) for each in one.when or ((),))
    narrower = Scope(when, one.unless + other.unless)
    assert one.covers(narrower)
    assert left_over(one, narrower) == []


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ('region = "catch"', "Catch"),
        ('role = "logistics"', "Guardian"),
        ('ship = "guardian", list = "armour"', "Guardian"),
        ('group = 832, system = "WD-VTV"', "Logistics, WD-VTV"),
        ('alliance = 498125261, corporation = "dreddit"', "Dreddit, Test Alliance Please Ignore"),
        ("npc = false", "not NPC"),
        ('division = 7, constellation = "UX3-N2"', "UX3-N2, Fleet"),
        ('security = "nullsec"', "security -0.4"),
        ('hours = "19:00-20:00", weekdays = "wed"', "19:26 EVE time, Wednesday"),
        ("from = 2014-01-01", "2014-07-02"),
    ],
)
def test_words_when_a_scope_matches_then_say_what_did_it(condition, words):
    text = f'{LISTS}[[rules]]\nname = "It"\nfixed = 1\nwhen = {{ {condition} }}\n'
    facts = Facts.of(make_killmail(), DivisionInfo(7, "Fleet"))
    rule = read_rules(text).rule_for(facts)
    assert rule.scope.words(facts) == words


def test_matching_when_there_are_200_rules_then_takes_well_under_a_millisecond():
    from time import perf_counter

    rules = "".join(
        f'[[rules]]\nname = "Rule {n}"\nfixed = {n + 1}\n'
        f'when = {{ list = "logistics", region = ["Delve", "Fountain"], system = "S-{n}" }}\n'
        f'except = {{ solo = true, hours = "18:00-20:00" }}\n'
        for n in range(200)
    )
    book = read_rules(LISTS + rules)
    killmail, division = make_killmail(), DivisionInfo(7, "Fleet")
    took = []
    for _ in range(20):
        start = perf_counter()
        found = book.rule_for(Facts.of(killmail, division))
        took.append(perf_counter() - start)
    assert found is None
    assert min(took) < 0.001
