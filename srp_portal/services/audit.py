"""The audit log: who changed what, from what to what."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from srp_portal.domain.money import plain_isk
from srp_portal.domain.permissions import Identity
from srp_portal.models.events import AuditEntry


def canonical(payload: Mapping[str, Any]) -> str:
    """The payload as JSON that is the same for equal content: sorted keys, amounts as text."""
    return json.dumps(
        payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain
    )


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return plain_isk(value) if value == round(value, 2) else str(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, set | frozenset):
        return sorted(str(item) for item in value)
    return str(value)


def record(
    dbsession: Session,
    *,
    now: datetime,
    actor: Identity | str | None,
    action: str,
    subject_type: str,
    subject_id: int | None,
    request_id: int | None = None,
    payload: Mapping[str, Any],
    is_refused: bool = False,
) -> None:
    """Adds an entry to the log, in the transaction of what it tells.

    actor: an identity, the name of a command or a plugin, or None for a visitor.
    action: what was done, as `request.approved` or `grant.add`.
    """
    dbsession.add(
        AuditEntry(
            created_at=now,
            actor_id=actor.user_id if isinstance(actor, Identity) else None,
            actor=actor.name if isinstance(actor, Identity) else (actor or "anonymous"),
            action=action,
            subject_type=subject_type,
            subject_id=subject_id,
            request_id=request_id,
            is_refused=is_refused,
            payload=canonical(payload),
        )
    )
