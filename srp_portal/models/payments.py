"""Payments: ISK that went to a user, and the requests that it was for."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, text, true
from sqlalchemy.orm import Mapped, mapped_column

from srp_portal.models.meta import Base, Key, UtcDateTime, isk, primary_key, utc


class Payment(Base):
    """One transfer from a payer to a payee; a mistaken one is voided and kept."""

    __tablename__ = "payments"
    __table_args__ = (
        CheckConstraint("amount >= 0", "amount"),
        CheckConstraint("(voided_at IS NULL) = (voided_by_id IS NULL)", "void"),
        Index("ix_payments_payee_id", "payee_id", "paid_at"),
        Index("ix_payments_payer_id", "payer_id", "paid_at"),
        Index("ix_payments_voided_by_id", "voided_by_id"),
        Index("ix_payments_paid_at", "paid_at"),
    )

    id: Mapped[primary_key]
    payee_id: Mapped[int] = mapped_column(Key, ForeignKey("users.id"))
    payer_id: Mapped[int] = mapped_column(Key, ForeignKey("users.id"))
    #: The character that the ISK was sent to, when it is known.
    payee_character_id: Mapped[int | None] = mapped_column(BigInteger)
    amount: Mapped[isk]
    method: Mapped[str] = mapped_column(String(30), default="manual", server_default="manual")
    reference: Mapped[str] = mapped_column(String(200), default="", server_default="")
    paid_at: Mapped[utc]
    voided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    voided_by_id: Mapped[int | None] = mapped_column(Key, ForeignKey("users.id"))
    void_reason: Mapped[str] = mapped_column(Text, default="", server_default="")


class PaymentLine(Base):
    """A request's share of a payment; `is_claimed` until the payment is voided.

    The partial unique index lets at most one claimed line a request exist: nobody is paid twice.
    """

    __tablename__ = "payment_lines"
    __table_args__ = (
        CheckConstraint("amount >= 0", "amount"),
        Index("ix_payment_lines_payment_id", "payment_id"),
        Index("ix_payment_lines_request_id", "request_id"),
        Index(
            "uq_payment_lines_claimed",
            "request_id",
            unique=True,
            sqlite_where=text("is_claimed"),
            postgresql_where=text("is_claimed"),
        ),
    )

    id: Mapped[primary_key]
    payment_id: Mapped[int] = mapped_column(Key, ForeignKey("payments.id"))
    request_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("requests.id"))
    amount: Mapped[isk]
    is_claimed: Mapped[bool] = mapped_column(default=True, server_default=true())
