"""Killmails from ESI, with a client that stands in for it."""

from __future__ import annotations

import copy
import threading
from contextvars import ContextVar
from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest

from srp_portal.plugin import (
    Attacker,
    IskOutOfRange,
    Item,
    KillmailNotFound,
    KillmailUnverified,
    PluginContext,
    SourceUnavailable,
    killmail_from_esi,
)

HASH = "ab" * 20
ARGUMENTS = {"url": "https://zkillboard.com/kill/56733821/", "source": "Test"}
DOCUMENT = {
    "killmail_id": 56733821,
    "killmail_time": "2016-10-22T17:13:36Z",
    "solar_system_id": 30002976,
    "attackers": [
        {"character_id": 95810944, "corporation_id": 1000179, "final_blow": True, "damage_done": 1},
        {"faction_id": 500003, "ship_type_id": 17841, "final_blow": False, "damage_done": 2},
    ],
    "victim": {
        "character_id": 92796241,
        "corporation_id": 841363671,
        "alliance_id": 621338554,
        "damage_taken": 3,
        "ship_type_id": 17812,
        "items": [
            {
                "flag": 20,
                "item_type_id": 5973,
                "quantity_dropped": 1,
                "singleton": 0,
                "items": [{"flag": 0, "item_type_id": 34, "quantity_destroyed": 5, "singleton": 0}],
            }
        ],
    },
}
NAMES = {92796241: "Pilot", 841363671: "Corporation", 621338554: "Alliance"}
marker: ContextVar[str] = ContextVar("marker", default="unset")


class EsiError(Exception):
    """What the ESI client raises: an error with a status, None without an answer."""

    def __init__(self, status=None):
        super().__init__("esi")
        self.status = status


class Operation:
    def __init__(self, answer):
        self._answer = answer
        self.request_config = SimpleNamespace(also_return_response=False)

    def result(self):
        if isinstance(self._answer, Exception):
            raise self._answer
        if self.request_config.also_return_response:
            return self._answer, SimpleNamespace(text="the raw text")
        return self._answer


class Esi:
    """Answers as ESI's client does; `answers` replaces single answers by operation."""

    def __init__(self, document=DOCUMENT, **answers):
        self.calls = []
        self.contexts = set()
        self._lock = threading.Lock()
        self._answers = {
            "get_killmails_killmail_id_killmail_hash": document,
            "post_universe_names": [
                {"id": key, "name": name, "category": "any"} for key, name in NAMES.items()
            ],
            "get_universe_systems_system_id": {
                "name": "Todifrauan",
                "constellation_id": 20000435,
                "security_status": 0.2955,
            },
            "get_universe_constellations_constellation_id": {
                "name": "Amol",
                "region_id": 10000038,
            },
            "get_universe_regions_region_id": {"name": "The Bleak Lands"},
            "get_universe_types_type_id": {"name": "Republic Fleet Firetail", "group_id": 25},
            "get_universe_groups_group_id": {"name": "Frigate"},
            **answers,
        }
        self.Killmails = self.Universe = self

    def __getattr__(self, name):
        try:
            answer = self._answers[name]
        except KeyError:
            raise AttributeError(name) from None

        def call(**parameters):
            with self._lock:
                self.calls.append((name, parameters))
                self.contexts.add(marker.get())
            return Operation(answer)

        return call


def fetch(esi, **overrides):
    context = PluginContext({}, esi, None, None, lambda days, ship_id=None: [])
    return killmail_from_esi(context, 56733821, HASH, **{**ARGUMENTS, **overrides})


def document(**victim):
    changed = copy.deepcopy(DOCUMENT)
    changed["victim"].update(victim)
    return changed


def test_killmail_when_esi_knows_it_then_has_every_fact_and_name():
    killmail = fetch(Esi(), value=Decimal(5), values={"total": Decimal(5)}, solo=True, awox=True)
    assert (killmail.killmail_id, killmail.killmail_hash) == (56733821, HASH)
    assert killmail.timestamp == datetime(2016, 10, 22, 17, 13, 36, tzinfo=UTC)
    assert (killmail.pilot_id, killmail.pilot) == (92796241, "Pilot")
    assert (killmail.corporation_id, killmail.corporation) == (841363671, "Corporation")
    assert (killmail.alliance_id, killmail.alliance) == (621338554, "Alliance")
    assert (killmail.ship_id, killmail.ship) == (17812, "Republic Fleet Firetail")
    assert (killmail.ship_group_id, killmail.ship_group) == (25, "Frigate")
    assert (killmail.system_id, killmail.system) == (30002976, "Todifrauan")
    assert (killmail.constellation_id, killmail.constellation) == (20000435, "Amol")
    assert (killmail.region_id, killmail.region) == (10000038, "The Bleak Lands")
    assert killmail.security == Decimal("0.2955")
    assert (killmail.value, killmail.values) == (5, {"total": 5})
    assert (killmail.npc, killmail.solo, killmail.awox) == (False, True, True)
    assert (killmail.verified, killmail.source, killmail.raw) == (True, "Test", "the raw text")
    assert killmail.url == ARGUMENTS["url"]
    assert killmail.items == (Item(5973, 20, 0, 1, 0, (Item(34, 0, 5, 0),)),)
    assert killmail.attackers == (
        Attacker(95810944, 1000179, None, None, True),
        Attacker(None, None, None, 17841, False),
    )


