"""The outbox of events for plugins, their failures, the audit log, runs of periodic tasks."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from srp_portal.models.meta import Base, Key, UtcDateTime, one_of, primary_key, utc


class DeliveryState(StrEnum):
    """Whether a plugin has taken an event; dead after too many failures, until it is resent."""

    PENDING = "pending"
    DONE = "done"
    DEAD = "dead"


#: What a statement says, word by word, to be served by the partial indexes.
IS_DEAD = f"state = '{DeliveryState.DEAD}'"
IS_OPEN = f"state <> '{DeliveryState.DONE}'"


class OutboxEvent(Base):
    """Something that happened to a request, written in the transaction in which it happened."""

    __tablename__ = "outbox_events"
    __table_args__ = (
        Index("ix_outbox_events_request_id", "request_id"),
        Index("ix_outbox_events_batch_id", "batch_id", "id"),
    )

    id: Mapped[primary_key]
    event_id: Mapped[str] = mapped_column(String(36), unique=True)
    kind: Mapped[str] = mapped_column(String(30))
    request_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("requests.id"))
    payload: Mapped[str] = mapped_column(Text)
    created_at: Mapped[utc]
    #: The same for all events of one change, also where it is a single one.
    batch_id: Mapped[str | None] = mapped_column(String(36))


class OutboxDelivery(Base):
    """An event on its way to one plugin."""

    __tablename__ = "outbox_deliveries"
    __table_args__ = (
        CheckConstraint(one_of("state", DeliveryState), "state"),
        UniqueConstraint("outbox_event_id", "plugin"),
        Index("ix_outbox_deliveries_due", "state", "due_at"),
        # Partial: nearly all deliveries are done, and nobody looks for those.
        Index(
            "ix_outbox_deliveries_dead",
            "id",
            sqlite_where=text(IS_DEAD),
            postgresql_where=text(IS_DEAD),
        ),
        Index(
            "ix_outbox_deliveries_open",
            "plugin",
            "state",
            "id",
            sqlite_where=text(IS_OPEN),
            postgresql_where=text(IS_OPEN),
        ),
    )

    id: Mapped[primary_key]
    outbox_event_id: Mapped[int] = mapped_column(Key, ForeignKey("outbox_events.id"))
    plugin: Mapped[str] = mapped_column(String(100))
    state: Mapped[str] = mapped_column(
        String(10), default=DeliveryState.PENDING.value, server_default=DeliveryState.PENDING.value
    )
    attempts: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    due_at: Mapped[utc]
    delivered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_error: Mapped[str] = mapped_column(Text, default="", server_default="")


class PluginFailure(Base):
    """The last failure of a plugin's hook, and how many there were since the first one."""

    __tablename__ = "plugin_failures"

    plugin: Mapped[str] = mapped_column(String(100), primary_key=True)
    hook: Mapped[str] = mapped_column(String(200), primary_key=True)
    message: Mapped[str] = mapped_column(Text)
    first_at: Mapped[utc]
    last_at: Mapped[utc]
    count: Mapped[int] = mapped_column(BigInteger)


class AuditEntry(Base):
    """Who changed what from what to what; triggers forbid to change or remove an entry.

    `id` is the sequence. `payload` is canonical JSON: sorted keys, no spaces, amounts as text.
    """

    __tablename__ = "audit_log"
    __table_args__ = (
        Index("ix_audit_log_request_id", "request_id", "id"),
        Index("ix_audit_log_actor_id", "actor_id", "id"),
        Index("ix_audit_log_subject", "subject_type", "subject_id", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[primary_key]
    created_at: Mapped[utc]
    #: No foreign key: the log outlives what it speaks of.
    actor_id: Mapped[int | None] = mapped_column(BigInteger)
    actor: Mapped[str] = mapped_column(String(200))
    action: Mapped[str] = mapped_column(String(50))
    subject_type: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[int | None] = mapped_column(BigInteger)
    request_id: Mapped[int | None] = mapped_column(BigInteger)
    is_refused: Mapped[bool] = mapped_column(default=False, server_default=false())
    payload: Mapped[str] = mapped_column(Text)


class PeriodicTask(Base):
    """When a periodic task last ran and is next due; the row is claimed before the task runs."""

    __tablename__ = "periodic_tasks"

    name: Mapped[str] = mapped_column(String(50), primary_key=True)
    due_at: Mapped[utc]
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_error: Mapped[str] = mapped_column(Text, default="", server_default="")
