"""Earlier requests, for plugins whose rules look back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session, sessionmaker

from srp_portal.models.killmails import KillmailValue
from srp_portal.models.requests import SrpRequest
from srp_portal.plugin import History, PastRequest

#: Most requests that one look-up gives, newest first.
MOST_REQUESTS = 1_000


def history_of(
    session_factory: sessionmaker[Session],
    submitter_id: int,
    clock: Callable[[], datetime],
    *,
    before: tuple[datetime, int] | None = None,
) -> History:
    """A look-up in a short session of its own: hooks run in threads, outside any transaction.

    before: a request's time of submission and id, to look back from there and not from now.
    """

    def look_up(days: int, ship_id: int | None = None) -> Sequence[PastRequest]:
        since = (clock() if before is None else before[0]) - timedelta(days=days)
        value = (
            select(func.max(KillmailValue.value))
            .where(KillmailValue.killmail_id == SrpRequest.id, KillmailValue.name == "value")
            .scalar_subquery()
        )
        statement = (
            select(
                SrpRequest.id,
                SrpRequest.pilot_id,
                SrpRequest.ship_id,
                SrpRequest.ship,
                SrpRequest.killed_at,
                SrpRequest.submitted_at,
                SrpRequest.status,
                value,
                SrpRequest.payout,
            )
            .where(SrpRequest.submitted_at >= since)
            .order_by(SrpRequest.submitted_at.desc(), SrpRequest.id.desc())
            .limit(MOST_REQUESTS)
        )
        if before is not None:
            earlier = tuple_(SrpRequest.submitted_at, SrpRequest.id) < before
            statement = statement.where(earlier)
        if ship_id is None:
            statement = statement.where(SrpRequest.submitter_id == submitter_id)
        else:
            statement = statement.where(SrpRequest.ship_id == ship_id)
        with session_factory() as dbsession:
            return [PastRequest(*columns) for columns in dbsession.execute(statement)]

    return look_up
