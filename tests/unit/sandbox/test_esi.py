"""What the operations of ESI answer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

MIRA = 2112000101
OZ = 2112000302
GUARDIAN = 39861569


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
