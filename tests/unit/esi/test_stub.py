"""The type stub of the catalogue: what editors and type checkers know of the client."""

import ast
import os
import re
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest

from srp_portal.esi import EsiClientProvider
from srp_portal.esi.catalogue import load_shipped
from srp_portal.esi.catalogue.model import Catalogue, OperationSpec
from srp_portal.esi.catalogue.stub import stub
from srp_portal.esi.parameters import LANGUAGES

ROOT = Path(__file__).parents[3]
# Their types are not in question here, and reading them takes most of mypy's time.
SKIPPED = "pyramid.*,requests.*,sqlalchemy.*,transaction.*,zope.*,webob.*,oauthlib.*,orjson.*"
HEAD = """\
from decimal import Decimal
from uuid import UUID

from srp_portal.esi import EsiClientProvider
from srp_portal.esi.models import Token

esi = EsiClientProvider()

def check(token: Token, number: int, text: str) -> None:
"""
RIGHT = {
    "old-spelling": "esi.client.Universe.get_universe_types_type_id(type_id=587)",
    "new-spelling": "esi.client.Universe.GetUniverseTypesTypeId(type_id=number)",
    "no-parameters": "esi.client.Status.get_status()",
    "spaces": "esi.client.Planetary_Interaction.get_universe_schematics_schematic_id("
    "schematic_id=1)",
    "optional": "esi.client.Market.get_markets_region_id_orders(region_id=1, order_type='all')",
    "optional-none": "esi.client.Market.get_markets_region_id_orders("
    "region_id=1, order_type='all', type_id=None)",
    "list": "esi.client.Universe.post_universe_names(ids=[1, 2])",
    "set": "esi.client.Universe.post_universe_names(ids={1, 2})",
    "iterator": "esi.client.Universe.post_universe_names(ids=(each for each in (1, 2)))",
    "object": "esi.client.Mail.post_characters_character_id_mail(character_id=1, mail={'a': 1})",
    "boolean": "esi.client.Search.get_characters_character_id_search("
    "character_id=1, categories=['character'], search=text, strict=True)",
    "uuid": "esi.client.Freelance_Jobs.GetFreelanceJobsDetail(job_id=UUID(int=1))",
    "token": "esi.client.Wallet.get_characters_character_id_wallet(character_id=1, token=token)",
    "token-text": "esi.client.Wallet.get_characters_character_id_wallet("
    "character_id=1, token='ey')",
    "language": "esi.client.Universe.get_universe_types_type_id(type_id=587, language='en-us')",
    "datasource": "esi.client.Status.get_status(datasource='tranquility')",
    "everything-after": "esi.client.Universe.get_universe_types_type_id(type_id=587)"
    ".result(ignore_cache=True).anything[0]",
    "token's-client": "token.get_esi_client().Status.get_status().results()",
    # Only specification files have it.
    "other-resource": "esi.client.Bookmarks.get_characters_character_id_bookmarks("
    "character_id=1).result()",
}
WRONG = {
    "misspelt-parameter": (
        "esi.client.Universe.get_universe_types_type_id(typ_id=587)",
        'Unexpected keyword argument "typ_id"',
    ),
    "missing-parameter": (
        "esi.client.Universe.GetUniverseTypesTypeId()",
        'Missing named argument "type_id"',
    ),
    "positional": (
        "esi.client.Universe.get_universe_types_type_id(587)",
        "Too many positional arguments",
    ),
    "wrong-type": (
        "esi.client.Universe.get_universe_types_type_id(type_id='587')",
        'Argument "type_id" .* has incompatible type "str"; expected "int"',
    ),
    "wrong-items": (
        "esi.client.Universe.post_universe_names(ids=['Jita'])",
        'List item 0 has incompatible type "str"; expected "int"',
    ),
    "body-is-no-object": (
        "esi.client.Mail.post_characters_character_id_mail(character_id=1, mail=[1])",
        'expected "Mapping\\[str, Any\\]"',
    ),
    "language": (
        "esi.client.Universe.get_universe_types_type_id(type_id=587, language='pl')",
        'Argument "language"',
    ),
    "token": (
        "esi.client.Status.get_status(token=7)",
        'Argument "token"',
    ),
    "misspelt-operation": (
        "esi.client.Universe.get_universe_type(type_id=587)",
        'has no attribute "get_universe_type"',
    ),
    "operation-is-no-attribute": (
        "esi.client.Universe.get_universe_types_type_id(type_id=587).resultat()",
        '"Operation" has no attribute "resultat"',
    ),
    "token's-client": (
        "token.get_esi_client().Status.get_statu()",
        'has no attribute "get_statu"',
    ),
}


