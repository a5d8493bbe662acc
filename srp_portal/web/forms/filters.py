"""The filter form of a list: plain query parameters in, filters out, and back."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from srp_portal.domain.filter_conditions import Condition
from srp_portal.domain.filter_kinds import KINDS, NameCondition
from srp_portal.domain.filters import Filters


def has_filter_fields(query: Mapping[str, Any]) -> bool:
    """Whether a query comes from the filter form."""
    return any(name in KINDS for name in query)


def filters_from_query(filters: Filters, query: Any) -> Filters:
    """The filters with what the form's fields add; a value is written as in a path.

    query: a MultiDict. Raises FilterError.
    """
    conditions = list(filters.conditions)
    for name, text in query.items():
        kind = KINDS.get(name)
        if kind is None:
            continue
        if name == "details":
            raw = text.strip().replace("%", "%25").replace("/", "%2F")
        else:
            # A list is typed with spaces behind its commas.
            parts = [part.strip() for part in text.split(",")]
            raw = ",".join(part.replace("/", "%2F") for part in parts if part)
        if not raw:
            continue
        conditions.append(kind(name, tuple(kind.parse_terms(name, raw))))
    return dataclasses.replace(filters, conditions=tuple(conditions), page=1)


def filter_values(filters: Filters) -> dict[str, str]:
    """Attribute to the text of its form field, which `filters_from_query` takes again."""
    return {
        condition.attribute: ",".join(
            f"{term.operator}{_form_text(condition, term.value)}" for term in condition.terms
        )
        for condition in filters.conditions
    }


def name_text(name: str) -> str:
    """A name as a form field has it: what would mean something else is percent-encoded."""
    text = name if unquote(name) == name else name.replace("%", "%25")
    text = text.replace(",", "%2C")
    return f"%{ord(text[0]):02X}{text[1:]}" if text.startswith(("-", "<", ">")) else text


def _form_text(condition: Condition[Any], value: Any) -> str:
    text = condition.write(value)
    return name_text(text) if isinstance(condition, NameCondition) else text
