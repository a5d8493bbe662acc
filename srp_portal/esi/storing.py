"""Rows of tokens: made from a login, and taken away with all that hangs on them."""

from collections.abc import Iterable
from typing import Final

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from srp_portal.esi.models import CallbackRedirect, Scope, Token, token_scopes
from srp_portal.esi.runtime import current
from srp_portal.esi.sso import SsoLogin

# Databases allow so many in a statement, at least.
MOST_PARAMETERS: Final = 500


def save_token(dbsession: Session, login: SsoLogin, user_id: object | None) -> Token:
    """Store the tokens of a login for a user of the host.

    A token of the same user, character and scopes takes them over, unless
    `esi.always_create_token`. user_id is kept as text. Flushes, never commits.
    """
    owner = None if user_id is None else str(user_id)
    token = None
    if not current().settings.always_create_token:
        token = _equivalent(dbsession, login, owner)
    if token is None:
        token = Token(
            user_id=owner,
            character_id=login.character_id,
            scopes=_scopes(dbsession, login.scopes),
        )
        dbsession.add(token)
    token.character_name = login.character_name
    token.character_owner_hash = login.owner_hash
    token.access_token = str(login.token_payload.access)
    token.refresh_token = login.token_payload.refresh
    token.expires_at = login.token_payload.expires_at
    # A renewal under way has older ones, which must not replace these.
    token.refresh_lease_id = token.refresh_lease_until = None
    dbsession.flush()
    return token


def delete_tokens_of_character(
    dbsession: Session, character_id: int, except_owner_hash: str | None = None
) -> int:
    """Delete a character's tokens, all or those of other owners than this; how many there were.

    For a character that was sold: what its old owner allowed must not serve on.
    """
    chosen = select(Token.id).where(Token.character_id == character_id)
    if except_owner_hash is not None:
        chosen = chosen.where(Token.character_owner_hash != except_owner_hash)
    ids = dbsession.scalars(chosen).all()
    remove_tokens(dbsession, ids)
    return len(ids)


def remove_tokens(dbsession: Session, token_ids: Iterable[int]) -> int:
    """Delete rows and what refers to them, also where the database does not enforce that.

    How many rows there were.
    """
    chosen = list(token_ids)
    deleted = 0
    for start in range(0, len(chosen), MOST_PARAMETERS):
        ids = chosen[start : start + MOST_PARAMETERS]
        dbsession.execute(delete(token_scopes).where(token_scopes.c.token_id.in_(ids)))
        dbsession.execute(
            update(CallbackRedirect).where(CallbackRedirect.token_id.in_(ids)).values(token_id=None)
        )
        # Through the ORM: zope.sqlalchemy commits no transaction that held only Core statements.
        done = dbsession.execute(delete(Token).where(Token.id.in_(ids)))
        deleted += done.rowcount  # type: ignore[attr-defined]
    return deleted


def _equivalent(dbsession: Session, login: SsoLogin, user_id: str | None) -> Token | None:
    from srp_portal.esi.queries import tokens

    return (
        tokens(dbsession)
        .filter_by(
            user_id=user_id,
            character_id=login.character_id,
            character_owner_hash=login.owner_hash,
        )
        .require_scopes_exact(login.scopes)
        .first()
    )


def _scopes(dbsession: Session, names: Iterable[str]) -> list[Scope]:
    return [_scope(dbsession, name) for name in sorted(set(names))]


def _scope(dbsession: Session, name: str) -> Scope:
    wanted = select(Scope).where(Scope.name == name)
    scope = dbsession.scalar(wanted)
    if scope is not None:
        return scope
    scope = Scope(name=name, help_text="")
    try:
        with dbsession.begin_nested():
            dbsession.add(scope)
    except IntegrityError:
        # Another login brought the same scope at the same time.
        return dbsession.scalars(wanted).one()
    return scope
