"""Tables of the ESI layer, with metadata of their own.

Hosts that migrate with Alembic add `metadata` to theirs.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    inspect,
    text,
)
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    mapped_column,
    relationship,
    validates,
)

from srp_portal.esi.columns import EncryptedText, UserIdText, UtcTime
from srp_portal.esi.user_ids import user_id_text

if TYPE_CHECKING:
    from srp_portal.esi.client import EsiClient

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)
# A token this close to its end may be refused by the time ESI sees it.
EXPIRY_MARGIN: Final = timedelta(seconds=30)
# What EVE gives all access tokens; for those that are made without saying when they end.
LIFETIME: Final = timedelta(minutes=20)
# As SQL: Alembic sees a difference between a blank text and what SQLite says of it.
_BLANK: Final = text("''")
_Key = BigInteger().with_variant(Integer, "sqlite")


def utc_now() -> datetime:
    """The present, aware."""
    return datetime.now(UTC)


def _usual_end(context: DefaultExecutionContext) -> datetime:
    created: datetime = context.get_current_parameters()["created"]
    return created + LIFETIME


class Base(DeclarativeBase):
    """Base of this package's tables."""

    metadata = metadata


token_scopes = Table(
    "esi_token_scopes",
    metadata,
    Column("token_id", ForeignKey("esi_token.id", ondelete="CASCADE"), primary_key=True),
    Column("scope_id", ForeignKey("esi_scope.id"), primary_key=True, index=True),
)


class Scope(Base):
    """A right that a token may carry, as `esi-killmails.read_killmails.v1`."""

    __tablename__ = "esi_scope"

    id: Mapped[int] = mapped_column(_Key, primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    help_text: Mapped[str] = mapped_column(Text, default="", server_default=_BLANK)

    def __repr__(self) -> str:
        return f"<Scope {self.name}>"

    def __str__(self) -> str:
        return self.name


class Token(Base):
    """The leave of a character to act for it.

    user_id: the host's `request.authenticated_userid` as text, None for nobody's.
    expires_at: end of the access token, unless said 20 minutes after it was created; giving
    created another value moves it. The lease columns say who renews it just now.
    """

    __tablename__ = "esi_token"

    id: Mapped[int] = mapped_column(_Key, primary_key=True)
    created: Mapped[datetime] = mapped_column(UtcTime, default=utc_now)
    access_token: Mapped[str] = mapped_column(EncryptedText)
    refresh_token: Mapped[str | None] = mapped_column(EncryptedText)
    expires_at: Mapped[datetime] = mapped_column(UtcTime, default=_usual_end, index=True)
    user_id: Mapped[str | None] = mapped_column(UserIdText, index=True)
    character_id: Mapped[int] = mapped_column(BigInteger, index=True)
    character_name: Mapped[str] = mapped_column(String(100))
    character_owner_hash: Mapped[str] = mapped_column(String(254))
    token_type: Mapped[str] = mapped_column(
        String(100), default="Character", server_default="Character"
    )
    sso_version: Mapped[int] = mapped_column(default=2, server_default="2")
    refresh_lease_id: Mapped[str | None] = mapped_column(String(36))
    refresh_lease_until: Mapped[datetime | None] = mapped_column(UtcTime)

    scopes: Mapped[list[Scope]] = relationship(
        secondary=token_scopes, lazy="selectin", order_by=Scope.name, passive_deletes=True
    )
    callback_redirects: Mapped[list["CallbackRedirect"]] = relationship(
        back_populates="token", passive_deletes=True
    )

    def __repr__(self) -> str:
        return f"<Token {self.id} of {self.character_name}>"

    @validates("user_id")
    def _kept_as_text(self, _name: str, user_id: object | None) -> str | None:
        return user_id_text(user_id)

    @validates("refresh_token")
    def _none_if_blank(self, _name: str, refresh_token: str | None) -> str | None:
        return refresh_token or None

    @validates("created")
    def _ends_with_it(self, _name: str, created: datetime) -> datetime:
        if inspect(self).persistent:
            self.expires_at = created + LIFETIME
        return created

    @property
    def can_refresh(self) -> bool:
        """Whether it came with a refresh token."""
        return bool(self.refresh_token)

    @property
    def expires(self) -> datetime:
        """When the access token ends."""
        end: datetime | None = self.expires_at
        # Not stored yet, and nobody said.
        return end or (self.created or utc_now()) + LIFETIME

    @property
    def expired(self) -> bool:
        """Whether the access token is too old to be used, or will be in a moment."""
        return self.expires <= utc_now() + EXPIRY_MARGIN

    @property
    def scope_names(self) -> tuple[str, ...]:
        """Names of its scopes, sorted."""
        return tuple(sorted(scope.name for scope in self.scopes))

    @classmethod
    def get_token(
        cls, dbsession: Session, character_id: int, scopes: str | Sequence[str]
    ) -> "Token | None":
        """A valid token of the character with at least these scopes, None when there is none."""
        from srp_portal.esi.queries import tokens

        query = tokens(dbsession).filter_by(character_id=character_id).require_scopes(scopes)
        return query.require_valid().first()

    def valid_access_token(self) -> str:
        """An access token that ESI accepts now, renewed if need be.

        Raises TokenExpiredError when it can't be renewed, and what `refresh` raises.
        """
        from srp_portal.esi.refreshing import valid_access_token

        return valid_access_token(self)

    def refresh(self) -> None:
        """Renew the access token, in a transaction of its own.

        Raises NotRefreshableTokenError, TokenInvalidError when the SSO refuses it for
        good or the character was sold, SsoUnavailable when the SSO does not answer.
        """
        from srp_portal.esi.refreshing import refresh

        refresh(self)

    def refresh_or_delete(self) -> None:
        """Renew the access token; delete the row when it can never be renewed again.

        An outage raises SsoUnavailable and deletes nothing.
        """
        from srp_portal.esi.refreshing import refresh_or_delete

        refresh_or_delete(self)

    def get_esi_client(self, **options: Any) -> "EsiClient":
        """A client that calls with this token; options as in `esi_client_factory`."""
        from srp_portal.esi.client import esi_client_factory

        return esi_client_factory(token=self, **options)


class CallbackRedirect(Base):
    """A login on its way through the SSO: who began it, and what to do when it returns.

    Or a token on its way to the view at `url` (kinds of `srp_portal.esi.handovers`). Of state
    and browser only digests are kept. kind: what begin_login was told. token: the one that was
    made or chosen. single_use: the tokens of a view that wants them once, until it took them.
    """

    __tablename__ = "esi_callbackredirect"

    id: Mapped[int] = mapped_column(_Key, primary_key=True)
    state_digest: Mapped[str] = mapped_column(String(64), unique=True)
    browser_digest: Mapped[str] = mapped_column(String(64), index=True)
    code_verifier: Mapped[str] = mapped_column(EncryptedText)
    url: Mapped[str] = mapped_column(Text)
    scopes: Mapped[str] = mapped_column(Text, default="", server_default=_BLANK)
    kind: Mapped[str] = mapped_column(String(64))
    user_id: Mapped[str | None] = mapped_column(UserIdText)
    created: Mapped[datetime] = mapped_column(UtcTime, default=utc_now, index=True)
    token_id: Mapped[int | None] = mapped_column(
        ForeignKey("esi_token.id", ondelete="SET NULL"), index=True
    )
    single_use: Mapped[str | None] = mapped_column(EncryptedText)

    token: Mapped[Token | None] = relationship(back_populates="callback_redirects")

    def __repr__(self) -> str:
        return f"<CallbackRedirect {self.id} for {self.kind}>"
