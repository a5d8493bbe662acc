from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest
import requests

from srp_portal.sandbox import Sandbox

KILLMAILS = "esi-killmails.read_killmails.v1"
MIRA = 2112000101
TOBIN = 2112000102
OZ = 2112000302
GUARDIAN = 39861569


def bearer(answer: dict) -> dict[str, str]:
    return {"Authorization": f"Bearer {answer['access_token']}"}


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("/esi/universe/types/587", id="today"),
        pytest.param("/esi/universe/types/587/", id="with a slash"),
        pytest.param("/esi/latest/universe/types/587/?datasource=tranquility", id="latest"),
        pytest.param("/esi/legacy/universe/types/587/", id="legacy"),
        pytest.param("/esi/dev/universe/types/587/", id="dev"),
        pytest.param("/esi/v3/universe/types/587/", id="number"),
    ],
)
def test_address_when_old_or_new_then_the_same_type_answers(web, path):
    answer = web("GET", path)
    assert answer.status_code == 200
    assert answer.json()["name"] == "Rifter"
    assert answer.json()["group_id"] == 25


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        pytest.param("GET", "/esi/v9/universe/types/587/", 404, id="no such version"),
        pytest.param("GET", "/esi/universe/kinds/587", 404, id="no such operation"),
        pytest.param("GET", "/esi/universe/types/xyz", 404, id="no number"),
        pytest.param("GET", "/esi/universe/types/1", 404, id="unknown type"),
        pytest.param("GET", "/esi/universe/groups/1", 404, id="unknown group"),
        pytest.param("GET", "/esi/universe/systems/1", 404, id="unknown system"),
        pytest.param("GET", "/esi/universe/constellations/1", 404, id="unknown constellation"),
        pytest.param("GET", "/esi/universe/regions/1", 404, id="unknown region"),
        pytest.param("GET", "/esi/characters/1", 404, id="unknown character"),
        pytest.param("GET", "/esi/characters/1/corporationhistory", 404, id="unknown history"),
        pytest.param("GET", "/esi/characters/1/portrait", 404, id="unknown portrait"),
        pytest.param("GET", "/esi/corporations/1", 404, id="unknown corporation"),
        pytest.param("GET", "/esi/alliances/1", 404, id="unknown alliance"),
        pytest.param("POST", "/esi/universe/types/587", 405, id="wrong method"),
    ],
)
def test_address_when_nothing_is_there_then_the_error_is_json(web, method, path, status):
    answer = web(method, path)
    assert answer.status_code == status
    assert answer.json()["error"]


def test_killmail_when_id_and_hash_belong_together_then_it_has_esis_shape(web, universe):
    killmail = web("GET", universe.losses[GUARDIAN].esi_url).json()
    assert set(killmail) == {
        "attackers",
        "killmail_id",
        "killmail_time",
        "solar_system_id",
        "victim",
    }
    assert killmail["killmail_time"] == "2014-07-02T19:26:00Z"
    assert killmail["solar_system_id"] == 30001160
    assert killmail["victim"]["ship_type_id"] == 11987
    assert killmail["victim"]["character_id"] == 570140137
    assert [each["final_blow"] for each in killmail["attackers"]] == [False, False, True]
    assert set(killmail["victim"]["position"]) == set("xyz")


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(f"/esi/killmails/{GUARDIAN}/{'0' * 40}", id="wrong hash"),
        pytest.param(f"/esi/killmails/1/{'0' * 40}", id="unknown id"),
    ],
)
def test_killmail_when_id_and_hash_do_not_belong_together_then_422(web, path):
    assert web("GET", path).status_code == 422


def test_place_when_followed_upwards_then_the_region_is_found(web):
    system = web("GET", "/esi/universe/systems/30045338").json()
    constellation = web("GET", f"/esi/universe/constellations/{system['constellation_id']}").json()
    region = web("GET", f"/esi/universe/regions/{constellation['region_id']}").json()
    names = (system["name"], constellation["name"], region["name"])
    assert names == ("Hikkoken", "Ishaga", "Black Rise")
    assert 30045338 in constellation["systems"]
    assert constellation["constellation_id"] in region["constellations"]
    assert system["security_status"] == 0.3


def test_group_when_asked_then_it_lists_its_types(web):
    group = web("GET", "/esi/universe/groups/832").json()
    assert group["name"] == "Logistics"
    assert group["types"] == [11978, 11987]