def test_look_ups_when_made_then_each_is_made_once_and_owners_in_one_call():
    esi = Esi()
    fetch(esi)
    assert sorted(name for name, _ in esi.calls) == sorted(esi._answers)
    assert dict(esi.calls)["post_universe_names"] == {"ids": list(NAMES)}


def test_look_ups_when_made_then_see_the_callers_context_variables():
    esi = Esi()
    token = marker.set("set")
    fetch(esi)
    marker.reset(token)
    assert esi.contexts == {"set"}


def test_victim_when_without_alliance_or_items_then_both_are_empty():
    changed = document()
    del changed["victim"]["alliance_id"], changed["victim"]["items"]
    esi = Esi(changed)
    killmail = fetch(esi)
    assert (killmail.alliance_id, killmail.alliance, killmail.items) == (None, None, ())
    assert dict(esi.calls)["post_universe_names"] == {"ids": [92796241, 841363671]}


def test_attackers_when_none_is_a_pilot_then_it_is_an_npc_kill():
    changed = document()
    del changed["attackers"][0]["character_id"]
    assert fetch(Esi(changed)).npc


def test_attackers_when_there_are_none_then_nothing_is_said_about_npcs():
    assert not fetch(Esi({**DOCUMENT, "attackers": []})).npc


def test_time_when_the_client_parsed_it_then_is_taken():
    when = datetime(2016, 10, 22, 17, 13, 36, tzinfo=UTC)
    assert fetch(Esi({**DOCUMENT, "killmail_time": when})).timestamp == when


def test_loss_when_without_a_pilot_then_is_not_found_and_says_so():
    changed = document()
    del changed["victim"]["character_id"]
    esi = Esi(changed)
    with pytest.raises(KillmailNotFound, match="no pilot"):
        fetch(esi)
    assert len(esi.calls) == 1


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (404, KillmailNotFound),
        (422, KillmailUnverified),
        (400, KillmailUnverified),
        (403, SourceUnavailable),
        (420, SourceUnavailable),
        (429, SourceUnavailable),
        (503, SourceUnavailable),
        (None, SourceUnavailable),
    ],
)
def test_killmail_when_esi_refuses_then_the_status_decides(status, error):
    with pytest.raises(error):
        fetch(Esi(EsiError(status)))


@pytest.mark.parametrize("operation", [name for name in Esi()._answers if "universe" in name])
@pytest.mark.parametrize("status", [404, 503, None])
def test_look_up_when_esi_refuses_then_it_is_unavailable(operation, status):
    with pytest.raises(SourceUnavailable):
        fetch(Esi(**{operation: EsiError(status)}))


@pytest.mark.parametrize(
    "operation", ["get_killmails_killmail_id_killmail_hash", "get_universe_regions_region_id"]
)
def test_call_when_the_error_is_a_mistake_then_is_not_taken_for_an_outage(operation):
    with pytest.raises(ZeroDivisionError):
        fetch(Esi(**{operation: ZeroDivisionError()}))


@pytest.mark.parametrize(
    "answer",
    [
        None,
        [],
        {},
        {**DOCUMENT, "killmail_id": 1},
        {"killmail_id": 56733821},
        {**DOCUMENT, "victim": []},
        {**DOCUMENT, "killmail_time": "yesterday"},
        {**DOCUMENT, "attackers": None},
        {**DOCUMENT, "attackers": [{}]},
        {**DOCUMENT, "attackers": ["x"]},
        document(items=["x"]),
        document(ship_type_id=None),
        document(items=[{"flag": 1}]),
        document(character_id=5),
    ],
)
def test_killmail_when_the_answer_is_strange_then_the_source_is_unavailable(answer):
    with pytest.raises(SourceUnavailable, match="can't be understood"):
        fetch(Esi(answer))


@pytest.mark.parametrize(
    ("operation", "answer"),
    [
        ("post_universe_names", []),
        ("post_universe_names", [{"id": 92796241}]),
        ("get_universe_systems_system_id", {"name": "X", "constellation_id": 1}),
        ("get_universe_systems_system_id", None),
        ("get_universe_types_type_id", {"name": "", "group_id": 1}),
        ("get_universe_groups_group_id", {"name": 5}),
    ],
)
def test_look_up_when_the_answer_is_strange_then_the_source_is_unavailable(operation, answer):
    with pytest.raises(SourceUnavailable, match="can't be understood"):
        fetch(Esi(**{operation: answer}))


@pytest.mark.parametrize(
    ("argument", "error"),
    [
        ({"value": 1.5}, TypeError),
        ({"values": {"total": -1}}, ValueError),
        ({"value": 10**12 + 1}, IskOutOfRange),
    ],
)
def test_value_when_the_source_gives_a_wrong_one_then_the_error_is_its_own(argument, error):
    esi = Esi()
    with pytest.raises(error):
        fetch(esi, **argument)
    assert esi.calls == []
