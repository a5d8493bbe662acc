"""The addresses with a version and those without, and the specifications that tell of them."""

from __future__ import annotations

from typing import Any

import pytest
import requests

MIRA = 2112000101
BOOKMARKS = "esi-bookmarks.read_character_bookmarks.v1"
VERSIONS = ("latest", "legacy", "dev", "v1", "v2", "v3", "v4", "v5")
PROJECT = "00000000-0000-0000-0000-000000000000"


@pytest.fixture
def swagger(web) -> Any:
    def read(version: str) -> dict[str, Any]:
        answer = web("GET", f"/esi/{version}/swagger.json")
        assert answer.status_code == 200
        found: dict[str, Any] = answer.json()
        return found

    return read


def operations(specification: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method, path, operation)
        for path, methods in specification["paths"].items()
        for method, operation in methods.items()
    ]


def resources(specification: dict[str, Any]) -> set[str]:
    return {operation["tags"][0] for _, _, operation in operations(specification)}


def filled(path: str) -> str:
    """The path with a value for each parameter, right or not."""
    values = {"killmail_hash": "0" * 40, "project_id": PROJECT, "job_id": PROJECT, "division": "1"}
    parts = [
        values.get(part[1:-1], "1") if part.startswith("{") else part for part in path.split("/")
    ]
    return "/".join(parts)


def is_there(answer: requests.Response) -> bool:
    """Whether an operation answered, be it with an error of its own."""
    if answer.status_code < 400:
        return True
    return answer.json()["error"] not in {"Not found", "Method not allowed"}


def test_swagger_when_of_v4_then_universe_is_not_among_its_resources(swagger):
    assert resources(swagger("v4")) == {"Character", "Corporation", "Alliance", "Skills"}


def test_swagger_when_of_v1_then_only_operations_with_that_number_are_there(swagger):
    paths = swagger("v1")["paths"]
    assert "/universe/groups/{group_id}/" in paths
    assert "/universe/types/{type_id}/" not in paths
    assert "/characters/{character_id}/skills/" not in paths


@pytest.mark.parametrize("version", ["latest", "legacy", "dev"])
def test_swagger_when_of_a_named_version_then_all_resources_are_there(swagger, version):
    found = swagger(version)
    assert found["basePath"] == f"/esi/{version}"
    every = set().union(*(resources(swagger(number)) for number in ("v1", "v2", "v3", "v4", "v5")))
    assert resources(found) == every
    assert "Corporation Projects" not in resources(found)


@pytest.mark.parametrize("version", VERSIONS)
def test_swagger_when_it_names_an_operation_then_that_address_answers(
    web, universe, swagger, version
):
    universe.esi(limits=False)
    for method, path, operation in operations(swagger(version)):
        assert is_there(web(method.upper(), f"/esi/{version}{filled(path)}")), operation


def test_openapi_when_it_names_an_operation_then_that_address_answers(web, universe):
    universe.esi(limits=False)
    found = web("GET", "/esi/meta/openapi.json").json()
    for method, path, operation in operations(found):
        assert is_there(web(method.upper(), f"/esi{filled(path)}")), operation


@pytest.mark.parametrize("version", ["v6", "v99", "v0"])
def test_swagger_when_there_is_no_such_version_then_404(web, version):
    answer = web("GET", f"/esi/{version}/swagger.json")
    assert answer.status_code == 404
    assert answer.json()["error"] == "Not found"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        pytest.param("/esi/v4/universe/types/587/", 404, id="resource not in the version"),
        pytest.param("/esi/v3/universe/types/587/", 200, id="its number"),
        pytest.param("/esi/v1/universe/groups/25/", 200, id="another operation's number"),
        pytest.param("/esi/v1/universe/types/587/", 404, id="not this operation's"),
        pytest.param("/esi/latest/freelance-jobs/", 404, id="younger than the versions"),
        pytest.param("/esi/freelance-jobs", 200, id="today's address"),
    ],
)
def test_address_when_it_has_a_version_then_the_operation_must_have_it(web, path, status):
    assert web("GET", path).status_code == status


def test_bookmarks_when_asked_then_only_old_addresses_have_them(web, swagger, as_pilot):
    headers = as_pilot(BOOKMARKS)
    path = f"/characters/{MIRA}/bookmarks"
    old = web("GET", f"/esi/v2{path}/", headers=headers)
    assert [each["label"] for each in old.json()] == ["Spot 1", "Spot 2", "Spot 3"]
    assert web("GET", f"/esi/latest{path}/", headers=headers).json() == old.json()
    assert web("GET", f"/esi{path}", headers=headers).status_code == 404
    assert "Bookmarks" in resources(swagger("latest"))
    assert "Bookmarks" not in resources(web("GET", "/esi/meta/openapi.json").json())


def test_specifications_when_read_then_queries_and_bodies_are_described(web, swagger):
    new = web("GET", "/esi/meta/openapi.json").json()["paths"]
    old = swagger("latest")["paths"]
    waypoint = {
        each.get("name"): each for each in new["/ui/autopilot/waypoint"]["post"]["parameters"]
    }
    assert waypoint["destination_id"]["required"] is True
    assert waypoint["clear_other_waypoints"]["schema"] == {"type": "boolean", "default": False}
    assert list(new["/ui/autopilot/waypoint"]["post"]["responses"]) == ["204"]
    assert list(old["/characters/{character_id}/mail/"]["post"]["responses"]) == ["201"]
    body = [
        each
        for each in old["/characters/{character_id}/mail/"]["post"]["parameters"]
        if each.get("in") == "body"
    ]
    assert [each["name"] for each in body] == ["mail"]
    listing = new["/freelance-jobs"]["get"]
    assert listing["x-compatibility-date"] == "2025-12-16"
    names = {each.get("name") for each in listing["parameters"]}
    assert {"before", "after", "limit", "corporation_id"} <= names
    transactions = old["/characters/{character_id}/wallet/transactions/"]["get"]
    assert "from_id" in {each.get("name") for each in transactions["parameters"]}


@pytest.mark.parametrize(
    ("path", "language", "name"),
    [
        pytest.param("/esi/universe/types/30004984", "es", "Svipul [es]", id="today"),
        pytest.param("/esi/latest/universe/types/30004984/", "es", "Svipul", id="old"),
        pytest.param("/esi/latest/universe/types/30004984/", "ko", "Svipul [ko]", id="old, known"),
    ],
)
def test_language_when_spanish_then_only_todays_addresses_speak_it(web, path, language, name):
    answer = web("GET", path, headers={"Accept-Language": language})
    assert answer.json()["name"] == name
    expected = language if name.endswith("]") else "en"
    assert answer.headers["Content-Language"] == expected
