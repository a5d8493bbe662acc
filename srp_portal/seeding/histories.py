"""What people did with a generated request: actions, modifiers, flags, notes and payments."""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from srp_portal.domain.lifecycle import ActionType, Status
from srp_portal.domain.payout import ModifierKind, ModifierTerm, payout
from srp_portal.models.payments import Payment, PaymentLine
from srp_portal.models.requests import Action, Modifier, ReviewFlag, UserNote
from srp_portal.seeding import wording
from srp_portal.seeding.bulk import BulkLoad, Model, Row
from srp_portal.seeding.people import Staff

MODELS: tuple[Model, ...] = (Action, Modifier, ReviewFlag, UserNote, Payment, PaymentLine)

COLUMNS: dict[Model, tuple[str, ...]] = {
    Action: ("id", "request_id", "user_id", "type", "note", "created_at"),
    Modifier: (
        "id",
        "request_id",
        "user_id",
        "kind",
        "amount",
        "ratio",
        "note",
        "is_suggested",
        "created_at",
        "voided_at",
        "voided_by_id",
        "taken_at",
        "taken_by_id",
    ),
    ReviewFlag: ("id", "request_id", "plugin", "code", "level", "text", "created_at"),
    UserNote: ("id", "user_id", "author_id", "division_id", "note", "created_at"),
    Payment: (
        "id",
        "payee_id",
        "payer_id",
        "payee_character_id",
        "amount",
        "paid_at",
        "voided_at",
        "voided_by_id",
        "void_reason",
    ),
    PaymentLine: ("id", "payment_id", "request_id", "amount", "is_claimed"),
}

#: How often a thing happens to a request.
SENT_BACK = 0.06
WITHDRAWN = 0.15
PAID_TWICE = 0.01
COMMENTED = 0.15
SUGGESTED = 0.04
VOIDED = 0.15
FLAGGED = 0.06
NOTED = 0.004
#: How many modifiers each of a hundred requests gets.
_MODIFIER_COUNTS = (0,) * 56 + (1,) * 30 + (2,) * 11 + (3,) * 3

#: One step of the work on a request takes from minutes to half a day.
_LONGEST_STEP = 12 * 3600


#: What the generated rules suggest; it doesn't count before a reviewer takes it.
SUGGESTION = ModifierTerm(ModifierKind.RELATIVE, Decimal("-0.05"))
PASSED_OVER = ModifierTerm(ModifierKind.RELATIVE, Decimal("-0.05"), is_suggested=True)


@dataclass(slots=True)
class Case:
    """A request while its history is made.

    value: ISK, of what was lost. base: ISK. at: the time of the last step. stored_…: a value as
    the database stores it.
    """

    id: int
    submitter_id: int
    pilot_id: int
    staff: Staff
    reviewer_id: int
    payer_id: int
    value: Decimal
    base: Decimal
    submitted_at: datetime
    version: int = 1
    payout: Decimal = Decimal(0)
    is_withdrawn: bool = False
    at: datetime = field(init=False)
    stored_submitted_at: Any = None
    stored_at: Any = None
    stored_payout: Any = None

    def __post_init__(self) -> None:
        self.at = self.submitted_at


