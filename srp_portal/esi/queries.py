"""Finding tokens: `tokens(dbsession).require_scopes("esi-…").require_valid()`."""

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from srp_portal.esi.models import EXPIRY_MARGIN, Scope, Token, token_scopes, utc_now
from srp_portal.esi.refreshing import renew_all


def tokens(dbsession: Session) -> "TokenQuery":
    """All tokens, to be narrowed."""
    return TokenQuery(dbsession, select(Token).order_by(Token.id))


class TokenQuery:
    """Tokens that fit some conditions; a method that narrows gives a new query."""

    def __init__(self, dbsession: Session, statement: Select[Token]) -> None:
        self._session = dbsession
        self._statement = statement

    def filter(self, *conditions: ColumnElement[bool]) -> "TokenQuery":
        """Those for which these SQL conditions hold."""
        return TokenQuery(self._session, self._statement.where(*conditions))

    def filter_by(self, **fields: Any) -> "TokenQuery":
        """Those whose fields have these values; user_id is compared as text."""
        user_id = fields.get("user_id")
        if user_id is not None:
            fields["user_id"] = str(user_id)
        return TokenQuery(self._session, self._statement.filter_by(**fields))

    def require_scopes(self, scopes: str | Iterable[str]) -> "TokenQuery":
        """Those with at least these scopes; without any scope when none is asked for."""
        names = scope_names(scopes)
        if not names:
            return self.filter(~Token.scopes.any())
        return self.filter(*(Token.scopes.any(Scope.name == name) for name in names))

    def require_scopes_exact(self, scopes: str | Iterable[str]) -> "TokenQuery":
        """Those with these scopes and no other."""
        names = scope_names(scopes)
        held = (
            select(func.count())
            .select_from(token_scopes)
            .where(token_scopes.c.token_id == Token.id)
            .scalar_subquery()
        )
        return self.require_scopes(names).filter(held == len(names))

    def equivalent_to(self, token: Token) -> "TokenQuery":
        """Other rows of the same character and scopes, refreshable or not as this one."""
        refreshable = Token.refresh_token.is_not(None)
        return (
            self.filter_by(character_id=token.character_id)
            .require_scopes_exact(token.scope_names)
            .filter(refreshable if token.can_refresh else ~refreshable, Token.id != token.id)
        )

    def get_expired(self) -> "TokenQuery":
        """Those whose access token is too old."""
        return self.filter(Token.expires_at <= utc_now() + EXPIRY_MARGIN)

    def require_valid(self) -> "TokenQuery":
        """Those that work now; expired ones are renewed.

        Ones that never can be are deleted. During an outage expired ones are left out.
        """
        found = self.all()
        renewed, _ = renew_all(self._session, [token for token in found if token.expired])
        valid = {token.id for token in found if not token.expired} | set(renewed)
        return self._only(valid)

    def bulk_refresh(self) -> "TokenQuery":
        """Renew all that can be; the renewed ones.

        Expired ones that never can be renewed are deleted; ones that an outage kept
        from it are left out.
        """
        chosen = [token for token in self.all() if token.can_refresh or token.expired]
        renewed, _ = renew_all(self._session, chosen)
        return self._only(renewed)

    def all(self) -> list[Token]:
        """All of them, oldest first."""
        return list(self._session.scalars(self._statement))

    def first(self) -> Token | None:
        """The oldest, None when there is none."""
        return self._session.scalars(self._statement.limit(1)).first()

    def count(self) -> int:
        """How many there are."""
        rows = self._statement.order_by(None).subquery()
        return self._session.scalar(select(func.count()).select_from(rows)) or 0

    def __iter__(self) -> Iterator[Token]:
        return iter(self.all())

    def _only(self, ids: Collection[int]) -> "TokenQuery":
        # Not a condition more: a renewed token may not fit the old ones any longer.
        return tokens(self._session).filter(Token.id.in_(ids))


def scope_names(scopes: str | Iterable[str]) -> tuple[str, ...]:
    """Names of scopes, sorted and once each, of a text of them or any collection."""
    names = scopes.split() if isinstance(scopes, str) else scopes
    return tuple(sorted({name for name in names if name}))
