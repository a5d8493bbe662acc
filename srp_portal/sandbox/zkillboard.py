"""zKillboard: its API for one kill, and the kill pages that people link to."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from email.utils import format_datetime
from typing import Any

from srp_portal.sandbox import pages
from srp_portal.sandbox.entities import Loss
from srp_portal.sandbox.messages import (
    Request,
    Response,
    html_response,
    json_response,
    redirect,
    text_response,
)
from srp_portal.sandbox.universe import Universe

_ID = re.compile(r"[1-9][0-9]{0,17}")
_CENT = Decimal("0.01")
_MAX_AGE_S = 3600


class ZKillboard:
    """Answers below `/zkb`."""

    def __init__(self, universe: Universe) -> None:
        self.universe = universe

    def answer(self, request: Request) -> Response:
        """One answer."""
        if request.method not in {"GET", "HEAD"}:
            return text_response("Only GET is supported here.", 405)
        if request.path.startswith("/api/"):
            return self._api(request)
        if request.path == "/":
            return redirect("/")
        return self._page(request)

    def _page(self, request: Request) -> Response:
        segments = request.segments()
        if segments[:1] != ["kill"] or len(segments) < 2 or not _ID.fullmatch(segments[1]):
            return html_response(pages.missing("such page"), 404)
        loss = self.universe.losses.get(int(segments[1]))
        if loss is None:
            return html_response(pages.missing(f"kill {segments[1]}"), 404)
        if len(segments) > 2 or not request.path.endswith("/"):
            return redirect(f"/zkb/kill/{loss.killmail_id}/")
        return html_response(pages.kill(loss, self.universe))

    def _api(self, request: Request) -> Response:
        """Odd answers are zKillboard's own: errors mostly come with status 200."""
        if not request.headers.get("User-Agent"):
            return html_response("<html><body><h1>403 Forbidden</h1></body></html>", 403)
        if "?" in request.target:
            return text_response("Query strings are not accepted.", 403)
        if "//" in request.path:
            return redirect("/zkb" + re.sub("/{2,}", "/", request.path), 301)
        if not request.path.endswith("/"):
            return text_response("", 200, "Missing trailing slash")
        losses: list[Loss] | None = None
        for name, value in _pairs(request.segments()[1:]):
            chosen = self._chosen(name, value)
            if chosen is None:
                return json_response({"error": f"{name} is an invalid parameter"})
            losses = chosen if losses is None else [loss for loss in losses if loss in chosen]
        if losses is None:
            return json_response({"error": "at least one parameter is needed"})
        listed = [loss for loss in losses if self.universe.listed_on_zkillboard(loss)]
        listed.sort(key=lambda loss: loss.killmail_id, reverse=True)
        return json_response([_entry(loss) for loss in listed], headers=self._caching())

    def _chosen(self, name: str, value: str) -> list[Loss] | None:
        """The losses that one parameter allows; None for a parameter that is not served."""
        losses = list(self.universe.losses.values())
        if name in {"kills", "losses"}:
            return losses
        if not _ID.fullmatch(value):
            return None
        number = int(value)
        if name == "killID":
            return [loss for loss in losses if loss.killmail_id == number]
        member = {"characterID": "character_id", "corporationID": "corporation_id"}.get(name)
        if member:
            return [loss for loss in losses if loss.killmail["victim"].get(member) == number]
        return None

    def _caching(self) -> dict[str, str]:
        expires = self.universe.clock() + timedelta(seconds=_MAX_AGE_S)
        return {
            "Content-Type": "application/json; charset=utf-8",
            "Cache-Control": f"public, max-age={_MAX_AGE_S}",
            "Expires": format_datetime(expires, usegmt=True),
            "Access-Control-Allow-Origin": "*",
        }


def zkb_block(loss: Loss) -> dict[str, Any]:
    """What zKillboard adds to a killmail; amounts are floats of ISK, two decimals."""
    dropped = (loss.value * Decimal("0.13")).quantize(_CENT)
    fitted = (loss.value * Decimal("0.91")).quantize(_CENT)
    attackers = loss.killmail["attackers"]
    players = [each for each in attackers if "character_id" in each]
    home = loss.killmail["victim"]["corporation_id"]
    is_npc = not players
    is_awox = any(each["corporation_id"] == home for each in players)
    wrong = loss.zkb == "wrong-hash"
    return {
        "locationID": 50_000_000 + loss.solar_system_id % 1_000_000,
        "hash": loss.hash[::-1] if wrong else loss.hash,
        "fittedValue": float(fitted),
        "droppedValue": float(dropped),
        "destroyedValue": float(loss.value - dropped),
        "totalValue": float(loss.value),
        "totalDroppableValue": float(dropped * 2),
        "points": 1,
        "npc": is_npc,
        "solo": len(players) == 1 and len(attackers) == 1,
        "awox": is_awox,
        "labels": _labels(loss, is_npc=is_npc, is_awox=is_awox),
    }


def _entry(loss: Loss) -> dict[str, Any]:
    """One kill: mostly the slim shape, the full one for some, as in the wild."""
    body = loss.killmail if loss.zkb == "full" else {"killmail_id": loss.killmail_id}
    return {**body, "zkb": zkb_block(loss)}


def _labels(loss: Loss, *, is_npc: bool, is_awox: bool) -> list[str]:
    labels = ["cat:6", "npc" if is_npc else "pvp"]
    if len(loss.killmail["attackers"]) == 1 and not is_npc:
        labels.append("solo")
    if is_awox:
        labels.append("awox")
    for label, bound in (("isk:1b+", 10**9), ("isk:10b+", 10**10), ("isk:100b+", 10**11)):
        if loss.value >= bound:
            labels.append(label)
    return labels


def _pairs(segments: list[str]) -> list[tuple[str, str]]:
    """Parameters of the path: `kills` and `losses` stand alone, all others take a value."""
    rest = iter(segments)
    return [(name, "" if name in {"kills", "losses"} else next(rest, "")) for name in rest]