class Histories:
    """Makes histories; `rows` holds what is to be loaded."""

    def __init__(self, load: BulkLoad, source: random.Random, rules_id: int) -> None:
        self._load = load
        self._random = source
        self._draw = source.random
        self._rules_id = rules_id
        self._ids = {model: itertools.count(load.next_id(model)) for model in MODELS}
        self._kinds = tuple(
            (
                ModifierTerm(ModifierKind(kind), Decimal(value)),
                load.isk(Decimal(value)) if kind == ModifierKind.ABSOLUTE else None,
                load.ratio(Decimal(value)) if kind == ModifierKind.RELATIVE else None,
                note,
            )
            for kind, value, note in wording.MODIFIERS
        )
        self.rows: dict[Model, list[Row]] = {model: [] for model in MODELS}

    def work(self, case: Case, status: Status) -> None:
        """Everything from the submission to the status; fills in payout, version and times."""
        case.stored_submitted_at = case.stored_at = self._load.time(case.submitted_at)
        self._add_flag(case)
        if self._draw() < SENT_BACK and status is not Status.INCOMPLETE:
            self._send_back(case)
        if self._draw() < COMMENTED:
            self._comment(case)
        self._add_modifiers(case)
        match status:
            case Status.INCOMPLETE:
                self._review(case, ActionType.INCOMPLETE, wording.INCOMPLETE_NOTES)
            case Status.REJECTED:
                self._reject(case)
            case Status.APPROVED:
                self._review(case, ActionType.APPROVED, wording.APPROVED_NOTES)
            case Status.PAID:
                self._review(case, ActionType.APPROVED, wording.APPROVED_NOTES)
                self._pay(case)
            case Status.EVALUATING:
                pass
        if self._draw() < NOTED:
            self._note(case)

    def _pick(self, texts: tuple[str, ...]) -> str:
        return texts[int(self._draw() * len(texts))]

    def _step(self, case: Case) -> Any:
        case.at += timedelta(0, 60 + int(self._draw() * _LONGEST_STEP))
        case.stored_at = self._load.time(case.at)
        return case.stored_at

    def _act(self, case: Case, user_id: int, type_: ActionType, note: str) -> None:
        case.version += 1
        self.rows[Action].append(
            (next(self._ids[Action]), case.id, user_id, type_.value, note, self._step(case))
        )

    def _review(self, case: Case, type_: ActionType, notes: tuple[str, ...]) -> None:
        self._act(case, case.reviewer_id, type_, self._pick(notes))

    def _send_back(self, case: Case) -> None:
        self._review(case, ActionType.INCOMPLETE, wording.INCOMPLETE_NOTES)
        self._act(case, case.submitter_id, ActionType.COMMENT, self._pick(wording.ANSWERS))
        self._act(case, case.reviewer_id, ActionType.EVALUATING, "")

    def _comment(self, case: Case) -> None:
        who = case.reviewer_id if self._draw() < 0.6 else case.submitter_id
        self._act(case, who, ActionType.COMMENT, self._pick(wording.COMMENTS))

    def _reject(self, case: Case) -> None:
        if self._draw() < WITHDRAWN:
            case.is_withdrawn = True
            self._act(case, case.submitter_id, ActionType.REJECTED, "Withdrawn.")
        else:
            self._review(case, ActionType.REJECTED, wording.REJECTED_NOTES)

    def _add_modifiers(self, case: Case) -> None:
        count = _MODIFIER_COUNTS[int(self._draw() * 100)]
        terms = [self._add_modifier(case) for _ in range(count)]
        if self._draw() < SUGGESTED:
            terms.append(self._suggest(case))
        case.payout = payout(case.base, terms)
        case.stored_payout = self._load.isk(case.payout)

    def _add_modifier(self, case: Case) -> ModifierTerm:
        term, amount, ratio, note = self._kinds[int(self._draw() * len(self._kinds))]
        created_at = self._step(case)
        is_void = self._draw() < VOIDED
        voided_at = self._step(case) if is_void else None
        case.version += 1 + is_void
        self.rows[Modifier].append(
            (
                next(self._ids[Modifier]),
                case.id,
                case.reviewer_id,
                term.kind.value,
                amount,
                ratio,
                note,
                False,
                created_at,
                voided_at,
                case.reviewer_id if is_void else None,
                None,
                None,
            )
        )
        return ModifierTerm(term.kind, term.value, is_void=True) if is_void else term

    def _suggest(self, case: Case) -> ModifierTerm:
        """What the rules suggest at the submission; a reviewer takes every other one."""
        is_taken = self._draw() < 0.5
        taken_at = self._step(case) if is_taken else None
        case.version += is_taken
        self.rows[Modifier].append(
            (
                next(self._ids[Modifier]),
                case.id,
                self._rules_id,
                ModifierKind.RELATIVE.value,
                None,
                self._load.ratio(SUGGESTION.value),
                "Late",
                not is_taken,
                case.stored_submitted_at,
                None,
                None,
                taken_at,
                case.reviewer_id if is_taken else None,
            )
        )
        return SUGGESTION if is_taken else PASSED_OVER

    def _add_flag(self, case: Case) -> None:
        if self._draw() >= FLAGGED:
            return
        code, level, text = wording.FLAGS[int(self._draw() * len(wording.FLAGS))]
        self.rows[ReviewFlag].append(
            (
                next(self._ids[ReviewFlag]),
                case.id,
                wording.RULES,
                code,
                level,
                text,
                case.stored_submitted_at,
            )
        )

    def _note(self, case: Case) -> None:
        note = self._pick(wording.USER_NOTES) % case.id
        self.rows[UserNote].append(
            (
                next(self._ids[UserNote]),
                case.submitter_id,
                case.reviewer_id,
                case.staff.division.id,
                note,
                case.stored_at,
            )
        )

    def _pay(self, case: Case) -> None:
        self._act(case, case.payer_id, ActionType.PAID, self._pick(wording.PAID_NOTES))
        if self._draw() < PAID_TWICE:
            paid_at = case.stored_at
            self._act(case, case.payer_id, ActionType.APPROVED, wording.UNPAID_NOTE)
            self._add_payment(case, paid_at, voided_at=case.stored_at)
            self._act(case, case.payer_id, ActionType.PAID, "")
        self._add_payment(case, case.stored_at)

    def _add_payment(self, case: Case, paid_at: object, voided_at: object = None) -> None:
        payment_id, amount = next(self._ids[Payment]), case.stored_payout
        is_void = voided_at is not None
        self.rows[Payment].append(
            (
                payment_id,
                case.submitter_id,
                case.payer_id,
                case.pilot_id,
                amount,
                paid_at,
                voided_at,
                case.payer_id if is_void else None,
                wording.UNPAID_NOTE if is_void else "",
            )
        )
        self.rows[PaymentLine].append(
            (next(self._ids[PaymentLine]), payment_id, case.id, amount, not is_void)
        )
