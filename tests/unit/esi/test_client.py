"""The client's shape, and the errors that answers become."""

import copy
import json
import subprocess
import sys
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from operator import attrgetter

import pytest

from srp_portal import esi
from srp_portal.esi import EsiClientProvider, EsiSettings, esi_client_factory
from srp_portal.esi.credentials import AccessToken, token_owner
from srp_portal.esi.errors import (
    EsiConfigurationError,
    EsiError,
    EsiForbidden,
    EsiNotFound,
    EsiUnavailable,
)
from srp_portal.esi.process import Shared, default_settings, shared_of, use_by_default, user_agent

SWAGGER = {
    "swagger": "2.0",
    "basePath": "/latest",
    "paths": {
        "/bookmarks/": {
            "get": {
                "operationId": "get_bookmarks",
                "tags": ["Bookmarks"],
                "parameters": [
                    {"name": "language", "in": "query", "type": "string"},
                ],
            }
        }
    },
}


@pytest.fixture
def client(make_settings):
    return EsiClientProvider(settings=make_settings()).client


@pytest.fixture(autouse=True)
def keep_default_settings():
    before = default_settings()
    yield
    use_by_default(before)


def test_dir_when_exploring_then_resources_and_operations(client):
    assert "Universe" in dir(client)
    assert {"get_universe_types_type_id", "GetUniverseTypesTypeId"} <= set(dir(client.Universe))
    assert "type_id: integer" in client.Universe.get_universe_types_type_id.__doc__
    member = client.Corporation.get_corporations_corporation_id_members
    assert "esi-corporations.read_corporation_membership.v1" in member.__doc__
    assert "page: integer = None" in client.Alliance.get_alliances.__doc__ + (
        client.Killmails.get_characters_character_id_killmails_recent.__doc__
    )


def test_repr_when_shown_then_says_what_it_is(client, server):
    assert repr(client) == f"<EsiClient of {server.url}>"
    assert repr(client.Status) == "<Resource Status>"
    assert repr(client.Status.get_status) == "<Status GetStatus>"
    assert repr(client.Status.get_status()) == "<Operation GetStatus>"
    assert repr(EsiClientProvider()) == "<EsiClientProvider>"


def test_copy_when_made_of_a_client_then_it_calls_as_the_first(client, server):
    for each in (copy.copy(client), copy.copy(client.Status)):
        status = each if repr(each) == "<Resource Status>" else each.Status
        assert status.get_status().result() == {}
    assert len(server.asked) == 2


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("Univers", "ESI has no resource 'Univers'; close ones are Universe"),
        ("Universe.get_universe_name", "close ones are"),
        ("Universe.zzz", "Universe has no operation 'zzz'$"),
        ("_private", "EsiClient has no attribute '_private'$"),
        ("Universe._private", "Resource has no attribute '_private'$"),
    ],
)
def test_attribute_when_wrong_then_error_suggests_close_names(client, path, message):
    with pytest.raises(AttributeError, match=message):
        attrgetter(path)(client)


def test_call_when_arguments_are_wrong_then_type_error_before_any_network(client, server):
    for arguments in (
        {},
        {"type_id": "x"},
        {"type_id": 1, "other": 2},
        {"type_id": 1, "token": 5},
    ):
        with pytest.raises(TypeError):
            client.Universe.get_universe_types_type_id(**arguments)
    with pytest.raises(ValueError, match="language"):
        client.Universe.get_universe_types_type_id(type_id=1, language="xx")
    assert server.asked == []


def test_result_when_sent_then_headers_say_what_esi_wants_to_know(client, server):
    client.Universe.get_universe_types_type_id(type_id=587, datasource="singularity").result(
        language="fr"
    )
    ((method, path, headers, _),) = server.asked
    assert (method, path) == ("GET", "/universe/types/587")
    assert headers["X-Compatibility-Date"] == "2025-12-16"
    assert headers["X-Tenant"] == "singularity"
    assert headers["Accept-Language"] == "fr"
    assert headers["User-Agent"].startswith("srp-portal-esi v")
    assert "Authorization" not in headers


def test_result_when_not_localisable_then_no_language_is_sent(client, server):
    client.Status.get_status().result(language="fr")
    assert "Accept-Language" not in server.asked[0][2]


def test_result_when_settings_say_so_then_date_tenant_and_agent_are_theirs(make_settings, server):
    settings = make_settings(
        compatibility_date="2025-08-26", tenant="serenity", user_contact_email="a@example.com"
    )
    provider = EsiClientProvider(app_info_text="my-app v1.0.0", settings=settings)
    provider.client.Status.get_status().result()
    headers = server.asked[0][2]
    assert headers["X-Compatibility-Date"] == "2025-08-26"
    assert headers["X-Tenant"] == "serenity"
    assert headers["User-Agent"].startswith("my-app v1.0.0 (a@example.com) srp-portal-esi v")


