"""The description of the API, OpenAPI 3.1, made from the views that serve it.

Views say with options what their routes and `formats` don't tell:

    @view_config(route_name="request.detail", formats=…, gives=RequestDetail, takes=FORMS)

`gives` is the type of the result whose document the view serves, or the name of a schema for a
plain document, or HTTPSeeOther for a form that only leads on. `takes` are the forms of a POST,
`asks` the fields that a GET reads from its query,
`refuses` the statuses of errors that views of its kind don't have otherwise.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pyramid.exceptions import ConfigurationError
from pyramid.viewderivers import INGRESS

from srp_portal.web.openapi.results import is_known


def includeme(config: Any) -> None:
    """Adds the view options; before the first view that has one."""
    config.add_view_deriver(described_view, "described_view", under=INGRESS, over="secured_view")


def described_view(view: Callable[..., Any], info: Any) -> Callable[..., Any]:
    """The view as it is; an option that names no known result is a mistake in the configuration."""
    gives = info.options.get("gives")
    if gives is not None and not is_known(gives):
        raise ConfigurationError(f"gives={gives!r}: there is no schema of that in web/openapi")
    return view


described_view.options = ("gives", "takes", "asks", "refuses")  # type: ignore[attr-defined]
