"""The pieces that schemas are built of: JSON Schema 2020-12, as OpenAPI 3.1 takes it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from srp_portal.services.entities import GROUP, USER

Schema = dict[str, Any]

_DAYS = "Mon|Tue|Wed|Thu|Fri|Sat|Sun"
_MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"


def component(name: str, about: str = "") -> Schema:
    """What the components have under that name, with a sentence of its own for this place."""
    found: Schema = {"$ref": f"#/components/schemas/{name}"}
    return {**found, "description": about} if about else found


def text(about: str, **more: Any) -> Schema:
    """A text; more: other keywords of JSON Schema."""
    return {"type": "string", "description": about, **more}


def one_of(values: Iterable[str], about: str) -> Schema:
    """A text out of a few."""
    return {"type": "string", "enum": [str(value) for value in values], "description": about}


def number(about: str) -> Schema:
    """A whole number from 0."""
    return {"type": "integer", "minimum": 0, "description": about}


def truth(about: str) -> Schema:
    """True or false."""
    return {"type": "boolean", "description": about}


def many(items: Schema, about: str) -> Schema:
    """A list."""
    return {"type": "array", "items": items, "description": about}


def record(about: str, properties: dict[str, Schema], optional: Collection[str] = ()) -> Schema:
    """An object; every key is there but the optional ones. More keys may come one day."""
    return {
        "type": "object",
        "description": about,
        "properties": properties,
        "required": sorted(set(properties) - set(optional)),
    }


def by_name(values: Schema, about: str) -> Schema:
    """An object whose keys are anybody's."""
    return {"type": "object", "additionalProperties": values, "description": about}


def or_null(schema: Schema, about: str) -> Schema:
    """The schema, or null."""
    return {"anyOf": [schema, {"type": "null"}], "description": about}


def href(about: str) -> Schema:
    """A path on the portal."""
    return text(about, pattern="^/", format="uri-reference")


#: What documents write in one way everywhere, under the names of the components.
VALUES: dict[str, Schema] = {
    "Isk": text(
        "ISK with two decimals.", pattern=r"^-?[0-9]+\.[0-9]{2}$", examples=["40000000.00"]
    ),
    "IskText": text(
        "ISK for people, with thousands.",
        pattern=r"^-?[0-9]{1,3}(,[0-9]{3})*\.[0-9]{2}$",
        examples=["40,000,000.00"],
    ),
    "Time": text(
        "A time in UTC.",
        pattern=f"^({_DAYS}), [0-9]{{2}} ({_MONTHS}) [0-9]{{4}} [0-9]{{2}}(:[0-9]{{2}}){{2}} GMT$",
        examples=["Wed, 09 Jul 2014 19:43:58 GMT"],
    ),
    "User": record(
        "A user of the portal.",
        {
            "href": href("Path of the user's document."),
            "id": number("The user's number."),
            "name": text("The user's name."),
        },
    ),
    "Division": record(
        "A division.",
        {
            "href": href("Path of the division's document."),
            "id": number("The division's number."),
            "name": text("The division's name."),
        },
    ),
}

ENTITY_TYPES = (USER.capitalize(), GROUP.capitalize())


def isk(about: str) -> Schema:
    """An amount."""
    return component("Isk", about)


def isk_text(about: str) -> Schema:
    """An amount for people."""
    return component("IskText", about)


def time(about: str) -> Schema:
    """A time."""
    return component("Time", about)


def user(about: str) -> Schema:
    """A user by number and name."""
    return component("User", about)


def division(about: str) -> Schema:
    """A division by number and name."""
    return component("Division", about)
