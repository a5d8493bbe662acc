"""What each operation of ESI answers, from the universe."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Protocol

from srp_portal.sandbox.calls import Call, RefusalError, page_of
from srp_portal.sandbox.entities import Loss, Place
from srp_portal.sandbox.killmails import position, wire_time
from srp_portal.sandbox.pilot_answers import PilotAnswers
from srp_portal.sandbox.record_answers import RecordAnswers
from srp_portal.sandbox.universe import Universe

# What the six levels of insurance pay, in parts of the price, and a made-up cost.
_LEVELS = ("Basic", "Standard", "Bronze", "Silver", "Gold", "Platinum")


class _Named(Protocol):
    @property
    def id(self) -> int: ...

    @property
    def name(self) -> str: ...


class Answers(PilotAnswers, RecordAnswers):
    """A method for each operation: takes the call, gives what becomes JSON, raises RefusalError."""

    def __init__(self, universe: Universe) -> None:
        self.universe = universe
        self.atlas = universe.atlas

    def status(self, _call: Call) -> Any:
        """`GET /status`"""
        now = self.universe.clock()
        # The server was started after the last daily downtime.
        downtime = (now - timedelta(hours=11)).date()
        start = datetime.combine(downtime, time(11, 0), UTC)
        return {"players": 23_117, "server_version": "3091235", "start_time": wire_time(start)}

    def killmail(self, call: Call) -> Any:
        """`GET /killmails/{killmail_id}/{killmail_hash}`"""
        loss = self.universe.losses.get(call.id("killmail_id"))
        if loss is None or loss.hash != call.parameters["killmail_hash"].lower():
            raise RefusalError(422, "Invalid killmail_id and/or killmail_hash")
        return loss.killmail

    def character_killmails(self, call: Call) -> Any:
        """`GET /characters/{character_id}/killmails/recent`"""
        return page_of(call, _references(self.universe.killmails_of(call.id("character_id"))))

    def corporation_killmails(self, call: Call) -> Any:
        """`GET /corporations/{corporation_id}/killmails/recent`"""
        wanted = call.id("corporation_id")
        losses = [
            loss
            for loss in list(self.universe.losses.values())
            if any(
                each.get("corporation_id") == wanted
                for each in [loss.killmail["victim"], *loss.killmail["attackers"]]
            )
        ]
        return page_of(call, _references(sorted(losses, key=lambda loss: -loss.killmail_id)))

    def names(self, call: Call) -> Any:
        """`POST /universe/names`; one unknown id fails the whole call."""
        found = []
        for wanted in call.body:
            match = next((m for m in self._named() if m[1] == wanted), None)
            if match is None:
                raise RefusalError(404, "Ensure all IDs are valid before resolving.")
            found.append({"category": match[0], "id": match[1], "name": match[2]})
        return found

    def ids(self, call: Call) -> Any:
        """`POST /universe/ids`; only categories that matched are there."""
        plurals = {"inventory_type": "inventory_types", "solar_system": "systems"}
        found: dict[str, list[dict[str, Any]]] = {}
        for category, number, name in self._named():
            if name in call.body:
                key = plurals.get(category, f"{category}s")
                found.setdefault(key, []).append({"id": number, "name": name})
        return found

    def type(self, call: Call) -> Any:
        """`GET /universe/types/{type_id}`"""
        found = self.atlas.types.get(call.id("type_id"))
        if found is None:
            raise RefusalError(404, "Type not found!")
        slot = self.atlas.groups[found.group_id].slot_effect_id
        effects = {"dogma_effects": [{"effect_id": slot, "is_default": False}]} if slot else {}
        return effects | {
            "type_id": found.id,
            "name": call.text(found.name),
            "description": call.text(f"A {found.name} of the sandbox."),
            "group_id": found.group_id,
            "published": True,
            "portion_size": 1,
        }

    def group(self, call: Call) -> Any:
        """`GET /universe/groups/{group_id}`"""
        found = self.atlas.groups.get(call.id("group_id"))
        if found is None:
            raise RefusalError(404, "Group not found!")
        types = [each.id for each in self.atlas.types.values() if each.group_id == found.id]
        return {
            "group_id": found.id,
            "name": call.text(found.name),
            "category_id": found.category_id,
            "published": True,
            "types": types,
        }

    def system(self, call: Call) -> Any:
        """`GET /universe/systems/{system_id}`"""
        found = _place(self.atlas.systems, call.id("system_id"), "Solar system")
        return {
            "system_id": found.id,
            "name": call.text(found.name),
            "constellation_id": found.parent_id,
            "security_status": found.security,
            "position": position(found.id),
        }

    def constellation(self, call: Call) -> Any:
        """`GET /universe/constellations/{constellation_id}`"""
        found = _place(self.atlas.constellations, call.id("constellation_id"), "Constellation")
        return {
            "constellation_id": found.id,
            "name": call.text(found.name),
            "region_id": found.parent_id,
            "systems": _inside(self.atlas.systems.values(), found.id),
            "position": position(found.id),
        }

    def region(self, call: Call) -> Any:
        """`GET /universe/regions/{region_id}`"""
        found = _place(self.atlas.regions, call.id("region_id"), "Region")
        return {
            "region_id": found.id,
            "name": call.text(found.name),
            "constellations": _inside(self.atlas.constellations.values(), found.id),
            "description": call.text(f"{found.name}, as far as the sandbox knows it."),
        }

    def affiliation(self, call: Call) -> Any:
        """`POST /characters/affiliation`; all must exist or none is returned."""
        found = []
        for character_id in call.body:
            character = self.universe.characters.get(character_id)
            if character is None:
                raise RefusalError(404, "No characters found")
            entry = {"character_id": character.id, "corporation_id": character.corporation_id}
            if character.alliance_id:
                entry["alliance_id"] = character.alliance_id
            found.append(entry)
        return found

    def character(self, call: Call) -> Any:
        """`GET /characters/{character_id}`"""
        found = self.universe.characters.get(call.id("character_id"))
        if found is None:
            raise RefusalError(404, "Character not found")
        answer = {
            "name": found.name,
            "corporation_id": found.corporation_id,
            "birthday": wire_time(found.born_at),
            "gender": "female" if found.id % 2 else "male",
            "race_id": 1,
            "bloodline_id": 1,
            "description": "",
            "security_status": round(found.id % 100 / 10 - 5, 1),
        }
        return answer | ({"alliance_id": found.alliance_id} if found.alliance_id else {})

    def corporation_history(self, call: Call) -> Any:
        """`GET /characters/{character_id}/corporationhistory`"""
        found = self.universe.characters.get(call.id("character_id"))
        if found is None:
            raise RefusalError(404, "Character not found")
        founded = self.universe.corporations[found.corporation_id].founded_at
        joined = max(found.born_at, founded)
        record = found.id % 10**7
        return [
            {
                "corporation_id": found.corporation_id,
                "record_id": record + 1,
                "start_date": wire_time(joined),
            },
            {
                "corporation_id": 1000167,
                "record_id": record,
                "start_date": wire_time(found.born_at),
            },
        ]

    def corporation(self, call: Call) -> Any:
        """`GET /corporations/{corporation_id}`"""
        found = self.universe.corporations.get(call.id("corporation_id"))
        if found is None:
            raise RefusalError(404, "Corporation not found")
        members = [
            each
            for each in list(self.universe.characters.values())
            if each.corporation_id == found.id
        ]
        answer = {
            "name": found.name,
            "ticker": found.ticker,
            "ceo_id": found.ceo_id,
            "creator_id": found.ceo_id,
            "date_founded": wire_time(found.founded_at),
            "member_count": len(members),
            "tax_rate": 0.1,
        }
        return answer | ({"alliance_id": found.alliance_id} if found.alliance_id else {})

    def alliance(self, call: Call) -> Any:
        """`GET /alliances/{alliance_id}`"""
        found = self.universe.alliances.get(call.id("alliance_id"))
        if found is None:
            raise RefusalError(404, "Alliance not found")
        executor = self.universe.corporations[found.executor_id]
        return {
            "name": found.name,
            "ticker": found.ticker,
            "creator_id": executor.ceo_id,
            "creator_corporation_id": executor.id,
            "executor_corporation_id": executor.id,
            "date_founded": wire_time(found.founded_at),
        }

    def insurance_prices(self, call: Call) -> Any:
        """`GET /insurance/prices`: from 40 % of a ship's price up to all of it."""
        return [
            {
                "type_id": each.id,
                "levels": [
                    {
                        "name": call.text(name),
                        "cost": float(round(each.price * (step + 1) * Decimal("0.05"), 2)),
                        "payout": float(round(each.price * (40 + 12 * step) / 100, 2)),
                    }
                    for step, name in enumerate(_LEVELS)
                ],
            }
            for each in self.atlas.types.values()
            if self.atlas.group_of(each.id).category_id == 6 and each.price
        ]

    def market_prices(self, _call: Call) -> Any:
        """`GET /markets/prices`; types without a price are not there."""
        return [
            {
                "type_id": each.id,
                "adjusted_price": float(round(each.price * Decimal("0.98"), 2)),
                "average_price": float(each.price),
            }
            for each in self.atlas.types.values()
            if each.price
        ]

    def _named(self) -> Iterable[tuple[str, int, str]]:
        """Category, id and name of everything that has a name."""
        atlas, universe = self.atlas, self.universe
        named: tuple[tuple[str, Mapping[int, _Named]], ...] = (
            ("alliance", universe.alliances),
            ("character", universe.characters),
            ("corporation", universe.corporations),
            ("constellation", atlas.constellations),
            ("faction", atlas.factions),
            ("inventory_type", atlas.types),
            ("region", atlas.regions),
            ("solar_system", atlas.systems),
            ("station", atlas.stations),
        )
        for category, things in named:
            for thing in list(things.values()):
                yield category, thing.id, thing.name


def _references(losses: Iterable[Loss]) -> list[dict[str, Any]]:
    return [{"killmail_id": loss.killmail_id, "killmail_hash": loss.hash} for loss in losses]


def _place(places: dict[int, Place], number: int, what: str) -> Place:
    found = places.get(number)
    if found is None:
        raise RefusalError(404, f"{what} not found!")
    return found


def _inside(places: Iterable[Place], parent_id: int) -> list[int]:
    return [each.id for each in places if each.parent_id == parent_id]
