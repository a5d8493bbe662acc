"""What lists and requests hand to pages and documents: plain frozen values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import NamedTuple

from srp_portal.domain.filters import Filters
from srp_portal.domain.lifecycle import Status
from srp_portal.domain.money import from_hundredths
from srp_portal.domain.payout import ModifierKind
from srp_portal.plugin import Killmail


@dataclass(frozen=True, slots=True)
class Reference:
    """A user or a division, by id and name."""

    id: int
    name: str


class RequestRow(NamedTuple):
    """A request as lists show it, with what the database keeps of it as it keeps it.

    A list makes hundreds at a time, so that fields hold what was read and properties what is meant
    by it. base_hundredths, payout_hundredths: of ISK. submitted_utc, killed_utc: in UTC, and from
    SQLite without a zone. payee: the submitter's main character, which the ISK goes to; it need not
    be the pilot of the loss, who may be an alt or sold meanwhile; None for an account without a
    character. is_own: submitted by the reader, or about a pilot of theirs, so that they can't pay
    it.
    """

    id: int
    status: str
    is_withdrawn: bool
    base_hundredths: int
    payout_hundredths: int
    version: int
    details: str
    submitted_utc: datetime
    killed_utc: datetime
    killmail_url: str
    pilot_id: int
    pilot: str
    corporation_id: int
    corporation: str
    alliance_id: int | None
    alliance: str | None
    ship_id: int
    ship: str
    system: str
    constellation: str
    region: str
    division_id: int
    division_name: str
    submitter_id: int
    submitter_name: str
    payee_id: int | None = None
    payee_name: str | None = None
    is_own: bool = False

    @property
    def base_payout(self) -> Decimal:
        """ISK."""
        return from_hundredths(self.base_hundredths)

    @property
    def payout(self) -> Decimal:
        """ISK, what modifiers have made of the base payout."""
        return from_hundredths(self.payout_hundredths)

    @property
    def submitted_at(self) -> datetime:
        """Aware, UTC."""
        return self.submitted_utc.replace(tzinfo=UTC)

    @property
    def killed_at(self) -> datetime:
        """Aware, UTC."""
        return self.killed_utc.replace(tzinfo=UTC)

    @property
    def division(self) -> Reference:
        """The division, by id and name."""
        return Reference(self.division_id, self.division_name)

    @property
    def submitter(self) -> Reference:
        """The account that submitted it."""
        return Reference(self.submitter_id, self.submitter_name)

    @property
    def payee(self) -> Reference | None:
        """The character to pay."""
        if self.payee_id is None or self.payee_name is None:
            return None
        return Reference(self.payee_id, self.payee_name)


@dataclass(frozen=True, slots=True)
class ApiKeyView:
    """An API key as its owner sees it."""

    id: int
    key: str
    name: str
    created_at: datetime
    expires_at: datetime | None = None
    last_used_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RequestPage:
    """One page of a list, with count and total of the whole filtered list.

    total: ISK of all payouts but those of rejected requests. reader: who asked.
    api_keys: only on the personal list (contract/http.md, "Documents"), else None. chosen_offset:
    how many rows come before this one, where that isn't what the page's number says.
    """

    list_name: str
    filters: Filters
    rows: tuple[RequestRow, ...]
    count: int
    total: Decimal
    page_size: int
    reader: Reference
    api_keys: tuple[ApiKeyView, ...] | None = None
    chosen_offset: int | None = None

    @property
    def offset(self) -> int:
        """How many rows of the list come before this page."""
        if self.chosen_offset is not None:
            return self.chosen_offset
        return (self.page - 1) * self.page_size

    @property
    def page_count(self) -> int:
        """How many pages there are; an empty list has one."""
        return max(1, -(-self.count // self.page_size))

    @property
    def page(self) -> int:
        """The number of this page, from 1."""
        return self.filters.page


@dataclass(frozen=True, slots=True)
class ActionView:
    """A line of a request's history."""

    id: int
    type: str
    note: str
    created_at: datetime
    user: Reference


@dataclass(frozen=True, slots=True)
class ModifierView:
    """A modifier of a payout; value in ISK, or a fraction (0.15 is 15 %), negative for a penalty.

    is_suggested: a plugin's suggestion that nobody took yet; it doesn't count.
    """

    id: int
    kind: ModifierKind
    value: Decimal
    note: str
    created_at: datetime
    user: Reference
    is_suggested: bool = False
    voided_at: datetime | None = None
    voided_by: Reference | None = None
    taken_by: Reference | None = None

    @property
    def is_void(self) -> bool:
        """Whether it was taken back."""
        return self.voided_at is not None


@dataclass(frozen=True, slots=True)
class FlagView:
    """What a plugin wants the staff to look at; level info, warning or alert."""

    plugin: str
    code: str
    level: str
    text: str


@dataclass(frozen=True, slots=True)
class NoteView:
    """A note of the staff about the submitter."""

    id: int
    author: Reference
    note: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class PaymentView:
    """A payment that covered a request; voided ones stay in the history."""

    id: int
    payer: Reference
    payee: Reference
    amount: Decimal
    paid_at: datetime
    voided_at: datetime | None
    voided_by: Reference | None
    void_reason: str


@dataclass(frozen=True, slots=True)
class RequestRights:
    """What the reader may do with a request as it stands now (not only in principle)."""

    review: bool = False
    pay: bool = False
    comment: bool = False
    edit_payout: bool = False
    edit_details: bool = False
    change_division: bool = False
    note: bool = False
    withdraw: bool = False
    undo_withdraw: bool = False
    see_internal: bool = False


@dataclass(frozen=True, slots=True)
class LostItem:
    """A line of the lost fit; slot is the place on the ship (high, medium, low, rig, …)."""

    type_id: int
    slot: str
    destroyed: int
    dropped: int
    name: str = ""


@dataclass(frozen=True, slots=True)
class LossView:
    """What else the killmail says, for the request page."""

    hash: str | None
    ship_group: str
    security: str
    is_npc: bool
    is_solo: bool
    is_awox: bool
    values: tuple[tuple[str, str, Decimal], ...]
    items: tuple[LostItem, ...]
    attacker_count: int


@dataclass(frozen=True, slots=True)
class RequestDetail:
    """A request with all that its reader may know; actions and modifiers are newest first.

    flags and notes are empty for readers who may not see them (rights.see_internal). killmail: as
    plugins know it, where it was asked for.
    transformed: attribute to (name of the transformer, URL). valid_actions: sorted, no comment.
    """

    row: RequestRow
    reader: Reference
    actions: tuple[ActionView, ...]
    modifiers: tuple[ModifierView, ...]
    valid_actions: tuple[Status, ...]
    rights: RequestRights
    flags: tuple[FlagView, ...] = ()
    notes: tuple[NoteView, ...] = ()
    payments: tuple[PaymentView, ...] = ()
    transformed: dict[str, tuple[str, str]] = field(default_factory=dict)
    loss: LossView | None = None
    submitter_request_count: int = 0
    killmail: Killmail | None = None
