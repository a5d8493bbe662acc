"""The documents of requests: a page of a list, and one request in full."""

from __future__ import annotations

from srp_portal.domain.money import (
    plain_isk,
    pretty_hundredths,
    pretty_isk,
)
from srp_portal.domain.payout import ModifierKind, modifier_text
from srp_portal.services.results import (
    ActionView,
    FlagView,
    ModifierView,
    NoteView,
    PaymentView,
    Reference,
    RequestDetail,
    RequestPage,
    RequestRow,
)
from srp_portal.web.representation.documents import (
    Document,
    api_key_document,
    division_document,
    document,
    user_document,
)
from srp_portal.web.representation.links import Links
from srp_portal.web.representation.times import http_time, http_time_of_utc

#: The keys of a request that hold neither a list nor an object, in the order of a table's columns.
SCALAR_KEYS = (
    "id",
    "status",
    "withdrawn",
    "pilot",
    "corporation",
    "alliance",
    "ship",
    "system",
    "constellation",
    "region",
    "kill_timestamp",
    "submit_timestamp",
    "base_payout",
    "base_payout_str",
    "payout",
    "payout_str",
    "details",
    "killmail_url",
    "href",
)


class RowDocuments:
    """Makes the documents of requests, with one of each division and submitter among them."""

    def __init__(self, links: Links) -> None:
        self._links = links
        self._divisions: dict[int, Document] = {}
        self._submitters: dict[int, Document] = {}

    def make(self, row: RequestRow) -> Document:
        """A request as lists have it. Keys in alphabetical order, as JSON has them."""
        links = self._links
        division = self._divisions.get(row.division_id)
        if division is None:
            division = division_document(row.division, links)
            self._divisions[row.division_id] = division
        submitter = self._submitters.get(row.submitter_id)
        if submitter is None:
            submitter = user_document(row.submitter, links)
            self._submitters[row.submitter_id] = submitter
        base, payout = (
            pretty_hundredths(row.base_hundredths),
            pretty_hundredths(row.payout_hundredths),
        )
        return {
            "alliance": row.alliance,
            # As `plain_hundredths` would make it, which takes four times as long.
            "base_payout": base.replace(",", ""),
            "base_payout_str": base,
            "constellation": row.constellation,
            "corporation": row.corporation,
            "details": row.details,
            "division": division,
            "href": links.request(row.id),
            "id": row.id,
            "kill_timestamp": http_time_of_utc(row.killed_utc),
            "killmail_url": row.killmail_url,
            "payout": payout.replace(",", ""),
            "payout_str": payout,
            "pilot": row.pilot,
            "region": row.region,
            "ship": row.ship,
            "status": row.status,
            "submit_timestamp": http_time_of_utc(row.submitted_utc),
            "submitter": submitter,
            "system": row.system,
            "withdrawn": row.is_withdrawn,
        }


def row_document(row: RequestRow, links: Links) -> Document:
    """A request as lists have it."""
    return RowDocuments(links).make(row)


def neighbours(page: RequestPage, links: Links) -> tuple[str | None, str | None]:
    """The URLs of the next and of the previous page, None where there is none.

    The previous one is what comes before this one's first request, wherever that stands by then.
    """
    filters, size = page.filters, page.page_size
    # Of a window between two pages the next one begins inside: rows come twice, none is left out.
    end = page.offset + size
    following = links.page(filters.replace(page=end // size + 1)) if end < page.count else None
    if not page.offset or not page.rows:
        return following, None
    before = filters.replace(page=-(-page.offset // size))
    return following, links.page(before, before=page.rows[0].id)


@document.register
def page_document(page: RequestPage, links: Links) -> Document:
    """A page of a list; `request_count` and `total_payouts` are those of the whole list."""
    following, preceding = neighbours(page, links)
    built: Document = {
        "next": following,
        "prev": preceding,
        "request_count": page.count,
        "requests": list(map(RowDocuments(links).make, page.rows)),
        "total_payouts": plain_isk(page.total),
        "total_payouts_str": pretty_isk(page.total),
    }
    if page.api_keys is not None:
        built["api_keys"] = [api_key_document(key) for key in page.api_keys]
    return built


@document.register
def detail_document(detail: RequestDetail, links: Links) -> Document:
    """A request with its history; `flags` and `notes` are there for those who may read them."""
    built = row_document(detail.row, links)
    built |= {
        "actions": [_action(each, links) for each in detail.actions],
        "current_user": user_document(detail.reader, links),
        "modifiers": [_modifier(each, links) for each in detail.modifiers],
        "payments": [_payment(each, links) for each in detail.payments],
        "transformed": {
            attribute: url for attribute, (_name, url) in sorted(detail.transformed.items())
        },
        "valid_actions": [str(status) for status in detail.valid_actions],
        "version": detail.row.version,
    }
    if detail.rights.see_internal:
        built["flags"] = [_flag(each) for each in detail.flags]
        built["notes"] = [_note(each, links) for each in detail.notes]
    return built


def _action(action: ActionView, links: Links) -> Document:
    return {
        "id": action.id,
        "note": action.note,
        "timestamp": http_time(action.created_at),
        "type": action.type,
        "user": user_document(action.user, links),
    }


def _modifier(modifier: ModifierView, links: Links) -> Document:
    is_relative = modifier.kind is ModifierKind.RELATIVE
    built: Document = {
        "id": modifier.id,
        "note": modifier.note,
        "timestamp": http_time(modifier.created_at),
        "type": modifier.kind,
        "user": user_document(modifier.user, links),
        # A fraction of five decimals at most, no amount of ISK: as a float it prints the same.
        "value": float(modifier.value) if is_relative else plain_isk(modifier.value),
        "value_str": modifier_text(modifier.kind, modifier.value),
        "void": False,
    }
    if modifier.is_suggested:
        built["suggested"] = True
    if modifier.taken_by is not None:
        built["taken_by"] = user_document(modifier.taken_by, links)
    if modifier.voided_at is not None:
        built["void"] = {
            "timestamp": http_time(modifier.voided_at),
            "user": _user(modifier.voided_by, links),
        }
    return built


def _payment(payment: PaymentView, links: Links) -> Document:
    built: Document = {
        "amount": plain_isk(payment.amount),
        "amount_str": pretty_isk(payment.amount),
        "id": payment.id,
        "payee": user_document(payment.payee, links),
        "payer": user_document(payment.payer, links),
        "timestamp": http_time(payment.paid_at),
        "void": False,
    }
    if payment.voided_at is not None:
        built["void"] = {
            "reason": payment.void_reason,
            "timestamp": http_time(payment.voided_at),
            "user": _user(payment.voided_by, links),
        }
    return built


def _user(user: Reference | None, links: Links) -> Document | None:
    return None if user is None else user_document(user, links)


def _flag(flag: FlagView) -> Document:
    return {"code": flag.code, "level": flag.level, "plugin": flag.plugin, "text": flag.text}


def _note(note: NoteView, links: Links) -> Document:
    return {
        "id": note.id,
        "note": note.note,
        "timestamp": http_time(note.created_at),
        "user": user_document(note.author, links),
    }
