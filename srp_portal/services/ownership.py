"""Whose a character is: given, taken away, and the history of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from srp_portal.domain.text import name_key
from srp_portal.models.users import Character, CharacterOwnership, User, UserKind


def lock_character(dbsession: Session, character_id: int) -> Character | None:
    """A character, not to be changed by anybody else before this transaction ends."""
    return dbsession.get(Character, character_id, with_for_update=True, populate_existing=True)


def lock_or_add_character(
    dbsession: Session, character_id: int, name: str, *, now: datetime
) -> Character:
    """A character under that name, locked; one that is not known yet belongs to nobody."""
    character = lock_character(dbsession, character_id)
    if character is None:
        character = Character(
            id=character_id, name=name, name_key=name_key(name), is_main=False, created_at=now
        )
        try:
            with dbsession.begin_nested():
                dbsession.add(character)
        except IntegrityError:
            # Somebody logged in with it since we looked.
            found = lock_character(dbsession, character_id)
            if found is None:
                raise
            character = found
    if character.name != name:
        rename(dbsession, character, name)
    return character


def rename(dbsession: Session, character: Character, name: str) -> None:
    """EVE's present name for the character, and for the account that goes by it."""
    character.name, character.name_key = name, name_key(name)
    owner = dbsession.get(User, character.user_id) if character.user_id else None
    if owner is not None and character.is_main:
        _call_by_main(owner, character)


def give(dbsession: Session, character: Character, user: User, *, now: datetime) -> None:
    """Makes the user the character's owner from now on; it is their main one if they have none."""
    # Two characters that join at once must not both find that there is no main one.
    dbsession.execute(select(User.id).where(User.id == user.id).with_for_update())
    release(dbsession, character, now=now)
    character.user_id = user.id
    dbsession.add(
        CharacterOwnership(
            character_id=character.id,
            user_id=user.id,
            owner_hash=character.owner_hash,
            started_at=now,
        )
    )
    dbsession.flush()
    if main_character(dbsession, user.id) is None:
        set_main(dbsession, user, character)


def release(dbsession: Session, character: Character, *, now: datetime) -> None:
    """Ends the present ownership; another character becomes the old owner's main one."""
    open_one = open_ownership(dbsession, character.id)
    if open_one is not None:
        open_one.ended_at = now
    owner = dbsession.get(User, character.user_id) if character.user_id else None
    was_main, character.is_main, character.user_id = character.is_main, False, None
    dbsession.flush()
    if owner is not None and was_main:
        _choose_another_main(dbsession, owner)


def verify(dbsession: Session, character: Character, owner_hash: str) -> None:
    """Notes the owner hash of a character that was tied by hand, now that its owner is known."""
    character.owner_hash = owner_hash
    open_one = open_ownership(dbsession, character.id)
    if open_one is not None:
        open_one.owner_hash = owner_hash
    dbsession.flush()


def open_ownership(dbsession: Session, character_id: int) -> CharacterOwnership | None:
    """The ownership that has not ended, None for a character of nobody's."""
    return dbsession.scalar(
        select(CharacterOwnership).where(
            CharacterOwnership.character_id == character_id,
            CharacterOwnership.ended_at.is_(None),
        )
    )


def main_character(dbsession: Session, user_id: int) -> Character | None:
    """The character that stands for the account in names and payments."""
    return dbsession.scalar(
        select(Character).where(Character.user_id == user_id, Character.is_main)
    )


def set_main(dbsession: Session, user: User, character: Character) -> None:
    """Lets the character, which must be the user's, stand for the account."""
    present = main_character(dbsession, user.id)
    if present is not None and present is not character:
        present.is_main = False
        # At most one is the main one at any time, also between two statements.
        dbsession.flush()
    character.is_main = True
    _call_by_main(user, character)
    dbsession.flush()


def _choose_another_main(dbsession: Session, user: User) -> None:
    # One that its owner has logged in with comes before one that was tied by hand.
    another = dbsession.scalar(
        select(Character)
        .where(Character.user_id == user.id)
        .order_by(Character.owner_hash.is_(None), Character.name_key)
        .limit(1)
    )
    if another is not None:
        set_main(dbsession, user, another)


def _call_by_main(user: User, character: Character) -> None:
    # A local account keeps the name that its owner types.
    if user.kind == UserKind.SSO.value:
        user.name, user.name_key = character.name, character.name_key
