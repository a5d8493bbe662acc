"""`docs/sandbox.md` tells of every switch, fault and listing that there is."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from srp_portal.sandbox.faults import KINDS

TEXT = (Path(__file__).parents[3] / "docs" / "sandbox.md").read_text(encoding="utf-8")


def table(heading: str) -> list[list[str]]:
    lines = TEXT.splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith(f"| {heading} |"))
    rows = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


def code(cell: str) -> str:
    return cell.strip("`")


@pytest.mark.parametrize(
    ("heading", "address"), [("switch of ESI", "esi"), ("switch of the login", "sso")]
)
def test_switches_when_documented_are_all_with_their_start(web, heading, address):
    told = {code(name): json.loads(code(start)) for name, start, _ in table(heading)}
    assert told == web("GET", f"/control/{address}").json()


def test_faults_when_documented_are_all_with_their_details():
    told = {code(kind): set(re.findall("`(.*?)`", detail)) for kind, detail, _ in table("fault")}
    assert told == {kind: set(detail) for kind, detail in KINDS.items()}


def test_listings_when_documented_have_so_many_entries(web):
    told = {code(name): int(entries) for name, entries, _ in table("listing")}
    assert told == web("GET", "/control/listings").json()


def test_methods_when_documented_are_there(universe):
    named = {name for methods, *_ in table("Python") for name in re.findall(r"`(\w+)", methods)}
    assert {"rebuild", "touch", "set_tokens", "log"} <= named
    assert [name for name in named if not hasattr(type(universe), name)] == []


def test_addresses_when_documented_are_listed_by_the_control(web):
    listed = " ".join(web("GET", "/control").json())
    told = {
        path
        for _, address, _ in table("Python")
        for path in re.findall("/control/[a-zID/]+", address)
    }
    assert len(told) == 10
    assert [path for path in told if path not in listed] == []


def test_example_when_run_then_it_works(capsys):
    block = re.search(r"<!-- tested: sandbox -->\n```python\n(.*?)```", TEXT, re.DOTALL)
    assert block
    exec(block[1], {})
    assert "esi.base_url" in capsys.readouterr().out
