"""The whole description, from what the application has configured."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from srp_portal.web.openapi.addresses import addresses
from srp_portal.web.openapi.answers import HEADERS, error_answers
from srp_portal.web.openapi.operations import BY_HEADER, BY_QUERY, BY_SESSION, operation
from srp_portal.web.openapi.parameters import SHARED
from srp_portal.web.openapi.results import schemas
from srp_portal.web.openapi.served import served_views
from srp_portal.web.security.credentials import SESSION_COOKIE

Description = dict[str, Any]

_ABOUT = """Every page that shows data is its own API: one address gives HTML, JSON or XML, lists \
also RSS, Atom and CSV. `?fmt=` wins, then the path's end, then `Accept`; HTML is what comes \
without any of them. `HEAD` answers wherever `GET` does.

Keys are made at `/apikeys/`. A key reads what its owner may read, and changes nothing; forms are \
for browsers that are logged in. Answers get new keys and elements now and then; those that are \
there stay.

Times are UTC. ISK is text with two decimals. What is wrong is told in the representation that was \
asked for, feeds and tables in XML."""

_TAGS = {
    "request": "Lists of requests, requests, and what is done with them.",
    "api": "Users, groups, divisions, values for filters, and this description.",
    "division": "Divisions, for their administrators.",
    "recalculation": "New rules for requests in evaluation, for administrators of divisions.",
    "plugins": "Plugins, for administrators of the site.",
    "apikeys": "One's own API keys.",
    "account": "One's own account, in a browser.",
    "health": "Whether the portal works.",
}

_SECURITY: dict[str, dict[str, str]] = {
    BY_QUERY: {
        "type": "apiKey",
        "in": "query",
        "name": "apikey",
        "description": "An API key in the address, for programs that can't set a header.",
    },
    BY_HEADER: {
        "type": "http",
        "scheme": "bearer",
        "description": "An API key in `Authorization`; better, since addresses end up in logs.",
    },
    BY_SESSION: {
        "type": "apiKey",
        "in": "cookie",
        "name": SESSION_COOKIE,
        "description": "A browser that is logged in.",
    },
}

_PLACE_IN_REGISTRY = "srp_portal.openapi"


def describe(registry: Any, *, site_name: str, prefix: str) -> Description:
    """The description of an application; the same object each time but for its first level.

    prefix: the path under which the portal is mounted, empty or without a slash at its end.
    """
    built = registry.get(_PLACE_IN_REGISTRY)
    if built is None:
        # Not before the first reader: plugins add routes until the configuration is finished.
        built = registry[_PLACE_IN_REGISTRY] = _build(registry)
    return {
        "openapi": "3.1.0",
        "info": {"title": site_name, "version": version("srp-portal"), "description": _ABOUT},
        "servers": [{"url": prefix or "/"}],
        **built,
    }


def _build(registry: Any) -> Description:
    paths: dict[str, dict[str, Any]] = {}
    for view in served_views(registry):
        for address in addresses(view.pattern, view.formats):
            paths.setdefault(address.path, {})[view.method.lower()] = operation(view, address)
    operations = [each for methods in paths.values() for each in methods.values()]
    statuses = {
        int(status) for each in operations for status in each["responses"] if int(status) >= 400
    }
    # What most readers look for comes first, what plugins add last.
    used = dict.fromkeys(tag for each in operations for tag in each["tags"])
    tags = [*(tag for tag in _TAGS if tag in used), *(tag for tag in used if tag not in _TAGS)]
    return {
        "paths": paths,
        "tags": [{"name": tag, "description": _TAGS.get(tag, "")} for tag in tags],
        "components": {
            "schemas": schemas(),
            "parameters": SHARED,
            "headers": HEADERS,
            "responses": error_answers(statuses),
            "securitySchemes": _SECURITY,
        },
    }
