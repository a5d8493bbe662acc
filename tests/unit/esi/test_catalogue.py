"""The catalogue of operations, and how it is made from specifications."""

import io
import json
from importlib.resources import files

import pytest

from srp_portal.esi.catalogue import Parameter, catalogue_from, load_file, load_shipped
from srp_portal.esi.catalogue.generate import main, write
from srp_portal.esi.catalogue.model import dump, restore
from srp_portal.esi.errors import EsiConfigurationError

SWAGGER = {
    "swagger": "2.0",
    "basePath": "/latest",
    "parameters": {
        "page": {"name": "page", "in": "query", "type": "integer"},
        "language": {"name": "language", "in": "query", "type": "string"},
    },
    "paths": {
        "/things/{thing_id}/": {
            "get": {
                "operationId": "get_things_thing_id",
                "tags": ["Great Things"],
                "parameters": [
                    {"name": "thing_id", "in": "path", "required": True, "type": "integer"},
                    {"$ref": "#/parameters/page"},
                    {"$ref": "#/parameters/language"},
                    {"name": "datasource", "in": "query", "type": "string"},
                    {"name": "If-None-Match", "in": "header", "type": "string"},
                ],
                "security": [{"evesso": ["esi-things.read.v1"]}],
                "x-cached-seconds": 60,
            },
            "post": {
                "operationId": "post_things_thing_id",
                "tags": ["Great Things"],
                "parameters": [
                    {
                        "name": "ids",
                        "in": "body",
                        "required": True,
                        "schema": {"type": "array", "items": {"type": "integer"}},
                    }
                ],
            },
        }
    },
}
OPENAPI = {
    "openapi": "3.1.0",
    "info": {"version": "2025-12-16"},
    "components": {"schemas": {"ThingID": {"type": "integer"}}},
    "paths": {
        "/things/{thing_id}": {
            "get": {
                "operationId": "GetThingsDetail",
                "tags": ["Great Things"],
                "parameters": [
                    {
                        "name": "thing_id",
                        "in": "path",
                        "required": True,
                        "schema": {"$ref": "#/components/schemas/ThingID"},
                    },
                    {"name": "Accept-Language", "in": "header", "schema": {"type": "string"}},
                ],
                "responses": {"200": {"headers": {"Content-Language": {}}}},
                "x-rate-limit": {"group": "thing", "max-tokens": 15, "window-size": "15m"},
                "x-cache-age": 30,
            },
            "post": {
                "operationId": "PostThingsThingId",
                "tags": ["Great Things"],
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {
                            "schema": {"type": "array", "items": {"type": "integer"}}
                        }
                    },
                },
                "responses": {"201": {}},
            },
        },
        "/walk": {
            "get": {
                "operationId": "GetWalk",
                "tags": ["Walk"],
                "parameters": [{"name": "from_id", "in": "query", "schema": {"type": "integer"}}],
                "responses": {},
            }
        },
        "/list": {
            "get": {
                "operationId": "GetList",
                "tags": ["Walk"],
                "x-pagination": "cursor",
                "responses": {},
            }
        },
    },
}


def test_shipped_when_loaded_then_all_operations_in_both_spellings():
    resources = load_shipped().resources
    assert sum(len(names) for names in resources.values()) == 2 * 208
    universe = resources["Universe"]
    assert universe["get_universe_types_type_id"] is universe["GetUniverseTypesTypeId"]
    assert "Planetary_Interaction" in resources
    assert load_shipped().compatibility_date == "2025-12-16"


def test_shipped_when_measured_then_below_200_kilobytes_and_without_descriptions():
    data = files("srp_portal.esi.catalogue").joinpath("operations.json").read_bytes()
    assert len(data) < 200_000
    assert b"description" not in data


