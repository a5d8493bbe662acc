"""Operations of ESI as data: what a call needs to know, and a compact form of it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Literal

Place = Literal["path", "query", "body"]
Dialect = Literal["openapi", "swagger"]

# Operations that are sent by POST for the size of what is asked, and change nothing; ids left out.
READ_ONLY_POSTS: Final = frozenset(
    {
        "/universe/names",
        "/universe/ids",
        "/characters/affiliation",
        "/characters/assets/locations",
        "/characters/assets/names",
        "/characters/cspa",
        "/corporations/assets/locations",
        "/corporations/assets/names",
        "/route",
    }
)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter.

    kind: a JSON type, or `any`. items: that of an array's items, else None. joined: a list
    in the query is one value with commas, else the name is repeated.
    """

    name: str
    place: Place
    kind: str
    required: bool
    items: str | None = None
    joined: bool = False


@dataclass(frozen=True)
class OperationSpec:
    """One operation.

    name: as the specification calls it today; old_name: as the Swagger of 2015 to
    2025 did. paging: `pages`, `cursor`, `from_id` or None. group: its rate-limit
    group. cache_age: seconds ESI keeps an answer. scopes: what a token needs.
    """

    name: str
    old_name: str
    method: str
    path: str
    tag: str
    parameters: tuple[Parameter, ...] = ()
    scopes: tuple[str, ...] = ()
    paging: str | None = None
    group: str | None = None
    cache_age: int | None = None
    localisable: bool = False

    @property
    def resource(self) -> str:
        """Its tag as an attribute name: `Planetary_Interaction`."""
        return re.sub(r"\W", "_", self.tag)

    @property
    def is_repeatable(self) -> bool:
        """Whether calling it twice does what calling it once does."""
        if self.method in ("GET", "HEAD"):
            return True
        path = re.sub(r"/\{[^}]*\}", "", self.path).rstrip("/")
        return self.method == "POST" and path in READ_ONLY_POSTS


@dataclass(frozen=True)
class Catalogue:
    """All operations of a specification.

    compatibility_date: the date to ask for, None with a Swagger, whose base_path
    names the version instead. base_path: begins with a slash, or is empty. groups:
    rate-limit group to (tokens, window).
    """

    operations: tuple[OperationSpec, ...]
    dialect: Dialect = "openapi"
    compatibility_date: str | None = None
    base_path: str = ""
    groups: tuple[tuple[str, tuple[int, str]], ...] = ()

    @cached_property
    def resources(self) -> Mapping[str, Mapping[str, OperationSpec]]:
        """Resource to operation by name; each is there under its old and its new name."""
        resources: dict[str, dict[str, OperationSpec]] = {}
        for operation in self.operations:
            names = resources.setdefault(operation.resource, {})
            names[operation.old_name] = names[operation.name] = operation
            if self.dialect == "swagger":
                # So that code written for today's ESI can be pointed at an old version.
                names.setdefault(camel_case(operation.old_name), operation)
        return resources


def snake_case(name: str) -> str:
    """`GetUniverseTypesTypeId` as `get_universe_types_type_id`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def camel_case(name: str) -> str:
    """`get_universe_types_type_id` as `GetUniverseTypesTypeId`."""
    return "".join(word[:1].upper() + word[1:] for word in name.split("_"))


def dump(catalogue: Catalogue) -> dict[str, Any]:
    """A catalogue as JSON values, without what can be derived."""
    return {
        "dialect": catalogue.dialect,
        "compatibility_date": catalogue.compatibility_date,
        "base_path": catalogue.base_path,
        "groups": {name: list(limit) for name, limit in catalogue.groups},
        "operations": [_dump_operation(operation) for operation in catalogue.operations],
    }


def restore(data: Mapping[str, Any]) -> Catalogue:
    """The catalogue that `dump` made this of."""
    return Catalogue(
        operations=tuple(_restore_operation(item) for item in data["operations"]),
        dialect=data["dialect"],
        compatibility_date=data["compatibility_date"],
        base_path=data["base_path"],
        groups=tuple((name, (limit[0], limit[1])) for name, limit in data["groups"].items()),
    )


def _dump_operation(operation: OperationSpec) -> dict[str, Any]:
    old_name = operation.old_name
    optional = {
        "old": old_name if old_name != snake_case(operation.name) else None,
        "parameters": [_dump_parameter(parameter) for parameter in operation.parameters],
        "scopes": list(operation.scopes),
        "paging": operation.paging,
        "group": operation.group,
        "age": operation.cache_age,
        "localisable": operation.localisable,
    }
    return {
        "name": operation.name,
        "call": f"{operation.method} {operation.path}",
        "tag": operation.tag,
        **{key: value for key, value in optional.items() if value not in (None, [], False)},
    }


def _dump_parameter(parameter: Parameter) -> str:
    kind = parameter.kind if parameter.items is None else f"{parameter.kind}:{parameter.items}"
    facts = [" optional" * (not parameter.required), " joined" * parameter.joined]
    return f"{parameter.name} {parameter.place} {kind}{''.join(facts)}"


def _restore_operation(data: Mapping[str, Any]) -> OperationSpec:
    method, _, path = data["call"].partition(" ")
    return OperationSpec(
        name=data["name"],
        old_name=data.get("old") or snake_case(data["name"]),
        method=method,
        path=path,
        tag=data["tag"],
        parameters=_restore_parameters(data.get("parameters", ())),
        scopes=tuple(data.get("scopes", ())),
        paging=data.get("paging"),
        group=data.get("group"),
        cache_age=data.get("age"),
        localisable=data.get("localisable", False),
    )


def _restore_parameters(texts: Iterable[str]) -> tuple[Parameter, ...]:
    parameters: list[Parameter] = []
    for text in texts:
        name, place, kind, *facts = text.split(" ")
        kind, _, items = kind.partition(":")
        required, joined = "optional" not in facts, "joined" in facts
        parameters.append(Parameter(name, place, kind, required, items or None, joined))  # type: ignore[arg-type]
    return tuple(parameters)
