"""The filter form of a list: plain query parameters in, filters out, and back."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from srp_portal.domain.filter_kinds import KINDS
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
        if kind is None or not text.strip():
            continue
        # A list is typed with spaces behind its commas.
        parts = [part.strip() for part in text.split(",")] if name != "details" else [text.strip()]
        raw = ",".join(part.replace("%", "%25").replace("/", "%2F") for part in parts if part)
        conditions.append(kind(name, tuple(kind.parse_terms(name, raw))))
    return dataclasses.replace(filters, conditions=tuple(conditions), page=1)


def filter_values(filters: Filters) -> dict[str, str]:
    """Attribute to the text of its form field."""
    return {
        condition.attribute: ",".join(
            f"{term.operator}{condition.write(term.value)}" for term in condition.terms
        )
        for condition in filters.conditions
    }
