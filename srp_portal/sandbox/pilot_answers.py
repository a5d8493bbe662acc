"""What the operations answer that are about one pilot: their own things, and their portrait."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from srp_portal.sandbox.calls import Call, RefusalError, page_of
from srp_portal.sandbox.killmails import position, wire_time
from srp_portal.sandbox.universe import Universe

# Skills by type id: points, level.
_SKILLS = ((3300, 256_000, 5), (3327, 45_255, 4), (3413, 8_000, 3), (3449, 1_415, 2))
_BEGIN = datetime(2026, 3, 1, 18, 0, tzinfo=UTC)
# The structure where everybody may dock, and the one where nobody may.
OPEN_STRUCTURE, CLOSED_STRUCTURE = 1_035_466_617_946, 1_035_466_617_947
_FIRST_MAIL_ID = 379_000_000


class PilotAnswers:
    """A method for each operation: takes the call, gives what becomes JSON, raises RefusalError."""

    universe: Universe

    def notifications(self, call: Call) -> Any:
        """`GET /characters/{character_id}/notifications`, newest first."""
        first = call.id("character_id") % 10**6 * 1000
        return [
            {
                "is_read": number < 3,
                "notification_id": first + number,
                "sender_id": 1_000_125,
                "sender_type": "corporation",
                "text": f"amount: {number * 1000}\n",
                "timestamp": wire_time(_BEGIN + timedelta(hours=number)),
                # A type that no list of types knows: clients must cope with what is new.
                "type": "SandboxFeastMsg" if number == 5 else "InsurancePayoutMsg",
            }
            for number in range(5, 0, -1)
        ]

    def medals(self, call: Call) -> Any:
        """`GET /characters/{character_id}/medals`"""
        character = self.universe.characters[call.id("character_id")]
        return [
            {
                "corporation_id": character.corporation_id,
                "date": wire_time(_BEGIN),
                "description": "For flying where others dock up.",
                "graphics": [{"color": -1, "graphic": "compass.1_1", "layer": 1, "part": 1}],
                "issuer_id": character.id,
                "medal_id": 90_001,
                "reason": "Bravery",
                "status": "public",
                "title": "Lantern Bearer",
            }
        ]

    def skills(self, call: Call) -> Any:
        """`GET /characters/{character_id}/skills`"""
        free = call.id("character_id") % 1000
        return {
            "skills": [
                {
                    "active_skill_level": level,
                    "skill_id": skill_id,
                    "skillpoints_in_skill": points,
                    "trained_skill_level": level,
                }
                for skill_id, points, level in _SKILLS
            ],
            "total_sp": sum(points for _, points, _ in _SKILLS),
            "unallocated_sp": free,
        }

    def wallet(self, call: Call) -> Any:
        """`GET /characters/{character_id}/wallet`: a bare number, another for everybody."""
        return call.id("character_id") % 10**6 * 1000 + 0.25

    def portrait(self, call: Call) -> Any:
        """`GET /characters/{character_id}/portrait`"""
        number = call.id("character_id")
        if number not in self.universe.characters:
            raise RefusalError(404, "No image server for this datasource")
        base = f"{self.universe.base_url}/images/characters/{number}/portrait"
        return {f"px{size}x{size}": f"{base}?size={size}" for size in (64, 128, 256, 512)}

    def location(self, _call: Call) -> Any:
        """`GET /characters/{character_id}/location`; everybody sits in one station."""
        station = next(iter(self.universe.atlas.stations.values()))
        return {"solar_system_id": station.parent_id, "station_id": station.id}

    def ship(self, call: Call) -> Any:
        """`GET /characters/{character_id}/ship`"""
        number = call.id("character_id")
        return {
            "ship_item_id": 1_030_000_000_000 + number % 10**9,
            "ship_name": "Ship of the sandbox",
            "ship_type_id": 587,
        }

    def structure(self, call: Call) -> Any:
        """`GET /universe/structures/{structure_id}`; one lets everybody dock, one nobody."""
        number = call.id("structure_id")
        if number == CLOSED_STRUCTURE:
            raise RefusalError(403, "Forbidden")
        if number != OPEN_STRUCTURE:
            raise RefusalError(404, "Structure not found")
        return {
            "name": "Jita - Lantern Keep",
            "owner_id": 98_000_101,
            "position": position(number),
            "solar_system_id": 30_000_142,
            "type_id": 35_832,
        }

    def bookmarks(self, call: Call) -> Any:
        """`GET /characters/{character_id}/bookmarks`, which only old addresses have."""
        number = call.id("character_id")
        bookmarks = [
            {
                "bookmark_id": number % 10**6 * 10 + place,
                "created": wire_time(_BEGIN + timedelta(days=place)),
                "creator_id": number,
                "label": f"Spot {place}",
                "location_id": 30_000_142,
                "notes": "",
            }
            for place in (1, 2, 3)
        ]
        return page_of(call, bookmarks)

    def send_mail(self, call: Call) -> Any:
        """`POST /characters/{character_id}/mail`: the id of the mail, a bare number."""
        mail = call.body
        problems = [
            {"location": f"body.{name}", "message": "expected required property"}
            for name in ("body", "recipients", "subject")
            if not mail.get(name)
        ]
        if problems:
            raise RefusalError(400, "validation failed", {"details": problems})
        return _FIRST_MAIL_ID + len(mail["subject"])

    def waypoint(self, call: Call) -> Any:
        """`POST /ui/autopilot/waypoint`: nothing, when the query says where to."""
        places = {**self.universe.atlas.systems, **self.universe.atlas.stations}
        if int(call.query["destination_id"]) not in {*places, OPEN_STRUCTURE}:
            raise RefusalError(400, "destination_id must be a solar system, station or structure")
