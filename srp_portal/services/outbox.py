"""The outbox: what happened to a request, written in the transaction in which it happened."""

from __future__ import annotations

import dataclasses
import json
import uuid
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from srp_portal.domain.money import plain_isk
from srp_portal.models.events import OutboxDelivery, OutboxEvent
from srp_portal.models.requests import SrpRequest
from srp_portal.plugin import DivisionInfo, RequestEvent, UserInfo
from srp_portal.plugin.types import EventKind
from srp_portal.services.infos import division_info, user_infos


class Outbox:
    """Writes events for the plugins that listen; they are told after the commit (delivery).

    One for each change: what it writes is a batch, of which every event's listeners learn.
    subscribers: names of the plugins with a `request_changed`. url_for: killmail id to the
    absolute URL of the request's page.
    """

    def __init__(
        self,
        dbsession: Session,
        *,
        subscribers: tuple[str, ...],
        url_for: Callable[[int], str],
    ) -> None:
        self._dbsession = dbsession
        self._subscribers = subscribers
        self._url_for = url_for
        self._batch_id = str(uuid.uuid4())

    def record(
        self,
        kind: EventKind,
        request: SrpRequest,
        *,
        actor_id: int,
        now: datetime,
        previous_status: str | None = None,
        note: str = "",
    ) -> None:
        """Adds an event and a delivery for each listener."""
        people = user_infos(self._dbsession, {request.submitter_id, actor_id})
        division = division_info(self._dbsession, request.division_id)
        event = RequestEvent(
            event_id=str(uuid.uuid4()),
            kind=kind,
            request_id=request.id,
            # A division that was archived meanwhile still has a number.
            division=division or DivisionInfo(request.division_id, f"#{request.division_id}"),
            submitter=people[request.submitter_id],
            pilot=request.pilot,
            ship=request.ship,
            payout=request.payout,
            actor=people[actor_id],
            status=request.status,
            previous_status=previous_status,
            note=note,
            url=self._url_for(request.id),
            timestamp=now,
        )
        row = OutboxEvent(
            event_id=event.event_id,
            kind=kind,
            request_id=request.id,
            payload=event_to_json(event),
            created_at=now,
            batch_id=self._batch_id,
        )
        self._dbsession.add(row)
        self._dbsession.flush()
        if self._subscribers:
            self._dbsession.execute(
                insert(OutboxDelivery),
                [
                    {"outbox_event_id": row.id, "plugin": plugin, "due_at": now}
                    for plugin in self._subscribers
                ],
            )


def event_to_json(event: RequestEvent) -> str:
    """The event as text, for `event_from_json`; without its batch, whose events are kept too."""
    values = dataclasses.asdict(dataclasses.replace(event, batch=()))
    del values["batch"]
    return json.dumps(values, default=_plain, ensure_ascii=False)


def _plain(value: object) -> str:
    if isinstance(value, Decimal):
        return plain_isk(value)
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{value!r} has no place in an event")


def event_from_json(text: str) -> RequestEvent:
    """The event that was written."""
    values: dict[str, Any] = json.loads(text)
    return RequestEvent(
        **values
        | {
            "payout": Decimal(values["payout"]),
            "timestamp": datetime.fromisoformat(values["timestamp"]),
            "division": DivisionInfo(**values["division"]),
            "submitter": UserInfo(**values["submitter"]),
            "actor": UserInfo(**values["actor"]),
        }
    )
