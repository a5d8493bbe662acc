"""The directory under /api/: users, groups, divisions, and the values that filters can take."""

from __future__ import annotations

from typing import Any

from pyramid.request import Request
from pyramid.view import view_config

from srp_portal.services import directory, filter_values
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
from srp_portal.web.forms.declaration import Field

BOTH = ("json", "xml")

_NAME = Field("name", "What names must begin with, upper and lower case being one.")


def _id(request: Request, name: str) -> int:
    # The routes let nothing but digits through.
    return int(request.matchdict[name])


@view_config(
    route_name="api.user", request_method="GET", permission="user", formats=BOTH, gives=UserView
)
def user(request: Request) -> dict[str, Any]:
    """One account: one's own, or any for administrators."""
    view = directory.user_view(
        request.dbsession,
        request.identity,
        _id(request, "user_id"),
        now=request.clock(),
        settings=request.portal.settings,
    )
    return {"document": view}


@view_config(
    route_name="api.group", request_method="GET", permission="user", formats=BOTH, gives=GroupView
)
def group(request: Request) -> dict[str, Any]:
    """One group with its members."""
    view = directory.group_view(
        request.dbsession,
        request.identity,
        _id(request, "group_id"),
        now=request.clock(),
        settings=request.portal.settings,
    )
    return {"document": view}


@view_config(
    route_name="api.divisions",
    request_method="GET",
    permission="user",
    formats=BOTH,
    gives=DivisionNames,
)
def divisions(request: Request) -> dict[str, Any]:
    """The divisions that the reader may know."""
    return {"document": directory.division_names(request.dbsession, request.identity)}


@view_config(
    route_name="api.division",
    request_method="GET",
    permission="user",
    formats=BOTH,
    gives=DivisionView,
)
def division(request: Request) -> dict[str, Any]:
    """One division."""
    view = directory.division_view(request.dbsession, request.identity, _id(request, "division_id"))
    return {"document": view}


@view_config(
    route_name="api.division.permission",
    request_method="GET",
    permission="user",
    formats=BOTH,
    gives=PermissionView,
)
def division_permission(request: Request) -> dict[str, Any]:
    """Who holds a permission in a division."""
    view = directory.permission_view(
        request.dbsession,
        request.identity,
        _id(request, "division_id"),
        request.matchdict["permission"],
    )
    return {"document": view}


@view_config(
    route_name="api.entities",
    request_method="GET",
    permission="user",
    formats=BOTH,
    gives=EntityList,
    asks=(_NAME,),
)
def entities(request: Request) -> dict[str, Any]:
    """Users and groups; `?name=` tells what their names begin with."""
    view = directory.entity_list(
        request.dbsession, request.identity, name=request.GET.get("name", "")
    )
    return {"document": view}


@view_config(
    route_name="api.ships",
    request_method="GET",
    permission="user",
    formats=("json",),
    gives=ShipList,
)
def ships(request: Request) -> dict[str, Any]:
    """The types of ship that occur in what the reader may see."""
    return {"document": filter_values.ships(request.dbsession, request.identity)}


@view_config(
    route_name="api.filter",
    request_method="GET",
    permission="user",
    formats=("json",),
    gives=FilterValues,
)
def values(request: Request) -> dict[str, Any]:
    """What an attribute can be filtered by."""
    view = filter_values.filter_values(
        request.dbsession, request.identity, request.matchdict["attribute"]
    )
    return {"document": view}
