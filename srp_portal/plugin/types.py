"""The values that hooks take and give, apart from the killmail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from srp_portal.domain.lifecycle import Status
from srp_portal.domain.payout import ModifierKind
from srp_portal.plugin import checks

EventKind = Literal[
    "submitted",
    "status_changed",
    "commented",
    "payout_changed",
    "modifier_added",
    "modifier_voided",
    "details_changed",
    "division_changed",
]

EVENT_KINDS: tuple[EventKind, ...] = (
    "submitted",
    "status_changed",
    "commented",
    "payout_changed",
    "modifier_added",
    "modifier_voided",
    "details_changed",
    "division_changed",
)

FLAG_LEVELS: tuple[Literal["info", "warning", "alert"], ...] = ("info", "warning", "alert")

#: Bounds that keep a panel readable: rows, cells in a row, characters in a cell.
PANEL_ROWS, PANEL_CELLS, CELL_LENGTH = 500, 12, 500


@dataclass(frozen=True, slots=True)
class ProposedModifier:
    """A bonus, or by a negative value a penalty, that a plugin gives or only suggests.

    value: ISK for `absolute`; a fraction for `relative` (0.15 is 15 %). A Decimal, an int or
    text, kept as Decimal. apply: False only suggests it to the reviewer.
    """

    kind: Literal["absolute", "relative"]
    value: Decimal
    note: str
    apply: bool = True

    def __post_init__(self) -> None:
        kind = checks.choice("ProposedModifier.kind", self.kind, ModifierKind)
        check = checks.isk if kind == ModifierKind.ABSOLUTE else checks.ratio
        object.__setattr__(self, "kind", kind)
        object.__setattr__(self, "value", check("ProposedModifier.value", self.value))
        checks.text("ProposedModifier.note", self.note)
        checks.truth("ProposedModifier.apply", self.apply)


@dataclass(frozen=True, slots=True)
class Flag:
    """Something that reviewers and payers should look at; the submitter never sees it."""

    code: str
    level: Literal["info", "warning", "alert"]
    text: str

    def __post_init__(self) -> None:
        checks.code("Flag.code", self.code)
        checks.choice("Flag.level", self.level, FLAG_LEVELS)
        if not checks.text("Flag.text", self.text).strip():
            raise ValueError("Flag.text must not be blank")


@dataclass(frozen=True, slots=True)
class Panel:
    """A small table on the reviewer's request page: rows of plain text cells."""

    title: str
    rows: tuple[tuple[str, ...], ...]

    def __post_init__(self) -> None:
        checks.name("Panel.title", self.title)
        rows = checks.members("Panel.rows", self.rows, object, most=PANEL_ROWS, called="rows")
        object.__setattr__(
            self, "rows", tuple(_cells(f"Panel.rows[{n}]", row) for n, row in enumerate(rows))
        )


def _cells(field: str, row: object) -> tuple[str, ...]:
    cells = checks.members(field, row, str, most=PANEL_CELLS, called="cells")
    return tuple(
        checks.text(f"{field}[{n}]", cell, length=CELL_LENGTH) for n, cell in enumerate(cells)
    )


@dataclass(frozen=True, slots=True)
class Transformer:
    """Turns an attribute of a request into a link: `{}` in the template is its value.

    attribute: key of the detail document, such as `ship`. name: what people choose it by.
    """

    attribute: str
    name: str
    url_template: str

    def __post_init__(self) -> None:
        checks.code("Transformer.attribute", self.attribute)
        checks.name("Transformer.name", self.name)
        checks.web_url("Transformer.url_template", self.url_template)
        if self.url_template.count("{}") != 1:
            raise ValueError(
                "Transformer.url_template must contain {} once, not"
                f" {checks.shown(self.url_template)}"
            )
        host = self.url_template.split("//", 1)[1].split("/", 1)[0]
        if "{" in host:
            # The value of an attribute must not choose the host that a reviewer is sent to.
            raise ValueError("Transformer.url_template must not have {} in its host")