def test_result_when_body_is_sent_then_json(client, server):
    client.Universe.post_universe_names(ids=[1, 2]).result()
    method, path, headers, body = server.asked[0]
    assert (method, path, json.loads(body)) == ("POST", "/universe/names", [1, 2])
    assert headers["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, EsiError),
        (401, EsiForbidden),
        (403, EsiForbidden),
        (404, EsiNotFound),
        (422, EsiError),
        (500, EsiUnavailable),
        (503, EsiUnavailable),
        (304, EsiError),
    ],
)
def test_result_when_refused_then_typed_error_with_all_a_caller_needs(client, server, status, kind):
    token = "a.b.c"
    body = {"error": f"no  {token}\nno"}
    server.reply = lambda _: (status, {"X-Esi-Request-Id": "id-7"}, body)
    with pytest.raises(kind) as caught:
        client.Status.get_status(token=token).result(retries=0)
    error = caught.value
    assert type(error) is kind
    assert (error.status, error.operation, error.request_id) == (status, "GetStatus", "id-7")
    assert error.retry_after is None
    assert token not in str(error)
    if status != 304:
        assert "no … no" in str(error)


def test_result_when_refused_with_details_then_places_and_messages_but_no_values(client, server):
    details = [
        {"location": "body.ids[3]", "message": "not an integer for a.b.c", "value": "private"},
        {"message": "too many"},
        "odd",
        {"location": 7},
    ]
    server.reply = lambda _: (400, {}, {"error": "Bad request", "details": details})
    with pytest.raises(EsiError) as caught:
        client.Status.get_status(token="a.b.c").result()
    assert str(caught.value) == (
        "GetStatus was answered 400: Bad request; body.ids[3]: not an integer for …; too many"
    )


@pytest.mark.parametrize("body", [b"<html>", b"[1]", b'{"error": 7}', b""], ids=repr)
def test_result_when_error_body_is_odd_then_still_an_error(client, server, body):
    server.reply = lambda _: (404, {}, body)
    with pytest.raises(EsiNotFound, match=r"GetStatus was answered 404$"):
        client.Status.get_status().result()


def test_result_when_refused_for_a_while_then_error_says_how_long(client, server):
    server.reply = lambda _: (503, {"Retry-After": "7"}, {})
    with pytest.raises(EsiUnavailable) as caught:
        client.Status.get_status().result(retries=0)
    assert caught.value.retry_after == 7


# Error pages and error reports show them.
def test_result_when_it_fails_then_no_local_variable_shows_the_token(make_settings, server):
    server.reply = lambda _: (403, {}, {"error": "no"})
    use_by_default(make_settings())
    client = esi_client_factory(token="a.b.c")
    with pytest.raises(EsiForbidden) as caught:
        client.Status.get_status().result()
    frames = [frame.f_locals for frame, _ in traceback.walk_tb(caught.tb)]
    shown = [repr(value) for names in frames for value in names.values()]
    assert any("Environment" in text for text in shown)
    assert not [text for text in shown if "a.b.c" in text]


@pytest.mark.parametrize("body", [b"<html>", b""], ids=["page", "empty"])
def test_result_when_answer_is_not_json_then_unavailable(client, server, body):
    server.reply = lambda _: (200, {}, body)
    with pytest.raises(EsiUnavailable, match="JSON"):
        client.Status.get_status().result()


@pytest.mark.parametrize("body", [b"<html>", b""], ids=["page", "empty"])
def test_result_when_answer_is_not_json_then_it_is_not_kept(client, server, body):
    headers = {"Cache-Control": "max-age=3600", "Content-Type": "text/html"}
    server.replies((200, headers, body), (200, {}, {"players": 1}))
    with pytest.raises(EsiUnavailable, match="JSON"):
        client.Status.get_status().result()
    assert client.Status.get_status().result() == {"players": 1}


def test_result_when_304_was_not_asked_for_then_error(client, server):
    server.reply = lambda _: (304, {}, b"")
    with pytest.raises(EsiError, match="304"):
        client.Status.get_status().result()


def test_result_when_body_is_an_iterator_then_sent_each_time_in_full(client, server):
    server.reply = lambda _: (200, {}, [])
    operation = client.Universe.post_universe_names(ids=iter([1, 2]))
    for _ in range(2):
        operation.result()
        assert json.loads(server.asked[-1][3]) == [1, 2]


