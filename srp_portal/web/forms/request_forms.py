"""The forms of a request's page: `id_` says which one, in EVE-SRP's grammar."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from srp_portal.domain.errors import BadRequest, InvalidInput
from srp_portal.domain.lifecycle import ActionType, Role, Status
from srp_portal.domain.money import parse_isk, parse_percent
from srp_portal.domain.payout import ModifierKind
from srp_portal.services import review, submitter
from srp_portal.services.request_work import Work
from srp_portal.web.forms.fields import text

_NUMBER = re.compile(r"[0-9]{1,18}", re.ASCII)

_MODIFIERS = {
    "rel-bonus": (ModifierKind.RELATIVE, 1),
    "rel-deduct": (ModifierKind.RELATIVE, -1),
    "abs-bonus": (ModifierKind.ABSOLUTE, 1),
    "abs-deduct": (ModifierKind.ABSOLUTE, -1),
}


def perform(work: Work, form: Mapping[str, Any], *, details_required: bool) -> str:
    """Does what a form asks for, and gives one sentence that says what was done.

    Rights are checked before values: whoever may not send a form learns nothing else of it. Raises
    BadRequest for an unknown `id_`, and the domain's errors.
    """
    name = text(form, "id_")
    handler = _FORMS.get(name)
    if handler is None:
        known = ", ".join(sorted(_FORMS))
        raise BadRequest(f"“{name[:40]}” is no form of this page; there are {known}.")
    return handler(work, form, details_required)


def parse_number(form: Mapping[str, Any], field: str) -> int:
    """A field with a whole number; raises InvalidInput."""
    typed = text(form, field).strip()
    if not typed:
        raise InvalidInput(field, f"Choose a {field.removesuffix('_id')}.")
    if _NUMBER.fullmatch(typed) is None:
        raise InvalidInput(field, f"“{typed[:40]}” is no number.")
    return int(typed)


def parse_version(form: Mapping[str, Any]) -> int | None:
    """The version that the page showed; None where the form sends none. Raises InvalidInput."""
    return parse_number(form, "version") if text(form, "version").strip() else None


def _action(work: Work, form: Mapping[str, Any], details_required: bool) -> str:  # noqa: ARG001
    work.lock()
    name = text(form, "type_")
    try:
        type_ = ActionType(name)
    except ValueError:
        known = ", ".join(ActionType)
        raise InvalidInput("type_", f"“{name[:40]}” is no action; there are {known}.") from None
    note = text(form, "note")
    if type_ is ActionType.COMMENT:
        review.comment(work, note)
        return "Comment added."
    review.change_status(work, Status(type_.value), note)
    return f"The request is {type_} now."


def _payout(work: Work, form: Mapping[str, Any], details_required: bool) -> str:  # noqa: ARG001
    work.lock(Role.REVIEW)
    review.set_base_payout(work, parse_isk(text(form, "value")))
    return "Base payout changed."


def _modifier(work: Work, form: Mapping[str, Any], details_required: bool) -> str:  # noqa: ARG001
    work.lock(Role.REVIEW)
    name = text(form, "type_")
    found = _MODIFIERS.get(name)
    if found is None:
        known = ", ".join(_MODIFIERS)
        raise InvalidInput("type_", f"“{name[:40]}” is no modifier; there are {known}.")
    kind, sign = found
    parse: Callable[[str], Decimal] = parse_percent if kind is ModifierKind.RELATIVE else parse_isk
    review.add_modifier(work, kind, sign * parse(text(form, "value")), text(form, "note"))
    return "Modifier added."


def _void(work: Work, form: Mapping[str, Any], details_required: bool) -> str:  # noqa: ARG001
    work.lock(Role.REVIEW)
    review.void_modifier(work, parse_number(form, "modifier_id"))
    return "Modifier voided."


def _suggestion(work: Work, form: Mapping[str, Any], details_required: bool) -> str:  # noqa: ARG001
    work.lock(Role.REVIEW)
    review.take_suggestion(work, parse_number(form, "modifier_id"))
    return "Suggestion taken."


def _details(work: Work, form: Mapping[str, Any], details_required: bool) -> str:
    submitter.change_details(work, text(form, "details"), is_required=details_required)
    return "Details changed."


def _note(work: Work, form: Mapping[str, Any], details_required: bool) -> str:  # noqa: ARG001
    review.add_note(work, text(form, "note"))
    return "Note kept."


def _withdraw(work: Work, form: Mapping[str, Any], details_required: bool) -> str:  # noqa: ARG001
    if text(form, "undo").strip() in ("1", "on", "true"):
        submitter.undo_withdrawal(work, text(form, "note"))
        return "The request is evaluated again."
    submitter.withdraw(work, text(form, "note"))
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
