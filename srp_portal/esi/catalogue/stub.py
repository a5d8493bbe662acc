"""Make the type stub of the catalogue that ships, for editors and type checkers.

    python -m srp_portal.esi.catalogue.stub > srp_portal/esi/resources.pyi

The stub is there for type checkers alone: when the portal runs, resources and
operations are looked up in the catalogue. To be made anew with each new catalogue.
"""

import sys
from collections.abc import Iterator, Mapping
from typing import Final

from srp_portal.esi.catalogue import Catalogue, OperationSpec, Parameter, load_shipped
from srp_portal.esi.parameters import LANGUAGES

_HEAD: Final = '''\
"""Resources and operations of ESI, for type checkers. Made, not written: see catalogue/stub.py."""

# Editors show these docstrings, there is no code that could hold them; names are those of ESI.
# ruff: noqa: A002, PYI021

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Literal, TypeAlias
from uuid import UUID

from srp_portal.esi.credentials import TokenSource
from srp_portal.esi.operations import Operation

'''
_TYPES: Final[Mapping[str, str]] = {
    "integer": "int",
    "number": "float | Decimal",
    "string": "str",
    "boolean": "bool",
    "object": "Mapping[str, Any]",
}
_LINE_LENGTH: Final = 100
# What every operation takes beside its own parameters.
_COMMON: Final = (
    "token: str | TokenSource | None = ...",
    "language: Language | None = ...",
    "datasource: str | None = ...",
)


def stub(catalogue: Catalogue) -> str:
    """The text of the stub: a class for each resource, and `Resources` with all of them."""
    resources = catalogue.resources
    lines = [_HEAD + _languages()]
    for resource, names in resources.items():
        lines += ["", f"class {_class_name(resource)}:"]
        lines += [line for operation in _distinct(names) for line in _method(operation)]
        lines.pop()
    lines += ["", "class Resources:"]
    lines += [f"    {resource}: {_class_name(resource)}" for resource in resources]
    return "\n".join(lines) + "\n"


def _languages() -> str:
    codes = ", ".join(f'"{code}"' for code in (*LANGUAGES, "en-us"))
    return f"Language: TypeAlias = Literal[{codes}]"


def _class_name(resource: str) -> str:
    # Not the resource's own name: an attribute can't be annotated by what it hides.
    return resource.replace("_", "") + "Operations"


def _distinct(names: Mapping[str, OperationSpec]) -> Iterator[OperationSpec]:
    """Each operation once, though it is there under two names."""
    return (operation for name, operation in names.items() if name == operation.name)


def _method(operation: OperationSpec) -> Iterator[str]:
    """A method under the old name, another name for it, and an empty line."""
    ordered = sorted(operation.parameters, key=lambda parameter: not parameter.required)
    yield f"    def {operation.old_name}("
    for word in ("self", "*", *map(_argument, ordered), *_COMMON):
        yield f"        {word},"
    yield "    ) -> Operation:"
    facts = list(_facts(operation))
    yield f'        """{facts[0]}' + ('"""' if len(facts) == 1 else "")
    if len(facts) > 1:
        yield ""
        yield from (f"        {fact}" for fact in facts[1:])
        yield '        """'
    if operation.name != operation.old_name:
        yield ""
        yield from _alias(operation)
    yield ""


def _alias(operation: OperationSpec) -> Iterator[str]:
    line = f"    {operation.name} = {operation.old_name}"
    # Broken as the formatter would.
    if len(line) <= _LINE_LENGTH:
        yield line
    else:
        yield from (f"    {operation.name} = (", f"        {operation.old_name}", "    )")


def _facts(operation: OperationSpec) -> Iterator[str]:
    yield f"{operation.method} {operation.path}"
    if operation.scopes:
        yield f"Scopes: {' '.join(operation.scopes)}"
    if operation.paging is not None:
        yield f"Paging: {operation.paging}"


def _argument(parameter: Parameter) -> str:
    argument = f"{parameter.name}: {_type(parameter)}"
    return argument if parameter.required else f"{argument} | None = ..."


def _type(parameter: Parameter) -> str:
    if parameter.kind == "array":
        return f"Iterable[{_TYPES[parameter.items or 'object']}]"
    # Where ESI has ids that are no numbers, they are UUIDs.
    if parameter.kind == "string" and parameter.name.endswith("_id"):
        return "str | UUID"
    return _TYPES[parameter.kind]


if __name__ == "__main__":
    sys.stdout.write(stub(load_shipped()))
