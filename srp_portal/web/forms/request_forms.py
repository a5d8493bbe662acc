"""The forms of a request's page: `id_` says which one, in EVE-SRP's grammar."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from srp_portal.domain.errors import BadRequest, InvalidInput
from srp_portal.domain.lifecycle import ActionType, Status
from srp_portal.domain.money import parse_isk, parse_percent
from srp_portal.domain.payout import ModifierKind
from srp_portal.services import review, submitter
from srp_portal.services.request_work import Work

_NUMBER = re.compile(r"[0-9]{1,18}", re.ASCII)

_MODIFIERS = {
    "rel-bonus": (ModifierKind.RELATIVE, 1),
    "rel-deduct": (ModifierKind.RELATIVE, -1),
    "abs-bonus": (ModifierKind.ABSOLUTE, 1),
    "abs-deduct": (ModifierKind.ABSOLUTE, -1),
}


def perform(work: Work, form: Mapping[str, str], *, details_required: bool) -> str:
    """Does what a form asks for, and gives one sentence that says what was done.

    Raises BadRequest for an unknown `id_`, and the domain's errors.
    """
    handler = _FORMS.get(form.get("id_", ""))
    if handler is None:
        known = ", ".join(sorted(_FORMS))
        raise BadRequest(
            f"“{form.get('id_', '')[:40]}” is no form of this page; there are {known}."
        )
    return handler(work, form, details_required)


def parse_number(form: Mapping[str, str], field: str) -> int:
    """A field with a whole number; raises InvalidInput."""
    text = form.get(field, "").strip()
    if _NUMBER.fullmatch(text) is None:
        raise InvalidInput(field, f"“{text[:40]}” is no number.")
    return int(text)


def parse_version(form: Mapping[str, str]) -> int | None:
    """The version that the page showed; None where the form sends none. Raises InvalidInput."""
    return parse_number(form, "version") if form.get("version", "").strip() else None


def _action(work: Work, form: Mapping[str, str], details_required: bool) -> str:  # noqa: ARG001
    try:
        type_ = ActionType(form.get("type_", ""))
    except ValueError:
        known = ", ".join(ActionType)
        raise InvalidInput(
            "type_", f"“{form.get('type_', '')[:40]}” is no action; there are {known}."
        ) from None
    note = form.get("note", "")
    if type_ is ActionType.COMMENT:
        review.comment(work, note)
        return "Comment added."
    review.change_status(work, Status(type_.value), note)
    return f"The request is {type_} now."


def _payout(work: Work, form: Mapping[str, str], details_required: bool) -> str:  # noqa: ARG001
    review.set_base_payout(work, parse_isk(form.get("value", "")))
    return "Base payout changed."


def _modifier(work: Work, form: Mapping[str, str], details_required: bool) -> str:  # noqa: ARG001
    found = _MODIFIERS.get(form.get("type_", ""))
    if found is None:
        known = ", ".join(_MODIFIERS)
        raise InvalidInput(
            "type_", f"“{form.get('type_', '')[:40]}” is no modifier; there are {known}."
        )
    kind, sign = found
    parse: Callable[[str], Decimal] = parse_percent if kind is ModifierKind.RELATIVE else parse_isk
    review.add_modifier(work, kind, sign * parse(form.get("value", "")), form.get("note", ""))
    return "Modifier added."


def _void(work: Work, form: Mapping[str, str], details_required: bool) -> str:  # noqa: ARG001
    review.void_modifier(work, parse_number(form, "modifier_id"))
    return "Modifier voided."


def _suggestion(work: Work, form: Mapping[str, str], details_required: bool) -> str:  # noqa: ARG001
    review.take_suggestion(work, parse_number(form, "modifier_id"))
    return "Suggestion taken."


def _details(work: Work, form: Mapping[str, str], details_required: bool) -> str:
    submitter.change_details(work, form.get("details", ""), is_required=details_required)
    return "Details changed."


def _note(work: Work, form: Mapping[str, str], details_required: bool) -> str:  # noqa: ARG001
    review.add_note(work, form.get("note", ""))
    return "Note kept."


def _withdraw(work: Work, form: Mapping[str, str], details_required: bool) -> str:  # noqa: ARG001
    if form.get("undo", "").strip() in ("1", "on", "true"):
        submitter.undo_withdrawal(work, form.get("note", ""))
        return "The request is evaluated again."
    submitter.withdraw(work, form.get("note", ""))
    return "The request is withdrawn."


_FORMS: dict[str, Any] = {
    "action": _action,
    "payout": _payout,
    "modifier": _modifier,
    "void": _void,
    "suggestion": _suggestion,
    "details": _details,
    "note": _note,
    "withdraw": _withdraw,
}
