"""Arguments of operations: checked first, then put in their places."""

import uuid
from dataclasses import replace
from decimal import Decimal

import pytest

from srp_portal.esi.catalogue import OperationSpec, Parameter
from srp_portal.esi.parameters import language_code, place, settled

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
SWAGGER = replace(
    SPEC,
    parameters=tuple(replace(each, joined=each.name == "flags") for each in SPEC.parameters),
)
GOOD = {"thing_id": 7, "hash": "ab"}


def test_place_when_all_given_then_each_is_in_its_place():
    placed = place(
        SPEC,
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


def test_place_when_body_has_a_name_then_body_means_it_too():
    named = replace(SPEC, parameters=(Parameter("ids", "body", "array", True, "integer"),))
    assert place(named, {"body": [1]}).body == place(named, {"ids": [1]}).body == b"[1]"
    for wrong in ({"ids": [1], "body": [2]}, {"bodi": [1]}):
        with pytest.raises(TypeError, match="no parameter"):
            place(named, wrong)
    with pytest.raises(TypeError, match="no parameter 'body'"):
        place(replace(SPEC, parameters=SPEC.parameters[:2]), {**GOOD, "body": {}})


def test_place_when_swagger_then_lists_are_joined():
    assert place(SWAGGER, {**GOOD, "flags": {3}}).query == (("flags", "3"),)
    assert place(SWAGGER, {**GOOD, "flags": [1, 2]}).query == (("flags", "1,2"),)


def test_place_when_list_holds_lists_then_pairs_stand_with_a_bar():
    connections = Parameter("connections", "query", "array", False, "array", joined=True)
    spec = replace(SPEC, path="/route", parameters=(connections,))
    pairs = [(1, 2), [3, 4]]
    assert place(spec, {"connections": pairs}).query == (("connections", "1|2,3|4"),)
    with pytest.raises(TypeError, match="connections must be array of array"):
        place(spec, {"connections": ["1|2"]})


def test_settled_when_iterator_is_given_then_it_can_be_sent_twice():
    arguments = settled({**GOOD, "flags": iter([1, 2]), "body": {"a": 1}})
    for _ in range(2):
        assert place(SPEC, arguments).query == (("flags", "1"), ("flags", "2"))


def test_settled_when_list_changes_later_then_the_call_does_not():
    flags = [1]
    arguments = settled({**GOOD, "flags": flags})
    flags.append(2)
    assert place(SPEC, arguments).query == (("flags", "1"),)


def test_place_when_nothing_is_known_of_a_kind_then_anything_goes():
    spec = replace(SPEC, path="/x/{thing}", parameters=(Parameter("thing", "path", "any", True),))
    assert place(spec, {"thing": 7}).path == "/x/7"
    assert place(spec, {"thing": "a b"}).path == "/x/a%20b"


def test_place_when_none_given_then_left_out():
    placed = place(SPEC, {**GOOD, "strict": None})
    assert placed.query == ()
    assert placed.body is None


@pytest.mark.parametrize(
    ("text", "path"),
    [("a/b", "/things/7/a%2Fb"), ("é?#", "/things/7/%C3%A9%3F%23"), (".a", "/things/7/.a")],
    ids=["slash", "special", "dot"],
)
def test_place_when_path_holds_special_characters_then_quoted(text, path):
    assert place(SPEC, {"thing_id": 7, "hash": text}).path == path


@pytest.mark.parametrize("text", ["", ".", ".."], ids=["empty", "dot", "dots"])
def test_place_when_text_would_leave_its_place_in_the_path_then_refused(text):
    with pytest.raises(ValueError, match="hash"):
        place(SPEC, {"thing_id": 7, "hash": text})


def test_place_when_uuid_then_text():
    some = uuid.UUID(int=1)
    assert place(SPEC, {**GOOD, "hash": some}).path.endswith(str(some))


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
        place(SPEC, {**GOOD, **changes})


@pytest.mark.parametrize(
    ("given", "code"), [("en-us", "en"), ("EN", "en"), ("es", "es"), ("ko", "ko")], ids=str
)
def test_language_code_when_known_then_esis_code(given, code):
    assert language_code(given) == code


def test_language_code_when_unknown_then_value_error():
    with pytest.raises(ValueError, match="'it' is not a language of ESI"):
        language_code("it")
