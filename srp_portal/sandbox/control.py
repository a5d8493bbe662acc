"""The control interface: faults, fresh kills, changed pilots and the log, over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Protocol

from srp_portal.sandbox.faults import KINDS
from srp_portal.sandbox.messages import Request, Response, json_response

if TYPE_CHECKING:
    from srp_portal.sandbox.entities import Character, Loss
    from srp_portal.sandbox.esi import Esi
    from srp_portal.sandbox.faults import Faults
    from srp_portal.sandbox.journal import Journal
    from srp_portal.sandbox.sso import Sso
    from srp_portal.sandbox.universe import Universe

_HELP = {
    "GET /control/faults": "the faults that may still happen",
    "POST /control/faults": 'adds one: {"match": "GET /esi/status", "kind": "status", '
    f'"status": 503, "times": 2}}; kinds: {", ".join(KINDS)}; rebuild and touch take what the '
    "addresses of that name do",
    "DELETE /control/faults": "switches all faults off",
    "POST /control/characters/ID": "corporation_id, alliance_id, owner, name, or sold: true",
    "GET /control/characters": "who there is",
    "GET /control/kills": "all losses, with their links",
    "POST /control/kills": "a new loss: character_id, ship_type_id, killed_at, "
    "solar_system_id, value, attacker_ids, fit, zkb, corporation_id",
    "GET /control/listings": "long answers of ESI and how many entries they have",
    "POST /control/rebuild": 'makes one anew: {"name": "orders", "entries": 40}',
    "POST /control/touch": 'changes a record: {"name": "projects", "record_id": "…"}, by default '
    "the oldest",
    "GET /control/limits": "errors and tokens that are left",
    "POST /control/limits": 'leaves some: {"group": "status", "remaining": 0, "reset": 5, '
    '"owner": "client:2112000101"} or {"errors": 0, "reset": 5}; reset and owner may be missing',
    "GET /control/sso": "the SSO's switches; POST changes some",
    "GET /control/esi": "ESI's switches; POST changes some",
    "GET /control/log": "the requests so far, without secrets; DELETE forgets them",
    "POST /control/reset": "everything as at the start",
}


class Controlled(Protocol):
    """What the control interface controls."""

    faults: Faults
    journal: Journal
    universe: Universe
    sso: Sso
    esi: Esi

    def reset(self) -> None:
        """Everything as at the start."""


class Control:
    """Answers below `/control`; a request that makes no sense gets a 400 that says why."""

    def __init__(self, world: Controlled) -> None:
        self._world = world

        self._handlers: dict[tuple[str, str], Callable[[dict[str, Any]], Any]] = {
            ("GET", ""): self._help,
            ("GET", "faults"): self._faults,
            ("POST", "faults"): self._add_fault,
            ("DELETE", "faults"): self._clear_faults,
            ("GET", "characters"): self._characters,
            ("GET", "kills"): self._kills,
            ("POST", "kills"): self._add_kill,
            ("GET", "listings"): self._listings,
            ("POST", "rebuild"): self._rebuild,
            ("POST", "touch"): self._touch,
            ("GET", "limits"): self._limits,
            ("POST", "limits"): self._set_limits,
            ("GET", "sso"): self._sso,
            ("POST", "sso"): self._set_sso,
            ("GET", "esi"): self._esi,
            ("POST", "esi"): self._set_esi,
            ("GET", "log"): self._log,
            ("DELETE", "log"): self._clear_log,
            ("POST", "reset"): self._reset,
        }

    def answer(self, request: Request) -> Response:
        """One answer."""
        try:
            body = request.json()
            if body is not None and not isinstance(body, dict):
                raise ValueError("the body must be an object")
            return self._route(request, body or {})
        except KeyError as error:
            return json_response({"error": f"missing or unknown: {error.args[0]}"}, 400)
        except (ValueError, TypeError, InvalidOperation) as error:
            return json_response({"error": str(error)}, 400)

    def _route(self, request: Request, body: dict[str, Any]) -> Response:
        method = "GET" if request.method == "HEAD" else request.method
        segments = request.segments()
        if method == "POST" and len(segments) == 2 and segments[0] == "characters":
            return json_response(self._set_character(body, int(segments[1])))
        handler = self._handlers.get((method, "/".join(segments)))
        if handler is None:
            return json_response({"error": "not found, see GET /control"}, 404)
        return json_response(handler(body))

    def _help(self, _body: dict[str, Any]) -> Any:
        return _HELP

    def _faults(self, _body: dict[str, Any]) -> Any:
        return [fault.as_dict() for fault in self._world.faults.all()]

    def _add_fault(self, body: dict[str, Any]) -> Any:
        return self._world.faults.add(body.pop("match"), body.pop("kind"), **body).as_dict()

    def _clear_faults(self, _body: dict[str, Any]) -> Any:
        self._world.faults.clear()
        return []

    def _reset(self, _body: dict[str, Any]) -> Any:
        self._world.reset()
        return {}

    def _characters(self, _body: dict[str, Any]) -> Any:
        return [_character(each) for each in list(self._world.universe.characters.values())]

    def _set_character(self, body: dict[str, Any], character_id: int) -> Any:
        universe = self._world.universe
        if body.pop("sold", False):
            universe.sell_character(character_id)
        return _character(universe.set_character(character_id, **body))

    def _kills(self, _body: dict[str, Any]) -> Any:
        return [_loss(each) for each in list(self._world.universe.losses.values())]

    def _add_kill(self, body: dict[str, Any]) -> Any:
        if "killed_at" in body:
            body["killed_at"] = datetime.fromisoformat(body["killed_at"])
            if body["killed_at"].tzinfo is None:
                raise ValueError("killed_at needs a time zone, such as a Z at its end")
        if "value" in body:
            body["value"] = Decimal(str(body["value"]))
        return _loss(self._world.universe.add_kill(body.pop("character_id"), **body))

    def _listings(self, _body: dict[str, Any]) -> Any:
        return self._world.universe.listings.sizes()

    def _rebuild(self, body: dict[str, Any]) -> Any:
        self._world.universe.listings.rebuild(**body)
        return self._world.universe.listings.sizes()

    def _touch(self, body: dict[str, Any]) -> Any:
        return self._world.universe.listings.touch(**body)

    def _limits(self, _body: dict[str, Any]) -> Any:
        return self._world.esi.limits.state()

    def _set_limits(self, body: dict[str, Any]) -> Any:
        limits = self._world.esi.limits
        if "errors" in body:
            limits.set_errors(body.pop("errors"), **body)
        else:
            limits.set_tokens(**body)
        return limits.state()

    def _sso(self, _body: dict[str, Any]) -> Any:
        return asdict(self._world.sso.switches)

    def _set_sso(self, body: dict[str, Any]) -> Any:
        return asdict(self._world.sso.set(**body))

    def _esi(self, _body: dict[str, Any]) -> Any:
        return asdict(self._world.esi.switches)

    def _set_esi(self, body: dict[str, Any]) -> Any:
        return asdict(self._world.esi.set(**body))

    def _log(self, _body: dict[str, Any]) -> Any:
        return [entry.as_dict() for entry in self._world.journal.entries()]

    def _clear_log(self, _body: dict[str, Any]) -> Any:
        self._world.journal.clear()
        return []


def _character(character: Character) -> dict[str, Any]:
    return {**asdict(character), "born_at": character.born_at.isoformat()}


def _loss(loss: Loss) -> dict[str, Any]:
    return {
        "killmail_id": loss.killmail_id,
        "hash": loss.hash,
        "zkb_url": loss.zkb_url,
        "esi_url": loss.esi_url,
        "killreport": loss.killreport,
        "character_id": loss.character_id,
        "pilot": loss.pilot,
        "ship": loss.ship,
        "system": loss.system,
        "killed_at": loss.killed_at.isoformat(),
        "value": str(loss.value),
        "note": loss.note,
    }
