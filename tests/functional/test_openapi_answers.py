"""Every real answer is what the API's description says, key by key."""

from __future__ import annotations

import copy
import itertools
import re
from decimal import Decimal

import jsonschema
import pytest
from lxml import etree

from srp_portal.models.users import User
from srp_portal.plugin import Flag, ProposedModifier
from srp_portal.services import apikeys, groups

READERS = ("pilot", "reviewer", "payer", "auditor", "admin", "root", "stranger", None)
FORMATS = ("html", "json", "xml", "rss", "atom", "csv")
TRANSFORMERS = "ship | zKillboard | https://zkillboard.com/ship/{}/"
PLACE = re.compile(r"\{(\w+)\}")


class Description:
    """The description, and whether answers keep to it; a key that it doesn't know is a mistake."""

    def __init__(self, document):
        self.document = document
        strict = copy.deepcopy(document["components"])
        for schema in walked(strict["schemas"]):
            if "properties" in schema:
                schema.setdefault("additionalProperties", False)
        self._strict = {"components": strict}

    def operations(self, method):
        """Path and operation of everything with that method."""
        for path, methods in self.document["paths"].items():
            if method in methods:
                yield path, methods[method]

    def check(self, operation, response):
        """Fails unless the status, the media type and the document are described."""
        status = str(response.status_int)
        assert status in operation["responses"], (operation["operationId"], status, response.text)
        answer = operation["responses"][status]
        if "$ref" in answer:
            answer = self.document["components"]["responses"][answer["$ref"].split("/")[-1]]
        if not response.body or status.startswith("3"):
            return
        assert response.content_type in answer["content"], (operation["operationId"], status)
        if response.content_type == "application/json":
            self.validate(answer["content"]["application/json"]["schema"], response.json)
        elif response.content_type.endswith("xml"):
            etree.fromstring(response.body)

    def validate(self, schema, document):
        """Fails unless a document fits a schema, with nothing besides."""
        validator = jsonschema.Draft202012Validator({**self._strict, **schema})
        errors = [
            f"{error.json_path}: {error.message}" for error in validator.iter_errors(document)
        ]
        assert errors == []


def walked(value):
    """Every schema inside a schema."""
    if isinstance(value, dict):
        yield value
        for each in value.values():
            yield from walked(each)
    elif isinstance(value, list):
        for each in value:
            yield from walked(each)


@pytest.fixture(scope="module")
def house(make_shared_house):
    """A portal with a request in each state, and with whatever else a document can hold."""
    house = make_shared_house({"srp.transformers": TRANSFORMERS})
    portal = house.portal
    house.requests = [house.store(status=status) for status in ("evaluating", "incomplete")]
    house.requests += [house.store(status=status) for status in ("rejected", "approved", "paid")]
    house.requests.append(house.store(alliance=None, alliance_id=None, details="a\x0bb <i> , /"))
    house.requests.append(rich_request(house))
    house.requests.append(house.store(division=house.other_division, base=Decimal("0.00")))
    withdrawn = house.store()
    house.act("pilot", withdrawn, id_="withdraw", note="")
    house.requests.append(withdrawn)
    with portal.writing() as dbsession:
        now = portal.clock()
        group = groups.create_group(dbsession, "Friends", actor="test", now=now)
        member = dbsession.get(User, house.users["auditor"])
        groups.add_member(dbsession, group, member, actor="test", now=now)
        house.group = group.id
        for name in ("", "Spreadsheet"):
            apikeys.create(
                dbsession, portal.portal.secrets, user_id=house.users["pilot"], actor="test",
                name=name, now=now,
            )  # fmt: skip
    house.grant("Friends", "audit", house.other_division)
    house.post(
        "admin", f"/division/{house.division}/",
        {"form_id": "transformer", "attribute": "ship", "transformer": "zKillboard"},
    )  # fmt: skip
    return house


