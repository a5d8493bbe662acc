"""The documents of /api/: the keys that EVE-SRP's had, and more.

EVE-SRP wrote the types of entities with a capital, and a filter's values under the attribute's own
name. It also put all requests of a user or a division into these documents, whoever read them;
those are in the lists, where each reader finds their own.
"""

from __future__ import annotations

from typing import Any

from srp_portal.services.directory_results import (
    DivisionNames,
    DivisionView,
    Entity,
    EntityList,
    FilterValues,
    GroupView,
    Permissions,
    PermissionView,
    ShipList,
    UserView,
)
from srp_portal.web.representation.documents import (
    Document,
    division_document,
    document,
    user_document,
)
from srp_portal.web.representation.links import Links

DESCRIPTIONS = {
    "submit": "Submitter",
    "review": "Reviewer",
    "pay": "Payer",
    "audit": "Auditor",
    "admin": "Administrator",
}


@document.register
def _user(user: UserView, links: Links) -> Document:
    built: Document = {
        "admin": user.is_admin,
        "divisions": _permissions(user.permissions, links),
        "groups": [
            {
                "href": links.group(group.id),
                "id": group.id,
                "kind": group.kind,
                "name": group.name,
            }
            for group in user.groups
        ],
        "href": links.user(user.id),
        "id": user.id,
        "kind": user.kind,
        "name": user.name,
    }
    if user.characters is not None:
        built["characters"] = [
            {"id": character.id, "main": character.is_main, "name": character.name}
            for character in user.characters
        ]
    return built


@document.register
def _group(group: GroupView, links: Links) -> Document:
    return {
        "divisions": _permissions(group.permissions, links),
        "eve_id": group.eve_id,
        "href": links.group(group.id),
        "id": group.id,
        "kind": group.kind,
        "name": group.name,
        "users": [user_document(member, links) for member in group.members],
    }


@document.register
def _division_names(names: DivisionNames, links: Links) -> Document:
    return {"divisions": [division_document(division, links) for division in names.divisions]}


@document.register
def _division(division: DivisionView, links: Links) -> Document:
    href = links.division(division.id)
    built: Document = {"href": href, "id": division.id, "name": division.name}
    if division.permissions is not None:
        built["permissions"] = {
            f"{permission}_href": f"{href}{permission}/" for permission in division.permissions
        }
    return built


@document.register
def _permission(view: PermissionView, links: Links) -> Document:
    return {
        "description": DESCRIPTIONS[view.permission],
        "division": division_document(view.division, links),
        "entities": [_entity(entity, links) for entity in view.entities],
        "name": view.permission,
    }


@document.register
def _entities(found: EntityList, links: Links) -> Document:
    return {"entities": [_entity(entity, links) for entity in found.entities]}


@document.register
def _ships(ships: ShipList, links: Links) -> Document:  # noqa: ARG001
    return {"ships": [{"id": ship.id, "name": ship.name} for ship in ships.ships]}


@document.register
def _values(values: FilterValues, links: Links) -> Document:  # noqa: ARG001
    return {
        "complete": values.is_complete,
        "key": values.attribute,
        values.attribute: list(values.values),
    }


def _entity(entity: Entity, links: Links) -> dict[str, Any]:
    is_user = entity.type == "user"
    return {
        "href": links.user(entity.id) if is_user else links.group(entity.id),
        "id": entity.id,
        "name": entity.name,
        "source": entity.source,
        "type": "User" if is_user else "Group",
    }


def _permissions(permissions: Permissions, links: Links) -> dict[str, Any]:
    return {
        permission: [division_document(division, links) for division in divisions]
        for permission, divisions in permissions.items()
    }
