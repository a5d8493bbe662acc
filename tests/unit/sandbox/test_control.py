from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

MIRA = 2112000101


def test_help_when_asked_then_it_lists_what_there_is(web):
    listed = web("GET", "/control").json()
    assert "POST /control/faults" in listed
    assert web("GET", "/control/").json() == listed


def test_faults_when_added_listed_and_cleared_then_they_come_and_go(web):
    body = {"match": "GET /esi/status", "kind": "status", "status": 503, "times": 1}
    added = web("POST", "/control/faults", json=body).json()
    assert web("GET", "/control/faults").json() == [added]
    assert web("GET", "/esi/status").status_code == 503
    assert web("GET", "/esi/status").status_code == 200
    web("POST", "/control/faults", json={**body, "times": None})
    assert web("DELETE", "/control/faults").json() == []
    assert web("GET", "/esi/status").status_code == 200


def test_faults_when_they_match_everything_then_control_still_answers(web):
    web("POST", "/control/faults", json={"match": "* .*", "kind": "drop"})
    assert len(web("GET", "/control/faults").json()) == 1


def test_kill_when_added_then_zkillboard_and_esi_know_it(web, universe):
    body = {
        "character_id": MIRA,
        "ship_type_id": 11987,
        "value": "123456789.01",
        "attacker_ids": ["guristas", 2112000302],
        "fit": "cruiser",
        "zkb": "full",
    }
    added = web("POST", "/control/kills", json=body).json()
    listed = web("GET", f"/zkb/api/killID/{added['killmail_id']}/").json()[0]
    killmail = web("GET", added["esi_url"]).json()
    assert added["zkb_url"] == f"{universe.url}/zkb/kill/{added['killmail_id']}/"
    assert added["killreport"].startswith(
        f"<url=killReport:{added['killmail_id']}:{added['hash']}>"
    )
    assert listed["zkb"] | {"hash": added["hash"], "totalValue": 123456789.01} == listed["zkb"]
    assert killmail["victim"]["character_id"] == MIRA
    assert killmail["victim"]["ship_type_id"] == 11987
    assert [each.get("character_id") for each in killmail["attackers"]] == [None, 2112000302]
    assert added in web("GET", "/control/kills").json()


def test_kill_when_just_now_then_zkillboard_does_not_list_it_yet(web):
    body = {"character_id": MIRA, "killed_at": datetime.now(UTC).isoformat()}
    added = web("POST", "/control/kills", json=body).json()
    assert web("GET", f"/zkb/api/killID/{added['killmail_id']}/").json() == []
    assert web("GET", added["esi_url"]).status_code == 200


def test_kill_when_of_a_structure_then_nobody_lost_it(web):
    body = {"character_id": None, "corporation_id": 98000103, "ship_type_id": 35832}
    killmail = web("GET", web("POST", "/control/kills", json=body).json()["esi_url"]).json()
    assert "character_id" not in killmail["victim"]
    assert killmail["victim"]["corporation_id"] == 98000103


@pytest.mark.parametrize(
    ("path", "body"),
    [
        pytest.param("kills", {}, id="kill of nobody"),
        pytest.param("kills", {"character_id": 1}, id="unknown pilot"),
        pytest.param("kills", {"character_id": None}, id="no owner"),
        pytest.param("kills", {"character_id": MIRA, "corporation_id": 98000101}, id="two owners"),
        pytest.param("kills", {"character_id": MIRA, "ship_type_id": 1}, id="unknown ship"),
        pytest.param("kills", {"character_id": MIRA, "zkb": "fat"}, id="unknown shape"),
        pytest.param("kills", {"character_id": MIRA, "fit": "none"}, id="unknown fit"),
        pytest.param("kills", {"character_id": MIRA, "attacker_ids": ["x"]}, id="attacker"),
        pytest.param("kills", {"character_id": MIRA, "killed_at": "2026-01-01T00:00"}, id="naive"),
        pytest.param("kills", {"character_id": MIRA, "killed_at": "soon"}, id="no time"),
        pytest.param("kills", {"character_id": MIRA, "value": "much"}, id="no amount"),
        pytest.param("kills", {"character_id": MIRA, "colour": "red"}, id="unknown field"),
        pytest.param("faults", {"match": "/x"}, id="fault without kind"),
        pytest.param("faults", {"match": "/x", "kind": "fire"}, id="unknown fault"),
        pytest.param("characters/1", {"owner": "x"}, id="unknown character"),
        pytest.param("characters/x", {"owner": "x"}, id="no id"),
        pytest.param(f"characters/{MIRA}", {"corporation_id": 1}, id="unknown corporation"),
        pytest.param(f"characters/{MIRA}", {"alliance_id": 1}, id="unknown alliance"),
        pytest.param("sso", {"scp": "tuple"}, id="sso switch"),
        pytest.param("esi", {"page_size": 0}, id="esi switch"),
        pytest.param("reset", [], id="no object"),
    ],
)
def test_body_when_wrong_then_400_and_nothing_changes(web, universe, path, body):
    before = (universe.characters, universe.losses)
    answer = web("POST", f"/control/{path}", json=body)
    assert answer.status_code == 400
    assert answer.json()["error"]
    assert (universe.characters, universe.losses) == before


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/control/nothing"), ("PUT", "/control/faults"), ("GET", "/control/sso/x")],
)
def test_address_when_unknown_then_404(web, method, path):
    assert web(method, path).status_code == 404


