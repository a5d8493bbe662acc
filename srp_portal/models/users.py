"""Accounts, the characters they own, and who owned a character when."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from srp_portal.models.meta import (
    Base,
    Key,
    UtcDateTime,
    eve_id,
    name,
    name_key,
    one_of,
    primary_key,
    utc,
)


class UserKind(StrEnum):
    """Where an account comes from; a plugin's account only signs what the plugin did."""

    LOCAL = "local"
    SSO = "sso"
    PLUGIN = "plugin"


class User(Base):
    """An account.

    `login` is the casefolded user name of a local account; a name from EVE is never matched
    against it. `name` is what is shown: the user name, or the main character's name.
    """

    __tablename__ = "users"
    __table_args__ = (
        CheckConstraint(one_of("kind", UserKind), "kind"),
        CheckConstraint("kind = 'local' OR password_hash IS NULL", "password"),
        Index("ix_users_name_key", "name_key"),
        Index(
            "uq_users_plugin",
            "name_key",
            unique=True,
            sqlite_where=text("kind = 'plugin'"),
            postgresql_where=text("kind = 'plugin'"),
        ),
    )

    id: Mapped[primary_key]
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[name]
    name_key: Mapped[name_key]
    login: Mapped[str | None] = mapped_column(String(200), unique=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    is_admin: Mapped[bool] = mapped_column(default=False, server_default=false())
    is_disabled: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[utc]
    last_login_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    characters: Mapped[list[Character]] = relationship(
        back_populates="user", order_by="Character.name_key", lazy="raise"
    )


class Character(Base):
    """An EVE character and its present owner; `id` is EVE's character id.

    A character without an owner hash was tied by hand and has not logged in yet. Corporation and
    alliance are what EVE said at `affiliated_at`.
    """

    __tablename__ = "characters"
    __table_args__ = (
        Index("ix_characters_name_key", "name_key"),
        Index("ix_characters_user_id", "user_id"),
        Index("ix_characters_corporation_id", "corporation_id"),
        Index("ix_characters_alliance_id", "alliance_id"),
        Index(
            "uq_characters_main",
            "user_id",
            unique=True,
            sqlite_where=text("is_main"),
            postgresql_where=text("is_main"),
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    name: Mapped[name]
    name_key: Mapped[name_key]
    user_id: Mapped[int | None] = mapped_column(Key, ForeignKey("users.id"))
    owner_hash: Mapped[str | None] = mapped_column(String(100))
    is_main: Mapped[bool] = mapped_column(default=False, server_default=false())
    corporation_id: Mapped[int | None] = mapped_column(BigInteger)
    alliance_id: Mapped[int | None] = mapped_column(BigInteger)
    affiliated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[utc]

    user: Mapped[User | None] = relationship(back_populates="characters", lazy="raise")


class CharacterOwnership(Base):
    """Who owned a character from when to when; the open one has no end."""

    __tablename__ = "character_ownerships"
    __table_args__ = (
        Index("ix_character_ownerships_character_id", "character_id"),
        Index("ix_character_ownerships_user_id", "user_id"),
        Index(
            "uq_character_ownerships_open",
            "character_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[primary_key]
    character_id: Mapped[eve_id] = mapped_column(ForeignKey("characters.id"))
    user_id: Mapped[int] = mapped_column(Key, ForeignKey("users.id"))
    owner_hash: Mapped[str | None] = mapped_column(String(100))
    started_at: Mapped[utc]
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