@dataclass(frozen=True, slots=True)
class DivisionInfo:
    """A division, and the groups that may submit to it."""

    id: int
    name: str
    corporation_ids: tuple[int, ...] = ()
    alliance_ids: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        checks.identifier("DivisionInfo.id", self.id)
        checks.name("DivisionInfo.name", self.name)
        for field in ("corporation_ids", "alliance_ids"):
            ids = checks.identifiers(f"DivisionInfo.{field}", getattr(self, field))
            object.__setattr__(self, field, ids)


@dataclass(frozen=True, slots=True)
class UserInfo:
    """Somebody with an account, and the characters tied to it."""

    id: int
    name: str
    is_admin: bool
    character_ids: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        checks.identifier("UserInfo.id", self.id)
        checks.name("UserInfo.name", self.name)
        checks.truth("UserInfo.is_admin", self.is_admin)
        ids = checks.identifiers("UserInfo.character_ids", self.character_ids)
        object.__setattr__(self, "character_ids", ids)


@dataclass(frozen=True, slots=True)
class PastRequest:
    """An earlier request, for rules that look back.

    request_id: the killmail id. value: ISK, or None. payout: ISK.
    """

    request_id: int
    pilot_id: int
    ship_id: int
    ship: str
    killed_at: datetime
    submitted_at: datetime
    status: str
    value: Decimal | None
    payout: Decimal

    def __post_init__(self) -> None:
        for field in ("request_id", "pilot_id", "ship_id"):
            checks.identifier(f"PastRequest.{field}", getattr(self, field))
        checks.name("PastRequest.ship", self.ship)
        for field in ("killed_at", "submitted_at"):
            object.__setattr__(
                self, field, checks.moment(f"PastRequest.{field}", getattr(self, field))
            )
        status = checks.choice("PastRequest.status", self.status, Status)
        value = checks.optional(checks.isk_amount, "PastRequest.value", self.value)
        payout = checks.decimal("PastRequest.payout", self.payout)
        object.__setattr__(self, "status", status)
        object.__setattr__(self, "value", value)
        object.__setattr__(self, "payout", payout)


@dataclass(frozen=True, slots=True)
class RequestEvent:
    """What happened to a request, told after it was committed, at least once.

    event_id: the same when the event is told again. request_id: the killmail id. payout: ISK.
    actor: who did it. previous_status: None for a submission. url: the request's page.
    batch: all events of the same change (40 requests marked paid together), in order of writing,
    this one among them, each with an empty batch of its own; empty when this one is alone.
    """

    event_id: str
    kind: EventKind
    request_id: int
    division: DivisionInfo
    submitter: UserInfo
    pilot: str
    ship: str
    payout: Decimal
    actor: UserInfo
    status: str
    previous_status: str | None
    note: str
    url: str
    timestamp: datetime
    batch: tuple[RequestEvent, ...] = ()

    def __post_init__(self) -> None:
        checks.name("RequestEvent.event_id", self.event_id)
        checks.choice("RequestEvent.kind", self.kind, EVENT_KINDS)
        checks.identifier("RequestEvent.request_id", self.request_id)
        for field, kind in (
            ("division", DivisionInfo),
            ("submitter", UserInfo),
            ("actor", UserInfo),
        ):
            checks.members(f"RequestEvent.{field}", (getattr(self, field),), kind)
        checks.name("RequestEvent.pilot", self.pilot)
        checks.name("RequestEvent.ship", self.ship)
        if not isinstance(self.note, str):
            raise TypeError(f"RequestEvent.note must be text, not {checks.shown(self.note)}")
        checks.web_url("RequestEvent.url", self.url)
        values = {
            "payout": checks.decimal("RequestEvent.payout", self.payout),
            "status": checks.choice("RequestEvent.status", self.status, Status),
            "previous_status": checks.optional(
                _status, "RequestEvent.previous_status", self.previous_status
            ),
            "timestamp": checks.moment("RequestEvent.timestamp", self.timestamp),
            "batch": _batch("RequestEvent.batch", self.batch),
        }
        for field, value in values.items():
            object.__setattr__(self, field, value)


def _batch(field: str, value: object) -> tuple[RequestEvent, ...]:
    events = checks.members(field, value, RequestEvent)
    for index, event in enumerate(events):
        if event.batch:
            raise ValueError(f"{field}[{index}] must not have a batch itself")
    return events


def _status(field: str, value: object) -> str:
    return checks.choice(field, value, Status)
