"""A view as an operation: what it is asked with, and each answer that it can give."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther

from srp_portal.domain.filter_lists import LIST_STATUSES, ListName
from srp_portal.domain.permissions import Identity, Permission
from srp_portal.services.listing import may_open
from srp_portal.services.results import RequestPage
from srp_portal.web.forms.declaration import Form
from srp_portal.web.openapi import parameters
from srp_portal.web.openapi.addresses import Address
from srp_portal.web.openapi.answers import (
    REDIRECTED,
    error,
    found,
    not_modified,
    schema_of_form,
    see_other,
    to_login,
)
from srp_portal.web.openapi.served import Served

Operation = dict[str, Any]

#: The names of the security schemes.
BY_QUERY, BY_HEADER, BY_SESSION = "apikey", "bearer", "session"

_FORM = "application/x-www-form-urlencoded"


def operation(view: Served, address: Address) -> Operation:
    """The operation of a view at one of its route's paths."""
    formats = (address.suffix,) if address.suffix else view.formats
    built: Operation = {
        "operationId": _operation_id(view, address),
        "tags": [address.path.split("/")[1]],
        "summary": view.about.rstrip("."),
        "parameters": _parameters(view, address),
        "responses": _responses(view, formats),
        "security": _security(view),
    }
    if view.gives is RequestPage:
        built["description"] = _about_list(ListName(address.words["list"]))
    if view.takes:
        built["requestBody"] = {
            "required": True,
            "content": {_FORM: {"schema": _forms(view.takes)}},
        }
    return built


def _operation_id(view: Served, address: Address) -> str:
    parts = (view.method.lower(), view.route, *address.words.values(), address.suffix or "")
    # The bare list's feed is a path of the same route as the filtered list's.
    bare = "bare" if address.suffix and not address.places else ""
    return "_".join(part.replace(".", "_") for part in (*parts, bare) if part)


def _parameters(view: Served, address: Address) -> list[dict[str, Any]]:
    built = [parameters.place(view.route, name, rule) for name, rule in address.places.items()]
    if view.method == "GET":
        built += [parameters.asked(field) for field in view.asks]
    if len(view.formats) > 1 and not address.suffix:
        built.append(parameters.wanted_format(view.formats))
    shared = "CsrfToken" if view.method != "GET" else "IfNoneMatch"
    if view.method != "GET" or set(view.formats) - {"html"}:
        built.append({"$ref": f"#/components/parameters/{shared}"})
    return built


def _responses(view: Served, formats: tuple[str, ...]) -> dict[str, Any]:
    reads = view.method == "GET"
    built: dict[str, Any] = {}
    if view.gives is not HTTPSeeOther:
        shown = formats if reads else tuple(name for name in formats if name != "html")
        built["200"] = found(view.gives, shown, is_conditional=reads)
        if reads and set(formats) - {"html"}:
            built["304"] = not_modified()
        if reads and not view.is_public:
            built["303"] = to_login()
    if not reads:
        built["303"] = see_other()
    errors = {str(status): error(status) for status in _errors(view)}
    if view.gives == "Health":
        # What fails is told in the same document.
        errors["503"] = {**built["200"], "description": "Some part doesn't work."}
    if view.gives is RequestPage:
        built |= REDIRECTED
    return built | errors


def _errors(view: Served) -> list[int]:
    statuses = {400, 401, 503, *view.refuses}
    if not view.is_public:
        statuses.add(403)
    if "{" in view.pattern or view.takes:
        statuses.add(404)
    if view.formats:
        statuses.add(406)
    if view.takes:
        statuses |= {409, 422}
    return sorted(statuses)


def _security(view: Served) -> list[dict[str, list[str]]]:
    if view.is_public:
        return []
    # Keys only read (contract/http.md, "API keys").
    names = (BY_QUERY, BY_HEADER, BY_SESSION) if view.method == "GET" else (BY_SESSION,)
    return [{name: []} for name in names]


def _forms(forms: tuple[Form, ...]) -> dict[str, Any]:
    schemas = [schema_of_form(form) for form in forms]
    return schemas[0] if len(schemas) == 1 else {"oneOf": schemas}


def _about_list(name: ListName) -> str:
    statuses = ", ".join(f"`{status}`" for status in sorted(LIST_STATUSES[name]))
    if name is ListName.PERSONAL:
        return f"Your own requests: {statuses}."
    who = [
        f"`{held}`"
        for held in Permission
        if may_open(name, Identity(0, "", grants={1: frozenset({held})}))
    ]
    return f"Holds {statuses}, of the divisions in which you hold {', '.join(who)}."
