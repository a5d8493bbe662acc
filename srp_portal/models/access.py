"""How an account is entered: API keys and browser sessions."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from srp_portal.models.meta import Base, Key, UtcDateTime, primary_key, utc


class ApiKey(Base):
    """A key for scripts: looked up by a keyed digest, kept encrypted for its owner to see again."""

    __tablename__ = "api_keys"
    __table_args__ = (Index("ix_api_keys_user_id", "user_id"),)

    id: Mapped[primary_key]
    user_id: Mapped[int] = mapped_column(Key, ForeignKey("users.id"))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    encrypted_key: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(String(100), default="", server_default="")
    created_at: Mapped[utc]
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class BrowserSession(Base):
    """A login in one browser; the cookie holds an opaque id, this row its digest."""

    __tablename__ = "sessions"
    __table_args__ = (
        Index("ix_sessions_user_id", "user_id"),
        Index("ix_sessions_expires_at", "expires_at"),
    )

    id: Mapped[primary_key]
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(Key, ForeignKey("users.id"))
    method: Mapped[str] = mapped_column(String(10))
    created_at: Mapped[utc]
    last_seen_at: Mapped[utc]
    expires_at: Mapped[utc]
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    address: Mapped[str] = mapped_column(String(50), default="", server_default="")
    user_agent: Mapped[str] = mapped_column(String(300), default="", server_default="")
