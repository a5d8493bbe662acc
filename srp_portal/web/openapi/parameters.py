"""What stands in the paths and queries of the description, and what it means."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from srp_portal.domain.filter_kinds import KINDS
from srp_portal.domain.filter_lists import SORT_ATTRIBUTES
from srp_portal.domain.lifecycle import Status
from srp_portal.domain.permissions import Permission
from srp_portal.services.filter_values import ATTRIBUTES
from srp_portal.web.forms.declaration import Field
from srp_portal.web.openapi.shapes import Schema

_NAMES = tuple(name for name in KINDS if KINDS[name].__name__ == "NameCondition")

FILTERS = f"""Filters, `ATTRIBUTE/VALUE[,VALUE]/ATTRIBUTE/VALUE…`, with the slashes as they are.

- {", ".join(f"`{name}`" for name in _NAMES)}: whole names, upper and lower case being one.
- `status`: {", ".join(f"`{status}`" for status in sorted(Status))}; it can only narrow a list.
- `payout`, `base_payout`: ISK, such as `1000000` or `12.50`.
- `kill_timestamp`, `submit_timestamp`: `2014`, `2014-07`, `2014-07-09`, an ISO time, or two with
  `_` between; in UTC.
- `details`: words; commas belong to them, and the attribute may come twice.
- `sort`: {", ".join(f"`{name}`" for name in SORT_ATTRIBUTES)}, with `-` in front for descending.
- `page`: from 1.

Several values mean any of them; `-` in front of one means not that one; amounts and times take `<`,
`<=`, `>`, `>=`. A `/`, `,`, `%` or leading `-`, `<`, `>` inside a name is percent-encoded twice
(`%252C`). Any other spelling than the canonical one is redirected to it (301)."""

#: Place of a path, where it means different things with its route: what it is.
_PLACES: Mapping[str, tuple[str, Schema]] = MappingProxyType(
    {
        "id": ("The request's number, which is its killmail's.", {}),
        "division_id": ("The division's number.", {}),
        "user_id": ("The user's number.", {}),
        "group_id": ("The group's number.", {}),
        "permission": ("The permission.", {"enum": [str(each) for each in Permission]}),
        "filters": (
            FILTERS,
            {"examples": ["status/approved,evaluating", "ship/Guardian/submit_timestamp/2014-07"]},
        ),
        "api.filter:attribute": ("The attribute.", {"enum": list(ATTRIBUTES)}),
        "division.transformers.attribute:attribute": ("A key of the request's document.", {}),
    }
)


def place(route: str, name: str, rule: str | None) -> dict[str, Any]:
    """A parameter in the path; one that nothing is known of is at least named."""
    about, more = _PLACES.get(f"{route}:{name}") or _PLACES.get(name) or ("", {})
    is_number = rule is not None and rule.startswith("[0-9]")
    schema: Schema = {"type": "integer", "minimum": 0} if is_number else {"type": "string", **more}
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": about,
        "schema": schema,
    }


def is_described(route: str, name: str) -> bool:
    """Whether something is known of a place."""
    return f"{route}:{name}" in _PLACES or name in _PLACES


def asked(field: Field) -> dict[str, Any]:
    """A parameter in the query."""
    return {
        "name": field.name,
        "in": "query",
        "required": False,
        "description": field.about,
        "schema": {"type": "string"},
    }


def wanted_format(formats: tuple[str, ...]) -> dict[str, Any]:
    """`fmt`, for a page that comes in these."""
    return {
        "name": "fmt",
        "in": "query",
        "required": False,
        "description": "The representation; it wins over the path's end and over `Accept`.",
        "schema": {"type": "string", "enum": list(formats)},
    }


#: Parameters that many operations have.
SHARED: dict[str, dict[str, Any]] = {
    "IfNoneMatch": {
        "name": "If-None-Match",
        "in": "header",
        "required": False,
        "description": "The `ETag` that you have; the answer is 304 while nothing has changed.",
        "schema": {"type": "string"},
    },
    "CsrfToken": {
        "name": "X-CSRF-Token",
        "in": "header",
        "required": False,
        "description": "The session's token, where the form has no `csrf_token`.",
        "schema": {"type": "string"},
    },
}
