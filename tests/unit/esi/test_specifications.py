"""Specifications of other hands: what they leave out, and what can't be understood."""

import json
import os

import pytest

from srp_portal.esi import EsiClientProvider
from srp_portal.esi.catalogue import Parameter, catalogue_from, load_file
from srp_portal.esi.catalogue.schemas import kind_of
from srp_portal.esi.errors import EsiConfigurationError


def _openapi(paths, **more):
    return {"openapi": "3.0.3", "info": {"title": "x", "version": "1.0"}, "paths": paths, **more}


def _swagger(paths, **more):
    return {"swagger": "2.0", "paths": paths, **more}


def _only(spec):
    (operation,) = catalogue_from(spec).operations
    return operation


def _query(name, **schema):
    return {"name": name, "in": "query", "schema": schema}


def test_operation_when_names_are_missing_then_they_are_made_from_the_path():
    path = {"/universe/types/{type_id}": {"get": {"parameters": []}}}
    operation = _only(_openapi(path))
    assert operation.name == "GetUniverseTypesTypeId"
    assert operation.old_name == "get_universe_types_type_id"
    assert operation.resource == "Universe"
    assert operation.parameters == (Parameter("type_id", "path", "any", True),)
    assert _only(_swagger(path)).name == "get_universe_types_type_id"
    assert _only(_swagger({"/": {"get": {}}})).resource == "Default"


def test_operation_when_names_are_no_identifiers_then_they_become_ones():
    operation = _only(_openapi({"/x": {"get": {"operationId": "get-x.y", "tags": ["A-b c"]}}}))
    assert (operation.name, operation.resource) == ("get_x_y", "A_b_c")


def test_parameters_when_path_has_some_then_operation_adds_and_replaces():
    spec = _openapi(
        {
            "/x/{id}": {
                "parameters": [
                    {"$ref": "#/components/parameters/Id"},
                    _query("limit", type="string"),
                ],
                "get": {"parameters": [_query("limit", type="integer")]},
            }
        },
        components={
            "parameters": {"Id": {"name": "id", "in": "path", "schema": {"type": "integer"}}}
        },
    )
    assert _only(spec).parameters == (
        Parameter("id", "path", "integer", True),
        Parameter("limit", "query", "integer", False),
    )


def test_body_when_it_is_referred_to_then_found():
    spec = _openapi(
        {"/x": {"post": {"requestBody": {"$ref": "#/components/requestBodies/Ids~1all"}}}},
        components={
            "schemas": {"Ids": {"type": "array", "items": {"$ref": "#/components/schemas/Id"}},
                        "Id": {"type": "integer"}},
            "requestBodies": {"Ids/all": {"required": True, "content": {
                "application/vnd.x+json; charset=utf-8": {
                    "schema": {"$ref": "#/components/schemas/Ids"}}}}},
        },
    )  # fmt: skip
    assert _only(spec).parameters == (Parameter("body", "body", "array", True, "integer"),)
    nothing = {"/x": {"post": {"requestBody": {"content": {"text/plain": {}}}}}}
    assert _only(_openapi(nothing)).parameters == (Parameter("body", "body", "any", False),)


def test_path_item_when_it_is_referred_to_then_found():
    spec = _openapi(
        {"/x": {"$ref": "#/components/pathItems/X"}, "x-note": "no path", "summary": {}},
        components={"pathItems": {"X": {"summary": "X", "get": {"operationId": "GetX"}}}},
    )
    assert _only(spec).name == "GetX"


@pytest.mark.parametrize(
    ("schema", "kind"),
    [
        ({"type": ["integer", "null"]}, ("integer", None)),
        ({"type": "string", "nullable": True}, ("string", None)),
        ({"type": ["integer", "string"]}, ("any", None)),
        ({"type": ["integer", "number"]}, ("number", None)),
        ({"oneOf": [{"type": "integer"}, {"type": "null"}]}, ("integer", None)),
        ({"anyOf": [{"type": "integer"}, {"type": "string"}]}, ("any", None)),
        ({"allOf": [{"type": "integer"}, {"description": "an id"}]}, ("integer", None)),
        ({"allOf": [{"$ref": "#/Ids"}]}, ("array", "integer")),
        ({"type": "array"}, ("array", "any")),
        ({"type": "array", "items": {}}, ("array", "any")),
        ({"properties": {"a": {}}}, ("object", None)),
        ({"enum": ["a"]}, ("any", None)),
        ({"type": "file"}, ("any", None)),
        ({}, ("any", None)),
    ],
    ids=str,
)
def test_kind_of_when_schema_is_unusual_then_its_json_type_or_any(schema, kind):
    assert kind_of({"Ids": {"type": "array", "items": {"type": "integer"}}}, schema) == kind


def test_lists_when_specification_says_how_then_joined_or_repeated():
    numbers = {"type": "array", "items": {"type": "integer"}}
    new = _openapi({"/x": {"get": {"parameters": [
        _query("a", **numbers), {**_query("b", **numbers), "explode": False}]}}})  # fmt: skip
    old = _swagger({"/x": {"get": {"parameters": [
        {"name": "a", "in": "query", **numbers, "collectionFormat": "multi"},
        {"name": "b", "in": "query", **numbers}]}}})  # fmt: skip
    for spec in (new, old):
        assert [each.joined for each in _only(spec).parameters] == [False, True]


