"""A catalogue made from a specification as ESI publishes it, Swagger 2.0 or OpenAPI 3.x.

Specifications of other hands are met with tolerance where what they leave out can
be told from the rest, and with an error that names the place where it can't.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final
from urllib.parse import urlsplit

from srp_portal.esi.catalogue.model import Catalogue, OperationSpec, Parameter, snake_case
from srp_portal.esi.catalogue.schemas import Spec, kind_of, resolve
from srp_portal.esi.errors import EsiConfigurationError

_METHODS: Final = ("get", "head", "post", "put", "delete", "patch")
# These the client sends by itself; they are no parameters of an operation.
_OWN_QUERIES: Final = frozenset({"datasource", "token", "language"})
_PLACES: Final = frozenset({"path", "query", "body"})
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def catalogue_from(spec: Any, older: Any = None, *, base_path: str = "") -> Catalogue:
    """The catalogue of a specification, given as JSON values.

    older: a Swagger whose operation names and names of bodies are kept as second
    names, and which knows what is localisable. base_path: for a Swagger that names
    none. Raises EsiConfigurationError when it is neither Swagger 2.0 nor OpenAPI 3.
    """
    try:
        if isinstance(spec, Mapping) and str(spec.get("swagger")) == "2.0":
            return _from_swagger(spec, base_path)
        if isinstance(spec, Mapping) and str(spec.get("openapi")).startswith("3."):
            catalogue = _from_openapi(spec)
            return catalogue if older is None else with_old_names(catalogue, catalogue_from(older))
    except (AttributeError, KeyError, TypeError) as error:
        message = f"the specification can't be understood: {error!r}"
        raise EsiConfigurationError(message) from error
    raise EsiConfigurationError("the specification is neither Swagger 2.0 nor OpenAPI 3.x")


def _from_openapi(spec: Spec) -> Catalogue:
    groups: dict[str, tuple[int, str]] = {}

    def convert(path: str, method: str, operation: Spec) -> OperationSpec:
        limit = operation.get("x-rate-limit")
        if limit is not None:
            groups[limit["group"]] = (limit["max-tokens"], limit["window-size"])
        parameters = _parameters(spec, path, operation)
        body = resolve(spec, operation.get("requestBody") or {})
        if body:
            kind, items = kind_of(spec, _json_schema(body))
            required = bool(body.get("required"))
            parameters.append(Parameter("body", "body", kind, required, items))
        localised = any(
            "Content-Language" in resolve(spec, answer).get("headers", {})
            for answer in operation.get("responses", {}).values()
        )
        name = operation.get("operationId") or _derived_name(method, path).title().replace("_", "")
        return OperationSpec(
            name=_identifier(name),
            old_name=snake_case(_identifier(name)),
            method=method,
            path=path,
            tag=_tag(operation, path),
            parameters=tuple(parameters),
            scopes=_scopes(spec, operation),
            paging=_paging(operation, parameters),
            group=None if limit is None else limit["group"],
            cache_age=operation.get("x-cache-age"),
            localisable=localised,
        )

    operations = _converted(spec, convert)
    version = str(spec.get("info", {}).get("version"))
    return Catalogue(
        operations=operations,
        # A specification of another service has a version that is no date.
        compatibility_date=version if _DATE.fullmatch(version) else None,
        base_path=_server_path(spec),
        groups=tuple(sorted(groups.items())),
    )


def _from_swagger(spec: Spec, base_path: str) -> Catalogue:
    def convert(path: str, method: str, operation: Spec) -> OperationSpec:
        parameters = _parameters(spec, path, operation)
        declared = _declared(spec, operation)
        name = _identifier(operation.get("operationId") or _derived_name(method, path))
        return OperationSpec(
            name=name,
            old_name=name,
            method=method,
            path=path,
            tag=_tag(operation, path),
            parameters=tuple(parameters),
            scopes=_scopes(spec, operation),
            paging=_paging(operation, parameters),
            cache_age=operation.get("x-cached-seconds"),
            localisable=any(item["name"] == "language" for item in declared),
        )

    return Catalogue(
        operations=_converted(spec, convert),
        dialect="swagger",
        base_path=_rooted(spec.get("basePath") or base_path),
    )


def _converted(
    spec: Spec, convert: Callable[[str, str, Spec], OperationSpec]
) -> tuple[OperationSpec, ...]:
    operations = []
    place = "its paths"
    try:
        for path, method, operation in _operations(spec):
            place = f"{method} {path}"
            if not _wants_a_form(spec, operation):
                operations.append(convert(path, method, operation))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        message = f"the specification can't be understood at {place}: {error!r}"
        raise EsiConfigurationError(message) from error
    return tuple(sorted(operations, key=lambda operation: (operation.tag, operation.name)))


def with_old_names(catalogue: Catalogue, older: Catalogue) -> Catalogue:
    """The catalogue with the operation names and names of bodies that the older one knows."""
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
        operations.append(replace(operation, old_name=old.old_name, parameters=parameters))
    return replace(catalogue, operations=tuple(operations))


def _place(operation: OperationSpec) -> tuple[str, str]:
    return operation.method, operation.path.rstrip("/")


def _operations(spec: Spec) -> Iterator[tuple[str, str, Spec]]:
    """Path, method and operation, which has the parameters of its path too."""
    for path, raw in spec["paths"].items():
        # Other keys are extensions, and what does not begin so would change the host.
        if not path.startswith("/"):
            continue
        item = resolve(spec, raw)
        shared = item.get("parameters") or ()
        for method in _METHODS:
            operation = item.get(method)
            if operation is not None:
                own = operation.get("parameters") or ()
                yield path, method.upper(), {**operation, "parameters": [*shared, *own]}


def _declared(spec: Spec, operation: Spec) -> list[Spec]:
    """Parameters without references; one of an operation replaces its path's."""
    found = (resolve(spec, item) for item in operation["parameters"])
    return list({(item["in"], item["name"]): item for item in found}.values())