@pytest.fixture(scope="module")
def complaints(tmp_path_factory):
    """What mypy says of each call above, by its name; one run for all of them."""
    folder = tmp_path_factory.mktemp("typed")
    calls = {f"right {name}": call for name, call in RIGHT.items()}
    calls |= {f"wrong {name}": call for name, (call, _) in WRONG.items()}
    lines = HEAD + "".join(f"    {call}  # {name}\n" for name, call in calls.items())
    lines += "    reveal_type(esi.client.Status.get_status().result())  # revealed\n"
    (folder / "calls.py").write_text(lines)
    (folder / "mypy.ini").write_text(
        f"[mypy]\nstrict = True\n[mypy-{SKIPPED}]\n"
        "follow_imports = skip\nignore_missing_imports = True\n"
    )
    command = [sys.executable, "-m", "mypy", "--config-file", "mypy.ini", "calls.py"]
    options = ["--no-error-summary", "--no-color-output", f"--cache-dir={folder}/cache"]
    done = subprocess.run(
        [*command, *options],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env={**os.environ, "MYPYPATH": str(ROOT)},
    )
    assert done.stderr == ""
    said = {}
    comments = dict(enumerate((line.partition("  # ")[2] for line in lines.splitlines()), 1))
    for line in done.stdout.splitlines():
        if found := re.match(r"calls\.py:(\d+): (.*)", line):
            said.setdefault(comments[int(found[1])], []).append(found[2])
    return said


@pytest.mark.parametrize("name", RIGHT)
def test_call_when_it_is_right_then_type_checkers_agree(complaints, name):
    assert complaints.get(f"right {name}", []) == []


@pytest.mark.parametrize("name", WRONG)
def test_call_when_it_is_wrong_then_type_checkers_say_so(complaints, name):
    said = [each for each in complaints.get(f"wrong {name}", []) if each.startswith("error: ")]
    assert any(re.search(WRONG[name][1], each) for each in said), said


def test_result_when_a_type_checker_asks_then_it_is_anything(complaints):
    assert complaints["revealed"] == ['note: Revealed type is "Any"']


def test_stub_when_made_today_then_it_is_the_file_that_ships():
    shipped = files("srp_portal.esi").joinpath("resources.pyi").read_text(encoding="utf-8")
    assert stub(load_shipped()) == shipped


def test_stub_when_run_as_the_documented_command_then_it_writes_the_same():
    command = [sys.executable, "-m", "srp_portal.esi.catalogue.stub"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout == stub(load_shipped())


@pytest.mark.parametrize("resource", list(load_shipped().resources))
def test_stub_when_read_then_it_knows_every_name_and_parameter_of_the_client(resource):
    module = ast.parse(stub(load_shipped()))
    classes = {node.name: node for node in module.body if isinstance(node, ast.ClassDef)}
    attributes = {each.target.id: each.annotation.id for each in classes["Resources"].body}
    body = classes[attributes[resource]].body
    methods = {each.name: each for each in body if isinstance(each, ast.FunctionDef)}
    aliases = {each.targets[0].id: each.value.id for each in body if isinstance(each, ast.Assign)}
    assert sorted({*methods, *aliases}) == dir(getattr(EsiClientProvider().client, resource))
    for name, operation in load_shipped().resources[resource].items():
        arguments = methods[aliases.get(name, name)].args
        given = dict(
            zip((each.arg for each in arguments.kwonlyargs), arguments.kw_defaults, strict=True)
        )
        required = {each for each, default in given.items() if default is None}
        assert set(given) == {each.name for each in operation.parameters} | {
            "token",
            "language",
            "datasource",
        }
        assert required == {each.name for each in operation.parameters if each.required}


def test_stub_when_read_then_its_languages_are_those_of_the_client():
    module = ast.parse(stub(load_shipped()))
    [alias] = [each for each in module.body if isinstance(each, ast.AnnAssign)]
    assert ast.literal_eval(alias.value.slice) == (*LANGUAGES, "en-us")


def test_stub_when_a_specification_has_only_old_names_then_each_is_there_once():
    operation = OperationSpec("get_things", "get_things", "GET", "/things/", "Great Things")
    text = stub(Catalogue((operation,), dialect="swagger"))
    body = {node.name: node for node in ast.parse(text).body if isinstance(node, ast.ClassDef)}
    [method] = body["GreatThingsOperations"].body
    assert (method.name, ast.get_docstring(method)) == ("get_things", "GET /things/")
    [attribute] = body["Resources"].body
    assert ast.unparse(attribute) == "Great_Things: GreatThingsOperations"