def test_parameter_when_its_schema_is_under_a_media_type_then_found():
    content = {"application/json": {"schema": {"type": "object"}}}
    spec = _openapi({"/x": {"get": {"parameters": [
        {"name": "filter", "in": "query", "content": content},
        {"name": "session", "in": "cookie", "schema": {"type": "string"}}]}}})  # fmt: skip
    assert _only(spec).parameters == (Parameter("filter", "query", "object", False),)


def test_operation_when_it_takes_a_form_then_it_is_left_out():
    form = {"name": "file", "in": "formData", "type": "file"}
    spec = _swagger({"/x": {"post": {"parameters": [form]}, "patch": {"operationId": "patch_x"}}})
    assert _only(spec).method == "PATCH"


@pytest.mark.parametrize(
    ("servers", "base_path"),
    [
        ([{"url": "https://esi.evetech.net"}], ""),
        ([{"url": "https://esi.evetech.net/latest/"}], "/latest"),
        ([{"url": "/esi"}, {"url": "/other"}], "/esi"),
        ([{"url": "https://h/{v}", "variables": {"v": {"default": "v2"}}}], "/v2"),
        ([{"url": "//evil.example.com//x"}], "/x"),
        ([{}], ""),
        (None, ""),
    ],
    ids=str,
)
def test_servers_when_they_have_a_path_then_it_is_the_base_and_the_host_counts_nothing(
    servers, base_path
):
    assert catalogue_from(_openapi({}, servers=servers)).base_path == base_path


@pytest.mark.parametrize(
    ("own", "base_path", "root"),
    [
        ("", "/latest", "/latest"),
        ("/esi", "/esi/v4", "/esi/v4"),
        ("/esi", "/esi", "/esi"),
        ("/esi", "/esinet/v4", "/esi/esinet/v4"),
        ("/esi", "v4/", "/esi/v4"),
        ("/esi", "@evil.example.com", "/esi/@evil.example.com"),
    ],
    ids=str,
)
def test_call_when_both_addresses_have_a_path_then_what_they_share_is_there_once(
    make_settings, server, tmp_path, own, base_path, root
):
    path = tmp_path / "spec.json"
    spec = _swagger({"/x/": {"get": {"operationId": "get_x", "tags": ["X"]}}}, basePath=base_path)
    path.write_text(json.dumps(spec), encoding="utf-8")
    settings = make_settings(base_url=server.url + own)
    EsiClientProvider(spec_file=path, settings=settings).client.X.get_x().result()
    assert server.asked[-1][1] == f"{root}/x/?datasource=tranquility"


def test_date_when_version_is_none_then_it_is_not_sent(make_settings, server, tmp_path):
    path = tmp_path / "spec.json"
    path.write_text(json.dumps(_openapi({"/x": {"get": {"tags": ["X"]}}})), encoding="utf-8")
    EsiClientProvider(spec_file=path, settings=make_settings()).client.X.get_x().result()
    assert "X-Compatibility-Date" not in server.asked[-1][2]


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ([], "neither"),
        ("text", "neither"),
        (_openapi([]), "understood"),
        (_openapi({"/x": {"get": 7}}), "GET /x|its paths"),
        (_openapi({"/x": {"get": {"parameters": [{"in": "query"}]}}}), "GET /x.*name"),
        (_openapi({"/x": {"get": {"parameters": [{"$ref": "#/no"}]}}}), "GET /x.*#/no is not"),
        (_openapi({"/x": {"$ref": "other.json#/x"}}), "other.json#/x is in another file"),
        (
            _openapi({"/x": {"get": {"parameters": [{"$ref": "#/a"}]}}}, a={"$ref": "#/a"}),
            "GET /x.*refers to itself",
        ),
        (_openapi({}, servers=7), "understood"),
    ],
    ids=[
        "list",
        "text",
        "paths",
        "operation",
        "nameless",
        "no-reference",
        "file",
        "loop",
        "servers",
    ],
)  # fmt: skip
def test_catalogue_when_it_can_not_be_understood_then_error_names_the_place(spec, message):
    with pytest.raises(EsiConfigurationError, match=message):
        catalogue_from(spec)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("spec.yaml", "openapi: 3.1.0\n", "YAML has to be converted to JSON"),
        ("spec.json", "{", "spec.json is not JSON"),
        ("spec.json", "[1]", "neither Swagger 2.0 nor OpenAPI"),
    ],
)
def test_load_file_when_it_is_something_else_then_message_says_what(tmp_path, name, text, message):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(EsiConfigurationError, match=rf"esi\.spec_file: .*{message}"):
        load_file(path)


def test_load_file_when_it_begins_with_a_mark_then_read(tmp_path):
    path = tmp_path / "spec.json"
    path.write_text(json.dumps(_openapi({})), encoding="utf-8-sig")
    assert load_file(str(path)).operations == ()


def test_load_file_when_asked_again_then_read_only_if_it_changed(tmp_path):
    path = tmp_path / "spec.json"
    path.write_text(json.dumps(_openapi({})), encoding="utf-8")
    first = load_file(path)
    assert load_file(str(path)) is first
    path.write_text(json.dumps(_openapi({"/x": {"get": {}}})), encoding="utf-8")
    os.utime(path, ns=(1, 1))
    assert len(load_file(path).operations) == 1
