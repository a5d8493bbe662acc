"""What the universe holds, since tests and demos elsewhere count on it."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

SHIPS, STRUCTURES = 6, 65
FRESH = 133333337


@pytest.fixture
def losses(universe):
    return list(universe.losses.values())


def victim(loss) -> dict:
    return loss.killmail["victim"]


def players(loss) -> list[dict]:
    return [each for each in loss.killmail["attackers"] if "character_id" in each]


def test_losses_when_counted_then_there_are_forty_with_hashes_of_their_own(losses):
    assert len(losses) == 40
    assert len({loss.hash for loss in losses}) == 40
    assert all(re.fullmatch("[0-9a-f]{40}", loss.hash) for loss in losses)


def test_losses_when_loaded_in_another_run_then_hashes_are_the_same(losses):
    by_id = {loss.killmail_id: loss.hash for loss in losses}
    assert by_id[39861569] == "fd2c4a094cab4cd53f1ce5a2eaafa5859dc19e21"


@pytest.mark.parametrize(
    ("killmail_id", "facts"),
    [
        pytest.param(
            39861569,
            (
                "Guardian",
                "WD-VTV",
                datetime(2014, 7, 2, 19, 26, tzinfo=UTC),
                Decimal("40000000.00"),
            ),
            id="Guardian",
        ),
        pytest.param(
            39697412,
            (
                "Tristan",
                "Hikkoken",
                datetime(2014, 6, 23, 16, 6, tzinfo=UTC),
                Decimal("9158708.44"),
            ),
            id="Tristan",
        ),
    ],
)
def test_losses_when_of_2014_then_they_are_those_of_the_published_documents(
    universe, killmail_id, facts
):
    loss = universe.losses[killmail_id]
    pilot = universe.characters[loss.character_id]
    assert (loss.ship, loss.system, loss.killed_at, loss.value) == facts
    assert loss.pilot == "Paxswill"
    assert victim(loss)["corporation_id"] == pilot.corporation_id
    assert victim(loss)["alliance_id"] == 498125261


KINDS = {
    "capsule": lambda loss: loss.ship == "Capsule",
    "carrier": lambda loss: loss.ship == "Archon",
    "titan": lambda loss: loss.ship == "Erebus",
    "structure without pilot": lambda loss: loss.character_id is None,
    "no alliance": lambda loss: loss.character_id and "alliance_id" not in victim(loss),
    "faction": lambda loss: "faction_id" in victim(loss),
    "pirates only": lambda loss: not players(loss),
    "solo": lambda loss: len(loss.killmail["attackers"]) == len(players(loss)) == 1,
    "own corporation": lambda loss: any(
        each["corporation_id"] == victim(loss)["corporation_id"] for each in players(loss)
    ),
    "nested items": lambda loss: any("items" in item for item in victim(loss)["items"]),
    "blueprint copy": lambda loss: any(item["singleton"] == 2 for item in victim(loss)["items"]),
    "mutated module": lambda loss: any(
        item["item_type_id"] == 47732 for item in victim(loss)["items"]
    ),
    "fresh": lambda loss: loss.zkb == "fresh",
    "wrong hash": lambda loss: loss.zkb == "wrong-hash",
    "full answer": lambda loss: loss.zkb == "full",
    "worthless": lambda loss: loss.value == 0,
    "as dear as may be": lambda loss: loss.value == Decimal("999999999999.99"),
    "wormhole": lambda loss: loss.solar_system_id >= 31_000_000,
    "letters beyond ASCII": lambda loss: not loss.pilot.isascii(),
    "longest pilot": lambda loss: len(loss.pilot) == 37,
}


@pytest.mark.parametrize("kind", KINDS)
def test_losses_when_of_a_kind_then_there_is_one(losses, kind):
    assert any(KINDS[kind](loss) for loss in losses)


def test_loss_when_fresh_then_it_is_younger_than_zkillboard_waits(universe):
    age = datetime.now(UTC) - universe.losses[FRESH].killed_at
    assert timedelta(0) < age < timedelta(minutes=5)


def test_killmails_when_all_are_read_then_every_id_has_a_name(web, losses):
    ids = set()
    for loss in losses:
        ids.add(loss.killmail["solar_system_id"])
        for person in [victim(loss), *loss.killmail["attackers"]]:
            ids |= {value for key, value in person.items() if key.endswith("_id")}
        for item in victim(loss)["items"]:
            ids |= {each["item_type_id"] for each in [item, *item.get("items", [])]}
    named = web("POST", "/esi/universe/names", json=sorted(ids))
    assert named.status_code == 200
    assert all(each["name"] for each in named.json())


def test_killmails_when_all_are_read_then_each_has_one_final_blow_and_no_nulls(losses):
    for loss in losses:
        blows = [each["final_blow"] for each in loss.killmail["attackers"]]
        assert blows.count(True) == 1
        assert "null" not in json.dumps(loss.killmail)


def test_people_when_counted_then_the_shapes_that_matter_are_there(universe):
    names = [each.name for each in universe.characters.values()]
    assert len(names) == 13
    assert max(map(len, names)) == 37
    assert {"Null", "Oz"} <= set(names)
    assert len({each.owner for each in universe.characters.values()}) == 13
    assert any(each.alliance_id is None for each in universe.characters.values())


def test_corporation_when_its_name_is_longest_then_it_has_fifty_letters(web):
    assert len(web("GET", "/esi/corporations/98000103").json()["name"]) == 50


def test_ids_when_listed_then_they_are_in_eves_ranges(universe):
    for number in universe.characters:
        in_range = 90_000_000 <= number < 98_000_000 or 2_112_000_000 <= number < 2_130_000_000
        assert in_range or 100_000_000 <= number < 2_100_000_000
    assert all(30_000_000 <= loss.solar_system_id < 32_000_000 for loss in universe.losses.values())


def test_ships_when_lost_then_they_are_ships_or_structures(web, losses):
    for type_id in {loss.ship_type_id for loss in losses}:
        found = web("GET", f"/esi/universe/types/{type_id}").json()
        group = web("GET", f"/esi/universe/groups/{found['group_id']}").json()
        assert group["category_id"] in {SHIPS, STRUCTURES}


@pytest.mark.parametrize(
    ("type_id", "effects"),
    [(485, [12]), (448, [13]), (2048, [11]), (12608, None)],
    ids=["high", "medium", "low", "charge"],
)
def test_type_when_it_is_fitted_then_tells_its_slot_by_an_effect(web, type_id, effects):
    found = web("GET", f"/esi/universe/types/{type_id}").json().get("dogma_effects")
    assert (found and [each["effect_id"] for each in found]) == effects


def test_links_when_built_then_they_name_id_and_hash(universe):
    loss = universe.losses[39861569]
    assert loss.zkb_url == f"{universe.url}/zkb/kill/39861569/"
    assert loss.esi_url == f"{universe.url}/esi/killmails/39861569/{loss.hash}/"
    assert loss.killreport == (
        f"<url=killReport:39861569:{loss.hash}>Kill: Paxswill (Guardian)</url>"
    )
