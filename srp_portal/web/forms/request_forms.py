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
from srp_portal.web.forms.declaration import VERSION, Field, Form
from srp_portal.web.forms.fields import text

#: What was typed into a form's declared fields.
Fields = Mapping[str, str]
Handler = Callable[[Work, Fields, bool], str]

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
    found = _HANDLED.get(name)
    if found is None:
        known = ", ".join(sorted(_HANDLED))
        raise BadRequest(f"“{name[:40]}” is no form of this page; there are {known}.")
    declared, handler = found
    return handler(work, declared.read(form), details_required)


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


def _action(work: Work, form: Fields, details_required: bool) -> str:  # noqa: ARG001
    work.lock()
    name = form["type_"]
    try:
        type_ = ActionType(name)
    except ValueError:
        known = ", ".join(ActionType)
        raise InvalidInput("type_", f"“{name[:40]}” is no action; there are {known}.") from None
    note = form["note"]
    if type_ is ActionType.COMMENT:
        review.comment(work, note)
        return "Comment added."
    review.change_status(work, Status(type_.value), note)
    return f"The request is {type_} now."


def _payout(work: Work, form: Fields, details_required: bool) -> str:  # noqa: ARG001
    work.lock(Role.REVIEW)
    review.set_base_payout(work, parse_isk(form["value"]))
    return "Base payout changed."


def _modifier(work: Work, form: Fields, details_required: bool) -> str:  # noqa: ARG001
    work.lock(Role.REVIEW)
    name = form["type_"]
    found = _MODIFIERS.get(name)
    if found is None:
        known = ", ".join(_MODIFIERS)
        raise InvalidInput("type_", f"“{name[:40]}” is no modifier; there are {known}.")
    kind, sign = found
    parse: Callable[[str], Decimal] = parse_percent if kind is ModifierKind.RELATIVE else parse_isk
    review.add_modifier(work, kind, sign * parse(form["value"]), form["note"])
    return "Modifier added."


def _void(work: Work, form: Fields, details_required: bool) -> str:  # noqa: ARG001
    work.lock(Role.REVIEW)
    review.void_modifier(work, parse_number(form, "modifier_id"))
    return "Modifier voided."


def _suggestion(work: Work, form: Fields, details_required: bool) -> str:  # noqa: ARG001
    work.lock(Role.REVIEW)
    review.take_suggestion(work, parse_number(form, "modifier_id"))
    return "Suggestion taken."


def _details(work: Work, form: Fields, details_required: bool) -> str:
    submitter.change_details(work, form["details"], is_required=details_required)
    return "Details changed."


def _note(work: Work, form: Fields, details_required: bool) -> str:  # noqa: ARG001
    review.add_note(work, form["note"])
    return "Note kept."


def _withdraw(work: Work, form: Fields, details_required: bool) -> str:  # noqa: ARG001
    if form["undo"].strip() in ("1", "on", "true"):
        submitter.undo_withdrawal(work, form["note"])
        return "The request is evaluated again."
    submitter.withdraw(work, form["note"])
    return "The request is withdrawn."


def _form(id_: str, about: str, *fields: Field) -> Form:
    return Form(about, (*fields, VERSION), told_by=("id_", id_))


_NOTE = Field("note", "Plain text.")
_MODIFIER_ID = Field("modifier_id", "The modifier's `id`.", is_required=True)
_VALUE_TEXT = (
    "millions of ISK, or with a unit: `12.5`, `12.5m`, `1.2b`, `750k`; a dot for decimals, no "
    "thousands signs"
)

_HANDLED: dict[str, tuple[Form, Handler]] = {
    "action": (
        _form(
            "action",
            "Changes the status, or comments.",
            Field(
                "type_",
                "The new status, one of `valid_actions`, or `comment`.",
                is_required=True,
                choices=tuple(ActionType),
            ),
            Field("note", "Plain text; a rejection and a comment need it."),
        ),
        _action,
    ),
    "payout": (
        _form(
            "payout",
            "Sets the base payout.",
            Field("value", f"The base payout: {_VALUE_TEXT}.", is_required=True),
        ),
        _payout,
    ),
    "modifier": (
        _form(
            "modifier",
            "Adds a modifier to the payout.",
            Field("type_", "What kind it is.", is_required=True, choices=tuple(_MODIFIERS)),
            Field(
                "value",
                f"Per cent for `rel-bonus` and `rel-deduct`, else {_VALUE_TEXT}.",
                is_required=True,
            ),
            _NOTE,
        ),
        _modifier,
    ),
    "void": (_form("void", "Takes a modifier back.", _MODIFIER_ID), _void),
    "suggestion": (
        _form("suggestion", "Takes a plugin's suggested modifier.", _MODIFIER_ID),
        _suggestion,
    ),
    "details": (
        _form("details", "Changes the details.", Field("details", "Plain text.")),
        _details,
    ),
    "note": (
        _form("note", "Keeps a note about the submitter, for the staff.", _NOTE),
        _note,
    ),
    "withdraw": (
        _form(
            "withdraw",
            "Withdraws the request, or takes that back.",
            _NOTE,
            Field("undo", "`1` takes the withdrawal back."),
        ),
        _withdraw,
    ),
}

#: The forms of a request's page.
FORMS: tuple[Form, ...] = tuple(form for form, _ in _HANDLED.values())
