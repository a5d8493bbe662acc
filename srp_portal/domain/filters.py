"""Filters in the path of a list: parsed, changed, and written in their one canonical form.

Two levels of encoding meet here. A URL is decoded once before it arrives (WSGI's `PATH_INFO`). In
that text, which this module calls the path, `/` and `,` separate, and a literal `/`, `,`, `%` or
leading `-`, `<`, `>` of a name is still percent-encoded; it is decoded once more, piece by piece.
Rule: contract/http.md, "Filters in the path".
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import zip_longest
from typing import Any, TypeVar

from srp_portal.domain.filter_conditions import Condition, Operator, Term
from srp_portal.domain.filter_kinds import KINDS, StatusCondition
from srp_portal.domain.filter_lists import ListName, Sort, default_sort, effective_statuses
from srp_portal.domain.filter_text import FilterError, decode_value, encode_url_path
from srp_portal.domain.lifecycle import Status

__all__ = ["LAST_PAGE", "FilterChip", "FilterError", "Filters", "describe", "parse_filters"]

#: Later pages count as this one, whose offset doesn't overflow a database's 64-bit integer.
LAST_PAGE = 10**15
_NO_PAGE = "pages are numbered from 1"
#: SQLite and PostgreSQL take some tens of thousands of values in one query.
MOST_TERMS = 10_000
#: People ask for few things at once, and for the same ones again and again.
FEW_TERMS = 50
#: More terms of one attribute than this share a chip.
MOST_CHIPS = 20

_ATTRIBUTES = (*sorted(KINDS), "page", "sort")
_PAGE = re.compile(r"0*(?P<number>[1-9][0-9]*)")

C = TypeVar("C", bound=Condition[Any])
S = TypeVar("S", int, Sort)


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list shows: its conditions, all of which hold, its page and its order.

    conditions: one per attribute, in alphabetical order; conditions given for the same attribute
    are merged, empty ones dropped. page: 1 to LAST_PAGE. chosen_sort: none for the list's default.
    Raises FilterError.
    """

    list_name: ListName
    conditions: tuple[Condition[Any], ...] = ()
    page: int = 1
    chosen_sort: Sort | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "conditions", _merge(self.conditions))
        _check_size(self.conditions)
        if not 1 <= self.page <= LAST_PAGE:
            raise FilterError("page", str(self.page), _NO_PAGE)
        if self.chosen_sort == default_sort(self.list_name):
            object.__setattr__(self, "chosen_sort", None)

    @property
    def sort(self) -> Sort:
        """The order that counts."""
        return self.chosen_sort or default_sort(self.list_name)

    @property
    def statuses(self) -> frozenset[Status]:
        """The statuses to show: those of the list, narrowed by the condition. May be empty."""
        return effective_statuses(self.list_name, next(iter(self.of_kind(StatusCondition)), None))

    def get(self, attribute: str) -> Condition[Any] | None:
        """The condition for an attribute."""
        return next((each for each in self.conditions if each.attribute == attribute), None)

    def of_kind(self, kind: type[C]) -> tuple[C, ...]:
        """The conditions of one kind, such as NameCondition."""
        return tuple(each for each in self.conditions if isinstance(each, kind))

    def path(self) -> str:
        """The canonical path after the list's own, decoded once, as `parse_filters` takes it.

        Attributes in alphabetical order, values sorted, defaults left out, no slash at either end;
        empty for the bare list.
        """
        pairs = [(each.attribute, text) for each in self.conditions for text in each.segments()]
        if self.page != 1:
            pairs.append(("page", str(self.page)))
        if self.chosen_sort is not None:
            pairs.append(("sort", str(self.chosen_sort)))
        # A stable sort: the texts of one attribute keep their order.
        pairs.sort(key=lambda pair: pair[0])
        return "/".join(f"{attribute}/{text}" for attribute, text in pairs)

    def url_path(self) -> str:
        """The canonical path as a URL holds it, ASCII only: a comma in a name is `%252C`."""
        return encode_url_path(self.path())

    def is_canonical(self, path: str) -> bool:
        """Whether a path, decoded once, that was parsed to these filters needs no redirect."""
        return path == self.path()

    def replace(self, *, page: int | None = None, list_name: ListName | None = None) -> Filters:
        """The same filters on another page, or from the first page of another list."""
        if list_name is not None:
            return dataclasses.replace(self, list_name=list_name, page=page or 1)
        return dataclasses.replace(self, page=self.page if page is None else page)

    def with_sort(self, attribute: str, *, is_descending: bool = False) -> Filters:
        """The same filters in another order, from the first page. Raises FilterError."""
        return dataclasses.replace(self, page=1, chosen_sort=Sort(attribute, is_descending))

    def with_status(self, *statuses: Status) -> Filters:
        """The filters with any of these statuses instead of the present condition, if any."""
        terms = tuple(Term(Operator.ANY, status) for status in statuses)
        others = (each for each in self.conditions if each.attribute != "status")
        return dataclasses.replace(
            self, page=1, conditions=(*others, StatusCondition("status", terms))
        )

    def with_value(self, attribute: str, text: str, operator: Operator = Operator.ANY) -> Filters:
        """The filters with one more value, in plain text as a form sends it, from the first page.

        Raises FilterError.
        """
        kind = _kind(attribute, text)
        added = kind(attribute, (kind.make_term(attribute, operator, text),))
        return dataclasses.replace(self, page=1, conditions=(*self.conditions, added))

    def without(
        self, attribute: str, text: str | None = None, operator: Operator = Operator.ANY
    ) -> Filters:
        """The filters without one value, or without an attribute, from the first page.

        text: plain text, in any spelling of the value. Raises FilterError.
        """
        kind, present = _kind(attribute, text or ""), self.get(attribute)
        conditions = [each for each in self.conditions if each is not present]
        if text is not None:
            dropped = kind(attribute, (kind.make_term(attribute, operator, text),))
            conditions += [present.minus(dropped)] if present else []
        return dataclasses.replace(self, page=1, conditions=tuple(conditions))


