"""Finding tokens: `tokens(dbsession).require_scopes("esi-…").require_valid()`."""

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, bindparam, func, select
from sqlalchemy.orm import Session

from srp_portal.esi.models import EXPIRY_MARGIN, Scope, Token, token_scopes, utc_now
from srp_portal.esi.renewals import renew_all


def tokens(dbsession: Session) -> "TokenQuery":
    """All tokens, to be narrowed."""
    return TokenQuery(dbsession, select(Token).order_by(Token.id))


class TokenQuery:
    """Tokens that fit some conditions; a method that narrows gives a new query."""

    def __init__(
        self, dbsession: Session, statement: Select[Token], renewed: Collection[Token] = ()
    ) -> None:
        self._session = dbsession
        self._statement = statement
        # Held, since a session forgets instances that nobody holds, and its transaction may
        # still see the rows as they were before.
        self._renewed = renewed

    def filter(self, *conditions: ColumnElement[bool]) -> "TokenQuery":
        """Those for which these SQL conditions hold."""
        return TokenQuery(self._session, self._statement.where(*conditions), self._renewed)

    def filter_by(self, **fields: Any) -> "TokenQuery":
        """Those whose fields have these values; user_id is compared as text."""
        statement = self._statement.filter_by(**fields)
        return TokenQuery(self._session, statement, self._renewed)

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
        # Looked at before others are renewed: that takes time, in which these may end.
        valid = [token for token in found if not token.expired]
        expired = [token for token in found if token.expired]
        return self._only([*valid, *renew_all(self._session, expired)])

    def bulk_refresh(self) -> "TokenQuery":
        """Renew all that can be; the renewed ones.

        Expired ones that never can be renewed are deleted; ones that an outage kept
        from it are left out.
        """
        chosen = [token for token in self.all() if token.can_refresh or token.expired]
        return self._only(renew_all(self._session, chosen))

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

    def __len__(self) -> int:
        return self.count()

    def __bool__(self) -> bool:
        return self.first() is not None

    def _only(self, found: Collection[Token]) -> "TokenQuery":
        # Not a condition more: a renewed token may not fit the old ones any longer. The numbers
        # stand in the statement itself, since databases allow only so many parameters.
        numbers: BindParameter[Any] = bindparam(
            "ids", [token.id for token in found], expanding=True, literal_execute=True, unique=True
        )
        statement = select(Token).where(Token.id.in_(numbers)).order_by(Token.id)
        return TokenQuery(self._session, statement, found)


def scope_names(scopes: str | Iterable[str | Scope] | None) -> tuple[str, ...]:
    """Names of scopes, sorted and once each, of a text of them or any collection."""
    items = [scopes] if isinstance(scopes, str) else scopes or ()
    texts = [item.name if isinstance(item, Scope) else item for item in items]
    return tuple(sorted(set(" ".join(texts).split())))
