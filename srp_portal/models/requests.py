"""Requests for reimbursement and all that people and plugins say of them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column

from srp_portal.domain.lifecycle import ActionType, Status
from srp_portal.domain.payout import ModifierKind
from srp_portal.models.meta import (
    Base,
    Isk,
    Key,
    Ratio,
    UtcDateTime,
    eve_id,
    isk,
    name,
    name_key,
    one_of,
    primary_key,
    utc,
)


class FlagLevel(StrEnum):
    """How loud a flag is."""

    INFO = "info"
    WARNING = "warning"
    ALERT = "alert"


#: What decides whether a list shows a request, and what its total is made of.
_LISTED = ("division_id", "status", "payout")
#: Names that filters match and lists sort by; each has its key in a column of its own.
NAMES = ("pilot", "corporation", "alliance", "ship", "system", "constellation", "region")


class SrpRequest(Base):
    """A request; `id` is the killmail's id, so that a killmail has one request at most.

    What lists show, filter and sort by stands on the row; each name that filters match has its
    casefolded key beside it. `version` grows with every change that a reader could see.
    """

    __tablename__ = "requests"
    __table_args__ = (
        CheckConstraint(one_of("status", Status), "status"),
        CheckConstraint("base_payout >= 0 AND payout >= 0", "payout"),
        CheckConstraint("NOT is_withdrawn OR status = 'rejected'", "withdrawn"),
        # The lists in the order of submission, with all that a walk has to look at.
        Index("ix_requests_submitted_at", "submitted_at", "id", *_LISTED),
        Index("ix_requests_status", "status", "submitted_at", "id", "division_id"),
        Index("ix_requests_division_id", "division_id", "status", "submitted_at", "id"),
        Index("ix_requests_submitter_id", "submitter_id", "submitted_at", "id", *_LISTED),
        # Filters, counted and listed in that order without the rows that they find.
        *(
            Index(
                f"ix_requests_{name}_listed",
                *(f"{name}_key", "submitted_at", "id", *_LISTED, "killed_at"),
            )
            for name in NAMES
        ),
        Index("ix_requests_killed_at", "killed_at", "id", "submitted_at", *_LISTED),
        Index("ix_requests_payout", "payout", "id", "submitted_at", "division_id", "status"),
        Index("ix_requests_base_payout", "base_payout", "id", "submitted_at", *_LISTED),
        # Other orders.
        *(Index(f"ix_requests_{name}_key", f"{name}_key", "id", *_LISTED) for name in NAMES),
        Index("ix_requests_pilot_id", "pilot_id"),
    )

    id: Mapped[int] = mapped_column(
        Key, ForeignKey("killmails.id"), primary_key=True, autoincrement=False
    )
    submitter_id: Mapped[int] = mapped_column(Key, ForeignKey("users.id"))
    division_id: Mapped[int] = mapped_column(Key, ForeignKey("divisions.id"))
    status: Mapped[str] = mapped_column(
        String(10), default=Status.EVALUATING.value, server_default=Status.EVALUATING.value
    )
    is_withdrawn: Mapped[bool] = mapped_column(default=False, server_default=false())
    base_payout: Mapped[isk]
    payout: Mapped[isk]
    #: A reviewer set it: rules that are applied later leave it alone.
    is_base_by_hand: Mapped[bool] = mapped_column(default=False, server_default=false())
    version: Mapped[int] = mapped_column(Integer, default=1, server_default="1")
    details: Mapped[str] = mapped_column(Text, default="", server_default="")
    submitted_at: Mapped[utc]
    changed_at: Mapped[utc]

    killmail_url: Mapped[str] = mapped_column(Text)
    killed_at: Mapped[utc]
    pilot_id: Mapped[eve_id]
    pilot: Mapped[name]
    pilot_key: Mapped[name_key]
    corporation_id: Mapped[eve_id]
    corporation: Mapped[name]
    corporation_key: Mapped[name_key]
    alliance_id: Mapped[int | None] = mapped_column(BigInteger)
    alliance: Mapped[str | None] = mapped_column(String(200))
    alliance_key: Mapped[name_key] = mapped_column(default="", server_default="")
    ship_id: Mapped[eve_id]
    ship: Mapped[name]
    ship_key: Mapped[name_key]
    system: Mapped[name]
    system_key: Mapped[name_key]
    constellation: Mapped[name]
    constellation_key: Mapped[name_key]
    region: Mapped[name]
    region_key: Mapped[name_key]


class Action(Base):
    """A change of state or a comment, as the history of a request shows it."""

    __tablename__ = "actions"
    __table_args__ = (
        CheckConstraint(one_of("type", ActionType), "type"),
        Index("ix_actions_request_id", "request_id", "id"),
        Index("ix_actions_user_id", "user_id"),
    )

    id: Mapped[primary_key]
    request_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("requests.id"))
    user_id: Mapped[int] = mapped_column(Key, ForeignKey("users.id"))
    type: Mapped[str] = mapped_column(String(10))
    note: Mapped[str] = mapped_column(Text, default="", server_default="")
    created_at: Mapped[utc]


class Modifier(Base):
    """A bonus or a deduction: ISK (`amount`) or a fraction (`ratio`), negative for a deduction.

    One that a plugin only suggests doesn't count until a reviewer takes it.
    """

    __tablename__ = "modifiers"
    __table_args__ = (
        CheckConstraint(one_of("kind", ModifierKind), "kind"),
        CheckConstraint("(kind = 'absolute') = (amount IS NOT NULL)", "amount"),
        CheckConstraint("(kind = 'relative') = (ratio IS NOT NULL)", "ratio"),
        CheckConstraint("(voided_at IS NULL) = (voided_by_id IS NULL)", "void"),
        CheckConstraint("(taken_at IS NULL) = (taken_by_id IS NULL)", "taken"),
        Index("ix_modifiers_request_id", "request_id", "id"),
        Index("ix_modifiers_user_id", "user_id"),
        Index("ix_modifiers_voided_by_id", "voided_by_id"),
        Index("ix_modifiers_taken_by_id", "taken_by_id"),
    )

    id: Mapped[primary_key]
    request_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("requests.id"))
    user_id: Mapped[int] = mapped_column(Key, ForeignKey("users.id"))
    kind: Mapped[str] = mapped_column(String(10))
    amount: Mapped[Decimal | None] = mapped_column(Isk)
    ratio: Mapped[Decimal | None] = mapped_column(Ratio)
    note: Mapped[str] = mapped_column(Text, default="", server_default="")
    is_suggested: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[utc]
    voided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    voided_by_id: Mapped[int | None] = mapped_column(Key, ForeignKey("users.id"))
    taken_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    taken_by_id: Mapped[int | None] = mapped_column(Key, ForeignKey("users.id"))

    @property
    def value(self) -> Decimal:
        """ISK or a fraction, as the kind says."""
        value = self.amount if self.kind == ModifierKind.ABSOLUTE else self.ratio
        if value is None:  # the check constraints above forbid it
            raise ValueError(f"modifier {self.id} has no value")
        return value


class ReviewFlag(Base):
    """What a plugin wants reviewers and payers to look at."""

    __tablename__ = "review_flags"
    __table_args__ = (
        CheckConstraint(one_of("level", FlagLevel), "level"),
        Index("ix_review_flags_request_id", "request_id"),
    )

    id: Mapped[primary_key]
    request_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("requests.id"))
    plugin: Mapped[str] = mapped_column(String(100))
    code: Mapped[str] = mapped_column(String(100))
    level: Mapped[str] = mapped_column(String(10))
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[utc]


class UserNote(Base):
    """A note of the staff about a user; never shown to that user."""

    __tablename__ = "user_notes"
    __table_args__ = (
        Index("ix_user_notes_user_id", "user_id", "id"),
        Index("ix_user_notes_author_id", "author_id"),
        Index("ix_user_notes_division_id", "division_id"),
    )

    id: Mapped[primary_key]
    user_id: Mapped[int] = mapped_column(Key, ForeignKey("users.id"))
    author_id: Mapped[int] = mapped_column(Key, ForeignKey("users.id"))
    division_id: Mapped[int] = mapped_column(Key, ForeignKey("divisions.id"))
    note: Mapped[str] = mapped_column(Text)
    created_at: Mapped[utc]
