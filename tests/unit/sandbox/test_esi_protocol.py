"""How ESI speaks: caching, tokens, pages, limits and specifications."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest
import requests

from srp_portal.sandbox import Sandbox

KILLMAILS = "esi-killmails.read_killmails.v1"
MIRA = 2112000101
TOBIN = 2112000102


def bearer(answer: dict) -> dict[str, str]:
    return {"Authorization": f"Bearer {answer['access_token']}"}


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
