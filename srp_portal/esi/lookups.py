"""Who belongs where and what is called how, for many ids with few calls."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from srp_portal.esi.client import EsiClient
from srp_portal.esi.errors import EsiNotFound

MOST_IDS: Final = 1000


@dataclass(frozen=True)
class Affiliation:
    """Where a character is now; alliance_id is None outside of alliances."""

    corporation_id: int
    alliance_id: int | None


def affiliations(client: EsiClient, character_ids: Iterable[int]) -> dict[int, Affiliation]:
    """Affiliation by character id; characters that ESI does not know are left out.

    Raises EsiUnavailable and the other errors of a call.
    """

    def ask(ids: Sequence[int]) -> Any:
        return client.Character.post_characters_affiliation(characters=ids).result()

    return {
        row["character_id"]: Affiliation(row["corporation_id"], row.get("alliance_id"))
        for row in _ask_all(ask, character_ids)
    }


def names(client: EsiClient, ids: Iterable[int]) -> dict[int, tuple[str, str]]:
    """Category and name by id (`character`, `inventory_type`, …); unknown ids are left out.

    Raises EsiUnavailable and the other errors of a call.
    """

    def ask(ids: Sequence[int]) -> Any:
        return client.Universe.post_universe_names(ids=ids).result()

    return {row["id"]: (row["category"], row["name"]) for row in _ask_all(ask, ids)}


def _ask_all(ask: Callable[[Sequence[int]], Any], ids: Iterable[int]) -> list[dict[str, Any]]:
    wanted = sorted(set(ids))
    rows: list[dict[str, Any]] = []
    for start in range(0, len(wanted), MOST_IDS):
        rows.extend(_ask(ask, wanted[start : start + MOST_IDS]))
    return rows


def _ask(ask: Callable[[Sequence[int]], Any], ids: Sequence[int]) -> list[dict[str, Any]]:
    """Rows for these ids.

    One unknown id makes ESI refuse all of them, so halves are asked until it stands
    alone: about 2 log2(n) calls for each unknown one.
    """
    try:
        rows: list[dict[str, Any]] = ask(ids)
    except EsiNotFound:
        if len(ids) == 1:
            return []
        middle = len(ids) // 2
        return [*_ask(ask, ids[:middle]), *_ask(ask, ids[middle:])]
    return rows