def test_names_when_all_are_known_then_categories_and_names_come_in_order(web):
    ids = [2112000203, 98000102, 99000102, 587, 30000142, 20000020, 10000002, 500010]
    answer = web("POST", "/esi/universe/names", json=ids).json()
    assert [each["id"] for each in answer] == ids
    assert [each["category"] for each in answer] == [
        "character",
        "corporation",
        "alliance",
        "inventory_type",
        "solar_system",
        "constellation",
        "region",
        "faction",
    ]
    assert answer[0]["name"] == "Иван Звёздный"


def test_names_when_one_is_unknown_then_the_whole_call_fails(web):
    assert web("POST", "/esi/universe/names", json=[587, 1]).status_code == 404


def test_ids_when_asked_then_only_categories_that_match_are_there(web):
    answer = web("POST", "/esi/universe/ids", json=["Jita", "Rifter", "Nobody"])
    assert answer.json() == {
        "inventory_types": [{"id": 587, "name": "Rifter"}],
        "systems": [{"id": 30000142, "name": "Jita"}],
    }


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"{", id="no JSON"),
        pytest.param(b"{}", id="no list"),
        pytest.param(b"[]", id="empty"),
        pytest.param(b"[587, 587]", id="not unique"),
        pytest.param(b'["587"]', id="text"),
        pytest.param(b"[true]", id="boolean"),
        pytest.param(b"", id="nothing"),
    ],
)
def test_names_when_the_body_is_wrong_then_400(web, body):
    assert web("POST", "/esi/universe/names", data=body).status_code == 400


def test_affiliation_when_asked_then_no_alliance_is_a_missing_key(web):
    answer = web("POST", "/esi/characters/affiliation", json=[MIRA, OZ]).json()
    assert answer == [
        {"character_id": MIRA, "corporation_id": 98000101, "alliance_id": 99000101},
        {"character_id": OZ, "corporation_id": 98000103},
    ]
    assert web("POST", "/esi/characters/affiliation", json=[MIRA, 1]).status_code == 404


def test_character_when_it_moves_then_esi_says_so_at_once(web, universe):
    before = web("GET", f"/esi/characters/{MIRA}")
    universe.set_character(MIRA, corporation_id=98000103)
    after = web("GET", f"/esi/characters/{MIRA}")
    assert before.json()["alliance_id"] == 99000101
    assert after.json()["corporation_id"] == 98000103
    assert "alliance_id" not in after.json()
    assert before.headers["ETag"] != after.headers["ETag"]


def test_organisations_when_asked_then_they_refer_to_each_other(web):
    corporation = web("GET", "/esi/corporations/98000102").json()
    alliance = web("GET", f"/esi/alliances/{corporation['alliance_id']}").json()
    assert corporation["name"] == "Nordlicht Spähtrupp"
    assert corporation["member_count"] == 4
    assert alliance["name"] == "Åland Free Captains"
    assert alliance["executor_corporation_id"] == 98000102


def test_corporation_when_without_alliance_then_the_key_is_missing(web):
    assert "alliance_id" not in web("GET", "/esi/corporations/98000103").json()


def test_history_when_asked_then_the_present_corporation_comes_first(web):
    history = web("GET", f"/esi/characters/{MIRA}/corporationhistory").json()
    assert [each["corporation_id"] for each in history] == [98000101, 1000167]


def test_portrait_when_asked_then_its_addresses_show_pictures(web):
    addresses = web("GET", f"/esi/characters/{MIRA}/portrait").json()
    assert set(addresses) == {"px64x64", "px128x128", "px256x256", "px512x512"}
    assert web("GET", addresses["px64x64"]).headers["Content-Type"] == "image/png"


def test_prices_when_asked_then_ships_have_six_levels_and_worthless_types_are_missing(web):
    insurance = {each["type_id"]: each for each in web("GET", "/esi/insurance/prices").json()}
    market = {each["type_id"]: each for each in web("GET", "/esi/markets/prices").json()}
    payouts = [level["payout"] for level in insurance[587]["levels"]]
    assert len(payouts) == 6
    assert payouts == sorted(payouts)
    assert market[587]["average_price"] == 560000.0
    assert 670 not in market
    assert 2048 not in insurance


def test_status_and_meta_when_asked_then_they_answer(web):
    status = web("GET", "/esi/status").json()
    start = datetime.fromisoformat(status["start_time"])
    assert set(status) == {"players", "server_version", "start_time"}
    assert timedelta(0) <= datetime.now(UTC) - start <= timedelta(days=1)
    assert "2025-12-16" in web("GET", "/esi/meta/compatibility-dates").json()["compatibility_dates"]
    routes = web("GET", "/esi/meta/status").json()["routes"]
    assert {"method": "GET", "path": "/status", "status": "OK"} in routes


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        pytest.param("2025-12-16", 200, id="known"),
        pytest.param("2019-12-31", 400, id="too old"),
        pytest.param("2999-01-01", 400, id="future"),
        pytest.param("yesterday", 400, id="no date"),
    ],
)
def test_compatibility_date_when_sent_then_it_must_be_possible(web, asked, status):
    headers = {"X-Compatibility-Date": asked}
    assert web("GET", "/esi/universe/types/587", headers=headers).status_code == status


