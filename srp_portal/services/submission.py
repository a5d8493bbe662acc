"""Stores a request for a loss that was looked up."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from srp_portal.domain.errors import AlreadySubmitted
from srp_portal.domain.lifecycle import Status
from srp_portal.domain.payout import ModifierKind
from srp_portal.domain.permissions import Identity
from srp_portal.domain.text import name_key
from srp_portal.models.killmails import InventoryType, KillmailValue
from srp_portal.models.killmails import Killmail as KillmailRow
from srp_portal.models.requests import ReviewFlag, SrpRequest
from srp_portal.plugin import Killmail
from srp_portal.services import audit
from srp_portal.services.accounts import plugin_users
from srp_portal.services.killmail_lookup import Loss
from srp_portal.services.outbox import Outbox
from srp_portal.services.review import make_modifier
from srp_portal.services.stored_killmails import killmail_row, recorded_values


def store_request(
    dbsession: Session,
    identity: Identity,
    loss: Loss,
    *,
    division_id: int,
    details: str,
    outbox: Outbox,
    now: datetime,
) -> SrpRequest:
    """The new request, with the plugins' modifiers and flags.

    Raises AlreadySubmitted when another submission of the same killmail was faster.
    """
    killmail = loss.killmail
    try:
        # The key of the table decides between two at once; the savepoint keeps the transaction
        # usable for whoever came second.
        with dbsession.begin_nested():
            if dbsession.get(SrpRequest, killmail.killmail_id) is not None:
                raise AlreadySubmitted(killmail.killmail_id)
            if dbsession.get(KillmailRow, killmail.killmail_id) is None:
                dbsession.add(killmail_row(killmail, now))
                dbsession.flush()
            request = _request_row(loss, identity, division_id, details, now)
            dbsession.add(request)
            dbsession.flush()
    except IntegrityError as error:
        if dbsession.get(SrpRequest, killmail.killmail_id) is None:
            raise  # not about the killmail: a division or user that is no more, say
        raise AlreadySubmitted(killmail.killmail_id) from error
    _add_values(dbsession, killmail, now)
    _add_item_names(dbsession, loss)
    _add_judgement(dbsession, request, loss, now)
    outbox.record("submitted", request, actor_id=identity.user_id, now=now)
    audit.record(
        dbsession,
        now=now,
        actor=identity,
        action="request.submitted",
        subject_type="request",
        subject_id=request.id,
        request_id=request.id,
        payload={
            "division": division_id,
            "base": request.base_payout,
            "payout": request.payout,
            "modifiers": [
                {"plugin": plugin, "kind": m.kind, "value": str(m.value), "apply": m.apply}
                for plugin, m in loss.modifiers
            ],
        },
    )
    return request


def _request_row(
    loss: Loss, identity: Identity, division_id: int, details: str, now: datetime
) -> SrpRequest:
    killmail = loss.killmail
    return SrpRequest(
        id=killmail.killmail_id,
        submitter_id=identity.user_id,
        division_id=division_id,
        status=Status.EVALUATING.value,
        base_payout=loss.base_payout,
        payout=loss.payout,
        version=1,
        details=details,
        submitted_at=now,
        changed_at=now,
        killmail_url=killmail.url,
        killed_at=killmail.timestamp,
        pilot_id=killmail.pilot_id,
        pilot=killmail.pilot,
        pilot_key=name_key(killmail.pilot),
        corporation_id=killmail.corporation_id,
        corporation=killmail.corporation,
        corporation_key=name_key(killmail.corporation),
        alliance_id=killmail.alliance_id,
        alliance=killmail.alliance,
        alliance_key=name_key(killmail.alliance or ""),
        ship_id=killmail.ship_id,
        ship=killmail.ship,
        ship_key=name_key(killmail.ship),
        system=killmail.system,
        system_key=name_key(killmail.system),
        constellation=killmail.constellation,
        constellation_key=name_key(killmail.constellation),
        region=killmail.region,
        region_key=name_key(killmail.region),
    )


def _add_values(dbsession: Session, killmail: Killmail, now: datetime) -> None:
    dbsession.add_all(
        KillmailValue(
            killmail_id=killmail.killmail_id,
            name=name,
            value=value,
            source=killmail.source,
            recorded_at=now,
        )
        for name, value in recorded_values(killmail).items()
    )


def _add_item_names(dbsession: Session, loss: Loss) -> None:
    known = set(
        dbsession.scalars(
            select(InventoryType.id).where(InventoryType.id.in_(loss.item_names.keys()))
        )
    )
    for type_id, name in sorted(loss.item_names.items()):
        if type_id not in known:
            try:
                with dbsession.begin_nested():
                    dbsession.add(InventoryType(id=type_id, name=name))
            except IntegrityError:
                # Another submission wrote the same name at the same time.
                continue


def _add_judgement(dbsession: Session, request: SrpRequest, loss: Loss, now: datetime) -> None:
    users = plugin_users(dbsession, [plugin for plugin, _ in loss.modifiers], now=now)
    for plugin, proposed in loss.modifiers:
        modifier = make_modifier(
            request, users[plugin], ModifierKind(proposed.kind), proposed.value, proposed.note
        )
        modifier.is_suggested = not proposed.apply
        modifier.created_at = now
        dbsession.add(modifier)
    if loss.flags:
        # Nobody needs their ids, so that all go in one statement.
        dbsession.execute(
            insert(ReviewFlag),
            [
                {
                    "request_id": request.id,
                    "plugin": plugin,
                    "code": flag.code,
                    "level": flag.level,
                    "text": flag.text,
                    "created_at": now,
                }
                for plugin, flag in loss.flags
            ],
        )
    dbsession.flush()