def test_result_when_post_only_reads_then_kept_as_long_as_esi_says(client, server):
    server.reply = lambda _: (200, {"Cache-Control": "max-age=60"}, [len(server.asked)])
    names = client.Universe.post_universe_names
    assert names(ids=[1]).result() == names(ids=[1]).result() == [1]
    assert names(ids=[2]).result() == [2]
    server.reply = lambda _: (200, {}, [len(server.asked)])
    assert names(ids=[3]).result() == [3]
    assert names(ids=[3]).result() == [4]


def test_result_when_post_writes_then_never_kept_nor_repeated(client, server):
    server.reply = lambda _: (201, {"Cache-Control": "max-age=60"}, 7)
    write = client.Fittings.post_characters_character_id_fittings
    for _ in range(2):
        assert write(character_id=1, fitting={}, token="t").result() == 7
    assert len(server.asked) == 2
    server.reply = lambda _: (503, {}, {})
    with pytest.raises(EsiUnavailable):
        write(character_id=1, fitting={}, token="t").result()
    assert len(server.asked) == 3


def test_result_when_no_content_then_none(client, server):
    server.reply = lambda _: (204, {}, b"")
    waypoint = client.User_Interface.post_ui_autopilot_waypoint
    arguments = {"add_to_beginning": True, "clear_other_waypoints": False, "destination_id": 1}
    assert waypoint(**arguments, token="t").result() is None
    assert "destination_id=1" in server.asked[0][1]
    assert server.asked[0][2]["Authorization"] == "Bearer t"


def test_results_when_operation_has_no_pages_then_its_value(client, server):
    server.reply = lambda _: (200, {}, {"players": 1})
    assert client.Status.get_status().results() == {"players": 1}


def test_results_when_pages_disagree_then_fetched_past_the_cache(client, server):
    seen = []

    def reply(handler):
        seen.append(handler.path)
        modified = "00" if len(seen) == 1 else "59"
        return (
            200,
            {
                "X-Pages": "2",
                "Cache-Control": "max-age=60",
                "Last-Modified": f"Thu, 09 Apr 2020 03:00:{modified} GMT",
            },
            [handler.path[-1]],
        )

    server.reply = reply
    contacts = client.Contacts.get_alliances_alliance_id_contacts
    operation = contacts(alliance_id=99000001, token="t")
    assert operation.results() == ["1", "2"]
    assert len(seen) == 3


def test_results_localized_when_asked_then_each_language_has_its_own_text(client, server):
    server.reply = lambda handler: (
        200,
        {"Cache-Control": "max-age=60"},
        {"name": handler.headers["Accept-Language"]},
    )
    operation = client.Universe.get_universe_types_type_id(type_id=587)
    every = operation.results_localized()
    assert every == {
        code: {"name": code} for code in ("en", "de", "fr", "ja", "ru", "zh", "ko", "es")
    }
    assert operation.results_localized(["ko", "en-us"]) == {
        "ko": {"name": "ko"},
        "en": {"name": "en"},
    }
    assert operation.result() == {"name": "en"}
    assert len(server.asked) == 8
    for wrong in ("xx", None, 7):
        with pytest.raises(ValueError, match="is not a language of ESI"):
            operation.results_localized(["de", wrong], ignore_cache=True)
    assert len(server.asked) == 8


def test_results_localized_when_time_is_over_then_no_further_language_is_asked(
    make_settings, server
):
    def reply(_):
        time.sleep(0.15)
        return 200, {}, {}

    server.reply = reply
    client = EsiClientProvider(settings=make_settings(requests_total_timeout=0.4)).client
    with pytest.raises(EsiUnavailable):
        client.Universe.get_universe_types_type_id(type_id=587).results_localized()
    assert len(server.asked) < 5


def test_cache_when_turned_off_then_each_call_is_sent(make_settings, server):
    server.reply = lambda _: (200, {"Cache-Control": "max-age=60"}, {})
    client = EsiClientProvider(settings=make_settings(cache_response=False)).client
    for _ in range(2):
        client.Status.get_status().result()
    assert len(server.asked) == 2


def test_cache_when_answers_are_changed_by_a_caller_then_next_one_is_untouched(client, server):
    server.reply = lambda _: (200, {"Cache-Control": "max-age=60"}, {"players": 1})
    operation = client.Status.get_status()
    operation.result()["players"] = 2
    assert operation.result() == {"players": 1}
    assert len(server.asked) == 1


