"""Schemas of the documents about users, groups, divisions, and the portal itself."""

from __future__ import annotations

from srp_portal.domain.permissions import Permission
from srp_portal.models.divisions import GroupKind
from srp_portal.models.users import UserKind
from srp_portal.services.entities import USER
from srp_portal.services.filter_values import ATTRIBUTES
from srp_portal.web.openapi.shapes import (
    ENTITY_TYPES,
    Schema,
    by_name,
    component,
    division,
    href,
    many,
    number,
    one_of,
    record,
    text,
    truth,
    user,
)


def _by_permission(values: Schema, about: str) -> Schema:
    return record(about, {permission.value: values for permission in Permission})


_HELD = _by_permission(
    many(component("Division"), "By name."), "Each permission to the divisions in which it is held."
)
_GROUP: dict[str, Schema] = {
    "href": href("Path of the group's document."),
    "id": number("The group's number."),
    "kind": one_of(GroupKind, "Where its members come from."),
    "name": text("The group's name."),
}
_ENTITY: dict[str, Schema] = {
    "href": href("Path of the entity's document."),
    "id": number("The number, among users or among groups."),
    "name": text("The name."),
    "type": one_of(ENTITY_TYPES, "Which of the two."),
}

USER_DOCUMENT = record(
    "An account.",
    {
        "admin": truth("Administers the site."),
        "characters": many(
            record(
                "A character.",
                {
                    "id": number("EVE's number."),
                    "main": truth("The one for names and payments."),
                    "name": text("The character's name."),
                },
            ),
            "For the account itself and administrators of the site.",
        ),
        "divisions": _HELD,
        "groups": many(record("A group.", _GROUP), "The groups whose permissions count now."),
        "href": href("Path of this document."),
        "id": number("The user's number."),
        "kind": one_of(UserKind, "Where the account comes from."),
        "name": text("The user's name."),
    },
    optional=("characters",),
)

GROUP_DOCUMENT = record(
    "A group.",
    {
        **_GROUP,
        "divisions": _HELD,
        "eve_id": {
            "type": ["integer", "null"],
            "description": "EVE's number of the corporation or alliance, else null.",
        },
        "users": many(component("User"), "Who belongs to it now."),
    },
)

DIVISION_NAMES = record(
    "Divisions.", {"divisions": many(component("Division"), "Those that you may know, by name.")}
)

DIVISION = record(
    "A division.",
    {
        "href": href("Path of this document."),
        "id": number("The division's number."),
        "name": text("The division's name."),
        "permissions": record(
            "For its administrators.",
            {
                f"{permission}_href": href("Path of who holds it.")
                for permission in map(str, Permission)
            },
        ),
    },
    optional=("permissions",),
)

PERMISSION = record(
    "Who holds a permission in a division.",
    {
        "description": text("The permission in words."),
        "division": division("Where."),
        "entities": many(component("Entity"), "By name."),
        "name": one_of(Permission, "The permission."),
    },
)

ENTITIES = record(
    "Users and groups.",
    {"entities": many(component("Entity"), "Who can be given a permission, by name.")},
)

SHIPS = record(
    "Types of ship.",
    {
        "ships": many(
            record("A type.", {"id": number("EVE's number."), "name": text("Its name.")}),
            "Those that occur in what you may see, by name.",
        )
    },
)

VALUES: Schema = {
    "description": "What an attribute can be filtered by.",
    "oneOf": [
        record(
            "Values of this attribute.",
            {
                "complete": truth("False when there are more."),
                "key": {"const": attribute, "description": "The attribute."},
                attribute: many({"type": "string"}, "What occurs in what you may see."),
            },
        )
        for attribute in ATTRIBUTES
    ],
}

DIVISIONS = record(
    "The divisions that you administer.",
    {
        "current_user": user("Who you are."),
        "divisions": many(
            record(
                "A division.",
                {
                    "href": href("Path of its document."),
                    "id": number("The division's number."),
                    "name": text("The division's name."),
                    "permissions": by_name(
                        number("How many."), "Each permission that somebody holds, to how many do."
                    ),
                },
            ),
            "By name.",
        ),
    },
)

DIVISION_PAGE = record(
    "A division, as its administrators see it.",
    {
        "current_user": user("Who you are."),
        "href": href("Path of the division's document."),
        "id": number("The division's number."),
        "name": text("The division's name."),
        "permissions": _by_permission(
            many(component("Holder"), "By name."), "Each permission to who holds it."
        ),
        "transformers": by_name(
            many(
                record(
                    "A transformer.",
                    {
                        "chosen": truth("The division uses it."),
                        "name": text("What people choose it by."),
                        "url": text("The link; `{}` stands for the value."),
                    },
                ),
                "What can be chosen.",
            ),
            "Each attribute to what makes a link of it.",
        ),
    },
)

CHOICES = by_name(
    many(
        {
            "type": "array",
            "prefixItems": [
                text("What the form sends."),
                text("What people see."),
                truth("Whether it is chosen."),
            ],
            "items": False,
            "minItems": 3,
        },
        "What can be chosen.",
    ),
    "Each attribute to the transformers that a division can choose.",
)

HEALTH = record(
    "Whether the portal works.",
    {
        "cache": one_of(("ok", "failed"), "The cache, where there is one."),
        "database": one_of(("ok", "failed"), "The database."),
        "status": one_of(("ok", "failed"), "All of it."),
    },
    optional=("cache", "database"),
)

#: What the documents above are made of.
PARTS: dict[str, Schema] = {
    "Entity": record(
        "A user or a group.",
        {**_ENTITY, "source": one_of((*UserKind, *GroupKind), "Where it comes from.")},
    ),
    "Holder": record(
        "A user or a group that holds a permission.",
        {**_ENTITY, "kind": one_of((USER, *GroupKind), "`user`, or the group's kind.")},
    ),
}
