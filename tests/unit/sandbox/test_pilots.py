"""What belongs to a pilot, and what a pilot's client writes."""

from __future__ import annotations

import pytest

MIRA, TOBIN = 2112000101, 2112000102
OPEN_STRUCTURE, CLOSED_STRUCTURE = 1_035_466_617_946, 1_035_466_617_947
WAYPOINT = "/esi/ui/autopilot/waypoint"
WRITE_WAYPOINT = "esi-ui.write_waypoint.v1"
SEND_MAIL = "esi-mail.send_mail.v1"
READ_STRUCTURES = "esi-universe.read_structures.v1"
READS = {
    "notifications": "esi-characters.read_notifications.v1",
    "medals": "esi-characters.read_medals.v1",
    "skills": "esi-skills.read_skills.v1",
    "assets": "esi-assets.read_assets.v1",
    "wallet": "esi-wallet.read_character_wallet.v1",
    "ship": "esi-location.read_ship_type.v1",
}
VERSIONED = {
    "notifications": "v5",
    "medals": "v1",
    "skills": "v4",
    "assets": "v5",
    "wallet": "v1",
    "ship": "v2",
}


@pytest.fixture
def mine(web, as_pilot):
    """What Mira's client reads of her; the answer."""

    def read(what: str):
        return web("GET", f"/esi/characters/{MIRA}/{what}", headers=as_pilot(READS[what]))

    return read


@pytest.mark.parametrize("what", READS)
def test_own_things_when_read_then_they_can_be_cached(web, mine, as_pilot, what):
    answer = mine(what)
    assert answer.status_code == 200
    assert {"ETag", "Expires", "Last-Modified"} <= set(answer.headers)
    assert answer.headers["Cache-Control"].startswith("private, max-age=")
    headers = {**as_pilot(READS[what]), "If-None-Match": answer.headers["ETag"]}
    assert web("GET", f"/esi/characters/{MIRA}/{what}", headers=headers).status_code == 304
    old = f"/esi/{VERSIONED[what]}/characters/{MIRA}/{what}/"
    assert web("GET", old, headers=as_pilot(READS[what])).json() == answer.json()


@pytest.mark.parametrize("what", READS)
def test_own_things_when_of_somebody_else_then_403(web, as_pilot, what):
    headers = as_pilot(READS[what], TOBIN)
    assert web("GET", f"/esi/characters/{MIRA}/{what}", headers=headers).status_code == 403
    assert web("GET", f"/esi/characters/{MIRA}/{what}").status_code == 401


def test_notifications_when_read_then_newest_first_and_one_of_an_unheard_kind(mine):
    found = mine("notifications").json()
    times = [each["timestamp"] for each in found]
    assert times == sorted(times, reverse=True)
    assert {each["type"] for each in found} == {"SandboxFeastMsg", "InsurancePayoutMsg"}


def test_notifications_when_read_too_often_then_the_small_bucket_is_empty(web, as_pilot):
    headers = as_pilot(READS["notifications"])
    path = f"/esi/characters/{MIRA}/notifications"
    assert [web("GET", path, headers=headers).status_code for _ in range(9)] == [200] * 8 + [429]


def test_medals_when_read_then_they_are_of_the_pilots_corporation(mine):
    medal = mine("medals").json()[0]
    assert (medal["corporation_id"], medal["title"]) == (98000101, "Lantern Bearer")


def test_skills_when_read_then_the_points_add_up(mine):
    found = mine("skills").json()
    assert found["total_sp"] == sum(each["skillpoints_in_skill"] for each in found["skills"])


def test_wallet_when_read_then_it_is_a_bare_number(mine):
    assert mine("wallet").text == "101000.25"


def test_waypoint_when_set_then_204_without_a_body(web, as_pilot):
    params = {
        "destination_id": 30000142,
        "add_to_beginning": "false",
        "clear_other_waypoints": "true",
    }
    answer = web("POST", WAYPOINT, headers=as_pilot(WRITE_WAYPOINT), params=params)
    assert (answer.status_code, answer.content) == (204, b"")
    assert "Content-Type" not in answer.headers
    assert answer.headers["X-Ratelimit-Group"] == "ui"


@pytest.mark.parametrize(
    "params",
    [
        pytest.param({}, id="no destination"),
        pytest.param({"destination_id": "Jita"}, id="no number"),
        pytest.param({"destination_id": 1}, id="no such place"),
        pytest.param({"destination_id": 30000142, "add_to_beginning": "maybe"}, id="no boolean"),
    ],
)
def test_waypoint_when_the_query_is_wrong_then_400(web, as_pilot, params):
    answer = web("POST", WAYPOINT, headers=as_pilot(WRITE_WAYPOINT), params=params)
    assert answer.status_code == 400


def test_mail_when_sent_then_201_with_a_bare_number(web, as_pilot):
    mail = {
        "subject": "Hello",
        "body": "Fly safe",
        "recipients": [{"recipient_id": TOBIN, "recipient_type": "character"}],
    }
    path = f"/esi/characters/{MIRA}/mail"
    answer = web("POST", path, headers=as_pilot(SEND_MAIL), json=mail)
    assert (answer.status_code, answer.json()) == (201, 379_000_005)


@pytest.mark.parametrize(
    ("mail", "locations"),
    [
        pytest.param({"subject": "Hello", "body": "…"}, ["body.recipients"], id="to nobody"),
        pytest.param([], None, id="a list"),
        pytest.param(None, None, id="nothing"),
    ],
)
def test_mail_when_incomplete_then_400_says_where(web, as_pilot, mail, locations):
    path = f"/esi/characters/{MIRA}/mail"
    answer = web("POST", path, headers=as_pilot(SEND_MAIL), json=mail)
    assert answer.status_code == 400
    if locations:
        assert [each["location"] for each in answer.json()["details"]] == locations


@pytest.mark.parametrize(
    ("structure_id", "status"),
    [
        pytest.param(OPEN_STRUCTURE, 200, id="open to all"),
        pytest.param(CLOSED_STRUCTURE, 403, id="no docking"),
        pytest.param(1, 404, id="unknown"),
    ],
)
def test_structure_when_asked_then_docking_access_decides(web, as_pilot, structure_id, status):
    path = f"/esi/universe/structures/{structure_id}"
    answer = web("GET", path, headers=as_pilot(READ_STRUCTURES))
    assert answer.status_code == status
    assert "X-Esi-Error-Limit-Remain" in answer.headers


@pytest.mark.parametrize("language", ["de", "fr", "ja", "ru", "zh", "ko", "es"])
def test_svipul_when_asked_by_the_documents_id_then_it_speaks_all_languages(web, language):
    path = "/esi/universe/types/30004984"
    answer = web("GET", path, headers={"Accept-Language": language})
    assert answer.json()["name"] == f"Svipul [{language}]"
    assert answer.json()["type_id"] == 30004984