@pytest.mark.parametrize(
    ("resource", "name", "fact", "value"),
    [
        ("Universe", "post_universe_names", "parameters",
            (Parameter("ids", "body", "array", True, "integer"),)),
        ("Character", "post_characters_affiliation", "cache_age", 3600),
        ("Killmails", "get_killmails_killmail_id_killmail_hash", "group", "killmail"),
        ("Killmails", "get_characters_character_id_killmails_recent", "scopes",
            ("esi-killmails.read_killmails.v1",)),
        ("Killmails", "get_characters_character_id_killmails_recent", "paging", "pages"),
        ("Corporation_Projects", "GetCorporationsProjectsListing", "paging", "cursor"),
        ("Wallet", "get_characters_character_id_wallet_transactions", "paging", "from_id"),
        ("Universe", "get_universe_types_type_id", "localisable", True),
        ("Killmails", "get_killmails_killmail_id_killmail_hash", "localisable", False),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)  # fmt: skip
def test_shipped_when_read_then_facts_are_those_of_esi(resource, name, fact, value):
    assert getattr(load_shipped().resources[resource][name], fact) == value


@pytest.mark.parametrize(
    ("resource", "name", "repeatable"),
    [
        ("Status", "get_status", True),
        ("Universe", "post_universe_ids", True),
        ("Routes", "PostRoute", True),
        ("Assets", "post_corporations_corporation_id_assets_names", True),
        ("Fittings", "post_characters_character_id_fittings", False),
        ("Mail", "post_characters_character_id_mail", False),
        ("Mail", "delete_characters_character_id_mail_mail_id", False),
    ],
)
def test_operation_when_asked_then_knows_whether_it_may_be_repeated(resource, name, repeatable):
    assert load_shipped().resources[resource][name].is_repeatable is repeatable


def test_catalogue_from_openapi_when_older_is_given_then_old_names_and_bodies_stay():
    catalogue = catalogue_from(OPENAPI, SWAGGER)
    names = catalogue.resources["Great_Things"]
    detail = names["get_things_thing_id"]
    assert detail is names["GetThingsDetail"]
    assert (detail.cache_age, detail.group, detail.localisable) == (30, "thing", True)
    assert names["post_things_thing_id"].parameters[-1].name == "ids"
    assert catalogue.groups == (("thing", (15, "15m")),)
    assert catalogue.resources["Walk"]["get_walk"].paging == "from_id"
    assert catalogue.resources["Walk"]["get_list"].paging == "cursor"


def test_catalogue_from_openapi_when_alone_then_names_are_derived():
    names = catalogue_from(OPENAPI).resources["Great_Things"]
    assert "get_things_detail" in names
    assert names["post_things_thing_id"].parameters[-1].name == "body"


def test_catalogue_from_swagger_when_read_then_own_queries_and_headers_are_left_out():
    catalogue = catalogue_from(SWAGGER)
    get = catalogue.resources["Great_Things"]["get_things_thing_id"]
    assert [parameter.name for parameter in get.parameters] == ["thing_id", "page"]
    assert (get.paging, get.localisable, get.cache_age) == ("pages", True, 60)
    assert get.scopes == ("esi-things.read.v1",)
    assert (catalogue.dialect, catalogue.base_path) == ("swagger", "/latest")


@pytest.mark.parametrize(
    "spec",
    [{}, {"openapi": "2.9"}, {"openapi": "3.1.0"}, {"swagger": "2.0", "paths": {"/": {"get": 1}}}],
    ids=["empty", "old", "no-paths", "broken"],
)
def test_catalogue_from_when_it_is_something_else_then_configuration_error(spec):
    with pytest.raises(EsiConfigurationError, match="specification"):
        catalogue_from(spec)


def test_dump_when_restored_then_the_same():
    catalogue = catalogue_from(OPENAPI, SWAGGER)
    assert restore(json.loads(json.dumps(dump(catalogue)))) == catalogue


def test_load_file_when_readable_then_catalogue_else_error_names_the_setting(tmp_path):
    path = tmp_path / "spec.json"
    path.write_text(json.dumps(SWAGGER), encoding="utf-8")
    assert "Great_Things" in load_file(str(path)).resources
    for wrong in (tmp_path / "missing.json", tmp_path):
        with pytest.raises(EsiConfigurationError, match=r"esi\.spec_file"):
            load_file(str(wrong))


def test_generate_when_run_then_writes_what_can_be_restored(tmp_path, capsys):
    for name, spec in (("new.json", OPENAPI), ("old.json", SWAGGER)):
        (tmp_path / name).write_text(json.dumps(spec), encoding="utf-8")
    assert main([str(tmp_path / "new.json"), str(tmp_path / "old.json")]) == 0
    assert restore(json.loads(capsys.readouterr().out)) == catalogue_from(OPENAPI, SWAGGER)


@pytest.mark.parametrize("arguments", [[], ["/nonexistent.json"], ["a", "b", "c"]], ids=len)
def test_generate_when_arguments_are_wrong_then_2_and_a_message(arguments, capsys):
    assert main(arguments) == 2
    assert capsys.readouterr().err


def test_write_when_shipped_catalogue_is_written_then_it_is_the_file_that_ships():
    out = io.StringIO()
    write(load_shipped(), out)
    shipped = files("srp_portal.esi.catalogue").joinpath("operations.json")
    assert out.getvalue() == shipped.read_text(encoding="utf-8")