def rich_request(house):
    """Modifiers of all kinds, voided, suggested and taken; flags, notes, payments kept and void."""
    proposed = [
        ("judge", ProposedModifier("relative", Decimal("0.5"), "Maybe", apply=False)),
        ("judge", ProposedModifier("absolute", Decimal(-20), "Maybe", apply=False)),
        ("judge", ProposedModifier("relative", Decimal("-0.10"), "Late")),
    ]
    flags = [("judge", Flag("late", "alert", "Late")), ("judge", Flag("old", "info", "Old"))]
    id_ = house.store(modifiers=proposed, flags=flags)
    for type_, value in (("abs-bonus", "1.5"), ("rel-deduct", "12.345"), ("rel-bonus", "15")):
        house.act("reviewer", id_, id_="modifier", type_=type_, value=value, note="")
    modifiers = house.detail("reviewer", id_)["modifiers"]
    house.act("reviewer", id_, id_="void", modifier_id=modifiers[0]["id"])
    house.act("reviewer", id_, id_="suggestion", modifier_id=modifiers[-1]["id"])
    house.act("reviewer", id_, id_="note", note="See #1")
    for who, status in (
        ("reviewer", "approved"), ("payer", "paid"), ("payer", "approved"), ("payer", "paid"),
    ):  # fmt: skip
        assert house.act(who, id_, id_="action", type_=status, note="").status_int == 200
    return id_


@pytest.fixture(scope="module")
def description(house):
    return Description(house.portal.browser().get("/api/openapi.json").json)


def values(house, name, schema):
    """What can stand in a place of a path: good values, and some that are not."""
    known = {
        "id": [*house.requests, 1],
        "division_id": [house.division, house.other_division, 404],
        "user_id": [*house.users.values(), 404],
        "group_id": [house.group, 404],
        "permission": [*schema.get("enum", ()), "own"],
        "attribute": [*schema.get("enum", ("ship",)), "password"],
        "filters": [
            "status/paid", "sort/payout", "page/99", "details/fleet", "pilot/nobody",
            "payout/lots", "status/paid,approved", "submit_timestamp/%3E2014",
        ],
    }  # fmt: skip
    return known[name]


def addresses(house, path, operation):
    """Real paths for a path of the description."""
    places = {each["name"]: each["schema"] for each in operation["parameters"] if "name" in each}
    names = PLACE.findall(path)
    for picked in itertools.product(*(values(house, name, places[name]) for name in names)):
        yield path.format(**dict(zip(names, picked, strict=True)))


def formats_of(operation):
    """What `fmt` takes; nothing where there is no choice."""
    given = [each for each in operation["parameters"] if each.get("name") == "fmt"]
    return set(given[0]["schema"]["enum"]) if given else set()


def ask(browser, address, fmt=None):
    """The answer, whatever it is."""
    return browser.get(f"{address}?fmt={fmt}" if fmt else address, status="*")


@pytest.mark.parametrize("reader", READERS, ids=str)
def test_answer_when_anything_is_read_by_anybody_is_as_described(house, description, reader):
    browser = house.portal.browser() if reader is None else getattr(house, reader)
    seen = set()
    for path, operation in description.operations("get"):
        for address in addresses(house, path, operation):
            fmt = "json" if "json" in formats_of(operation) else None
            response = ask(browser, address, fmt)
            description.check(operation, response)
            seen.add((operation["operationId"], response.status_int))
    statuses = {status for _, status in seen}
    assert {401} <= statuses if reader is None else {200, 404} <= statuses


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize("reader", ["pilot", "admin", None], ids=str)
def test_answer_when_read_in_each_representation_is_as_described(house, description, reader, fmt):
    browser = house.portal.browser() if reader is None else getattr(house, reader)
    found = 0
    for path, operation in description.operations("get"):
        address = next(addresses(house, path, operation))
        offered = formats_of(operation)
        if not offered:
            continue
        response = ask(browser, address, fmt)
        description.check(operation, response)
        if reader is None:
            assert response.status_int in (303, 401), address
        elif fmt in offered:
            assert response.status_int in (200, 403), address
        else:
            assert response.status_int == 400, address
        found += response.status_int == 200
    assert found or reader is None


