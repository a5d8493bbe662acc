"""One schema for each type of result that a view serves, and for the answer to an error."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther

from srp_portal.services.administration_results import ApiKeyList, DivisionDetail, DivisionList
from srp_portal.services.directory_results import (
    DivisionNames,
    DivisionView,
    EntityList,
    FilterValues,
    GroupView,
    PermissionView,
    ShipList,
    UserView,
)
from srp_portal.services.plugin_results import PluginPage
from srp_portal.services.recalculation_results import RecalculationOutcome, RecalculationPage
from srp_portal.services.results import RequestDetail, RequestPage
from srp_portal.services.submission_preview import SubmissionPreview
from srp_portal.web.openapi import directory, plugins, recalculation, requests
from srp_portal.web.openapi.shapes import VALUES, Schema, number, record, text

_ERROR = record(
    "What went wrong.",
    {
        "attribute": text("The filter's attribute that can't be understood."),
        "code": number("The status."),
        "description": text("A sentence or two for people."),
        "field": text("The form's field that holds the bad value."),
        "name": text("The status in words."),
        "present": text("The request's status now, when somebody was faster."),
        "value": text("The filter's value that can't be understood."),
    },
    optional=("attribute", "field", "present", "value"),
)

#: What views give, to the name of its schema and the schema itself.
_RESULTS: dict[type | str, tuple[str, Schema]] = {
    RequestPage: ("RequestList", requests.LIST),
    RequestDetail: ("RequestDetail", requests.DETAIL),
    SubmissionPreview: ("SubmissionPreview", requests.PREVIEW),
    RecalculationPage: ("Recalculation", recalculation.PAGE),
    RecalculationOutcome: ("RecalculationOutcome", recalculation.OUTCOME),
    ApiKeyList: ("ApiKeys", requests.KEYS),
    DivisionList: ("AdministeredDivisions", directory.DIVISIONS),
    DivisionDetail: ("DivisionPage", directory.DIVISION_PAGE),
    PluginPage: ("PluginPage", plugins.PLUGINS),
    "TransformerChoices": ("TransformerChoices", directory.CHOICES),
    UserView: ("UserDocument", directory.USER_DOCUMENT),
    GroupView: ("GroupDocument", directory.GROUP_DOCUMENT),
    DivisionNames: ("Divisions", directory.DIVISION_NAMES),
    DivisionView: ("DivisionDocument", directory.DIVISION),
    PermissionView: ("PermissionDocument", directory.PERMISSION),
    EntityList: ("Entities", directory.ENTITIES),
    ShipList: ("Ships", directory.SHIPS),
    FilterValues: ("FilterValues", directory.VALUES),
    "Health": ("Health", directory.HEALTH),
    "OpenApi": (
        "OpenApi",
        {"type": "object", "description": "This description, in OpenAPI 3.1."},
    ),
}


def is_known(gives: Any) -> bool:
    """Whether a view may say that it gives this."""
    return gives is HTTPSeeOther or gives in _RESULTS


def schema_name(gives: type | str) -> str:
    """The name of a result's schema."""
    return _RESULTS[gives][0]


def schemas() -> dict[str, Schema]:
    """Every schema by its name: the results first, then what they are made of."""
    named = dict(_RESULTS.values())
    return {**named, "Error": _ERROR, **requests.PARTS, **directory.PARTS, **VALUES}
