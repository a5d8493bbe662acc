"""Users and groups as one: found by number or by name, where it is clear which is meant.

Each has numbers of its own, so `user:12` and `group:12` are two entities; EVE-SRP had one row of
numbers, and its forms send the number alone.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from srp_portal.domain.errors import InvalidInput
from srp_portal.domain.text import name_key
from srp_portal.models.divisions import Group
from srp_portal.models.users import User, UserKind
from srp_portal.services.administration_results import EntityView

USER = "user"
GROUP = "group"

_NUMBER = re.compile(r"[0-9]{1,18}")


def find_by_id(
    dbsession: Session, text: str, type_: str = "", *, preferred: Collection[EntityView] = ()
) -> EntityView:
    """The entity that `user:12`, `group:12` or `12` means.

    type_: says what a plain number is, `user` or `group`; without it, it must mean one entity
    only. preferred: where two entities fit, the one in here is meant. Raises InvalidInput.
    """
    type_, number = _split(text.strip(), _known_type(type_))
    if not _NUMBER.fullmatch(number):
        raise InvalidInput("id_", f"“{text}” is not the number of a user or a group.")
    found = _load(dbsession, type_, User.id == int(number), Group.id == int(number))
    if not found:
        raise InvalidInput("id_", f"There is no {type_ or 'user or group'} with number {number}.")
    return _one(found, preferred, "id_", f"the number {number}")


def find_by_name(
    dbsession: Session, text: str, type_: str = "", *, preferred: Collection[EntityView] = ()
) -> EntityView:
    """The entity that `NAME`, `user:NAME` or `group:NAME` means, upper and lower case being one.

    After the prefix, `#12` is a number, for entities that share kind and name. preferred: where
    several fit, the one in here is meant. Raises InvalidInput.
    """
    type_, name = _split(text.strip(), _known_type(type_))
    if not name:
        raise InvalidInput("name", "Please give the name of a user or a group.")
    key = name_key(name)
    found = _load(dbsession, type_, User.name_key == key, Group.name_key == key)
    if not found and type_ and _NUMBER.fullmatch(name.removeprefix("#")) and name[0] == "#":
        return find_by_id(dbsession, name.removeprefix("#"), type_)
    if not found:
        raise InvalidInput("name", f"There is no {type_ or 'user or group'} named “{name}”.")
    return _one(found, preferred, "name", f"the name “{name}”")


def _known_type(text: str) -> str:
    # EVE-SRP's documents spell the types with a capital.
    type_ = text.strip().lower()
    if type_ not in ("", USER, GROUP):
        raise InvalidInput("type", "A type is user or group.")
    return type_


def _split(text: str, type_: str) -> tuple[str, str]:
    prefix, colon, rest = text.partition(":")
    if not type_ and colon and prefix.lower() in (USER, GROUP):
        return prefix.lower(), rest.strip()
    if type_ and colon and prefix.lower() == type_:
        return type_, rest.strip()
    return type_, text


@dataclass(frozen=True, slots=True)
class _Found:
    """An entity, and what tells it from another of the same name."""

    entity: EntityView
    origin: str


def _load(
    dbsession: Session, type_: str, user_is: ColumnElement[bool], group_is: ColumnElement[bool]
) -> list[_Found]:
    found: list[_Found] = []
    if type_ != GROUP:
        # A plugin's account only signs what the plugin did; nobody can log in to it.
        users = (
            select(User.id, User.name, User.kind)
            .where(user_is, User.kind != UserKind.PLUGIN)
            .order_by(User.id)
        )
        for id_, name, kind in dbsession.execute(users):
            found.append(_Found(EntityView(USER, id_, name, USER), kind))
    if type_ != USER:
        groups = (
            select(Group.id, Group.name, Group.kind, Group.source)
            .where(group_is)
            .order_by(Group.id)
        )
        for id_, name, kind, source in dbsession.execute(groups):
            origin = f"{kind} {source}".strip()
            found.append(_Found(EntityView(GROUP, id_, name, kind), origin))
    return found


def _one(
    found: list[_Found], preferred: Collection[EntityView], field: str, what: str
) -> EntityView:
    if len(found) > 1:
        found = [each for each in found if each.entity in preferred] or found
    if len(found) == 1:
        return found[0].entity
    if len({each.entity.type for each in found}) == len(found):
        raise InvalidInput(
            field, f"Both a user and a group have {what}: write user:… or group:… to say which."
        )
    choices = ", ".join(f"{each.entity.type}:#{each.entity.id} ({each.origin})" for each in found)
    raise InvalidInput(field, f"Several have {what}; write one of {choices}.")
