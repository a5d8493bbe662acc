"""Columns that say more than the database does: times in UTC, encrypted texts, user ids.

Alembic writes each as the type that the database has, `sa.DateTime(timezone=True)`, so that the
migrations of other applications run without an import of ours: it does so for types with an
address in SQLAlchemy.
"""

from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import DateTime, Dialect, String, Text, TypeDecorator
from sqlalchemy.types import TypeEngine

from srp_portal.esi.runtime import current
from srp_portal.esi.user_ids import LONGEST_USER_ID, user_id_text

_SQLALCHEMY: Final = "sqlalchemy.types"


class _AsStored:
    """Shown as the type that the database has."""

    impl_instance: TypeEngine[Any]

    def __repr__(self) -> str:
        return repr(self.impl_instance)


class UtcTime(_AsStored, TypeDecorator[datetime]):
    """An aware UTC time, also on SQLite, which would hand back naive ones."""

    impl = DateTime(timezone=True)
    cache_ok = True
    __module__ = _SQLALCHEMY

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Raises ValueError for a time without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """UTC, whatever the database made of it."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class EncryptedText(_AsStored, TypeDecorator[str]):
    """Text that the database never sees in clear.

    Reading raises EsiConfigurationError when no secret of the application fits.
    """

    impl = Text
    cache_ok = True
    __module__ = _SQLALCHEMY

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Encrypt, under the first secret."""
        return None if value is None else current().cipher.encrypt(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Decrypt, under any secret."""
        return None if value is None else current().cipher.decrypt(value)


class UserIdText(_AsStored, TypeDecorator[str]):
    """A user id as text, that may be compared with what the host itself calls the user."""

    impl = String(LONGEST_USER_ID)
    cache_ok = True
    __module__ = _SQLALCHEMY

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002
        """As text, whatever it is."""
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Equal to the host's own."""
        return user_id_text(value)
