"""Logging in with a character that EVE's SSO vouched for.

The owner hash tells whose a character is: it changes when the character moves to another EVE
account (contract/http.md, "Routes"). A name from EVE never leads to a local account.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol

from sqlalchemy.orm import Session

from srp_portal.domain.errors import NotAllowed
from srp_portal.domain.permissions import Identity
from srp_portal.domain.text import name_key
from srp_portal.esi.storing import delete_tokens_of_character
from srp_portal.models.users import Character, User, UserKind
from srp_portal.services import audit, ownership


class VerifiedCharacter(Protocol):
    """What the SSO said, after all checks (srp_portal.esi.SsoLogin has it)."""

    @property
    def character_id(self) -> int:
        """EVE's id of the character."""

    @property
    def character_name(self) -> str:
        """Its name now."""

    @property
    def owner_hash(self) -> str:
        """Hash of the character and the EVE account that owns it."""


def login_with_character(
    dbsession: Session,
    login: VerifiedCharacter,
    *,
    current_user_id: int | None,
    now: datetime,
) -> User:
    """The account that is logged in from now on; made if need be.

    current_user_id: the account that is logged in in this browser; the character joins it. Only a
    character that was tied to another account by hand leads there in any case. Raises NotAllowed
    for a disabled account, and for a character of one.
    """
    current = None if current_user_id is None else _enabled(dbsession, current_user_id)
    character = ownership.lock_or_add_character(
        dbsession, login.character_id, login.character_name, now=now
    )
    owner = None if character.user_id is None else dbsession.get(User, character.user_id)
    if owner is not None and character.owner_hash is None:
        user = _verify_tied(dbsession, character, owner, login, now)
    elif owner is not None and character.owner_hash == login.owner_hash:
        user = _same_owner(dbsession, character, owner, current, now)
    else:
        user = _new_owner(dbsession, character, owner, current, login.owner_hash, now=now)
    user.last_login_at = now
    dbsession.flush()
    return user


def _enabled(dbsession: Session, user_id: int) -> User:
    return _check_enabled(dbsession.get(User, user_id))


def _check_enabled(user: User | None) -> User:
    if user is None or user.is_disabled:
        raise NotAllowed("This account is disabled.", attempt="login.sso")
    return user


def _verify_tied(
    dbsession: Session, character: Character, owner: User, login: VerifiedCharacter, now: datetime
) -> User:
    """First login with a character that was tied by hand: it leads to that account."""
    _check_enabled(owner)
    ownership.verify(dbsession, character, login.owner_hash)
    _audit(dbsession, "character.verified", character, owner, {}, now=now)
    return owner


def _same_owner(
    dbsession: Session, character: Character, owner: User, current: User | None, now: datetime
) -> User:
    """A known character of the same EVE account; into the current account, it moves."""
    # Also where it would move: nobody escapes a disabled account by opening another one.
    _check_enabled(owner)
    if current is None or current.id == owner.id:
        return owner
    delete_tokens_of_character(dbsession, character.id)
    ownership.give(dbsession, character, current, now=now)
    payload = {"from_user_id": owner.id, "from": owner.name}
    _audit(dbsession, "character.moved", character, current, payload, now=now)
    return current


def _new_owner(
    dbsession: Session,
    character: Character,
    owner: User | None,
    current: User | None,
    owner_hash: str,
    *,
    now: datetime,
) -> User:
    """A character that is new here, or that was sold: what its old owner allowed ends."""
    payload: dict[str, Any] = {}
    if owner is not None:
        payload = {"from_user_id": owner.id, "from": owner.name}
        ownership.release(dbsession, character, now=now)
    if owner is not None or character.owner_hash is not None:
        delete_tokens_of_character(dbsession, character.id)
    character.owner_hash = owner_hash
    user = current or _add_user(dbsession, character, now)
    ownership.give(dbsession, character, user, now=now)
    action = "character.added" if owner is None else "character.owner_changed"
    _audit(dbsession, action, character, user, payload, now=now)
    return user


def _add_user(dbsession: Session, character: Character, now: datetime) -> User:
    user = User(
        kind=UserKind.SSO.value,
        name=character.name,
        name_key=name_key(character.name),
        is_admin=False,
        is_disabled=False,
        created_at=now,
    )
    dbsession.add(user)
    dbsession.flush()
    return user


def _audit(
    dbsession: Session,
    action: str,
    character: Character,
    user: User,
    payload: dict[str, Any],
    *,
    now: datetime,
) -> None:
    audit.record(
        dbsession,
        now=now,
        actor=Identity(user_id=user.id, name=user.name),
        action=action,
        subject_type="character",
        subject_id=character.id,
        payload={"name": character.name, "user_id": user.id, **payload},
    )