def test_character_when_moved_then_it_belongs_there_and_old_losses_do_not(web, universe):
    body = {"corporation_id": 98000102}
    moved = web("POST", f"/control/characters/{MIRA}", json=body).json()
    loss = universe.add_kill(MIRA)
    assert (moved["corporation_id"], moved["alliance_id"]) == (98000102, 99000102)
    assert loss.killmail["victim"]["alliance_id"] == 99000102
    assert universe.losses[122410087].killmail["victim"]["alliance_id"] == 99000101


def test_character_when_it_leaves_its_alliance_then_it_has_none(web):
    moved = web("POST", f"/control/characters/{MIRA}", json={"alliance_id": None}).json()
    assert moved["alliance_id"] is None
    assert moved in web("GET", "/control/characters").json()


def test_character_when_sold_then_each_time_the_owner_is_new(web, universe):
    owners = [universe.characters[MIRA].owner]
    for _ in range(2):
        sold = web("POST", f"/control/characters/{MIRA}", json={"sold": True}).json()
        owners.append(sold["owner"])
    given = web("POST", f"/control/characters/{MIRA}", json={"owner": "mine", "name": "New"}).json()
    assert len(set(owners)) == 3
    assert (given["owner"], given["name"]) == ("mine", "New")


def test_switches_when_changed_then_they_are_shown(web):
    assert web("POST", "/control/sso", json={"lifetime": 5}).json()["lifetime"] == 5
    assert web("GET", "/control/sso").json()["lifetime"] == 5
    assert web("POST", "/control/esi", json={"max_age": 1}).json()["max_age"] == 1
    assert web("GET", "/control/esi").json()["max_age"] == 1


def test_log_when_read_then_it_has_the_requests_without_their_secrets(web, universe, log_in):
    log_in()
    headers = {"Authorization": "Bearer top-secret", "X-Compatibility-Date": "2025-12-16"}
    web("GET", "/esi/status?token=top-secret&page=2", headers=headers)
    log = web("GET", "/control/log")
    last = log.json()[-1]
    assert (last["method"], last["path"], last["status"]) == ("GET", "/esi/status", 200)
    assert last["query"] == "token=%2A%2A%2A&page=2"
    assert last["headers"]["Authorization"] == "Bearer"
    assert last["headers"]["X-Compatibility-Date"] == "2025-12-16"
    assert "top-secret" not in log.text
    assert universe.requests[-2:] == [("POST", "/sso/v2/oauth/token"), ("GET", "/esi/status")]


def test_log_when_cleared_then_it_is_empty(web, universe):
    web("GET", "/esi/status")
    assert web("DELETE", "/control/log").json() == []
    assert universe.log == []
    web("GET", "/esi/status")
    universe.clear_log()
    assert universe.requests == []


def test_reset_when_posted_then_all_is_as_at_the_start(web, universe, log_in):
    losses, characters = universe.losses, universe.characters
    token = log_in()["refresh_token"]
    universe.add_kill(MIRA)
    universe.sell_character(MIRA)
    universe.sso(lifetime=1)
    universe.esi(max_age=1)
    universe.add_fault("/", "drop")
    assert web("POST", "/control/reset").status_code == 200
    form = {"grant_type": "refresh_token", "refresh_token": token}
    assert universe.faults == []
    assert universe.characters == characters
    assert universe.losses.keys() == losses.keys()
    assert web("GET", "/control/sso").json()["lifetime"] == 1200
    assert web("GET", "/control/esi").json()["max_age"] is None
    assert web("POST", "/sso/v2/oauth/token", data=form).json()["error"] == "invalid_grant"


def test_kill_ids_when_reset_between_them_then_they_never_repeat(universe):
    first = universe.add_kill(MIRA).killmail_id
    universe.reset()
    assert universe.add_kill(MIRA).killmail_id > first


def test_kill_when_no_time_is_given_then_it_is_ten_minutes_old(universe):
    age = datetime.now(UTC) - universe.add_kill(MIRA).killed_at
    assert timedelta(minutes=10) <= age < timedelta(minutes=11)
