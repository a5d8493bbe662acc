"""What the board's API says about a kill.

Only the hash, the values and three labels are taken from the board: with the hash, EVE's own API
tells what really happened. The API answers most errors with status 200, so the body decides.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NoReturn

import requests

from srp_portal.plugin import KillmailNotFound, PluginContext, SourceUnavailable
from srp_portal_zkillboard.settings import VALUE_NAMES, BoardSettings

logger = logging.getLogger(__name__)

_HASH = re.compile(r"[0-9a-f]{40}", re.ASCII)
#: The board itself lets answers be kept for an hour, and asks for that.
_KEPT_S = 3600

_DOWN = "zKillboard can't be reached at the moment. Please try again later."
_STRANGE = "zKillboard answered something that can't be understood. Please try again later."
_NOT_THERE = (
    "zKillboard has no kill {id}. It shows a kill five minutes after it happened at the earliest,"
    " and up to an hour later where it was asked before. You need not wait: submit the game's own"
    " link. In EVE, drag the kill report into a chat or a note, copy it from there and paste it"
    " here; it reads <url=killReport:{id}:…>."
)


@dataclass(frozen=True, slots=True)
class BoardEntry:
    """A kill as the board knows it; values: ISK by Killmail's names."""

    killmail_hash: str
    values: Mapping[str, Decimal]
    npc: bool
    solo: bool
    awox: bool

    def as_json(self) -> dict[str, Any]:
        """The entry for the cache; amounts as text, which keeps them exact."""
        return {
            "hash": self.killmail_hash,
            "values": {name: str(amount) for name, amount in self.values.items()},
            "flags": [self.npc, self.solo, self.awox],
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> BoardEntry:
        """The entry from the cache."""
        values = {name: Decimal(amount) for name, amount in kept["values"].items()}
        return cls(kept["hash"], values, *kept["flags"])


def board_entry(context: PluginContext, settings: BoardSettings, killmail_id: int) -> BoardEntry:
    """The board's entry of a kill.

    Raises KillmailNotFound where the board has none (yet), SourceUnavailable for every other
    answer.
    """
    # The id first: a key may be 200 characters, and must never be cut before the id ends.
    key = f"kill {killmail_id} {settings.base.url}"[:200]
    kept = context.cache.get(key)
    if kept is not None:
        return BoardEntry.from_json(kept)
    entry = _parse(_answer(context, settings, killmail_id), killmail_id)
    context.cache.set(key, entry.as_json(), _KEPT_S)
    return entry


def _answer(context: PluginContext, settings: BoardSettings, killmail_id: int) -> str:
    # The trailing slash is needed, a query string forbidden. A redirect leads to a page that says
    # this address is blocked.
    url = f"{settings.base.url}/api/killID/{killmail_id}/"
    try:
        response = context.http.get(
            url, headers={"Accept": "application/json"}, allow_redirects=False
        )
    except requests.RequestException as error:
        raise SourceUnavailable(_DOWN) from error
    if response.status_code != 200:
        logger.warning("%s answered %s", url, response.status_code)
        raise SourceUnavailable(_DOWN)
    text: str = response.content.decode("utf-8", "replace")
    return text


def _parse(text: str, killmail_id: int) -> BoardEntry:
    try:
        # Amounts are read from the text: as floats they would be other amounts.
        answer = json.loads(text, parse_float=Decimal, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        logger.warning("The board answered no JSON for kill %s", killmail_id)
        raise SourceUnavailable(_STRANGE) from error
    if answer == []:
        raise KillmailNotFound(_NOT_THERE.format(id=killmail_id))
    try:
        return _entry(answer, killmail_id)
    except (LookupError, TypeError, ValueError) as error:
        logger.warning("The board's answer for kill %s: %.200s", killmail_id, text)
        raise SourceUnavailable(_STRANGE) from error


def _entry(answer: list[dict[str, Any]], killmail_id: int) -> BoardEntry:
    kill = answer[0]
    facts = kill["zkb"]
    # Boards have called it both ways over the years.
    if kill.get("killmail_id", kill.get("killID")) != killmail_id:
        raise ValueError("another kill")
    if not _HASH.fullmatch(facts["hash"]):
        raise ValueError("no hash")
    return BoardEntry(
        killmail_hash=facts["hash"],
        values={
            name: _amount(facts[key])
            for key, name in VALUE_NAMES.items()
            if facts.get(key) is not None
        },
        npc=facts.get("npc") is True,
        solo=facts.get("solo") is True,
        awox=facts.get("awox") is True,
    )


def _amount(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, Decimal | int) or value < 0:
        raise ValueError("no amount")
    return Decimal(value)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")
