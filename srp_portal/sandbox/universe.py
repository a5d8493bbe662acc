"""The state of one sandbox: who exists, where they belong, and what they lost."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from srp_portal.sandbox.entities import Character, Loss
from srp_portal.sandbox.killmails import (
    NPC_ATTACKERS,
    attackers,
    items,
    killmail_hash,
    position,
    wire_time,
)
from srp_portal.sandbox.listings import Listings
from srp_portal.sandbox.loading import atlas, moment, owner_hash, people, read_json

# zKillboard lists a kill only when it is at least this old.
ZKILLBOARD_DELAY = timedelta(minutes=5)

# Ids of killmails that are added: one for each second from this moment on.
_IDS_FROM = datetime(2026, 1, 1, tzinfo=UTC)
_FIRST_NEW_ID = 134_000_000

_UNSET: Any = object()


class Universe:
    """All that the services of a sandbox answer from; every method may be called from any thread.

    base_url: of the sandbox, without a slash at its end. clock: gives the present, aware UTC.
    """

    def __init__(self, base_url: str, clock: Callable[[], datetime]) -> None:
        self.base_url = base_url
        self.clock = clock
        self.atlas = atlas()
        self._lock = threading.RLock()
        self._last_killmail_id = 0
        self.reset()

    def reset(self) -> None:
        """Everything as it was at the start; the fresh loss is fresh again."""
        with self._lock:
            self.alliances, self.corporations, self.characters = people()
            found = [self._loss_from(row) for row in read_json("losses")]
            self.losses: dict[int, Loss] = {loss.killmail_id: loss for loss in found}
            self.listings = Listings(self.clock)

    def set_character(
        self,
        character_id: int,
        *,
        corporation_id: int | None = None,
        alliance_id: int | None = _UNSET,
        owner: str | None = None,
        name: str | None = None,
    ) -> Character:
        """Moves, sells or renames a character; its old losses stay as they were.

        alliance_id: by default that of the new corporation; None is no alliance.
        Raises KeyError for an unknown character or corporation or alliance.
        """
        with self._lock:
            character = self.characters[character_id]
            if corporation_id is not None:
                corporation = self.corporations[corporation_id]
                character = replace(
                    character,
                    corporation_id=corporation.id,
                    alliance_id=corporation.alliance_id,
                )
            if alliance_id is not _UNSET:
                if alliance_id is not None:
                    _ = self.alliances[alliance_id]
                character = replace(character, alliance_id=alliance_id)
            if owner is not None:
                character = replace(character, owner=owner)
            if name is not None:
                character = replace(character, name=name)
            self.characters[character_id] = character
            return character

    def sell_character(self, character_id: int) -> Character:
        """Gives a character a new owner hash, as when it moves to another account."""
        with self._lock:
            present = self.characters[character_id].owner
            return self.set_character(character_id, owner=owner_hash(f"sold after {present}"))

    def add_kill(
        self,
        character_id: int | None,
        *,
        ship_type_id: int = 587,
        killed_at: datetime | None = None,
        solar_system_id: int = 30002537,
        value: Decimal | None = None,
        attacker_ids: Sequence[int | str] = (),
        fit: str = "frigate",
        zkb: str = "slim",
        corporation_id: int | None = None,
    ) -> Loss:
        """A new loss.

        character_id: the victim, None for a structure, which then needs `corporation_id`; that
        of a pilot is where the pilot is.
        killed_at: ten minutes ago by default, so that zKillboard lists it.
        value: ISK, by default what the ship costs and a third on top.
        attacker_ids: characters, `concord` or `guristas`; by default one enemy.
        Raises KeyError for an id, fit or attacker that does not exist here, ValueError for
        another `zkb` than `slim`, `full`, `fresh`, `wrong-hash`, or no owner, or two.
        """
        if zkb not in {"slim", "full", "fresh", "wrong-hash"}:
            raise ValueError(f"zkb can't be {zkb!r}")
        if (character_id is None) == (corporation_id is None):
            raise ValueError("a loss has either a character_id or a corporation_id")
        price = self.atlas.types[ship_type_id].price
        with self._lock:
            loss = self._loss(
                killmail_id=self._new_killmail_id(),
                killed_at=killed_at or self.clock() - timedelta(minutes=10),
                character_id=character_id,
                corporation_id=corporation_id,
                ship_type_id=ship_type_id,
                solar_system_id=solar_system_id,
                value=price * 4 / 3 if value is None else value,
                fit=fit,
                attacker_ids=attacker_ids or [self._enemy_of(character_id)],
                zkb=zkb,
                note="added by the control interface",
            )
            self.losses[loss.killmail_id] = loss
            return loss

    def listed_on_zkillboard(self, loss: Loss) -> bool:
        """Whether zKillboard knows the loss already."""
        return loss.zkb != "fresh" and self.clock() - loss.killed_at >= ZKILLBOARD_DELAY

    def killmails_of(self, character_id: int) -> list[Loss]:
        """Kills and losses of a character, newest first."""
        with self._lock:
            losses = list(self.losses.values())
        found = [loss for loss in losses if character_id in _involved(loss.killmail)]
        return sorted(found, key=lambda loss: loss.killmail_id, reverse=True)

    def _new_killmail_id(self) -> int:
        """An id that no sandbox gave out before.

        It grows with the time, since a portal remembers killmails for longer than a sandbox runs.
        """
        since = int((self.clock() - _IDS_FROM).total_seconds())
        known = max(*self.losses, self._last_killmail_id)
        self._last_killmail_id = max(known + 1, _FIRST_NEW_ID + since)
        return self._last_killmail_id

    def _enemy_of(self, character_id: int | None) -> int:
        home = self.characters[character_id].corporation_id if character_id else None
        return next(c.id for c in self.characters.values() if c.corporation_id != home)

    def _loss_from(self, row: dict[str, Any]) -> Loss:
        fresh = row["at"] == "fresh"
        return self._loss(
            killmail_id=row["id"],
            killed_at=self.clock() - timedelta(minutes=1) if fresh else moment(row["at"]),
            character_id=row["pilot"],
            corporation_id=row.get("corporation"),
            faction_id=row.get("faction"),
            ship_type_id=row["ship"],
            solar_system_id=row["system"],
            value=Decimal(row["value"]),
            fit=row["fit"],
            attacker_ids=row["by"],
            zkb=row.get("zkb", "slim"),
            note=row.get("note", ""),
        )

    def _loss(
        self,
        *,
        killmail_id: int,
        killed_at: datetime,
        character_id: int | None,
        corporation_id: int | None,
        ship_type_id: int,
        solar_system_id: int,
        value: Decimal,
        fit: str,
        attacker_ids: Sequence[int | str],
        zkb: str,
        note: str,
        faction_id: int | None = None,
    ) -> Loss:
        pilot = None if character_id is None else self.characters[character_id]
        damage = 1200 + killmail_id % 90_000
        victim: dict[str, Any] = {"damage_taken": damage, "ship_type_id": ship_type_id}
        victim |= self._belonging(pilot, corporation_id, faction_id)
        victim |= {"items": items(self.atlas.fits[fit]), "position": position(killmail_id)}
        system = self.atlas.systems[solar_system_id]
        return Loss(
            killmail_id=killmail_id,
            hash=killmail_hash(killmail_id),
            killed_at=killed_at.replace(microsecond=0),
            character_id=character_id,
            pilot=pilot.name if pilot else self.corporations[victim["corporation_id"]].name,
            ship_type_id=ship_type_id,
            ship=self.atlas.types[ship_type_id].name,
            solar_system_id=solar_system_id,
            system=system.name,
            value=value.quantize(Decimal("0.01")),
            zkb=zkb,
            note=note,
            killmail={
                "attackers": attackers([self._attacker(who) for who in attacker_ids], damage),
                "killmail_id": killmail_id,
                "killmail_time": wire_time(killed_at),
                "solar_system_id": solar_system_id,
                "victim": victim,
            },
            base_url=self.base_url,
        )

    def _belonging(
        self, pilot: Character | None, corporation_id: int | None, faction_id: int | None
    ) -> dict[str, int]:
        """Whose loss it is: the pilot's, or that of a corporation for a structure."""
        owner = pilot or self.corporations[corporation_id or 0]
        found = {
            "character_id": pilot.id if pilot else None,
            "corporation_id": pilot.corporation_id if pilot else corporation_id,
            "alliance_id": owner.alliance_id,
            "faction_id": faction_id,
        }
        return {name: number for name, number in found.items() if number}

    def _attacker(self, who: int | str) -> Character | str:
        if isinstance(who, str):
            _ = NPC_ATTACKERS[who]
            return who
        return self.characters[who]


def _involved(killmail: dict[str, Any]) -> set[int]:
    people = [killmail["victim"], *killmail["attackers"]]
    return {person["character_id"] for person in people if "character_id" in person}
