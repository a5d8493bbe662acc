"""Killmails: what EVE says was lost, never changed once stored."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from srp_portal.models.meta import Base, Key, eve_id, isk, name, primary_key, utc


class Killmail(Base):
    """The facts of one loss; `id` is EVE's killmail id, `raw` ESI's document as received."""

    __tablename__ = "killmails"

    id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    hash: Mapped[str | None] = mapped_column(String(40))
    url: Mapped[str] = mapped_column(Text)
    source: Mapped[name]
    killed_at: Mapped[utc]
    pilot_id: Mapped[eve_id]
    pilot: Mapped[name]
    corporation_id: Mapped[eve_id]
    corporation: Mapped[name]
    alliance_id: Mapped[int | None] = mapped_column(BigInteger)
    alliance: Mapped[str | None] = mapped_column(String(200))
    ship_id: Mapped[eve_id]
    ship: Mapped[name]
    ship_group_id: Mapped[int | None] = mapped_column(BigInteger)
    ship_group: Mapped[str] = mapped_column(String(200), default="", server_default="")
    system_id: Mapped[eve_id]
    system: Mapped[name]
    constellation_id: Mapped[int | None] = mapped_column(BigInteger)
    constellation: Mapped[name]
    region_id: Mapped[int | None] = mapped_column(BigInteger)
    region: Mapped[name]
    #: Security status of the system as EVE writes it, such as "-0.0342"; empty when unknown.
    security: Mapped[str] = mapped_column(String(30), default="", server_default="")
    is_npc: Mapped[bool] = mapped_column(default=False, server_default=false())
    is_solo: Mapped[bool] = mapped_column(default=False, server_default=false())
    is_awox: Mapped[bool] = mapped_column(default=False, server_default=false())
    raw: Mapped[str] = mapped_column(Text, default="", server_default="")
    fetched_at: Mapped[utc]


class KillmailValue(Base):
    """What a source said a loss was worth (total, fitted, destroyed, …), and when it said so."""

    __tablename__ = "killmail_values"
    # The constraint's index begins with the killmail, so that it serves look-ups too.
    __table_args__ = (UniqueConstraint("killmail_id", "name", "source", "recorded_at"),)

    id: Mapped[primary_key]
    killmail_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("killmails.id"))
    name: Mapped[str] = mapped_column(String(64))
    value: Mapped[isk]
    source: Mapped[str] = mapped_column(String(200))
    recorded_at: Mapped[utc]


class InventoryType(Base):
    """The name of a type of item, as EVE last said it, to show what was lost."""

    __tablename__ = "inventory_types"

    id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    name: Mapped[name]
