"""Questions to EVE's API, each a function of the case; what can be used again is kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from srp_portal.plugin import PluginContext
from srp_portal_flags.case import Case, NoAnswer

#: EVE makes its prices anew once an hour. Names of types and characters hardly ever change.
_PRICE_SECONDS, _NAME_SECONDS = 3600, 86_400
# All prices are too large for one value of the cache, and one value for each type is too many.
_SHARDS = 32
_MOST_IDS = 1000


class Stay(NamedTuple):
    """A character's time in a corporation, from `since` (aware, UTC) to the next one."""

    corporation_id: int
    since: datetime


def prices(case: Case) -> dict[int, Decimal]:
    """ISK for one, by type id, of the hull and all items; types without a price are left out.

    It is the average of recent trades, else EVE's adjusted price. Raises NoAnswer.
    """
    wanted = {case.killmail.ship_id} | {item.type_id for item, _ in case.contents()}
    known = _kept_prices(case.context, wanted)
    if known is None:
        everything = _market(case.context)
        _keep_prices(case.context, everything)
        known = {type_id: everything[type_id] for type_id in wanted & everything.keys()}
    return known


def item_names(case: Case) -> dict[int, str]:
    """English names of the types of all items, by type id; raises NoAnswer."""
    return _names(case.context, {item.type_id for item, _ in case.contents()})


def own_attacker_names(case: Case) -> dict[int, str]:
    """Names of the submitter's characters that are among the attackers; raises NoAnswer."""
    attackers = {attacker.character_id for attacker in case.killmail.attackers}
    return _names(case.context, case.people & attackers)


def stays(case: Case) -> list[Stay]:
    """Where the pilot has been, in the order in which EVE tells it; raises NoAnswer."""
    # The ESI client keeps the answer for as long as EVE asks, which is a day.
    rows = _result(
        case.context.esi.Character.get_characters_character_id_corporationhistory(
            character_id=case.killmail.pilot_id
        )
    )
    with _understood():
        return [Stay(row["corporation_id"], _moment(row["start_date"])) for row in rows]


def _market(context: PluginContext) -> dict[int, Decimal]:
    rows = _result(context.esi.Market.get_markets_prices())
    with _understood():
        return {
            # By its text: that is what EVE wrote, and what a float only comes near.
            row["type_id"]: Decimal(str(row.get("average_price") or row["adjusted_price"]))
            for row in rows
            if row["type_id"] and (row.get("average_price") or row.get("adjusted_price"))
        }


def _kept_prices(context: PluginContext, wanted: Iterable[int]) -> dict[int, Decimal] | None:
    """Prices out of the cache, None unless all parts that are needed are still there."""
    shards: dict[int, Mapping[str, str]] = {}
    for shard in {type_id % _SHARDS for type_id in wanted}:
        kept = context.cache.get(f"prices:{shard}")
        if kept is None:
            return None
        shards[shard] = kept
    return {
        type_id: Decimal(price)
        for type_id in wanted
        if (price := shards[type_id % _SHARDS].get(str(type_id))) is not None
    }


def _keep_prices(context: PluginContext, everything: Mapping[int, Decimal]) -> None:
    shards: list[dict[str, str]] = [{} for _ in range(_SHARDS)]
    for type_id, price in everything.items():
        shards[type_id % _SHARDS][str(type_id)] = str(price)
    for number, shard in enumerate(shards):
        context.cache.set(f"prices:{number}", shard, _PRICE_SECONDS)


def _names(context: PluginContext, ids: Iterable[int]) -> dict[int, str]:
    found = {id_: context.cache.get(f"name:{id_}") for id_ in ids}
    missing = sorted(id_ for id_, name in found.items() if name is None)
    for start in range(0, len(missing), _MOST_IDS):
        part = missing[start : start + _MOST_IDS]
        rows = _result(context.esi.Universe.post_universe_names(ids=part))
        with _understood():
            told = {row["id"]: row["name"] for row in rows}
        for id_, name in told.items():
            context.cache.set(f"name:{id_}", name, _NAME_SECONDS)
        found |= told
    return {id_: name for id_, name in found.items() if name is not None}


def _result(call: Any) -> Any:
    """The answer to a call; raises NoAnswer for what the ESI client says about it."""
    try:
        return call.result()
    except Exception as error:
        # All errors of the ESI client carry a status; anything else is a mistake in the program.
        if not hasattr(error, "status"):
            raise
        raise NoAnswer(f"EVE's API: {error}") from error


@contextmanager
def _understood() -> Iterator[None]:
    """Turns what goes wrong with an answer of another shape into NoAnswer."""
    try:
        yield
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise NoAnswer("EVE's API answered something that can't be understood") from error


def _moment(value: str | datetime) -> datetime:
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return moment.astimezone(UTC)
