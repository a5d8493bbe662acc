"""Arguments of operations: checked first, then put in their places."""

import uuid
from decimal import Decimal

import pytest

from srp_portal.esi.catalogue import OperationSpec, Parameter
from srp_portal.esi.parameters import language_code, place

SPEC = OperationSpec(
    name="PostThing",
    old_name="post_thing",
    method="POST",
    path="/things/{thing_id}/{hash}",
    tag="Things",
    parameters=(
        Parameter("thing_id", "path", "integer", required=True),
        Parameter("hash", "path", "string", required=True),
        Parameter("flags", "query", "array", required=False, items="integer"),
        Parameter("strict", "query", "boolean", required=False),
        Parameter("rate", "query", "number", required=False),
        Parameter("body", "body", "object", required=False),
    ),
)
GOOD = {"thing_id": 7, "hash": "ab"}


def test_place_when_all_given_then_each_is_in_its_place():
    placed = place(
        SPEC,
        "openapi",
        {
            **GOOD,
            "flags": (1, 2),
            "strict": True,
            "rate": Decimal("0.5"),
            "body": {"a": Decimal(1)},
        },
    )
    assert placed.path == "/things/7/ab"
    assert placed.query == (("flags", "1"), ("flags", "2"), ("strict", "true"), ("rate", "0.5"))
    assert placed.body == b'{"a":1.0}'


def test_place_when_swagger_then_lists_are_joined():
    assert place(SPEC, "swagger", {**GOOD, "flags": {3}}).query == (("flags", "3"),)
    assert place(SPEC, "swagger", {**GOOD, "flags": [1, 2]}).query == (("flags", "1,2"),)


def test_place_when_none_given_then_left_out():
    placed = place(SPEC, "openapi", {**GOOD, "strict": None})
    assert placed.query == ()
    assert placed.body is None


@pytest.mark.parametrize(
    ("text", "path"),
    [("a/b", "/things/7/a%2Fb"), ("é?#", "/things/7/%C3%A9%3F%23"), (".a", "/things/7/.a")],
    ids=["slash", "special", "dot"],
)
def test_place_when_path_holds_special_characters_then_quoted(text, path):
    assert place(SPEC, "openapi", {"thing_id": 7, "hash": text}).path == path


@pytest.mark.parametrize("text", ["", ".", ".."], ids=["empty", "dot", "dots"])
def test_place_when_text_would_leave_its_place_in_the_path_then_refused(text):
    with pytest.raises(ValueError, match="hash"):
        place(SPEC, "openapi", {"thing_id": 7, "hash": text})


def test_place_when_uuid_then_text():
    some = uuid.UUID(int=1)
    assert place(SPEC, "openapi", {**GOOD, "hash": some}).path.endswith(str(some))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"thing_id": "7"}, "thing_id must be integer, not str"),
        ({"thing_id": True}, "thing_id must be integer, not bool"),
        ({"hash": 7}, "hash must be string, not int"),
        ({"flags": "12"}, "flags must be array of integer, not str"),
        ({"flags": 1}, "flags must be array of integer, not int"),
        ({"flags": {"a": 1}}, "flags must be array of integer, not dict"),
        ({"flags": ["a"]}, "flags must be array of integer, not list"),
        ({"strict": 1}, "strict must be boolean, not int"),
        ({"rate": "1"}, "rate must be number, not str"),
        ({"rate": False}, "rate must be number, not bool"),
        ({"body": []}, "body must be object, not list"),
        ({"body": {"a": object()}}, "not JSON serializable"),
        ({"thing_id": None}, "needs thing_id"),
        ({"thingid": 1}, "no parameter 'thingid', did you mean 'thing_id'"),
        ({"qqq": 1}, "no parameter 'qqq'$"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_place_when_an_argument_is_wrong_then_type_error_says_which(changes, message):
    with pytest.raises(TypeError, match=message):
        place(SPEC, "openapi", {**GOOD, **changes})


@pytest.mark.parametrize(
    ("given", "code"), [("en-us", "en"), ("EN", "en"), ("es", "es"), ("ko", "ko")], ids=str
)
def test_language_code_when_known_then_esis_code(given, code):
    assert language_code(given) == code


def test_language_code_when_unknown_then_value_error():
    with pytest.raises(ValueError, match="'it' is not a language of ESI"):
        language_code("it")