@dataclass(frozen=True, slots=True)
class FilterChip:
    """One term for people; `without` are the filters that remain when it is taken away.

    text: the value. When the terms of an attribute are too many to show, one chip stands for all
    of them: its text is empty and `count` says how many they are.
    """

    attribute: str
    operator: Operator
    text: str
    without: Filters
    count: int = 1

    @property
    def is_negative(self) -> bool:
        """Whether the term excludes its value."""
        return self.operator is Operator.NOT


def describe(filters: Filters) -> list[FilterChip]:
    """Every term of the filters, in canonical order."""
    return [chip for condition in filters.conditions for chip in _chips(filters, condition)]


def _chips(filters: Filters, condition: Condition[Any]) -> Iterator[FilterChip]:
    attribute, count = condition.attribute, len(condition.terms)
    if count > MOST_CHIPS:
        # Each chip carries a whole path: a thousand names would make a page of megabytes.
        yield FilterChip(attribute, Operator.ANY, "", filters.without(attribute), count)
        return
    for term in condition.terms:
        text = condition.write(term.value)
        remaining = filters.without(attribute, text, term.operator)
        yield FilterChip(attribute, term.operator, text, remaining)


def parse_filters(path: str, *, list_name: str) -> Filters:
    """The filters in what follows `/request/LIST/` in a path that was decoded once.

    The path may end in a slash; it holds no feed suffix. Raises FilterError, which names attribute
    and value, for anything that can't be understood, and ValueError for an unknown list.
    """
    name = ListName(list_name)
    terms: dict[str, list[Term[Any]]] = {}
    page: int | None = None
    sort: Sort | None = None
    for attribute, raw in _pairs(path):
        if attribute == "page":
            page = _only(attribute, raw, page, _parse_page(raw))
        elif attribute == "sort":
            sort = _only(attribute, raw, sort, _parse_sort(raw))
        else:
            kind = _kind(attribute, raw)
            terms.setdefault(attribute, []).extend(kind.parse_terms(attribute, raw))
    conditions = tuple(KINDS[each](each, tuple(found)) for each, found in terms.items())
    return Filters(name, conditions, 1 if page is None else page, sort)


def _pairs(path: str) -> Iterator[tuple[str, str]]:
    path = path.removesuffix("/")
    if not path:
        return
    segments = iter(path.split("/"))
    for raw_attribute, raw in zip_longest(segments, segments, fillvalue=""):
        attribute = decode_value(raw_attribute, raw_attribute)
        if attribute in _ATTRIBUTES and not raw:
            raise FilterError(attribute, raw, "the value is empty")
        yield attribute, raw


def _parse_page(raw: str) -> int:
    text = decode_value("page", raw)
    # int() alone would take other scripts' digits, signs and underscores.
    match = _PAGE.fullmatch(text)
    if match is None:
        raise FilterError("page", text, _NO_PAGE)
    digits = match["number"]
    return LAST_PAGE if len(digits) > len(str(LAST_PAGE)) else min(int(digits), LAST_PAGE)


def _parse_sort(raw: str) -> Sort:
    text = decode_value("sort", raw)
    return Sort(text.removeprefix("-"), is_descending=text.startswith("-"))


def _only(attribute: str, raw: str, present: S | None, new: S) -> S:
    """An attribute that comes twice is merged, and of these two only equal values can be."""
    if present is not None and present != new:
        raise FilterError(attribute, raw, f"another value was given before, {present}")
    return new


def _kind(attribute: str, value: str) -> type[Condition[Any]]:
    kind = KINDS.get(attribute)
    if kind is None:
        close = get_close_matches(attribute[:40].lower(), _ATTRIBUTES)
        hint = f"perhaps {close[0]} is meant" if close else f"there are {', '.join(_ATTRIBUTES)}"
        raise FilterError(attribute, value, f"no such filter; {hint}")
    return kind


def _merge(conditions: Iterable[Condition[Any]]) -> tuple[Condition[Any], ...]:
    merged: dict[str, Condition[Any]] = {}
    for condition in conditions:
        present = merged.get(condition.attribute)
        merged[condition.attribute] = condition if present is None else present.plus(condition)
    return tuple(merged[attribute] for attribute in sorted(merged) if merged[attribute].terms)


def are_few(conditions: tuple[Condition[Any], ...]) -> bool:
    """Whether what is made of these may be kept: thousands of names make megabytes."""
    return sum(len(condition.terms) for condition in conditions) <= FEW_TERMS


def _check_size(conditions: tuple[Condition[Any], ...]) -> None:
    count = 0
    for condition in conditions:
        if count + len(condition.terms) > MOST_TERMS:
            term = condition.terms[MOST_TERMS - count]
            value = term.operator + condition.write(term.value)
            raise FilterError(
                condition.attribute, value, f"a list takes at most {MOST_TERMS:,} values in all"
            )
        count += len(condition.terms)