def test_answer_when_read_with_a_key_is_as_described(house, description):
    key = house.portal.make_key(house.users["pilot"])
    browser = house.portal.browser()
    for path, operation in description.operations("get"):
        address = next(addresses(house, path, operation))
        for query, headers in (
            (f"apikey={key}", {}),
            ("", {"Authorization": f"Bearer {key}"}),
            ("apikey=bad", {}),
        ):
            response = browser.get(f"{address}?{query}", headers=headers, status="*")
            description.check(operation, response)
            assert (response.status_int == 401) is ("bad" in query), address


def test_answer_when_it_has_not_changed_is_an_empty_304(house, description):
    for path, operation in description.operations("get"):
        if "304" not in operation["responses"]:
            continue
        address = next(addresses(house, path, operation))
        for suffix in ("?fmt=json", ""):
            first = house.admin.get(f"{address}{suffix}", status="*")
            if first.status_int != 200 or first.content_type == "text/html":
                continue
            tag = {"If-None-Match": first.headers["ETag"]}
            again = house.admin.get(f"{address}{suffix}", headers=tag, status=304)
            description.check(operation, again)


#: Who sends what where, to the status that comes of it.
SENT = [
    ("reviewer", "request", {"id_": "action", "type_": "incomplete", "note": ""}, 200),
    ("reviewer", "request", {"id_": "action", "type_": "comment", "note": "Hm"}, 200),
    ("reviewer", "request", {"id_": "action", "type_": "paid", "note": ""}, 403),
    ("reviewer", "request", {"id_": "action", "type_": "rejected", "note": ""}, 422),
    ("reviewer", "request", {"id_": "payout", "value": "12.5m"}, 200),
    ("reviewer", "request", {"id_": "payout", "value": "-1"}, 422),
    ("reviewer", "request", {"id_": "payout", "value": "1", "version": "0"}, 409),
    ("reviewer", "request", {"id_": "modifier", "type_": "abs-deduct", "value": "1"}, 200),
    ("reviewer", "request", {"id_": "void", "modifier_id": "1"}, 422),
    ("reviewer", "request", {"id_": "suggestion", "modifier_id": "1"}, 422),
    ("reviewer", "request", {"id_": "note", "note": "Hm"}, 200),
    ("reviewer", "request", {"id_": "nonsense"}, 400),
    ("payer", "request", {"id_": "action", "type_": "paid", "note": ""}, 409),
    ("pilot", "request", {"id_": "details", "details": "More."}, 200),
    ("pilot", "request", {"id_": "withdraw", "note": ""}, 200),
    ("stranger", "request", {"id_": "note", "note": "Hm"}, 403),
    ("pilot", "request/division", {"division": "2"}, 200),
    ("pilot", "request/division", {"division": "404"}, 422),
    ("pilot", "nothing", {"id_": "note", "note": "Hm"}, 404),
    ("admin", "division", {"form_id": "entity", "action": "add", "permission": "submit",
                           "name": "user:stranger"}, 200),
    ("admin", "division", {"form_id": "entity", "action": "add", "permission": "own",
                           "name": "stranger"}, 422),
    ("admin", "division", {"form_id": "transformer", "attribute": "ship",
                           "transformer": "zKillboard"}, 200),
    ("admin", "division", {"form_id": "nonsense"}, 400),
    ("pilot", "division", {"form_id": "entity"}, 400),
    ("root", "division/add", {"name": "Capitals"}, 200),
    ("root", "division/add", {"name": ""}, 422),
    ("pilot", "division/add", {"name": "Mine"}, 403),
    ("pilot", "request/add", {"url": "https://example.com/", "details": "x", "division": "1"}, 422),
    ("pilot", "request/add", {"url": "", "details": "x", "division": "404"}, 403),
    ("pilot", "request/add", {"url": "LOSS", "division": "1", "check": "1"}, 200),
    ("pilot", "apikeys", {"action": "add", "name": "Bot"}, 303),
    ("pilot", "apikeys", {"action": "delete", "key_id": "404"}, 404),
    ("pilot", "apikeys", {"action": "nonsense"}, 400),
    ("admin", "recalculation", {"change": f"1.1.{'0' * 16}"}, 200),
    ("admin", "recalculation", {}, 422),
    ("admin", "recalculation", {"change": "x"}, 400),
    ("pilot", "recalculation", {"change": f"1.1.{'0' * 16}"}, 403),
    ("root", "plugins", {"action": "resend", "plugin": "nobody"}, 200),
    ("root", "plugins", {"action": "forget", "delivery_id": "404"}, 404),
    ("root", "plugins", {"action": "nonsense"}, 400),
    ("admin", "plugins", {"action": "forget", "plugin": "nobody"}, 403),
    ("pilot", "account", {"id_": "revoke_others"}, 303),
    ("pilot", "account", {"id_": "revoke", "session_id": "404"}, 404),
    ("pilot", "account", {"id_": "main", "character_id": "1"}, 404),
    ("pilot", "account", {"id_": "nonsense"}, 400),
]  # fmt: skip
#: Name of a page to its path in the description.
PAGES = {
    "request": "/request/{id}/",
    "nothing": "/request/{id}/",
    "request/division": "/request/{id}/division/",
    "request/add": "/request/add/",
    "division": "/division/{division_id}/",
    "division/add": "/division/add/",
    "apikeys": "/apikeys/",
    "plugins": "/plugins/",
    "recalculation": "/recalculation/",
    "account": "/account/",
}


