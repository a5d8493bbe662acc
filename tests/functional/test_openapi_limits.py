"""No answer of anything that is described holds what its reader may not see."""

from __future__ import annotations

import itertools
import re

import pytest

from srp_portal.models.users import User
from srp_portal.services import groups

PLACE = re.compile(r"\{(\w+)\}")

#: What the requests of the other division hold, each found nowhere else.
FACTS = {
    "ship": "Hidden Hull",
    "system": "Hidden System",
    "constellation": "Hidden Constellation",
    "region": "Hidden Region",
    "pilot": "Hidden Pilot",
    "corporation": "Hidden Corporation",
    "alliance": "Hidden Alliance",
}
DETAILS = "Hidden details"
REQUEST = frozenset({*FACTS.values(), DETAILS})
DIVISION = frozenset({"Hidden Division", "Hidden Character"})
PEOPLE = frozenset({"hidden-user", "Hidden Group"})

#: Reader to what they may not see. Administrators of a division may give permissions to anybody,
#: so they see who there is; the site's see users and divisions, and no request.
FORBIDDEN = {
    None: REQUEST | DIVISION | PEOPLE,
    "stranger": REQUEST | DIVISION | PEOPLE,
    "pilot": REQUEST | DIVISION | PEOPLE,
    "reviewer": REQUEST | DIVISION | PEOPLE,
    "payer": REQUEST | DIVISION | PEOPLE,
    "auditor": REQUEST | DIVISION | PEOPLE,
    "admin": REQUEST | DIVISION,
    "root": REQUEST,
}


@pytest.fixture(scope="module")
def house(make_shared_house):
    """A division that nobody of the house has to do with, its people and its requests."""
    house = make_shared_house({"srp.transformers": "ship | Wiki | https://wiki.example/{}"})
    portal = house.portal
    house.users["hidden"] = portal.make_user("hidden-user", characters=((77, "Hidden Character"),))
    house.hidden = portal.make_division("Hidden Division", submit="hidden-user")
    with portal.writing() as dbsession:
        now = portal.clock()
        group = groups.create_group(dbsession, "Hidden Group", actor="test", now=now)
        member = dbsession.get(User, house.users["hidden"])
        groups.add_member(dbsession, group, member, actor="test", now=now)
        house.group = group.id
    portal.grant(house.hidden, "review", "Hidden Group")
    house.requests = [
        house.store(),
        house.store(
            submitter="hidden", division=house.hidden, details=DETAILS, pilot_id=77, **FACTS
        ),
    ]
    return house


@pytest.fixture(scope="module")
def paths(house):
    """Every path that can be read, with what is there in its places."""
    description = house.portal.browser().get("/api/openapi.json").json
    return [
        address
        for path, methods in description["paths"].items()
        if "get" in methods
        for address in filled(house, path, methods["get"])
    ]


def filled(house, path, operation):
    schemas = {each["name"]: each["schema"] for each in operation["parameters"] if "name" in each}
    known = {
        "id": house.requests,
        "division_id": [house.division, house.other_division, house.hidden],
        "user_id": house.users.values(),
        "group_id": [house.group],
        "filters": ["sort/payout"],
    }
    names = PLACE.findall(path)
    values = (known.get(name) or schemas[name].get("enum", ["ship"]) for name in names)
    for picked in itertools.product(*values):
        yield path.format(**dict(zip(names, picked, strict=True)))


def browser_of(house, reader):
    return house.portal.browser() if reader is None else getattr(house, reader)


@pytest.mark.parametrize("query", ["", "?fmt=json", "?fmt=xml", "?fmt=html"])
@pytest.mark.parametrize("reader", FORBIDDEN, ids=str)
def test_answer_when_others_data_is_near_holds_none_of_it(house, paths, reader, query):
    browser = browser_of(house, reader)
    for path in paths:
        text = browser.get(f"{path}{query}", status="*").text
        assert [word for word in FORBIDDEN[reader] if word in text] == [], path


@pytest.mark.parametrize("reader", FORBIDDEN, ids=str)
def test_answer_when_it_could_betray_that_something_is_there_does_not(house, reader):
    """What exists and may not be seen is answered like what does not exist."""
    browser = browser_of(house, reader)
    numbers = {"user": house.users["hidden"], "group": house.group, "division": house.hidden}
    for kind, number in numbers.items():
        if reader == "root" or (reader == "admin" and kind != "division"):
            continue
        there, not_there = (
            browser.get(f"/api/{kind}/{each}/?fmt=json", status="*") for each in (number, 999)
        )
        assert (there.status_int, there.text) == (not_there.status_int, not_there.text)
        assert there.status_int == (401 if reader is None else 403)


@pytest.mark.parametrize("reader", [name for name in FORBIDDEN if name], ids=str)
@pytest.mark.parametrize("list_name", ["personal", "pending", "all"])
def test_list_when_filtered_by_what_is_hidden_finds_nothing(house, reader, list_name):
    browser = browser_of(house, reader)
    filters = [*FACTS.items(), ("division", "Hidden Division"), ("submitter", "hidden-user")]
    for attribute, value in filters:
        answer = browser.get(f"/request/{list_name}/{attribute}/{value}?fmt=json", status="*")
        if answer.status_int == 403:
            assert reader in ("pilot", "stranger", "root", "payer")
            continue
        found = answer.json
        assert (found["requests"], found["request_count"]) == ([], 0)
        assert found["total_payouts"] == "0.00"


@pytest.mark.parametrize("reader", [name for name in FORBIDDEN if name], ids=str)
def test_filter_values_when_read_are_those_of_visible_requests(house, reader):
    browser = browser_of(house, reader)
    sees = reader not in ("stranger", "root")
    for attribute in (*FACTS, "division"):
        found = browser.get(f"/api/filter/{attribute}/").json[attribute]
        assert bool(found) is sees, attribute
    assert bool(browser.get("/api/ships/").json["ships"]) is sees


def test_everything_when_it_is_ones_own_is_there(house, paths):
    """The words that are looked for above do come, to those who may see them."""
    browser = house.portal.login("hidden-user")
    text = "".join(browser.get(path, status="*").text for path in paths)
    text += browser.get(f"/request/{house.requests[1]}/?fmt=json").text
    words = REQUEST | DIVISION | PEOPLE
    assert [word for word in words if word not in text] == []
