"""Types and references in a specification."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import unquote

Spec = Mapping[str, Any]

_KINDS: Final = frozenset({"integer", "number", "string", "boolean", "object", "array", "null"})
_MOST_STEPS: Final = 50


def resolve(spec: Spec, item: Any) -> Any:
    """What an item is or refers to.

    Raises ValueError for a reference to another file, to nothing, or to itself.
    """
    for _ in range(_MOST_STEPS):
        reference = item.get("$ref")
        if reference is None:
            return item
        if not reference.startswith("#/"):
            raise ValueError(f"{reference} is in another file")
        item = spec
        for step in reference.removeprefix("#/").split("/"):
            key = unquote(step).replace("~1", "/").replace("~0", "~")
            if not isinstance(item, Mapping) or key not in item:
                raise ValueError(f"{reference} is not there")
            item = item[key]
    raise ValueError(f"{reference} refers to itself")


def kind_of(spec: Spec, schema: Any) -> tuple[str, str | None]:
    """The JSON type of a schema, and that of its items for an array.

    The type is `any` where the schema allows several, or says nothing that could be
    checked; null does not count, since an argument that is None is left out.
    """
    schema = resolve(spec, schema)
    kind = _kind(spec, schema)
    if kind != "array":
        return ("any" if kind == "null" else kind), None
    holder = schema if "items" in schema else _part_with_items(spec, schema)
    return kind, kind_of(spec, holder.get("items") or {})[0]


def _kind(spec: Spec, schema: Spec, depth: int = 0) -> str:
    declared = schema.get("type")
    kinds = {declared} if isinstance(declared, str) else set(declared or ())
    if not kinds and depth < _MOST_STEPS:
        if "properties" in schema:
            return "object"
        for part in _parts(spec, schema):
            kinds.add(_kind(spec, part, depth + 1))
    if kinds != {"null"}:
        kinds.discard("null")
    if kinds == {"integer", "number"}:
        return "number"
    if "allOf" in schema:
        kinds.discard("any")
    kind = kinds.pop() if len(kinds) == 1 else "any"
    return kind if kind in _KINDS else "any"


def _parts(spec: Spec, schema: Spec) -> list[Spec]:
    return [
        resolve(spec, part) for name in ("allOf", "oneOf", "anyOf") for part in schema.get(name, ())
    ]


def _part_with_items(spec: Spec, schema: Spec) -> Spec:
    return next((part for part in _parts(spec, schema) if "items" in part), {})
