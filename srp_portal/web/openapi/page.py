"""The description as a page shows it: rows of text, in the order in which people look for them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from srp_portal.web.openapi.description import Description
from srp_portal.web.openapi.shapes import Schema

_REFERENCE = re.compile(r"#/components/\w+/(?P<name>.+)")
_CODE = re.compile(r"`([^`]+)`")
#: How many values of an enumeration are shown; more help nobody.
_MOST_VALUES = 24


@dataclass(frozen=True, slots=True)
class Kind:
    """What a value is: words, around the name of a schema where it has one."""

    before: str = ""
    name: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A key, a parameter or a field. note: `optional`, `required`, where it stands, or nothing."""

    name: str
    kind: Kind
    about: Markup
    note: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: its status, what it means, and the media types that it comes in."""

    status: str
    about: Markup
    kinds: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Call:
    """An operation. who: the ways to log in that it takes, empty for an open one."""

    id: str
    method: str
    path: str
    summary: Markup
    about: Markup
    who: tuple[str, ...]
    lines: tuple[Line, ...]
    forms: tuple[tuple[Markup, tuple[Line, ...]], ...]
    answers: tuple[Answer, ...]
    refusals: str


def chapters(description: Description) -> dict[str, Any]:
    """What the template shows: `intro`, `filters`, `ways`, `tags` with calls, and `schemas`."""
    components = description["components"]
    calls = list(_calls(description))
    return {
        "intro": prose(description["info"]["description"]),
        "filters": _filters(description),
        "ways": [
            (name, prose(scheme["description"]))
            for name, scheme in components["securitySchemes"].items()
        ],
        "tags": [
            (tag["name"], tag["description"], [call for name, call in calls if name == tag["name"]])
            for tag in description["tags"]
        ],
        "schemas": [
            (name, prose(schema.get("description", "")), kind_of(schema), tuple(_keys(schema)))
            for name, schema in components["schemas"].items()
        ],
    }


def prose(text: str) -> Markup:
    """Markdown's paragraphs, lists of lines and pieces of code, of which descriptions are made."""
    made = []
    for block in text.split("\n\n"):
        if block.startswith("- "):
            items = Markup("").join(
                Markup("<li>{}</li>").format(_inline(item))
                for item in block.removeprefix("- ").split("\n- ")
            )
            made.append(Markup("<ul>{}</ul>").format(items))
        else:
            made.append(Markup("<p>{}</p>").format(_inline(block)))
    return Markup("").join(made)


def kind_of(schema: Schema) -> Kind:
    """What a value of a schema is."""
    reference = _REFERENCE.fullmatch(schema.get("$ref", ""))
    if reference is not None:
        return Kind(name=reference["name"])
    if "anyOf" in schema:
        inner = kind_of(schema["anyOf"][0])
        return Kind(inner.before, inner.name, f"{inner.after} or null")
    if "const" in schema:
        return Kind(_value(schema["const"]))
    if "enum" in schema:
        values = schema["enum"]
        more = " …" if len(values) > _MOST_VALUES else ""
        return Kind(", ".join(map(str, values[:_MOST_VALUES])) + more)
    if schema.get("type") == "array" and isinstance(schema.get("items"), dict):
        inner = kind_of(schema["items"])
        return Kind(f"list of {inner.before}", inner.name, inner.after)
    if isinstance(schema.get("additionalProperties"), dict):
        inner = kind_of(schema["additionalProperties"])
        return Kind(f"names to {inner.before}", inner.name, inner.after)
    if "oneOf" in schema:
        kinds = [kind_of(each) for each in schema["oneOf"]]
        return Kind(" or ".join(dict.fromkeys(kind.name or kind.before for kind in kinds)))
    found = schema.get("type", "anything")
    return Kind(" or ".join(found) if isinstance(found, list) else found)


def _calls(description: Description) -> Iterator[tuple[str, Call]]:
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            yield operation["tags"][0], _call(description, path, method.upper(), operation)


def _call(description: Description, path: str, method: str, operation: dict[str, Any]) -> Call:
    body = operation.get("requestBody")
    schema: Schema = next(iter(body["content"].values()))["schema"] if body else {}
    forms = schema.get("oneOf") or ([schema] if schema else [])
    answers = operation["responses"]
    return Call(
        id=operation["operationId"],
        method=method,
        path=path,
        summary=_inline(operation["summary"]),
        about=prose(operation["description"]) if "description" in operation else Markup(""),
        who=tuple(name for each in operation["security"] for name in each),
        lines=tuple(_parameters(description, operation["parameters"])),
        forms=tuple((prose(form["description"]), tuple(_fields(form))) for form in forms),
        answers=tuple(
            _answer(status, answer) for status, answer in answers.items() if "$ref" not in answer
        ),
        refusals=", ".join(status for status, answer in answers.items() if "$ref" in answer),
    )


def _parameters(description: Description, given: list[dict[str, Any]]) -> Iterator[Line]:
    for parameter in given:
        reference = _REFERENCE.fullmatch(parameter.get("$ref", ""))
        found = (
            parameter
            if reference is None
            else description["components"]["parameters"][reference["name"]]
        )
        # The grammar of filters has a chapter of its own.
        about = "Filters, as told above." if found["name"] == "filters" else found["description"]
        yield Line(found["name"], kind_of(found["schema"]), _inline(about), found["in"])


def _fields(form: Schema) -> Iterator[Line]:
    required = form.get("required", ())
    for name, field in form["properties"].items():
        note = "required" if name in required else ""
        yield Line(name, kind_of(field), _inline(field.get("description", "")), note)


def _answer(status: str, answer: dict[str, Any]) -> Answer:
    kinds = [
        (media_type, kind_of(content["schema"]).name)
        for media_type, content in answer.get("content", {}).items()
    ]
    return Answer(status, _inline(answer["description"]), tuple(kinds))


def _keys(schema: Schema, before: str = "") -> Iterator[Line]:
    """The keys of an object, and those of objects inside that have no name of their own."""
    seen: set[str] = set()
    for each in schema.get("oneOf", [schema]):
        required = each.get("required", ())
        for name, inner in each.get("properties", {}).items():
            if name in seen:
                continue
            seen.add(name)
            path = f"{before}{name}"
            note = "" if name in required else "optional"
            yield Line(path, kind_of(inner), _inline(inner.get("description", "")), note)
            nested = inner.get("items", inner)
            if isinstance(nested, dict) and "properties" in nested:
                yield from _keys(nested, f"{path}.")


def _filters(description: Description) -> Markup:
    for methods in description["paths"].values():
        for operation in methods.values():
            for parameter in operation["parameters"]:
                if parameter.get("name") == "filters":
                    return prose(parameter["description"])
    return Markup("")


def _inline(text: str) -> Markup:
    parts = _CODE.split(text)
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if position % 2 else escape(part)
        for position, part in enumerate(parts)
    )


def _value(constant: object) -> str:
    return {True: "true", False: "false"}.get(constant, str(constant))  # type: ignore[call-overload]
