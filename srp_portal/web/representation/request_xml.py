"""The published XML of requests, and of the API keys beside them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from srp_portal.domain.money import plain_isk, pretty_isk
from srp_portal.domain.payout import modifier_text
from srp_portal.services.administration_results import ApiKeyList
from srp_portal.services.results import (
    ActionView,
    ApiKeyView,
    ModifierView,
    PaymentView,
    RequestDetail,
    RequestPage,
    RequestRow,
)
from srp_portal.web.representation import list_xml  # noqa: F401 - a page of them is text
from srp_portal.web.representation.links import Links
from srp_portal.web.representation.request_documents import neighbours
from srp_portal.web.representation.times import iso_time
from srp_portal.web.representation.xml import Element, child, element, reference, response


@element.register
def keys_element(keys: ApiKeyList, links: Links) -> Element:  # noqa: ARG001
    """Somebody's API keys, as the personal list has them, and when each was last used."""
    root = response(keys.reader)
    apikeys = child(root, "apikeys")
    for key in keys.keys:
        child(_add_api_key(apikeys, key), "last-used", _time(key.last_used_at))
    return root


@element.register
def page_element(page: RequestPage, links: Links) -> Element:
    """A page of a list."""
    root = response(page.reader)
    if page.api_keys is not None:
        apikeys = child(root, "apikeys")
        for key in page.api_keys:
            _add_api_key(apikeys, key)
    requests = child(root, "requests", count=str(page.count))
    requests.set("total-payouts", plain_isk(page.total))
    for row in page.rows:
        _add_request(requests, row, links)
    following, preceding = neighbours(page, links)
    if following is not None:
        child(root, "next", following)
    if preceding is not None:
        child(root, "prev", preceding)
    return root


@element.register
def detail_element(detail: RequestDetail, links: Links) -> Element:
    """A request with its history; flags and notes for those who may read them."""
    root = response(detail.reader)
    request = _add_request(root, detail.row, links)
    request.set("version", str(detail.row.version))
    actions = child(request, "actions")
    for action in detail.actions:
        _add_action(actions, action)
    modifiers = child(request, "modifiers")
    for modifier in detail.modifiers:
        _add_modifier(modifiers, modifier)
    payments = child(request, "payments")
    for payment in detail.payments:
        _add_payment(payments, payment)
    transformed = child(request, "transformed")
    for attribute, (_name, url) in sorted(detail.transformed.items()):
        child(transformed, "url", url, attribute=attribute)
    valid = child(request, "valid-actions")
    for status in detail.valid_actions:
        child(valid, "valid-action", type=status)
    if detail.rights.see_internal:
        _add_internal(request, detail)
    return root


def _add_api_key(parent: Element, key: ApiKeyView) -> Element:
    apikey = child(parent, "apikey", id=str(key.id))
    child(apikey, "key", key.key)
    child(apikey, "timestamp", iso_time(key.created_at))
    child(apikey, "name", key.name)
    child(apikey, "expires", _time(key.expires_at))
    return apikey


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else iso_time(moment)


def _add_request(parent: Element, row: RequestRow, links: Links) -> Element:
    request = child(parent, "request", id=str(row.id), status=row.status)
    if row.is_withdrawn:
        request.set("withdrawn", "true")
    payout = child(request, "payout")
    _add_amount(payout, "base", row.base_payout)
    _add_amount(payout, "computed", row.payout)
    child(request, "details", row.details)
    pilot = child(request, "pilot")
    child(pilot, "alliance", row.alliance)
    child(pilot, "corporation", row.corporation)
    child(pilot, "name", row.pilot)
    child(request, "submit-timestamp", iso_time(row.submitted_at))
    child(request, "kill-timestamp", iso_time(row.killed_at))
    reference(request, "division", row.division)
    reference(request, "submitter", row.submitter)
    child(request, "killmail-url", row.killmail_url)
    child(request, "url", links.request(row.id))
    child(request, "ship", row.ship)
    location = child(request, "location")
    child(location, "system", row.system)
    child(location, "constellation", row.constellation)
    child(location, "region", row.region)
    return request


def _add_amount(parent: Element, tag: str, amount: Decimal) -> None:
    child(parent, tag, plain_isk(amount), pretty=pretty_isk(amount))


def _add_action(parent: Element, action: ActionView) -> None:
    made = child(parent, "action", id=str(action.id), type=action.type)
    child(made, "note", action.note)
    child(made, "timestamp", iso_time(action.created_at))
    reference(made, "user", action.user)


def _add_modifier(parent: Element, modifier: ModifierView) -> None:
    made = child(parent, "modifier", id=str(modifier.id), type=modifier.kind)
    if modifier.is_suggested:
        made.set("suggested", "true")
    child(made, "note", modifier.note)
    reference(made, "user", modifier.user)
    child(made, "value", modifier_text(modifier.kind, modifier.value))
    child(made, "timestamp", iso_time(modifier.created_at))
    if modifier.taken_by is not None:
        reference(made, "taken-by", modifier.taken_by)
    if modifier.voided_at is not None:
        by = modifier.voided_by
        void = child(made, "void") if by is None else reference(made, "void", by)
        child(void, "timestamp", iso_time(modifier.voided_at))


def _add_payment(parent: Element, payment: PaymentView) -> None:
    made = child(parent, "payment", id=str(payment.id))
    _add_amount(made, "amount", payment.amount)
    reference(made, "payee", payment.payee)
    reference(made, "payer", payment.payer)
    child(made, "timestamp", iso_time(payment.paid_at))
    if payment.voided_at is not None:
        void = child(made, "void")
        child(void, "reason", payment.void_reason)
        child(void, "timestamp", iso_time(payment.voided_at))
        if payment.voided_by is not None:
            reference(void, "user", payment.voided_by)


def _add_internal(request: Element, detail: RequestDetail) -> None:
    flags = child(request, "flags")
    for flag in detail.flags:
        child(flags, "flag", flag.text, plugin=flag.plugin, code=flag.code, level=flag.level)
    notes = child(request, "notes")
    for note in detail.notes:
        made = child(notes, "note", id=str(note.id))
        child(made, "text", note.note)
        child(made, "timestamp", iso_time(note.created_at))
        reference(made, "user", note.author)
