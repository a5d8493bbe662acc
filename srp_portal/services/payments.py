"""Payments: made when a request is marked paid, voided when that is taken back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from srp_portal.models.payments import Payment, PaymentLine
from srp_portal.models.requests import SrpRequest
from srp_portal.models.users import Character


def record_payment(
    dbsession: Session, request: SrpRequest, *, payer_id: int, now: datetime, reference: str = ""
) -> Payment:
    """A payment of the request's payout to its submitter's main character, with one line.

    The database allows one claimed line a request; a second raises IntegrityError on flush.
    """
    payee_character_id = dbsession.scalar(
        select(Character.id).where(Character.user_id == request.submitter_id, Character.is_main)
    )
    payment = Payment(
        payee_id=request.submitter_id,
        payer_id=payer_id,
        payee_character_id=payee_character_id,
        amount=request.payout,
        method="manual",
        reference=reference,
        paid_at=now,
    )
    dbsession.add(payment)
    dbsession.flush()
    dbsession.add(PaymentLine(payment_id=payment.id, request_id=request.id, amount=request.payout))
    dbsession.flush()
    return payment


def void_payment(
    dbsession: Session, request: SrpRequest, *, voided_by_id: int, reason: str, now: datetime
) -> Payment | None:
    """Voids the payment that covers the request and keeps it; None when none does."""
    line = dbsession.scalars(
        select(PaymentLine).where(PaymentLine.request_id == request.id, PaymentLine.is_claimed)
    ).one_or_none()
    if line is None:
        return None
    payment = dbsession.get_one(Payment, line.payment_id)
    line.is_claimed = False
    payment.voided_at = now
    payment.voided_by_id = voided_by_id
    payment.void_reason = reason
    dbsession.flush()
    return payment
