"""What people and plugins did to a request and said about it, found in one statement.

A request's page is asked for more often than anything but lists, and putting a statement together
takes several times as long as asking it. So there is one for all that hangs on a request, whatever
the number of its parts, put together once, with the names of everybody in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Integer,
    Select,
    Text,
    bindparam,
    cast,
    desc,
    literal_column,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from srp_portal.domain.payout import ModifierKind
from srp_portal.models.meta import Isk, Ratio, UtcDateTime
from srp_portal.models.payments import Payment, PaymentLine
from srp_portal.models.requests import Action, Modifier, ReviewFlag, UserNote
from srp_portal.models.users import User
from srp_portal.services.results import (
    ActionView,
    FlagView,
    ModifierView,
    NoteView,
    PaymentView,
    Reference,
)


@dataclass(frozen=True, slots=True)
class Records:
    """All that hangs on a request, newest first; flags are oldest first.

    flags and notes are empty where they were not asked for.
    """

    actions: tuple[ActionView, ...]
    modifiers: tuple[ModifierView, ...]
    payments: tuple[PaymentView, ...]
    flags: tuple[FlagView, ...] = ()
    notes: tuple[NoteView, ...] = ()


class _Part(IntEnum):
    """Of what table a row of the statement is."""

    ACTION = 0
    MODIFIER = 1
    PAYMENT = 2
    FLAG = 3
    NOTE = 4


#: The columns that the parts of the statement have in common; a part leaves empty what it lacks.
_COLUMNS: dict[str, Any] = {
    "id": BigInteger,
    "word": Text,  # type of an action, kind of a modifier, level of a flag
    "text": Text,
    "at": UtcDateTime,
    "by_id": BigInteger,
    "by": Text,  # who did it; the plugin of a flag
    "other_id": BigInteger,
    "other": Text,  # who was paid, who took a suggestion; the code of a flag
    "amount": Isk,
    "ratio": Ratio,
    "is_suggested": Boolean,
    "voided_at": UtcDateTime,
    "voider_id": BigInteger,
    "voider": Text,
}


def records_of(
    dbsession: Session, request_id: int, *, submitter_id: int, is_internal: bool
) -> Records:
    """What hangs on the request, in one statement.

    is_internal: with flags, and with notes about the submitter.
    """
    # As the ORM would: a change of this transaction counts.
    dbsession.flush()
    values = {"request_id": request_id}
    if is_internal:
        values["submitter_id"] = submitter_id
    found: dict[int, list[Any]] = {part: [] for part in _Part}
    for row in dbsession.connection().execute(_statement(is_internal), values).all():
        found[row[0]].append(row)
    return Records(
        actions=tuple(map(_action, found[_Part.ACTION])),
        modifiers=tuple(map(_modifier, found[_Part.MODIFIER])),
        payments=tuple(map(_payment, found[_Part.PAYMENT])),
        flags=tuple(map(_flag, reversed(found[_Part.FLAG]))),
        notes=tuple(map(_note, found[_Part.NOTE])),
    )


@cache
def _statement(is_internal: bool) -> Any:
    parts = [_actions(), _modifiers(), _payments()]
    if is_internal:
        parts += [_flags(), _notes()]
    return union_all(*parts).order_by(desc("id"))


def _part(part: _Part, columns: Mapping[str, Any]) -> Select[*tuple[Any, ...]]:
    # PostgreSQL has to be told the types of columns that are empty.
    filled = (
        columns.get(name, cast(null(), type_)).label(name) for name, type_ in _COLUMNS.items()
    )
    return select(literal_column(str(int(part)), Integer).label("part"), *filled)


def _actions() -> Select[*tuple[Any, ...]]:
    columns = {
        "id": Action.id,
        "word": Action.type,
        "text": Action.note,
        "at": Action.created_at,
        "by_id": User.id,
        "by": User.name,
    }
    return (
        _part(_Part.ACTION, columns)
        .join(User, User.id == Action.user_id)
        .where(Action.request_id == bindparam("request_id"))
    )


def _modifiers() -> Select[*tuple[Any, ...]]:
    voider, taker = aliased(User), aliased(User)
    columns = {
        "id": Modifier.id,
        "word": Modifier.kind,
        "text": Modifier.note,
        "at": Modifier.created_at,
        "by_id": User.id,
        "by": User.name,
        "other_id": taker.id,
        "other": taker.name,
        "amount": Modifier.amount,
        "ratio": Modifier.ratio,
        "is_suggested": Modifier.is_suggested,
        "voided_at": Modifier.voided_at,
        "voider_id": voider.id,
        "voider": voider.name,
    }
    return (
        _part(_Part.MODIFIER, columns)
        .select_from(Modifier)
        .join(User, User.id == Modifier.user_id)
        .outerjoin(voider, voider.id == Modifier.voided_by_id)
        .outerjoin(taker, taker.id == Modifier.taken_by_id)
        .where(Modifier.request_id == bindparam("request_id"))
    )


def _payments() -> Select[*tuple[Any, ...]]:
    payee, voider = aliased(User), aliased(User)
    columns = {
        "id": Payment.id,
        "text": Payment.void_reason,
        "at": Payment.paid_at,
        "by_id": User.id,
        "by": User.name,
        "other_id": payee.id,
        "other": payee.name,
        "amount": PaymentLine.amount,
        "voided_at": Payment.voided_at,
        "voider_id": voider.id,
        "voider": voider.name,
    }
    return (
        _part(_Part.PAYMENT, columns)
        .select_from(PaymentLine)
        .join(Payment, Payment.id == PaymentLine.payment_id)
        .join(User, User.id == Payment.payer_id)
        .join(payee, payee.id == Payment.payee_id)
        .outerjoin(voider, voider.id == Payment.voided_by_id)
        .where(PaymentLine.request_id == bindparam("request_id"))
    )


def _flags() -> Select[*tuple[Any, ...]]:
    columns = {
        "id": ReviewFlag.id,
        "word": ReviewFlag.level,
        "text": ReviewFlag.text,
        "by": ReviewFlag.plugin,
        "other": ReviewFlag.code,
    }
    return _part(_Part.FLAG, columns).where(ReviewFlag.request_id == bindparam("request_id"))


def _notes() -> Select[*tuple[Any, ...]]:
    # Wherever it was written: who gives false losses to one division gives them to the next.
    columns = {
        "id": UserNote.id,
        "text": UserNote.note,
        "at": UserNote.created_at,
        "by_id": User.id,
        "by": User.name,
    }
    return (
        _part(_Part.NOTE, columns)
        .select_from(UserNote)
        .join(User, User.id == UserNote.author_id)
        .where(UserNote.user_id == bindparam("submitter_id"))
    )


def _reference(id_: int | None, name: str | None) -> Reference | None:
    return None if id_ is None or name is None else Reference(id_, name)


def _action(row: Any) -> ActionView:
    return ActionView(row.id, row.word, row.text, row.at, Reference(row.by_id, row.by))


def _modifier(row: Any) -> ModifierView:
    kind = ModifierKind(row.word)
    return ModifierView(
        id=row.id,
        kind=kind,
        value=row.amount if kind is ModifierKind.ABSOLUTE else row.ratio,
        note=row.text,
        created_at=row.at,
        user=Reference(row.by_id, row.by),
        is_suggested=row.is_suggested,
        voided_at=row.voided_at,
        voided_by=_reference(row.voider_id, row.voider),
        taken_by=_reference(row.other_id, row.other),
    )


def _payment(row: Any) -> PaymentView:
    return PaymentView(
        id=row.id,
        payer=Reference(row.by_id, row.by),
        payee=Reference(row.other_id, row.other),
        amount=row.amount,
        paid_at=row.at,
        voided_at=row.voided_at,
        voided_by=_reference(row.voider_id, row.voider),
        void_reason=row.text,
    )


def _flag(row: Any) -> FlagView:
    return FlagView(plugin=row.by, code=row.other, level=row.word, text=row.text)


def _note(row: Any) -> NoteView:
    return NoteView(row.id, Reference(row.by_id, row.by), row.text, row.at)
