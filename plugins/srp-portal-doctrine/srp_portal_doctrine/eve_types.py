"""What EVE knows of types: their names, what they are, where they are fitted."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from srp_portal.plugin import PluginContext
from srp_portal_doctrine.asking import Patience, ask_all
from srp_portal_doctrine.eft import name_key

#: Categories of EVE.
MODULE, CHARGE, SUBSYSTEM = 7, 8, 32
#: The dogma effects by which something goes into a slot, by the slots' names in a killmail.
_SLOTS = {
    12: "High slots",
    13: "Medium slots",
    11: "Low slots",
    2663: "Rigs",
    3772: "Subsystems",
}
#: Types change with EVE's releases, names by mistakes of ours that are soon put right.
_KEPT_S, _UNKNOWN_KEPT_S = 7 * 86_400, 600
#: How many names ESI takes at once.
_MOST_NAMES, _MOST_IDS = 500, 1000


@dataclass(frozen=True, slots=True)
class TypeFacts:
    """A type: its name, its category, and its slot, blank where it goes into none."""

    name: str
    category_id: int
    slot: str


class Types:
    """Looks types up, in the plugin's cache first.

    seconds: for all look-ups together. Every method raises EveSilentError, and what was answered
    before is kept.
    """

    def __init__(self, context: PluginContext, seconds: float) -> None:
        self._universe = context.esi.Universe
        self._cache = context.cache
        self._patience = Patience(seconds)

    def names(self, type_ids: Iterable[int]) -> dict[int, str]:
        """The names of types; `Type 34` for one that EVE doesn't know."""
        found, missing = self._kept("name", set(type_ids))

        refused: list[int] = []

        def keep(part: int, answer: Any) -> None:
            if answer is None:
                refused.extend(parts[part])
            for entry in answer or ():
                found[entry["id"]] = self._keep("name", entry["id"], str(entry["name"]))

        post = self._universe.post_universe_names
        parts = _parts(missing, _MOST_IDS)
        ask_all({n: post(ids=part) for n, part in parts.items()}, self._patience, keep)
        # One unknown id makes ESI refuse all of them: then each is asked for alone.
        alone = {id_: facts.name for id_, facts in self.facts(refused).items()}
        return {id_: f"Type {id_}" for id_ in missing} | found | alone

    def ids(self, names: Iterable[str]) -> dict[str, int | None]:
        """By the key of each name its type's id, None where EVE has no such type."""
        spelled = {name_key(name): name for name in names}
        found, missing = self._kept("id", spelled)

        def keep(part: int, answer: Any) -> None:
            # ESI leaves out what it doesn't know, and never refuses a name.
            entries = answer.get("inventory_types", ())
            known = {name_key(entry["name"]): entry["id"] for entry in entries}
            for name in parts[part]:
                key = name_key(name)
                seconds = _KEPT_S if key in known else _UNKNOWN_KEPT_S
                # 0 stands for none: nothing at all would be asked for again.
                found[key] = self._keep("id", key, int(known.get(key, 0)), seconds)

        post = self._universe.post_universe_ids
        parts = _parts([spelled[key] for key in missing], _MOST_NAMES)
        ask_all({n: post(names=part) for n, part in parts.items()}, self._patience, keep)
        return {key: id_ or None for key, id_ in found.items()}

    def facts(self, type_ids: Iterable[int]) -> dict[int, TypeFacts]:
        """What types are; one that EVE doesn't know is left out."""
        found, missing = self._kept("type", set(type_ids))

        def keep_type(id_: int, answer: Any) -> None:
            if answer is not None:
                effects = (each["effect_id"] for each in answer.get("dogma_effects", ()))
                slot = next((_SLOTS[each] for each in effects if each in _SLOTS), "")
                known = [str(answer["name"]), int(answer["group_id"]), slot]
                found[id_] = self._keep("type", id_, known)

        get_type = self._universe.get_universe_types_type_id
        ask_all({id_: get_type(type_id=id_) for id_ in missing}, self._patience, keep_type)
        categories = self._categories({group_id for _, group_id, _ in found.values()})
        return {
            id_: TypeFacts(name, categories.get(group_id, 0), slot)
            for id_, (name, group_id, slot) in found.items()
        }

    def _categories(self, group_ids: set[int]) -> Mapping[int, int]:
        found, missing = self._kept("group", group_ids)

        def keep_group(id_: int, answer: Any) -> None:
            if answer is not None:
                found[id_] = self._keep("group", id_, int(answer["category_id"]))

        get_group = self._universe.get_universe_groups_group_id
        ask_all({id_: get_group(group_id=id_) for id_ in missing}, self._patience, keep_group)
        return found

    def _kept(self, kind: str, keys: Collection[Any]) -> tuple[dict[Any, Any], list[Any]]:
        """What the cache has, and the keys of the rest."""
        held = {key: self._cache.get(f"{kind} {key}") for key in sorted(keys)}
        found = {key: value for key, value in held.items() if value is not None}
        return found, [key for key in held if key not in found]

    def _keep(self, kind: str, key: object, value: Any, seconds: float = _KEPT_S) -> Any:
        self._cache.set(f"{kind} {key}", value, seconds)
        return value


def _parts(values: list[Any], most: int) -> dict[int, list[Any]]:
    return {start: values[start : start + most] for start in range(0, len(values), most)}