@pytest.mark.parametrize(
    ("more", "language", "name"),
    [
        pytest.param({}, "en", "Rifter", id="none"),
        pytest.param({"headers": {"Accept-Language": "de"}}, "de", "Rifter [de]", id="header"),
        pytest.param({"params": {"language": "fr"}}, "fr", "Rifter [fr]", id="query"),
        pytest.param({"params": {"language": "en-us"}}, "en", "Rifter", id="old English"),
        pytest.param(
            {"headers": {"Accept-Language": "de"}, "params": {"language": "ja"}},
            "ja",
            "Rifter [ja]",
            id="the query wins",
        ),
        pytest.param({"headers": {"Accept-Language": "xx"}}, "en", "Rifter", id="unknown"),
    ],
)
def test_language_when_asked_for_then_texts_say_which(web, more, language, name):
    answer = web("GET", "/esi/universe/types/587", **more)
    assert answer.headers["Content-Language"] == language
    assert answer.json()["name"] == name


def test_caching_when_the_client_has_it_then_304_without_a_body(web):
    first = web("GET", "/esi/universe/types/587")
    again = web("GET", "/esi/universe/types/587", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.content == b""
    assert again.headers["ETag"] == first.headers["ETag"]
    assert "Expires" in again.headers
    expires = parsedate_to_datetime(first.headers["Expires"])
    assert timedelta(minutes=59) < expires - datetime.now(UTC) <= timedelta(hours=1)
    assert first.headers["Cache-Control"] == "public, max-age=3600"


def test_caching_when_compressed_then_the_weak_tag_still_fits(web):
    plain = {"Accept-Encoding": "identity"}
    strong = web("GET", "/esi/insurance/prices", headers=plain).headers["ETag"]
    packed = web("GET", "/esi/insurance/prices")
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["ETag"] == f"W/{strong}"
    headers = {"If-None-Match": f'"other", W/{strong}'}
    assert web("GET", "/esi/insurance/prices", headers=headers).status_code == 304


@pytest.mark.parametrize(
    ("shift", "status"),
    [pytest.param(0, 304, id="not since"), pytest.param(-3600, 200, id="since")],
)
def test_caching_when_asked_by_date_then_the_date_decides(web, shift, status):
    modified = parsedate_to_datetime(web("GET", "/esi/universe/types/587").headers["Last-Modified"])
    since = (modified + timedelta(seconds=shift)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    headers = {"If-Modified-Since": since}
    assert web("GET", "/esi/universe/types/587", headers=headers).status_code == status


def test_caching_when_the_date_is_nonsense_then_it_is_ignored(web):
    headers = {"If-Modified-Since": "soon"}
    assert web("GET", "/esi/universe/types/587", headers=headers).status_code == 200


def test_caching_when_the_age_is_switched_then_answers_expire_so_soon(web, universe):
    universe.esi(max_age=2)
    assert web("GET", "/esi/status").headers["Cache-Control"] == "public, max-age=2"


def test_caching_when_it_is_a_post_then_there_are_no_caching_headers(web):
    headers = web("POST", "/esi/universe/names", json=[587]).headers
    assert not {"ETag", "Expires", "Cache-Control"} & set(headers)


def test_token_when_missing_then_401(web):
    answer = web("GET", f"/esi/characters/{MIRA}/killmails/recent")
    assert (answer.status_code, answer.json()["error"]) == (401, "Authorization not provided")


def test_token_when_it_fits_then_kills_and_losses_come_newest_first(web, universe, log_in):
    path = f"/esi/characters/{MIRA}/killmails/recent"
    answer = web("GET", path, headers=bearer(log_in()))
    ids = [each["killmail_id"] for each in answer.json()]
    assert ids == sorted(ids, reverse=True)
    assert {122410087, 123318806} <= set(ids)
    assert answer.headers["X-Pages"] == "1"
    assert answer.headers["Cache-Control"] == "private, max-age=300"
    first = answer.json()[0]
    assert universe.losses[first["killmail_id"]].hash == first["killmail_hash"]


def test_token_when_in_the_query_then_it_counts_as_in_old_clients(web, log_in):
    token = log_in()["access_token"]
    path = f"/esi/v1/characters/{MIRA}/killmails/recent/"
    assert web("GET", path, params={"token": token}).status_code == 200


def test_token_when_of_another_character_or_scope_then_403(web, log_in):
    path = f"/esi/characters/{MIRA}/killmails/recent"
    assert web("GET", path, headers=bearer(log_in(TOBIN))).status_code == 403
    other = log_in(scope="esi-skills.read_skills.v1")
    assert web("GET", path, headers=bearer(other)).status_code == 403


def test_token_when_expired_or_forged_then_403_says_so(web, universe, log_in):
    path = f"/esi/characters/{MIRA}/killmails/recent"
    universe.sso(lifetime=-1)
    late = web("GET", path, headers=bearer(log_in()))
    assert (late.status_code, late.json()) == (403, {"error": "expired", "sso_status": 400})
    universe.sso(lifetime=1200, signature="bad")
    forged = web("GET", path, headers=bearer(log_in()))
    assert (forged.status_code, forged.json()["error"]) == (403, "authentication failure")


def test_corporation_killmails_when_asked_then_only_the_ceo_reads_them(web, log_in):
    scope = "esi-killmails.read_corporation_killmails.v1"
    path = "/esi/corporations/98000101/killmails/recent"
    assert web("GET", path, headers=bearer(log_in(scope=scope))).json()
    assert web("GET", path, headers=bearer(log_in(TOBIN, scope=scope))).status_code == 403


def test_location_when_asked_then_it_is_a_station(web, log_in):
    headers = bearer(log_in(scope="esi-location.read_location.v1"))
    answer = web("GET", f"/esi/characters/{MIRA}/location", headers=headers).json()
    assert answer == {"solar_system_id": 30000142, "station_id": 60003760}


def test_pages_when_there_are_several_then_they_make_the_whole(web, universe, log_in):
    headers, path = bearer(log_in()), f"/esi/characters/{MIRA}/killmails/recent"
    whole = web("GET", path, headers=headers).json()
    universe.esi(page_size=5)
    first = web("GET", path, headers=headers)
    pages = [web("GET", path, headers=headers, params={"page": n}) for n in (1, 2, 3)]
    assert first.headers["X-Pages"] == "3"
    assert [each for page in pages for each in page.json()] == whole
    assert len({page.headers["Last-Modified"] for page in pages}) == 1
    assert len({page.headers["ETag"] for page in pages}) == 3


@pytest.mark.parametrize(
    ("page", "status"),
    [pytest.param("99", 404, id="past the end"), pytest.param("0", 400, id="before the start")],
)
def test_pages_when_there_is_no_such_page_then_an_error(web, log_in, page, status):
    path = f"/esi/characters/{MIRA}/killmails/recent"
    answer = web("GET", path, headers=bearer(log_in()), params={"page": page})
    assert answer.status_code == status


def test_cursor_when_walked_both_ways_then_all_projects_are_met(web, log_in):
    headers = bearer(log_in(scope="esi-corporations.read_projects.v1"))
    path = "/esi/corporations/98000101/projects"
    newest = web("GET", path, headers=headers).json()
    assert [each["name"] for each in newest["projects"]][-1] == "Project 25"
    met, answer = newest["projects"], newest
    while answer["projects"]:
        params = {"before": answer["cursor"]["before"]}
        answer = web("GET", path, headers=headers, params=params).json()
        met = answer["projects"] + met
    assert [each["name"] for each in met] == [f"Project {n}" for n in range(1, 26)]
    params = {"after": newest["cursor"]["after"]}
    assert web("GET", path, headers=headers, params=params).json() == {"projects": []}
    params = {"after": "20", "limit": "10"}
    after = web("GET", path, headers=headers, params=params).json()
    assert len(after["projects"]) == 5


@pytest.mark.parametrize(
    "params",
    [
        pytest.param({"before": "5", "after": "5"}, id="both"),
        pytest.param({"limit": "9"}, id="too few"),
        pytest.param({"before": "x"}, id="no cursor"),
    ],
)
def test_cursor_when_the_query_is_wrong_then_400(web, log_in, params):
    headers = bearer(log_in(scope="esi-corporations.read_projects.v1"))
    path = "/esi/corporations/98000101/projects"
    assert web("GET", path, headers=headers, params=params).status_code == 400


def test_limits_when_the_operation_has_a_bucket_then_its_headers_count_tokens(web):
    answer = web("GET", "/esi/status")
    assert answer.headers["X-Ratelimit-Group"] == "status"
    assert answer.headers["X-Ratelimit-Limit"] == "600/15m"
    assert answer.headers["X-Ratelimit-Remaining"] == "598"
    assert answer.headers["X-Ratelimit-Used"] == "2"
    assert "X-Esi-Error-Limit-Remain" not in answer.headers


def test_limits_when_the_bucket_is_empty_then_429_says_how_long(web, log_in):
    headers, path = bearer(log_in()), f"/esi/characters/{MIRA}/killmails/recent"
    for _ in range(15):
        assert web("GET", path, headers=headers).status_code == 200
    answer = web("GET", path, headers=headers)
    assert answer.status_code == 429
    assert 890 <= int(answer.headers["Retry-After"]) <= 901
    assert answer.headers["X-Ratelimit-Remaining"] == "0"


def test_limits_when_switched_off_then_nobody_is_refused(web, universe):
    universe.esi(limits=False)
    assert {web("GET", "/esi/universe/types/1").status_code for _ in range(120)} == {404}


def test_limits_when_there_are_too_many_errors_then_420_until_the_window_ends():
    moments = [datetime(2026, 5, 1, 12, 0, 20, tzinfo=UTC)]
    with Sandbox(clock=lambda: moments[-1]) as sandbox, requests.Session() as session:

        def get(path: str) -> requests.Response:
            return session.get(f"{sandbox.url}/esi{path}", timeout=10)

        errors = [get("/universe/types/1") for _ in range(100)]
        remain = [int(each.headers["X-Esi-Error-Limit-Remain"]) for each in errors]
        refused = get("/universe/types/587")
        assert remain == list(range(99, -1, -1))
        assert {each.status_code for each in errors} == {404}
        assert refused.status_code == 420
        assert refused.headers["X-Esi-Error-Limit-Reset"] == "40"
        assert get("/status").status_code == 420
        moments.append(moments[-1] + timedelta(seconds=40))
        assert get("/universe/types/587").headers["X-Esi-Error-Limit-Remain"] == "100"
        assert get("/status").status_code == 200


def test_limits_when_tokens_come_back_then_the_bucket_opens_again():
    moments = [datetime(2026, 5, 1, 12, 0, tzinfo=UTC)]
    with Sandbox(clock=lambda: moments[-1]) as sandbox, requests.Session() as session:

        def insurance() -> int:
            return session.get(f"{sandbox.url}/esi/insurance/prices", timeout=10).status_code

        assert {insurance() for _ in range(75)} == {200}
        assert insurance() == 429
        moments.append(moments[-1] + timedelta(minutes=15))
        assert insurance() == 200


def test_swagger_when_read_then_it_describes_what_that_version_serves(web, universe):
    latest = web("GET", "/esi/latest/swagger.json").json()
    fourth = web("GET", "/esi/v4/swagger.json").json()
    operation = latest["paths"]["/universe/types/{type_id}/"]["get"]
    assert latest["host"] == universe.url.removeprefix("http://")
    assert latest["basePath"] == "/esi/latest"
    assert operation["operationId"] == "get_universe_types_type_id"
    assert operation["tags"] == ["Universe"]
    assert "/universe/types/{type_id}/" not in fourth["paths"]
    assert "/characters/{character_id}/" in fourth["paths"]
    recent = latest["paths"]["/characters/{character_id}/killmails/recent/"]["get"]
    assert recent["security"] == [{"evesso": [KILLMAILS]}]
    assert {"$ref": "#/parameters/page"} in recent["parameters"]


def test_openapi_when_read_then_it_describes_all_operations(web, universe):
    spec = web("GET", "/esi/meta/openapi.json").json()
    names = {op["operationId"] for path in spec["paths"].values() for op in path.values()}
    assert spec["servers"] == [{"url": f"{universe.url}/esi"}]
    assert {"GetKillmailsKillmailIdKillmailHash", "PostUniverseNames"} <= names
    projects = spec["paths"]["/corporations/{corporation_id}/projects"]["get"]
    assert projects["x-pagination"] == "cursor"


@pytest.mark.parametrize(
    "switches",
    [
        pytest.param({"speed": 1}, id="unknown"),
        pytest.param({"limits": 0}, id="no boolean"),
        pytest.param({"page_size": 0}, id="no entries"),
        pytest.param({"max_age": "long"}, id="no number"),
    ],
)
def test_switches_when_wrong_then_they_are_refused_by_name(universe, switches):
    with pytest.raises(ValueError, match=next(iter(switches))):
        universe.esi(**switches)
