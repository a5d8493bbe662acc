"""The README says what is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from srp_portal_notify import texts
from srp_portal_notify.settings import NotifySettings
from srp_portal_notify.topics import TOPICS, USUAL

from srp_portal.plugin import DivisionInfo

README = (Path(__file__).parents[1] / "README.md").read_text("utf-8")


def table(heading):
    """The first and the last cells of the rows under a heading's first cell."""
    lines = README.splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith(f"| {heading} |"))
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            return
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        yield cells[0], cells[-1]


def test_events_when_documented_are_those_that_there_are_with_their_texts():
    assert {name.strip("`"): text.strip("`") for name, text in table("event")} == {
        name: topic.template for name, topic in TOPICS.items()
    }


def test_fields_when_documented_are_those_that_there_are():
    documented = {name for cell, _ in table("field") for name in re.findall(r"\{(\w+)\}", cell)}
    assert documented == set(texts.FIELDS)
    for name in texts.BATCH_FIELDS:
        assert f"`{{{name}}}`" in README


def test_defaults_when_documented_are_those_that_count():
    assert f"`{texts.BATCH_TEMPLATE}`" in README
    (listed,) = re.findall(r"^\| `notify\.events` \| `([a-z ]+)` \|", README, re.MULTILINE)
    assert set(listed.split()) == USUAL


@pytest.mark.parametrize(
    ("division", "number"),
    [
        (DivisionInfo(1, "Home"), "1"),
        (DivisionInfo(2, "Fleet Operations"), "2"),
        (DivisionInfo(7, "Home"), "1"),
    ],
)
def test_example_when_used_then_each_division_has_its_channel(division, number):
    (example,) = re.findall(r"^```ini\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    lines = [line.split(" = ") for line in example.splitlines()]
    settings = {name.removeprefix("notify."): value for name, value in lines}
    route = NotifySettings(settings).route(division)
    assert f"/webhooks/{number}/" in route.targets["discord"].url
    assert route.topics == (set() if division.id == 7 else USUAL)
