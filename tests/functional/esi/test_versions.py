"""The versions and specifications that the sandbox serves, from the first to the last operation."""

import time
import uuid

import pytest
import requests

from srp_portal.esi import EsiClientProvider
from srp_portal.esi.errors import EsiError, EsiNotFound
from srp_portal.esi.models import Token
from srp_portal.esi.settings import EsiSettings

KILLS = "esi-killmails.read_killmails.v1"
SPECIFICATIONS = ("latest/swagger.json", "meta/openapi.json")
VALUES = {
    "integer": 7,
    "number": 1.5,
    "string": "0",
    "boolean": True,
    "object": {},
    "array": [1, 2],
    "any": 7,
}


@pytest.fixture
def make(settings):
    """Makes a client of the sandbox."""

    def client(changes=None, **options):
        wanted = EsiSettings.from_settings({**settings, **(changes or {})})
        return EsiClientProvider(settings=wanted, **options).client

    return client


@pytest.fixture(params=SPECIFICATIONS, ids=["swagger", "openapi"])
def spec_file(request, universe, tmp_path):
    """A specification of the sandbox, saved."""
    answer = requests.get(f"{universe.url}/esi/{request.param}", timeout=10)
    path = tmp_path / "specification.json"
    path.write_bytes(answer.content)
    return path


def _callers(client):
    for resource in dir(client):
        for name in dir(getattr(client, resource)):
            yield getattr(getattr(client, resource), name)


def _arguments(spec):
    """The least that an operation wants."""
    wanted = {
        each.name: [VALUES[each.items]] if each.kind == "array" else VALUES[each.kind]
        for each in spec.parameters
        if each.required
    }
    unique = dict.fromkeys(("project_id", "job_id"), str(uuid.UUID(int=0)))
    return wanted | {name: value for name, value in unique.items() if name in wanted}


def _complaint(operation):
    """What ESI says against a call."""
    try:
        operation.result(ignore_cache=True, retries=0)
    except EsiError as error:
        return str(error)
    return ""


def test_spec_file_when_whole_then_loaded_in_no_time_and_all_operations_reach_esi(
    make, spec_file, universe
):
    universe.esi(limits=False)
    started = time.perf_counter()
    client = make(spec_file=spec_file)
    assert time.perf_counter() - started < 2
    called = 0
    for call in _callers(client):
        sent = len(universe.requests)
        operation = call(**_arguments(call._spec), token="no-token")
        # Its own refusals are fine, an address that nothing is at is not.
        complaint = _complaint(operation)
        assert not complaint.endswith("Not found")
        assert "Method not allowed" not in complaint
        assert len(universe.requests) == sent + 1
        called += 1
    assert called > 30
    assert all("token=" not in entry.query for entry in universe.log)


def test_version_when_it_lacks_a_resource_then_attribute_error_else_its_operations(make, universe):
    client = make(version="v4")
    assert "Universe" not in dir(client)
    with pytest.raises(AttributeError, match="'Universe'"):
        _ = client.Universe
    pilot = next(iter(universe.characters.values()))
    character = client.Character.get_characters_character_id(character_id=pilot.id).result()
    assert character["name"] == pilot.name
    assert universe.requests[-1][1] == f"/esi/v4/characters/{pilot.id}/"


def test_setting_when_it_names_a_version_then_its_addresses_are_called(make, universe):
    client = make({"esi.api_version": "legacy"})
    assert "players" in client.Status.get_status().result()
    assert [path for _, path in universe.requests] == [
        "/esi/legacy/swagger.json",
        "/esi/legacy/status/",
    ]


def test_resource_versions_when_mixed_then_each_calls_its_own(make, universe):
    client = make(Universe="v3")
    universe.clear_log()
    client.Universe.get_universe_types_type_id(type_id=587, language="de").result()
    client.Status.get_status().result()
    first, second = universe.log
    assert (first.path, second.path) == ("/esi/v3/universe/types/587/", "/esi/status")
    assert "language=de" in first.query
    assert "datasource=tranquility" in first.query
    assert second.query == ""


def test_version_when_esi_lacks_it_then_not_found_names_it(make):
    with pytest.raises(EsiNotFound, match="v99"):
        make(version="v99")


def test_results_when_paged_and_versioned_then_token_in_the_header_only(
    traveller, settings, universe, pilot, sessions, app
):
    traveller.log_in(pilot.id, f"scopes={KILLS}", user="7")
    universe.esi(page_size=1)
    with sessions() as session:
        token = Token.get_token(session, pilot.id, KILLS)
        client = token.get_esi_client(version="v1")
        universe.clear_log()
        kills = client.Killmails.get_characters_character_id_killmails_recent(
            character_id=pilot.id
        ).results()
        secret = str(token.access_token)
    log = [entry for entry in universe.log if "killmails" in entry.path]
    assert len(log) == len(kills) > 1
    assert log[0].path == f"/esi/v1/characters/{pilot.id}/killmails/recent/"
    assert all(entry.headers["Authorization"] == "Bearer" for entry in log)
    assert secret not in str(universe.log)


def test_language_when_versioned_then_text_of_that_language(make):
    every = make(Universe="latest").Universe.get_universe_types_type_id(type_id=587)
    old = make(Universe="v3").Universe.get_universe_types_type_id(type_id=587)
    for language in ("de", "ko", "en"):
        assert old.result(language=language) == every.result(language=language)
    assert old.results_localized(["de", "fr"])["de"] != old.results_localized(["fr"])["fr"]
