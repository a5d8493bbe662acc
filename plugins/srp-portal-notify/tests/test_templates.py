"""Templates: fields, parts that are left out, and what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from srp_portal_notify.templates import parse_template

from srp_portal.plugin import SettingError

FIELDS = frozenset({"ship", "value", "note"})
OPTIONAL = frozenset({"value", "note"})


def parse(text):
    return parse_template("template.paid", text, FIELDS, OPTIONAL)


@pytest.mark.parametrize(
    ("template", "facts", "text"),
    [
        ("{ship} is gone", {}, "Guardian is gone"),
        ("{ship}[, {value}]: paid", {"value": "1.0 m"}, "Guardian, 1.0 m: paid"),
        ("{ship}[, {value}]: paid", {}, "Guardian: paid"),
        ("[{value}][ and {note}]{ship}", {"note": "x"}, "and xGuardian"),
        ("[{ship} {value} {note}]lost", {"value": "1"}, "lost"),
        ("[[{ship}]] {{x}}", {}, "[Guardian] {x}"),
        ("[[[{value}]]] {ship}", {"value": "1"}, "[1] Guardian"),
        ("  {ship}\n  lost ", {}, "Guardian lost"),
        ("{ship}[ “{note}”]", {"note": "{value} [x]"}, "Guardian “{value} [x]”"),
    ],
)
def test_template_when_rendered_then_parts_without_facts_are_left_out(template, facts, text):
    known = {"ship": "Guardian", "value": "", "note": "", **facts}
    assert parse(template).render(known) == text


@pytest.mark.parametrize(
    ("template", "why"),
    [
        ("{pilot}", "has no field {pilot}; there are note, ship, value"),
        ("{}", "has no field {}"),
        ("{ship.__class__}", "has no field {ship.__class__}"),
        ("{ship!r}", "has no field {ship!r}"),
        ("{ship:>1000000}", "has no field {ship:>1000000}"),
        ("{ship[0]}", "single {"),
        ("{value}", "{value} is not always known"),
        ("{ship", "single {"),
        ("ship}", "single }"),
        ("[{value}", "has a [ without its ]"),
        ("{value}]", "{value} is not always known"),
        ("ship]", "has a ] without its ["),
        ("[a [{value}]]", "has a [ inside of brackets"),
        ("[a]", "has brackets without a field"),
        (" ", "must hold a text"),
        ("x" * 501, "500 characters"),
    ],
)
def test_template_when_wrong_then_the_setting_is_named(template, why):
    with pytest.raises(SettingError) as caught:
        parse(template)
    assert caught.value.name == "template.paid"
    assert why in caught.value.why


@given(st.text(alphabet="{}[] a{ship}"))
def test_template_when_anything_then_is_parsed_or_refused(text):
    facts = {"ship": "1", "value": "2", "note": "3"}
    try:
        template = parse(text)
    except SettingError:
        return
    assert template.fields <= FIELDS
    assert len(template.render(facts)) <= len(text) * 2


@given(st.text(alphabet=st.characters(exclude_categories=("Z", "C")), min_size=1, max_size=200))
def test_template_when_everything_is_doubled_then_is_the_text(text):
    doubled = "".join(c * 2 if c in "{}[]" else c for c in text)
    assert parse(doubled).render({"ship": "", "value": "", "note": ""}) == text
