"""The answers of operations, and the bodies of their forms."""

from __future__ import annotations

from typing import Any

from srp_portal.web.forms.declaration import Form
from srp_portal.web.openapi.results import schema_name
from srp_portal.web.openapi.shapes import Schema, component
from srp_portal.web.representation.error_table import SENTENCES, of_status
from srp_portal.web.representation.negotiate import FORMATS
from srp_portal.web.representation.request_documents import SCALAR_KEYS
from srp_portal.web.representation.xml import element

Answer = dict[str, Any]

_ABOUT: dict[str, str] = {
    "html": "A page for people.",
    "rss": "RSS 2.0, the newest submission first.",
    "atom": "Atom 1.0, the newest submission first.",
    "csv": f"A header line, then a line for each request: {', '.join(SCALAR_KEYS)}.",
}
_PUBLISHED_XML = "The published XML, under `response`; its elements are those of EVE-SRP, and more."
_GENERAL_XML = (
    "The JSON document as XML: `response` with your name as `user`, an element for each key with "
    "`-` for `_`, an `item` for each member of a list, an empty element for null."
)
_CONFLICT = "The request has changed, or doesn't allow it in its present status."
_INVALID = "A field holds a value that can't be taken; `field` names it."

#: What an error's status means where the table of sentences has none.
_MEANINGS = {409: _CONFLICT, 422: _INVALID}

#: What a list answers besides, as its path has one canonical spelling.
REDIRECTED: dict[str, Answer] = {
    "301": {
        "description": "To the canonical spelling of the filters; the query is kept.",
        "headers": {"Location": {"$ref": "#/components/headers/Location"}},
    },
    "302": {
        "description": "To the path that the fields of the filter form in the query mean.",
        "headers": {"Location": {"$ref": "#/components/headers/Location"}},
    },
}

HEADERS: dict[str, Any] = {
    "ETag": {
        "description": "Changes with the document; send it back as `If-None-Match`.",
        "schema": {"type": "string"},
    },
    "Vary": {
        "description": "`Accept, Cookie`: what the answer depends on.",
        "schema": {"type": "string"},
    },
    "Location": {
        "description": "Where to go on.",
        "schema": {"type": "string", "format": "uri-reference"},
    },
    "WWW-Authenticate": {
        "description": "`Bearer`: a key is wanted.",
        "schema": {"type": "string"},
    },
}


def found(gives: type | str | None, formats: tuple[str, ...], *, is_conditional: bool) -> Answer:
    """The document, in each of its representations."""
    # A view without formats answers in one way: with its document, or with a page.
    names = formats or (("html",) if gives is None else ("json",))
    content = {media_type(name): {"schema": _schema(gives, name)} for name in names}
    built: Answer = {"description": "The document.", "content": content}
    if is_conditional and formats:
        built["headers"] = {
            name: {"$ref": f"#/components/headers/{name}"} for name in ("ETag", "Vary")
        }
    return built


def not_modified() -> Answer:
    """304: the reader has it."""
    return {"description": "You have it already."}


def see_other() -> Answer:
    """303: done, and where to go on."""
    return {
        "description": "Done, where the answer is a page for people.",
        "headers": {"Location": {"$ref": "#/components/headers/Location"}},
    }


def to_login() -> Answer:
    """303 for a stranger who wants a page."""
    return {
        "description": "To the login, for a browser without one that wants HTML.",
        "headers": {"Location": {"$ref": "#/components/headers/Location"}},
    }


def error(status: int) -> Answer:
    """A reference to the answer of a status."""
    return {"$ref": f"#/components/responses/{error_name(status)}"}


def error_name(status: int) -> str:
    """What the answer of a status is called among the components."""
    return of_status(status).name.replace(" ", "")


def error_answers(statuses: set[int]) -> dict[str, Answer]:
    """The answers to errors, by name: JSON, XML or a page, as it was asked for."""
    built = {}
    for status in sorted(statuses):
        answer: Answer = {
            "description": _MEANINGS.get(status) or SENTENCES[status],
            "content": {
                media_type("json"): {"schema": component("Error")},
                media_type("xml"): {
                    "schema": {
                        "type": "string",
                        "description": "`<error code=… name=…>` with the description as its text.",
                    }
                },
                media_type("html"): {"schema": {"type": "string"}},
            },
        }
        if status == 401:
            answer["headers"] = {
                "WWW-Authenticate": {"$ref": "#/components/headers/WWW-Authenticate"}
            }
        built[error_name(status)] = answer
    return built


def media_type(name: str) -> str:
    """What a format is served as, without parameters."""
    return FORMATS[name].content_type.partition(";")[0]


def schema_of_form(form: Form) -> Schema:
    """The fields of a form."""
    properties: dict[str, Schema] = {}
    required = []
    if form.told_by is not None:
        name, value = form.told_by
        properties[name] = {"const": value}
        required.append(name)
    for field in form.fields:
        properties[field.name] = {"type": "string", "description": field.about}
        if field.choices:
            properties[field.name]["enum"] = [str(choice) for choice in field.choices]
        if field.is_required:
            required.append(field.name)
    properties["csrf_token"] = {
        "type": "string",
        "description": "The session's token, as every form of a page holds it; or the header.",
    }
    built: Schema = {"type": "object", "description": form.about, "properties": properties}
    return {**built, "required": required} if required else built


def _schema(gives: type | str | None, name: str) -> Schema:
    if name == "json" and gives is not None:
        return component(schema_name(gives))
    if name == "xml":
        is_published = isinstance(gives, type) and element.dispatch(gives) is not element.dispatch(
            object
        )
        return {"type": "string", "description": _PUBLISHED_XML if is_published else _GENERAL_XML}
    about = _ABOUT.get(name)
    return {"type": "string", "description": about} if about else {}
