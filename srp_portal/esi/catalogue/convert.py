"""A catalogue made from a specification as ESI publishes it, Swagger 2.0 or OpenAPI 3.x."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from srp_portal.esi.catalogue.model import Catalogue, OperationSpec, Parameter, snake_case
from srp_portal.esi.errors import EsiConfigurationError

_METHODS: Final = ("get", "head", "post", "put", "delete")
# These the client sends by itself; they are no parameters of an operation.
_OWN_QUERIES: Final = frozenset({"datasource", "token", "language"})

Spec = Mapping[str, Any]


def catalogue_from(spec: Spec, older: Spec | None = None) -> Catalogue:
    """The catalogue of a specification.

    older: a Swagger whose operation names and names of bodies are kept as second
    names, and which knows what is localisable. Raises EsiConfigurationError when it
    is neither Swagger 2.0 nor OpenAPI 3.
    """
    try:
        if str(spec.get("swagger")) == "2.0":
            return _from_swagger(spec)
        if str(spec.get("openapi")).startswith("3."):
            catalogue = _from_openapi(spec)
            return catalogue if older is None else _with_old_names(catalogue, _from_swagger(older))
    except (AttributeError, KeyError, TypeError) as error:
        message = f"the specification can't be understood at {error}"
        raise EsiConfigurationError(message) from error
    raise EsiConfigurationError("the specification is neither Swagger 2.0 nor OpenAPI 3.x")


def _from_openapi(spec: Spec) -> Catalogue:
    operations = []
    groups: dict[str, tuple[int, str]] = {}
    for path, method, operation in _operations(spec):
        limit = operation.get("x-rate-limit")
        if limit is not None:
            groups[limit["group"]] = (limit["max-tokens"], limit["window-size"])
        parameters = _parameters(spec, operation)
        body = operation.get("requestBody")
        if body is not None:
            schema = _resolve(spec, body["content"]["application/json"]["schema"])
            parameters.append(_parameter("body", "body", schema, bool(body.get("required"))))
        localised = any(
            "Content-Language" in answer.get("headers", {})
            for answer in operation["responses"].values()
        )
        operations.append(
            OperationSpec(
                name=operation["operationId"],
                old_name=snake_case(operation["operationId"]),
                method=method,
                path=path,
                tag=operation["tags"][0],
                parameters=tuple(parameters),
                scopes=_scopes(operation),
                paging=_paging(operation, parameters),
                group=None if limit is None else limit["group"],
                cache_age=operation.get("x-cache-age"),
                localisable=localised,
            )
        )
    return Catalogue(
        operations=_ordered(operations),
        compatibility_date=spec["info"]["version"],
        groups=tuple(sorted(groups.items())),
    )


def _from_swagger(spec: Spec) -> Catalogue:
    operations = []
    for path, method, operation in _operations(spec):
        declared = [_resolve(spec, item) for item in operation.get("parameters", ())]
        parameters = [
            _parameter(item["name"], item["in"], item.get("schema", item), _required(item))
            for item in declared
            if item["in"] != "header" and item["name"] not in _OWN_QUERIES
        ]
        operations.append(
            OperationSpec(
                name=operation["operationId"],
                old_name=operation["operationId"],
                method=method,
                path=path,
                tag=operation["tags"][0],
                parameters=tuple(parameters),
                scopes=_scopes(operation),
                paging=_paging(operation, parameters),
                cache_age=operation.get("x-cached-seconds"),
                localisable=any(item["name"] == "language" for item in declared),
            )
        )
    base_path = spec.get("basePath", "").rstrip("/")
    return Catalogue(operations=_ordered(operations), dialect="swagger", base_path=base_path)


def _with_old_names(catalogue: Catalogue, older: Catalogue) -> Catalogue:
    known = {_place(operation): operation for operation in older.operations}
    operations = []
    for operation in catalogue.operations:
        old = known.get(_place(operation))
        if old is None:
            operations.append(operation)
            continue
        bodies: dict[str, str] = {p.place: p.name for p in old.parameters if p.place == "body"}
        parameters = tuple(
            replace(parameter, name=bodies.get(parameter.place, parameter.name))
            for parameter in operation.parameters
        )
        operations.append(replace(operation, old_name=old.name, parameters=parameters))
    return replace(catalogue, operations=tuple(operations))


def _place(operation: OperationSpec) -> tuple[str, str]:
    return operation.method, operation.path.rstrip("/")


def _ordered(operations: list[OperationSpec]) -> tuple[OperationSpec, ...]:
    return tuple(sorted(operations, key=lambda operation: (operation.tag, operation.name)))


def _operations(spec: Spec) -> Iterator[tuple[str, str, Spec]]:
    for path, item in spec["paths"].items():
        for method in _METHODS:
            if method in item:
                yield path, method.upper(), item[method]


def _parameters(spec: Spec, operation: Spec) -> list[Parameter]:
    declared = (_resolve(spec, item) for item in operation.get("parameters", ()))
    return [
        _parameter(item["name"], item["in"], _resolve(spec, item["schema"]), _required(item))
        for item in declared
        if item["in"] != "header" and item["name"] not in _OWN_QUERIES
    ]


def _parameter(name: str, place: Any, schema: Spec, required: bool) -> Parameter:
    kind = schema.get("type", "object")
    items = schema["items"].get("type", "object") if kind == "array" else None
    return Parameter(name, place, kind, required, items)


def _required(item: Spec) -> bool:
    return bool(item.get("required", False))


def _resolve(spec: Spec, item: Spec) -> Spec:
    while "$ref" in item:
        found: Any = spec
        for step in item["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        item = found
    return item


def _scopes(operation: Spec) -> tuple[str, ...]:
    return tuple(
        scope
        for choice in operation.get("security", ())
        for scopes in choice.values()
        for scope in scopes
    )


def _paging(operation: Spec, parameters: list[Parameter]) -> str | None:
    names = {parameter.name for parameter in parameters if parameter.place == "query"}
    if operation.get("x-pagination") == "cursor":
        return "cursor"
    if "page" in names:
        return "pages"
    return "from_id" if "from_id" in names else None
