"""Versions of ESI's old specification: read when wanted, once, and called as they say."""

import json
import threading
import time

import pytest

from srp_portal.esi import EsiClientProvider, deadline, esi_client_factory
from srp_portal.esi.errors import EsiConfigurationError, EsiError, EsiNotFound, EsiUnavailable
from srp_portal.esi.process import default_settings, use_by_default


def _operation(name, tag, *parameters, **more):
    return {"operationId": name, "tags": [tag], "parameters": list(parameters), **more}


def _swagger(version, paths, base_path=None):
    return {
        "swagger": "2.0",
        "host": "elsewhere.example.com",
        "basePath": f"/{version}" if base_path is None else base_path,
        "paths": {path: {"get": operation} for path, operation in paths.items()},
    }


LANGUAGE = {"name": "language", "in": "query", "type": "string"}
TOKEN = {"name": "token", "in": "query", "type": "string"}
VERSIONS = {
    "v1": {
        "/universe/races/": _operation("get_universe_races", "Universe", LANGUAGE, TOKEN),
        "/bookmarks/": _operation("get_bookmarks", "Bookmarks"),
    },
    "v4": {
        "/status/": _operation("get_status", "Status"),
        "/characters/": _operation("get_characters", "Character"),
    },
    "legacy": {"/universe/races/": _operation("get_universe_races", "Universe")},
    "v8": {},
}


@pytest.fixture(autouse=True)
def keep_default_settings():
    before = default_settings()
    yield
    use_by_default(before)


@pytest.fixture
def esi(server):
    """The server as an ESI that has some versions; `esi.base` is the path of its base URL."""

    def reply(handler):
        path = handler.path.removeprefix(server.base)
        version, _, rest = path.strip("/").partition("/")
        if rest == "swagger.json":
            if version not in VERSIONS:
                return 404, {"X-Esi-Request-Id": "id-1"}, {"error": "not there"}
            return 200, {}, _swagger(version, VERSIONS[version], f"{server.base}/{version}")
        return 200, {}, {"path": handler.path}

    server.base = ""
    server.reply = reply
    return server


def _paths(server):
    return [path for _, path, _, _ in server.asked]


@pytest.fixture
def make(make_settings):
    return lambda **options: EsiClientProvider(settings=make_settings(), **options)


def test_client_when_latest_then_the_catalogue_that_ships_and_no_network(make, make_settings, esi):
    providers = [make(), make(version="latest"), make(Universe="latest")]
    providers.append(EsiClientProvider(settings=make_settings(api_version="latest")))
    for provider in providers:
        assert "get_universe_types_type_id" in dir(provider.client.Universe)
    assert esi.asked == []


def test_client_when_version_is_given_then_only_its_resources_by_its_addresses(make, esi):
    provider = make(version="v4")
    assert esi.asked == []
    client = provider.client
    assert dir(client) == ["Character", "Status"]
    assert client.Status.get_status().result() == {"path": "/v4/status/?datasource=tranquility"}
    headers = esi.asked[-1][2]
    assert "X-Compatibility-Date" not in headers
    assert "X-Tenant" not in headers
    with pytest.raises(AttributeError, match="'Universe'"):
        _ = client.Universe


def test_client_when_setting_names_a_version_then_that_one_unless_the_caller_says(
    make_settings, esi
):
    settings = make_settings(api_version="legacy")
    assert dir(EsiClientProvider(settings=settings).client) == ["Universe"]
    assert "Wallet" in dir(EsiClientProvider(settings=settings, version="latest").client)


def test_client_when_resource_versions_are_given_then_replaced_or_added(make, esi):
    client = make(Universe="v1", Bookmarks="v1", Character="v4").client
    assert dir(client.Universe) == ["GetUniverseRaces", "get_universe_races"]
    assert dir(client.Bookmarks) == ["GetBookmarks", "get_bookmarks"]
    assert sorted(_paths(esi)) == ["/v1/swagger.json", "/v4/swagger.json"]
    for call in (client.Character.get_characters, client.Character.GetCharacters):
        assert call().result()["path"].startswith("/v4/characters/?")
    client.Status.get_status().result()
    _, path, headers, _ = esi.asked[-1]
    assert path == "/status"
    assert headers["X-Compatibility-Date"] == "2025-12-16"


def test_client_when_base_lacks_a_resource_then_it_is_added(make, esi):
    client = make(version="v4", Universe="legacy", Wallet="latest").client
    assert dir(client) == ["Character", "Status", "Universe", "Wallet"]
    assert "get_characters_character_id_wallet" in dir(client.Wallet)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"Status": "v1"}, "version v1 of ESI has no resource 'Status'$"),
        ({"Univers": "v1"}, "version v1 .* 'Univers'; close ones are Universe"),
        ({"Bookmarks": "latest"}, "version latest of ESI has no resource 'Bookmarks'"),
    ],
    ids=["not-there", "misspelt", "latest"],
)
def test_client_when_version_lacks_the_resource_then_attribute_error(make, esi, options, message):
    with pytest.raises(AttributeError, match=message):
        _ = make(**options).client


