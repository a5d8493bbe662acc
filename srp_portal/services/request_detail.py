"""One request with everything that its reader may know."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import func, null, select
from sqlalchemy.orm import Session, aliased

from srp_portal.domain import permissions
from srp_portal.domain.errors import NotFound
from srp_portal.domain.lifecycle import Status, valid_transitions
from srp_portal.domain.payout import ModifierKind
from srp_portal.domain.permissions import Identity, RequestFacts
from srp_portal.models.killmails import InventoryType, Killmail, KillmailValue
from srp_portal.models.payments import Payment, PaymentLine
from srp_portal.models.requests import Action, Modifier, ReviewFlag, SrpRequest, UserNote
from srp_portal.models.users import User
from srp_portal.services import fit
from srp_portal.services.listing import row_of, row_statement
from srp_portal.services.request_access import check_readable, rights_for, roles_for
from srp_portal.services.results import (
    ActionView,
    FlagView,
    LossView,
    ModifierView,
    NoteView,
    PaymentView,
    Reference,
    RequestDetail,
)
from srp_portal.services.stored_killmails import killmail_of

#: What a source said a loss was worth: name, source, ISK.
Value = tuple[str, str, Decimal]


def request_detail(
    dbsession: Session,
    identity: Identity,
    request_id: int,
    *,
    self_review: bool,
    transformed: Any,
    is_moved: bool = False,
    with_killmail: bool = False,
) -> RequestDetail:
    """The request. transformed: a function of row and killmail that gives attribute to link.

    is_moved: the reader has just moved it, perhaps to where they may not look. with_killmail: as
    plugins know it, for readers of the staff. Raises NotFound, NotAllowed.
    """
    columns = dbsession.execute(
        row_statement()
        .add_columns(_requests_of_the_submitter(), Killmail)
        .join(Killmail, Killmail.id == SrpRequest.id)
        .where(SrpRequest.id == request_id)
    ).one_or_none()
    if columns is None:
        raise NotFound(f"There is no request for killmail {request_id}.")
    *facts, submitter_requests, killmail = columns
    row = row_of(facts, identity)
    asked = RequestFacts(row.submitter.id, row.pilot_id, row.division.id)
    if not is_moved:
        check_readable(identity, asked)
    rights = rights_for(
        identity, asked, row.status, is_withdrawn=row.is_withdrawn, self_review=self_review
    )
    roles = roles_for(identity, asked, self_review=self_review)
    is_internal = permissions.may_see_internal(identity, asked)
    values, names = _values_and_names(dbsession, killmail)
    return RequestDetail(
        row=row,
        reader=Reference(identity.user_id, identity.name),
        actions=_actions(dbsession, request_id),
        modifiers=_modifiers(dbsession, request_id),
        valid_actions=valid_transitions(Status(row.status), roles),
        rights=rights,
        flags=_flags(dbsession, request_id) if is_internal else (),
        notes=_notes(dbsession, row.submitter.id) if is_internal else (),
        payments=_payments(dbsession, request_id),
        transformed=transformed(row, killmail),
        loss=_loss(killmail, values, names),
        submitter_request_count=submitter_requests if is_internal else 0,
        killmail=(
            killmail_of(killmail, ((name, value) for name, _, value in values))
            if is_internal and with_killmail
            else None
        ),
    )


def _reference(id_: int | None, name: str | None) -> Reference | None:
    return None if id_ is None or name is None else Reference(id_, name)


def _actions(dbsession: Session, request_id: int) -> tuple[ActionView, ...]:
    statement = (
        select(Action.id, Action.type, Action.note, Action.created_at, User.id, User.name)
        .join(User, User.id == Action.user_id)
        .where(Action.request_id == request_id)
        .order_by(Action.id.desc())
    )
    return tuple(
        ActionView(id_, type_, note, created_at, Reference(user_id, name))
        for id_, type_, note, created_at, user_id, name in dbsession.execute(statement)
    )


def _modifiers(dbsession: Session, request_id: int) -> tuple[ModifierView, ...]:
    voider, taker = aliased(User), aliased(User)
    statement = (
        select(Modifier, User.name, voider.name, taker.name)
        .join(User, User.id == Modifier.user_id)
        .outerjoin(voider, voider.id == Modifier.voided_by_id)
        .outerjoin(taker, taker.id == Modifier.taken_by_id)
        .where(Modifier.request_id == request_id)
        .order_by(Modifier.id.desc())
    )
    return tuple(
        ModifierView(
            id=modifier.id,
            kind=ModifierKind(modifier.kind),
            value=modifier.value,
            note=modifier.note,
            created_at=modifier.created_at,
            user=Reference(modifier.user_id, name),
            is_suggested=modifier.is_suggested,
            voided_at=modifier.voided_at,
            voided_by=_reference(modifier.voided_by_id, voided_by),
            taken_by=_reference(modifier.taken_by_id, taken_by),
        )
        for modifier, name, voided_by, taken_by in dbsession.execute(statement)
    )


def _flags(dbsession: Session, request_id: int) -> tuple[FlagView, ...]:
    statement = (
        select(ReviewFlag.plugin, ReviewFlag.code, ReviewFlag.level, ReviewFlag.text)
        .where(ReviewFlag.request_id == request_id)
        .order_by(ReviewFlag.id)
    )
    return tuple(FlagView(*columns) for columns in dbsession.execute(statement))


def _notes(dbsession: Session, user_id: int) -> tuple[NoteView, ...]:
    # Wherever it was written: who gives false losses to one division gives them to the next.
    statement = (
        select(UserNote.id, UserNote.note, UserNote.created_at, User.id, User.name)
        .join(User, User.id == UserNote.author_id)
        .where(UserNote.user_id == user_id)
        .order_by(UserNote.id.desc())
    )
    return tuple(
        NoteView(id_, Reference(author_id, name), note, created_at)
        for id_, note, created_at, author_id, name in dbsession.execute(statement)
    )


def _payments(dbsession: Session, request_id: int) -> tuple[PaymentView, ...]:
    payer, payee, voider = aliased(User), aliased(User), aliased(User)
    statement = (
        select(Payment, PaymentLine.amount, payer.name, payee.name, voider.name)
        .join(PaymentLine, PaymentLine.payment_id == Payment.id)
        .join(payer, payer.id == Payment.payer_id)
        .join(payee, payee.id == Payment.payee_id)
        .outerjoin(voider, voider.id == Payment.voided_by_id)
        .where(PaymentLine.request_id == request_id)
        .order_by(Payment.id.desc())
    )
    return tuple(
        PaymentView(
            id=payment.id,
            payer=Reference(payment.payer_id, payer_name),
            payee=Reference(payment.payee_id, payee_name),
            amount=amount,
            paid_at=payment.paid_at,
            voided_at=payment.voided_at,
            voided_by=_reference(payment.voided_by_id, voided_by),
            void_reason=payment.void_reason,
        )
        for payment, amount, payer_name, payee_name, voided_by in dbsession.execute(statement)
    )


def _values_and_names(dbsession: Session, killmail: Killmail) -> tuple[list[Value], dict[int, str]]:
    """Name, source and ISK of each value, oldest first, and the names of the items on board.

    One statement for both, as the page has so many.
    """
    values = select(
        KillmailValue.id,
        KillmailValue.name,
        KillmailValue.source.label("source"),
        KillmailValue.value.label("value"),
    ).where(KillmailValue.killmail_id == killmail.id)
    items = select(InventoryType.id, InventoryType.name, null(), null()).where(
        InventoryType.id.in_(fit.item_type_ids(killmail.raw))
    )
    found: list[Value] = []
    names: dict[int, str] = {}
    for id_, name, source, value in dbsession.execute(values.union_all(items).order_by("id")):
        if source is None:
            names[id_] = name
        else:
            found.append((name, source, value))
    return found, names


def _loss(killmail: Killmail, values: list[Value], names: dict[int, str]) -> LossView:
    # The value that counted is one of those beside it, and shown once; alone it stands for itself.
    known = {(source, value) for name, source, value in values if name != "value"}
    shown = [each for each in values if each[0] != "value" or each[1:] not in known]
    return LossView(
        hash=killmail.hash,
        ship_group=killmail.ship_group,
        security=killmail.security,
        is_npc=killmail.is_npc,
        is_solo=killmail.is_solo,
        is_awox=killmail.is_awox,
        values=tuple(shown),
        items=fit.lost_items(killmail.raw, names),
        attacker_count=fit.attacker_count(killmail.raw),
    )


def _requests_of_the_submitter() -> Any:
    other = aliased(SrpRequest)
    return (
        select(func.count())
        .select_from(other)
        .where(other.submitter_id == SrpRequest.submitter_id)
        .correlate(SrpRequest)
        .scalar_subquery()
    )


def is_readable(dbsession: Session, identity: Identity, request_id: int) -> bool:
    """Whether there is such a request and the reader may see it."""
    facts = dbsession.execute(
        select(SrpRequest.submitter_id, SrpRequest.pilot_id, SrpRequest.division_id).where(
            SrpRequest.id == request_id
        )
    ).one_or_none()
    return facts is not None and permissions.may_read(identity, RequestFacts(*facts))
