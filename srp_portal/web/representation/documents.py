"""Service results as plain documents: what JSON shows, key by key.

`document` is open: a module that brings a result of its own registers a builder for its type with
`@document.register`. What it returns holds only dicts, lists, text, numbers, booleans and None.
Keys and formats are those of contract/http.md, "Documents", and of the published samples.
"""

from __future__ import annotations

from datetime import datetime
from functools import singledispatch
from typing import Any

from srp_portal.services.administration_results import (
    ApiKeyList,
    DivisionDetail,
    DivisionList,
    EntityView,
)
from srp_portal.services.results import ApiKeyView, Reference
from srp_portal.web.representation.links import Links
from srp_portal.web.representation.times import http_time

Document = dict[str, Any]


@singledispatch
def document(result: object, links: Links) -> Document:  # noqa: ARG001 - a builder needs it
    """The document of a service's result; raises TypeError where no builder is registered."""
    raise TypeError(f"there is no document for {type(result).__name__}")


@document.register
def _plain(result: dict, links: Links) -> Document:  # noqa: ARG001
    """What is a plain document already."""
    return result


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else http_time(moment)


def user_document(user: Reference, links: Links) -> Document:
    """A user as others' documents name them."""
    return {"href": links.user(user.id), "id": user.id, "name": user.name}


def division_document(division: Reference, links: Links) -> Document:
    """A division as others' documents name it."""
    return {"href": links.division(division.id), "id": division.id, "name": division.name}


def api_key_document(key: ApiKeyView) -> Document:
    """An API key for its owner, beside something else.

    It doesn't say when the key was last used: a list that is polled would change by being read.
    """
    return {
        "expires": _time(key.expires_at),
        "id": key.id,
        "key": key.key,
        "name": key.name,
        "timestamp": http_time(key.created_at),
    }


@document.register
def _api_keys(keys: ApiKeyList, links: Links) -> Document:
    return {
        "api_keys": [
            {**api_key_document(key), "last_used": _time(key.last_used_at)} for key in keys.keys
        ],
        "current_user": user_document(keys.reader, links),
    }


@document.register
def _divisions(divisions: DivisionList, links: Links) -> Document:
    return {
        "current_user": user_document(divisions.reader, links),
        "divisions": [
            {
                "href": links.division(each.id),
                "id": each.id,
                "name": each.name,
                "permissions": dict(each.permissions),
            }
            for each in divisions.divisions
        ],
    }


@document.register
def _division(division: DivisionDetail, links: Links) -> Document:
    return {
        "current_user": user_document(division.reader, links),
        "href": links.division(division.id),
        "id": division.id,
        "name": division.name,
        "permissions": {
            permission: [entity_document(entity, links) for entity in entities]
            for permission, entities in division.permissions.items()
        },
        "transformers": {
            attribute: [
                {
                    "chosen": offered.name == division.chosen.get(attribute),
                    "name": offered.name,
                    "url": offered.url_template,
                }
                for offered in transformers
            ]
            for attribute, transformers in division.transformers.items()
        },
    }


def entity_document(entity: EntityView, links: Links) -> Document:
    """A user or a group that holds a permission."""
    href = links.user(entity.id) if entity.type == "user" else links.group(entity.id)
    return {
        "href": href,
        "id": entity.id,
        "kind": entity.kind,
        "name": entity.name,
        "type": entity.type.capitalize(),
    }