@pytest.mark.parametrize("version", ["v9", "v8"], ids=["unknown", "empty"])
def test_client_when_esi_lacks_the_version_then_not_found_names_it(make, esi, version):
    for options in ({"version": version}, {"Universe": version}):
        with pytest.raises(EsiNotFound, match=rf"{version}$") as caught:
            _ = make(**options).client
        assert isinstance(caught.value, AttributeError)
        assert caught.value.status in (404, 200)
        assert caught.value.operation == f"swagger.json of {version}"
    assert caught.value.request_id == ("id-1" if version == "v9" else None)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"version": "4"}, "^version: must be latest"),
        ({"version": ""}, "^version: must be latest"),
        ({"version": 4}, "^version: must be latest"),
        ({"Universe": "newest"}, "^Universe: must be latest"),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else None,
)
def test_provider_when_version_is_no_version_then_value_error_names_the_argument(options, message):
    for make in (EsiClientProvider, esi_client_factory):
        with pytest.raises(ValueError, match=message):
            make(**options)


def test_provider_when_arguments_are_positional_then_in_the_documented_order(make_settings, esi):
    use_by_default(make_settings())
    provider = EsiClientProvider("singularity", None, "v4", "my-app v1", Universe="v1")
    provider.client.Status.get_status().result()
    _, path, headers, _ = esi.asked[-1]
    assert path == "/v4/status/?datasource=singularity"
    assert headers["User-Agent"].startswith("my-app v1 ")
    factory = esi_client_factory("secret", "singularity", None, "v4", "my-app v1", Universe="v1")
    factory.Universe.get_universe_races().result()
    _, path, headers, _ = esi.asked[-1]
    assert path == "/v1/universe/races/?datasource=singularity&language=en-us"
    assert headers["Authorization"] == "Bearer secret"


def test_call_when_swagger_then_token_in_the_header_and_language_in_both(make, esi):
    races = make(Universe="v1").client.Universe.get_universe_races
    races(token="secret", language="ko").result()
    _, path, headers, _ = esi.asked[-1]
    assert path == "/v1/universe/races/?datasource=tranquility&language=ko"
    assert headers["Accept-Language"] == "ko"
    assert headers["Authorization"] == "Bearer secret"


def test_call_when_base_url_has_a_path_then_it_is_there_once_and_host_is_ours(
    make_settings, esi, server
):
    esi.base = "/proxied/esi"
    settings = make_settings(base_url=f"{server.url}/proxied/esi")
    client = EsiClientProvider(version="v4", settings=settings).client
    assert client.Status.get_status().result()["path"].startswith("/proxied/esi/v4/status/?")


def test_client_when_version_is_wanted_by_many_then_read_once_a_process(make_settings, esi):
    settings = make_settings()
    clients = []

    def build():
        clients.append(EsiClientProvider(version="v4", settings=settings).client)

    threads = [threading.Thread(target=build) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    use_by_default(settings)
    clients.append(esi_client_factory(token="x", version="v4", Status="v4"))
    assert {tuple(dir(client)) for client in clients} == {("Character", "Status")}
    assert len(clients) == 9
    assert _paths(esi) == ["/v4/swagger.json"]


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ((503, {}, b"<html>"), EsiUnavailable),
        ((200, {}, b"<html>down</html>"), EsiUnavailable),
        ((200, {}, {"players": 1}), EsiUnavailable),
        ((400, {}, {"error": "no"}), EsiError),
    ],
    ids=["503", "html", "other", "400"],
)
def test_client_when_esi_can_not_answer_then_next_use_tries_again(
    make_settings, server, answer, kind
):
    settings = make_settings(server_error_max_retries=0)
    provider = EsiClientProvider(version="v4", settings=settings)
    server.reply = lambda _: answer
    with pytest.raises(kind, match="v4") as caught:
        _ = provider.client
    assert type(caught.value) is kind
    assert caught.value.status == answer[0]
    server.reply = lambda _: (200, {}, _swagger("v4", VERSIONS["v4"]))
    assert dir(provider.client) == ["Character", "Status"]
    sent = len(server.asked)
    assert provider.client is provider.client
    assert len(server.asked) == sent


def test_client_when_another_thread_still_reads_then_waits_no_longer_than_its_deadline(
    make_settings, server
):
    released = threading.Event()

    def reply(_):
        released.wait(5)
        return 200, {}, _swagger("v4", VERSIONS["v4"])

    server.reply = reply
    provider = EsiClientProvider(version="v4", settings=make_settings())
    first = threading.Thread(target=lambda: provider.client)
    first.start()
    while not server.asked:
        time.sleep(0.01)
    with deadline(0.2), pytest.raises(EsiUnavailable, match="still being read"):
        _ = provider.client
    released.set()
    first.join()
    assert dir(provider.client) == ["Character", "Status"]
    assert len(server.asked) == 1


def test_spec_file_when_given_then_versions_count_nothing(make, make_settings, esi, tmp_path):
    path = tmp_path / "swagger.json"
    path.write_text(json.dumps(_swagger("latest", VERSIONS["v1"])), encoding="utf-8")
    clients = [
        make(spec_file=path, version="v9", Universe="v9").client,
        EsiClientProvider(settings=make_settings(spec_file=str(path), api_version="v4")).client,
    ]
    for client in clients:
        assert dir(client) == ["Bookmarks", "Universe"]
    assert esi.asked == []
    assert clients[0].Universe.get_universe_races().result()["path"].startswith("/latest/universe")


def test_setting_when_made_by_hand_and_wrong_then_configuration_error(make_settings, server):
    with pytest.raises(EsiConfigurationError, match=r"esi\.api_version"):
        _ = EsiClientProvider(settings=make_settings(api_version="../v4")).client
    assert server.asked == []
