"""Groups of users, divisions, and what users and groups may do in them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from srp_portal.domain.permissions import Permission
from srp_portal.models.meta import Base, Key, UtcDateTime, name, name_key, one_of, primary_key, utc


class GroupKind(StrEnum):
    """Where a group's members come from: EVE (by the characters' affiliation), or by hand."""

    CORPORATION = "corporation"
    ALLIANCE = "alliance"
    MANUAL = "manual"
    EXTERNAL = "external"


class Group(Base):
    """Users who share permissions; corporations and alliances carry EVE's id.

    Members of corporations and alliances are not stored: they are whoever owns a character that
    EVE lately said is in it (services.identities). `source` names where an external group is from.
    """

    __tablename__ = "groups"
    __table_args__ = (
        CheckConstraint(one_of("kind", GroupKind), "kind"),
        CheckConstraint("(kind IN ('corporation', 'alliance')) = (eve_id IS NOT NULL)", "eve_id"),
        UniqueConstraint("kind", "eve_id"),
        Index("ix_groups_name_key", "name_key"),
        Index(
            "uq_groups_own_name",
            "kind",
            "source",
            "name_key",
            unique=True,
            sqlite_where=text("eve_id IS NULL"),
            postgresql_where=text("eve_id IS NULL"),
        ),
    )

    id: Mapped[primary_key]
    kind: Mapped[str] = mapped_column(String(12))
    source: Mapped[str] = mapped_column(String(50), default="", server_default="")
    name: Mapped[name]
    name_key: Mapped[name_key]
    eve_id: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[utc]


class GroupMember(Base):
    """A user in a group kept by hand or from elsewhere."""

    __tablename__ = "group_members"
    __table_args__ = (Index("ix_group_members_user_id", "user_id"),)

    group_id: Mapped[int] = mapped_column(Key, ForeignKey("groups.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(Key, ForeignKey("users.id"), primary_key=True)
    created_at: Mapped[utc]


class Division(Base):
    """A part of the alliance with its own people who review and pay."""

    __tablename__ = "divisions"

    id: Mapped[primary_key]
    name: Mapped[name]
    name_key: Mapped[name_key] = mapped_column(unique=True)
    created_at: Mapped[utc]
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Grant(Base):
    """A permission in a division for one user or one group."""

    __tablename__ = "grants"
    __table_args__ = (
        CheckConstraint(one_of("permission", Permission), "permission"),
        CheckConstraint("(user_id IS NULL) <> (group_id IS NULL)", "entity"),
        UniqueConstraint("division_id", "permission", "user_id"),
        UniqueConstraint("division_id", "permission", "group_id"),
        Index("ix_grants_user_id", "user_id"),
        Index("ix_grants_group_id", "group_id"),
    )

    id: Mapped[primary_key]
    division_id: Mapped[int] = mapped_column(Key, ForeignKey("divisions.id"))
    permission: Mapped[str] = mapped_column(String(10))
    user_id: Mapped[int | None] = mapped_column(Key, ForeignKey("users.id"))
    group_id: Mapped[int | None] = mapped_column(Key, ForeignKey("groups.id"))
    created_at: Mapped[utc]


class DivisionTransformer(Base):
    """Which transformer a division uses for an attribute, by the transformer's name."""

    __tablename__ = "division_transformers"

    division_id: Mapped[int] = mapped_column(Key, ForeignKey("divisions.id"), primary_key=True)
    attribute: Mapped[str] = mapped_column(String(64), primary_key=True)
    transformer: Mapped[str] = mapped_column(Text)