@pytest.mark.parametrize(
    ("who", "page", "form", "status"), SENT, ids=lambda value: value if type(value) is str else ""
)
def test_answer_when_a_form_is_sent_is_as_described(house, description, who, page, form, status):
    operation = description.document["paths"][PAGES[page]]["post"]
    id_ = 1 if page == "nothing" else house.store()
    path = PAGES[page].format(id=id_, division_id=house.division)
    if form.get("url") == "LOSS":
        form = {**form, "url": house.losses()[0].zkb_url}
    response = house.post(who, path, form)
    assert response.status_int == status, response.text
    description.check(operation, response)
    assert_declared(operation, form)


def assert_declared(operation, form):
    """Fails when a form was sent with a field that the description doesn't have."""
    [content] = operation["requestBody"]["content"].values()
    forms = content["schema"].get("oneOf") or [content["schema"]]
    known = [set(each["properties"]) for each in forms]
    assert any(set(form) <= each for each in known), form


def test_forms_when_described_are_all_sent_here(description):
    sent = {(PAGES[page], form.get("id_") or form.get("form_id") or form.get("action"))
            for _, page, form, _ in SENT}  # fmt: skip
    for path, operation in description.operations("post"):
        [content] = operation["requestBody"]["content"].values()
        for form in content["schema"].get("oneOf") or [content["schema"]]:
            told = next((v["const"] for v in form["properties"].values() if "const" in v), None)
            assert (path, told) in sent, (path, told)


def test_description_when_an_answer_holds_an_unknown_key_notices(house, description):
    operation = description.document["paths"]["/request/{id}/"]["get"]
    response = house.admin.get(f"/request/{house.requests[6]}/?fmt=json")
    schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
    for change in (
        lambda document: document.update(surprise=1),
        lambda document: document["modifiers"][0].update(surprise=1),
        lambda document: document.pop("payout"),
        lambda document: document.update(payout="1"),
        lambda document: document["submitter"].update(id="1"),
    ):
        document = response.json
        description.validate(schema, document)
        change(document)
        with pytest.raises(AssertionError):
            description.validate(schema, document)


def test_documents_when_the_site_is_full_hold_every_key_that_is_described(house, description):
    """No schema promises what nobody ever gets: every optional key and alternative occurs."""
    rich = house.admin.get(f"/request/{house.requests[6]}/?fmt=json").json
    kinds = {
        (each["type"], "suggested" in each, each["void"] is False) for each in rich["modifiers"]
    }
    assert {kind for kind, *_ in kinds} == {"relative", "absolute"}
    assert {is_suggested for _, is_suggested, _ in kinds} == {True, False}
    assert any("taken_by" in each for each in rich["modifiers"])
    assert {each["void"] is False for each in rich["payments"]} == {True, False}
    assert rich["flags"]
    assert rich["notes"]
    assert rich["transformed"]
