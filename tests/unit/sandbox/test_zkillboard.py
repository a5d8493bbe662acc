from __future__ import annotations

from decimal import Decimal

import pytest

GUARDIAN, TRISTAN, FRESH, WRONG = 39861569, 39697412, 133333337, 132900218
DEAREST, WORTHLESS, NPC, AWOX = 126412775, 124377950, 124820010, 125406818
MIRA = 2112000101


def entry(web, killmail_id: int) -> dict:
    return web("GET", f"/zkb/api/killID/{killmail_id}/").json()[0]


def test_kill_when_slim_then_only_id_and_values_are_there(web, universe):
    found = entry(web, GUARDIAN)
    assert set(found) == {"killmail_id", "zkb"}
    assert found["zkb"]["hash"] == universe.losses[GUARDIAN].hash
    assert found["zkb"]["totalValue"] == 40000000.0


def test_kill_when_full_then_the_killmail_is_there_too(web, universe):
    found = entry(web, TRISTAN)
    assert found["killmail_time"] == "2014-06-23T16:06:00Z"
    assert found["victim"] == universe.losses[TRISTAN].killmail["victim"]


def test_answer_when_good_then_it_is_cacheable_json(web):
    headers = web("GET", f"/zkb/api/killID/{GUARDIAN}/").headers
    assert headers["Content-Type"] == "application/json; charset=utf-8"
    assert headers["Cache-Control"] == "public, max-age=3600"
    assert "Expires" in headers


@pytest.mark.parametrize(
    ("killmail_id", "labels"),
    [
        pytest.param(NPC, {"npc": True, "solo": False, "awox": False}, id="pirates"),
        pytest.param(AWOX, {"npc": False, "solo": True, "awox": True}, id="own corporation"),
        pytest.param(122410087, {"npc": False, "solo": True, "awox": False}, id="duel"),
        pytest.param(GUARDIAN, {"npc": False, "solo": False, "awox": False}, id="fleet"),
    ],
)
def test_kill_when_special_then_its_labels_say_so(web, killmail_id, labels):
    block = entry(web, killmail_id)["zkb"]
    assert {name: block[name] for name in labels} == labels
    assert ("npc" in block["labels"]) is labels["npc"]


def test_values_when_at_the_ends_then_cents_survive(web):
    assert entry(web, DEAREST)["zkb"]["totalValue"] == 999999999999.99
    assert entry(web, WORTHLESS)["zkb"]["totalValue"] == 0.0


def test_values_when_summed_then_destroyed_and_dropped_are_the_total(web, universe):
    for killmail_id in universe.losses:
        if killmail_id == FRESH:
            continue
        block = entry(web, killmail_id)["zkb"]
        parts = Decimal(str(block["destroyedValue"])) + Decimal(str(block["droppedValue"]))
        assert parts == universe.losses[killmail_id].value
        assert block["fittedValue"] <= block["totalValue"]


def test_hash_when_wrong_then_esi_refuses_the_pair(web, universe):
    wrong = entry(web, WRONG)["zkb"]["hash"]
    assert wrong != universe.losses[WRONG].hash
    assert web("GET", f"/esi/killmails/{WRONG}/{wrong}").status_code == 422
    assert web("GET", universe.losses[WRONG].esi_url).status_code == 200


@pytest.mark.parametrize(
    "killmail_id", [pytest.param(FRESH, id="fresh"), pytest.param(1, id="unknown")]
)
def test_kill_when_not_listed_then_the_list_is_empty(web, killmail_id):
    answer = web("GET", f"/zkb/api/killID/{killmail_id}/")
    assert (answer.status_code, answer.json()) == (200, [])


def test_path_when_the_slash_is_missing_then_200_with_nothing(web):
    answer = web("GET", f"/zkb/api/killID/{GUARDIAN}")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.reason == "Missing trailing slash"


def test_path_when_it_has_a_query_then_403(web):
    answer = web("GET", f"/zkb/api/killID/{GUARDIAN}/?a=1")
    assert answer.status_code == 403
    assert answer.headers["Content-Type"].startswith("text/plain")


def test_path_when_a_slash_is_doubled_then_it_redirects(web):
    answer = web("GET", f"/zkb/api//killID/{GUARDIAN}/")
    assert answer.status_code == 301
    assert answer.headers["Location"] == f"/zkb/api/killID/{GUARDIAN}/"


@pytest.mark.parametrize(
    ("path", "name"),
    [
        pytest.param("foo/1/", "foo", id="unknown"),
        pytest.param("killID/abc/", "killID", id="no number"),
        pytest.param("killID/", "killID", id="no value"),
        pytest.param("killID/007/", "killID", id="leading zero"),
    ],
)
def test_parameter_when_wrong_then_200_with_an_error(web, path, name):
    answer = web("GET", f"/zkb/api/{path}")
    assert answer.status_code == 200
    assert answer.json() == {"error": f"{name} is an invalid parameter"}


def test_user_agent_when_missing_then_403_in_html(web):
    blank = web("GET", f"/zkb/api/killID/{GUARDIAN}/", headers={"User-Agent": ""})
    assert blank.status_code == 403
    assert blank.headers["Content-Type"].startswith("text/html")


def test_list_when_filtered_then_newest_first_and_all_filters_hold(web):
    found = web("GET", f"/zkb/api/losses/characterID/{MIRA}/").json()
    ids = [each["killmail_id"] for each in found]
    assert ids == sorted(ids, reverse=True)
    assert 122410087 in ids
    assert FRESH not in ids
    other = f"/zkb/api/losses/characterID/{MIRA}/corporationID/98000102/"
    assert web("GET", other).json() == []


def test_page_when_opened_then_it_shows_the_loss_and_its_links(web, universe):
    loss = universe.losses[GUARDIAN]
    page = web("GET", loss.zkb_url)
    assert page.status_code == 200
    assert "Guardian of Paxswill" in page.text
    assert f"&lt;url=killReport:{GUARDIAN}:{loss.hash}&gt;" in page.text
    assert "Test Alliance Please Ignore" in page.text


def test_page_when_every_loss_is_opened_then_all_answer(web, universe):
    assert {web("GET", loss.zkb_url).status_code for loss in universe.losses.values()} == {200}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        pytest.param(f"kill/{GUARDIAN}", 302, id="no slash"),
        pytest.param(f"kill/{GUARDIAN}/redirect/corporation/", 302, id="longer"),
        pytest.param("kill/1/", 404, id="unknown"),
        pytest.param("kill/x/", 404, id="no number"),
        pytest.param("ship/587/", 404, id="another page"),
        pytest.param("", 302, id="start"),
    ],
)
def test_page_when_spelled_otherwise_then_it_redirects_or_is_missing(web, path, status):
    assert web("GET", f"/zkb/{path}").status_code == status


def test_method_when_post_then_405(web):
    assert web("POST", f"/zkb/api/killID/{GUARDIAN}/").status_code == 405


def test_path_when_it_has_no_parameter_then_200_with_an_error(web):
    assert "error" in web("GET", "/zkb/api/").json()