def _parameters(spec: Spec, path: str, operation: Spec) -> list[Parameter]:
    parameters = [
        _parameter(spec, item)
        for item in _declared(spec, operation)
        if item["in"] in _PLACES and item["name"] not in _OWN_QUERIES
    ]
    known = {parameter.name for parameter in parameters if parameter.place == "path"}
    missing = [name for name in re.findall(r"\{([^{}]+)\}", path) if name not in known]
    return parameters + [Parameter(name, "path", "any", required=True) for name in missing]


def _parameter(spec: Spec, item: Spec) -> Parameter:
    schema = item.get("schema")
    if schema is None:
        # Swagger has the type in the parameter itself, OpenAPI may have it under a media type.
        schema = _json_schema(item) if "content" in item else item
    kind, items = kind_of(spec, schema)
    # The default of each generation: Swagger joins by commas, OpenAPI repeats the name.
    if "swagger" in spec:
        joined = item.get("collectionFormat", "csv") != "multi"
    else:
        joined = not item.get("explode", True)
    return Parameter(
        item["name"],
        item["in"],
        kind,
        bool(item.get("required")) or item["in"] == "path",
        items,
        joined=joined and kind == "array" and item["in"] == "query",
    )


def _json_schema(item: Spec) -> Spec:
    """The schema of a body's JSON; a body of anything else may be anything."""
    for media, content in item["content"].items():
        if "json" in media:
            schema: Spec = content.get("schema") or {}
            return schema
    return {}


def _wants_a_form(spec: Spec, operation: Spec) -> bool:
    """Whether it takes a form, which ESI never did: such an operation is left out."""
    return any(item["in"] == "formData" for item in _declared(spec, operation))


def _server_path(spec: Spec) -> str:
    for server in spec.get("servers") or ():
        url = server.get("url", "")
        for name, variable in server.get("variables", {}).items():
            url = url.replace("{" + name + "}", variable.get("default", ""))
        return _rooted(urlsplit(url).path)
    return ""


def _rooted(path: str) -> str:
    """With one slash before and none behind: it stands behind a host."""
    bare = path.strip("/")
    return f"/{bare}" if bare else ""


def _derived_name(method: str, path: str) -> str:
    """A name as ESI makes them, for an operation that has none: get_universe_types_type_id."""
    return "_".join([method.lower(), *re.findall(r"\w+", path)])


def _identifier(name: str) -> str:
    return re.sub(r"\W", "_", name)


def _tag(operation: Spec, path: str) -> str:
    tags = operation.get("tags")
    return str(tags[0]) if tags else path.strip("/").partition("/")[0].title() or "Default"


def _scopes(spec: Spec, operation: Spec) -> tuple[str, ...]:
    return tuple(
        scope
        for choice in operation.get("security", spec.get("security", ()))
        for scopes in choice.values()
        for scope in scopes
    )


def _paging(operation: Spec, parameters: list[Parameter]) -> str | None:
    names = {parameter.name for parameter in parameters if parameter.place == "query"}
    if operation.get("x-pagination") == "cursor" or {"before", "after"} <= names:
        return "cursor"
    if "page" in names:
        return "pages"
    return "from_id" if "from_id" in names else None
