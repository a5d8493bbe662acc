"""What the directory tells of users, groups and divisions: plain frozen values.

`reader` is always whoever asked.
"""

from __future__ import annotations

from dataclasses import dataclass

from srp_portal.services.administration_results import EntityView
from srp_portal.services.results import Reference

#: Permission to the divisions in which it is held, by name.
Permissions = dict[str, tuple[Reference, ...]]


@dataclass(frozen=True, slots=True)
class CharacterName:
    """A character of an account."""

    id: int
    name: str
    is_main: bool


@dataclass(frozen=True, slots=True)
class UserView:
    """An account; kind: local, sso or plugin.

    permissions: those that count now, by groups too, in the divisions that the reader may know.
    characters: None for readers who only administer divisions: who is whose alt is not theirs.
    """

    reader: Reference
    id: int
    name: str
    kind: str
    is_admin: bool
    groups: tuple[EntityView, ...]
    permissions: Permissions
    characters: tuple[CharacterName, ...] | None = None


@dataclass(frozen=True, slots=True)
class GroupView:
    """A group with its present members; eve_id: of the corporation or alliance, else None."""

    reader: Reference
    id: int
    name: str
    kind: str
    eve_id: int | None
    members: tuple[Reference, ...]
    permissions: Permissions


@dataclass(frozen=True, slots=True)
class DivisionNames:
    """The divisions that the reader may know, by name."""

    reader: Reference
    divisions: tuple[Reference, ...]


@dataclass(frozen=True, slots=True)
class DivisionView:
    """A division; permissions: all of them for its administrators, else None."""

    reader: Reference
    id: int
    name: str
    permissions: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Entity:
    """A user or a group; source: local or sso for users, a group's kind for groups."""

    type: str
    id: int
    name: str
    source: str


@dataclass(frozen=True, slots=True)
class EntityList:
    """Users and groups to whom a permission may be given, by name."""

    reader: Reference
    entities: tuple[Entity, ...]


@dataclass(frozen=True, slots=True)
class PermissionView:
    """Who holds a permission in a division, by name."""

    reader: Reference
    division: Reference
    permission: str
    entities: tuple[Entity, ...]


@dataclass(frozen=True, slots=True)
class ShipList:
    """The types of ship in requests that the reader may see, by name; id: EVE's type id."""

    reader: Reference
    ships: tuple[Reference, ...]


@dataclass(frozen=True, slots=True)
class FilterValues:
    """What an attribute is in the requests that the reader may see, by name.

    is_complete: False when there are more than are told.
    """

    reader: Reference
    attribute: str
    values: tuple[str, ...]
    is_complete: bool = True