def test_cache_when_tokens_differ_then_answers_are_not_shared(client, server):
    server.reply = lambda _: (200, {"Cache-Control": "max-age=60"}, {})
    owner = token_owner(7, "hash", ["b", "a"])
    for token in ("one", "two", AccessToken("three", owner), AccessToken("four", owner)):
        client.Status.get_status(token=token).result()
    sent = [headers["Authorization"] for _, _, headers, _ in server.asked]
    assert sent == ["Bearer one", "Bearer two", "Bearer three"]


def test_token_owner_when_scopes_or_owner_differ_then_another_owner():
    owners = {
        token_owner(7, "hash", ["a", "b"]),
        token_owner(7, "hash", ["b", "a"]),
        token_owner(7, "hash", ["a"]),
        token_owner(7, "other", ["a"]),
        token_owner(8, "hash", ["a"]),
    }
    assert len(owners) == 4


def test_provider_when_made_at_import_time_then_settings_come_later(make_settings, server):
    provider = EsiClientProvider()
    use_by_default(make_settings())
    provider.client.Status.get_status().result()
    assert len(server.asked) == 1
    first = provider.client
    assert provider.client is first
    use_by_default(make_settings())
    assert provider.client is not first


def test_shared_when_first_wanted_by_many_threads_then_one_for_all(make_settings, monkeypatch):
    class SlowlyMade(Shared):
        def __init__(self, settings):
            time.sleep(0.05)
            super().__init__(settings)

    monkeypatch.setattr("srp_portal.esi.process.Shared", SlowlyMade)
    settings = make_settings()
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(shared_of, [settings] * 8))) == 1


def test_factory_when_token_is_given_then_sent_with_every_call(make_settings, server):
    use_by_default(make_settings())
    client = esi_client_factory(token="abc", datasource="singularity", app_info_text="x v1")
    client.Status.get_status().result()
    headers = server.asked[0][2]
    assert headers["Authorization"] == "Bearer abc"
    assert headers["X-Tenant"] == "singularity"


def test_spec_file_when_openapi_then_calls_are_spelt_as_with_the_catalogue(
    make_settings, server, tmp_path
):
    # As ESI writes it: the body has no name, and a later date may rename an operation.
    schema = {"type": "array", "items": {"type": "integer"}}
    body = {"required": True, "content": {"application/json": {"schema": schema}}}
    pilot = {"operationId": "GetCharactersDetail", "tags": ["Character"]}
    names = {"operationId": "PostUniverseNames", "tags": ["Universe"], "requestBody": body}
    paths = {"/universe/names": {"post": names}, "/characters/{character_id}": {"get": pilot}}
    path = tmp_path / "openapi.json"
    path.write_text(json.dumps({"openapi": "3.1.0", "paths": paths}))
    client = EsiClientProvider(spec_file=str(path), settings=make_settings()).client
    for name in ("ids", "body"):
        client.Universe.post_universe_names(**{name: [1]}).result()
        assert server.asked[-1][3] == b"[1]"
    for name in ("get_characters_character_id", "GetCharactersDetail"):
        getattr(client.Character, name)(character_id=7).result()
        assert server.asked[-1][1] == "/characters/7"


def test_spec_file_when_given_then_it_replaces_the_catalogue(make_settings, server, tmp_path):
    path = tmp_path / "swagger.json"
    path.write_text(json.dumps(SWAGGER), encoding="utf-8")
    for client in (
        EsiClientProvider(spec_file=str(path), settings=make_settings()).client,
        EsiClientProvider(settings=make_settings(spec_file=str(path))).client,
    ):
        assert dir(client) == ["Bookmarks"]
        client.Bookmarks.get_bookmarks().result(language="de")
    _, path, headers, _ = server.asked[0]
    assert path == "/latest/bookmarks/?datasource=tranquility&language=de"
    assert headers["Accept-Language"] == "de"
    assert "X-Compatibility-Date" not in headers


@pytest.mark.parametrize("text", ["app\r\nX: y", "äpp v1"], ids=["line", "umlaut"])
def test_user_agent_when_it_can_not_stand_in_a_header_then_refused(text):
    with pytest.raises(EsiConfigurationError, match="ASCII"):
        user_agent(EsiSettings(), text)


def test_package_when_name_is_unknown_then_attribute_error():
    with pytest.raises(AttributeError, match="nonsense"):
        _ = esi.nonsense
    assert all(hasattr(esi, name) for name in esi.__all__)
    assert callable(esi.tokens)


def test_package_when_imported_then_neither_web_nor_database_is_loaded():
    code = (
        "import sys; from srp_portal.esi import EsiClientProvider as P; P().client.Status;"
        "print([m for m in ('pyramid', 'sqlalchemy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
