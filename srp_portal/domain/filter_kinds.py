"""The kinds of attributes that lists can be filtered by: names, status, details, ISK, times."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from srp_portal.domain.filter_conditions import (
    NAME_OPERATORS,
    RANGE_OPERATORS,
    Condition,
    Operator,
    Term,
)
from srp_portal.domain.filter_text import FilterError, decode_value, encode_details, encode_name
from srp_portal.domain.filter_times import Interval, format_interval, parse_interval
from srp_portal.domain.lifecycle import Status
from srp_portal.domain.money import CENT, from_hundredths, to_hundredths
from srp_portal.domain.text import name_key
from srp_portal.domain.words import words_of

#: Databases compare with a set of values at once, but with bounds, intervals and words one by one:
#: SQLite nests no more than a thousand such comparisons, of which all attributes have their share.
MOST_COMPARISONS = 100
#: Nobody remembers more of a text.
LONGEST_SEARCH = 1_000

#: More ISK is in no database: the largest 64-bit number, in hundredths.
_MOST_ISK = from_hundredths(2**63 - 1)
_AMOUNT = re.compile(r"[0-9]+(?:\.[0-9]{1,2})?")


class NameCondition(Condition[str]):
    """Whole names, without regard to case; the values are as typed."""

    __slots__ = ()
    attributes = (
        "alliance",
        "constellation",
        "corporation",
        "division",
        "pilot",
        "region",
        "ship",
        "submitter",
        "system",
    )
    operators = NAME_OPERATORS

    @property
    def any_keys(self) -> tuple[str, ...]:
        """`any_of` as `name_key` makes them, to compare with key columns."""
        return tuple(name_key(name) for name in self.any_of)

    @property
    def none_keys(self) -> tuple[str, ...]:
        """`none_of` as `name_key` makes them, to compare with key columns."""
        return tuple(name_key(name) for name in self.none_of)

    @classmethod
    def read(cls, text: str) -> str:
        return text

    @classmethod
    def write(cls, value: str) -> str:
        return value

    @classmethod
    def key(cls, value: str) -> str:
        return name_key(value)

    @classmethod
    def encode(cls, text: str) -> str:
        return encode_name(text)


class StatusCondition(Condition[Status]):
    """Statuses, each possibly excluded; on a list they can only narrow (`effective_statuses`)."""

    __slots__ = ()
    attributes = ("status",)
    operators = NAME_OPERATORS

    @classmethod
    def read(cls, text: str) -> Status:
        try:
            return Status(text.lower())
        except ValueError as error:
            raise ValueError(f"no such status; there are {', '.join(sorted(Status))}") from error

    @classmethod
    def write(cls, value: Status) -> str:
        return value.value


class DetailsCondition(Condition[str]):
    """Texts to search the details for, any of them; each is plain words with single spaces.

    What counts as a word, and when two are equal, `domain.words` says.
    """

    __slots__ = ()
    attributes = ("details",)
    operators = frozenset({Operator.ANY})

    def segments(self) -> tuple[str, ...]:
        # A comma belongs to the text, so each text takes a segment of its own.
        return tuple(encode_details(text) for text in self.any_of)

    @classmethod
    def parse_terms(cls, attribute: str, raw: str) -> list[Term[str]]:
        return [cls.make_term(attribute, Operator.ANY, decode_value(attribute, raw))]

    def check_size(self) -> None:
        words = [word for text in self.any_of for word in text.split()]
        _check_comparisons(self.attribute, words, "words")

    @classmethod
    def read(cls, text: str) -> str:
        if len(text) > LONGEST_SEARCH:
            raise ValueError(f"a text to search for has at most {LONGEST_SEARCH} characters")
        if text and not words_of(text):
            raise ValueError("no word to search for; words are of letters and digits")
        return " ".join(text.split())

    @classmethod
    def write(cls, value: str) -> str:
        return value

    @classmethod
    def key(cls, value: str) -> str:
        return name_key(value)


class AmountCondition(Condition[Decimal]):
    """ISK, 0 or more, with at most two digits after the dot.

    What is more than a request can have counts as the most that a database can hold.
    """

    __slots__ = ()
    attributes = ("base_payout", "payout")
    operators = RANGE_OPERATORS

    def check_size(self) -> None:
        bounds = [bound.operator + self.write(bound.value) for bound in self.bounds]
        _check_comparisons(self.attribute, bounds, "bounds")

    @classmethod
    def read(cls, text: str) -> Decimal:
        # Decimal() alone would take other scripts' digits, exponents and underscores.
        if _AMOUNT.fullmatch(text) is None:
            raise ValueError("no amount; write ISK in digits, such as 1000000 or 12.50")
        return min(Decimal(text), _MOST_ISK).quantize(CENT)

    @classmethod
    def write(cls, value: Decimal) -> str:
        whole, cents = divmod(to_hundredths(value), 100)
        return f"{whole}.{cents:02}" if cents else str(whole)

    @classmethod
    def key(cls, value: Decimal) -> Decimal:
        return value


class TimeCondition(Condition[Interval]):
    """Intervals of time in UTC; a bound keeps the interval that it was written with."""

    __slots__ = ()
    attributes = ("kill_timestamp", "submit_timestamp")
    operators = RANGE_OPERATORS

    @property
    def limits(self) -> tuple[Term[datetime], ...]:
        """`bounds` as moments: the time is at least (`>=`) or below (`<`) each of them.

        `>2014` is at least the start of 2015, `<=2014` below it.
        """
        return tuple(_limit(term) for term in self.bounds)

    def check_size(self) -> None:
        times = [term.operator + self.write(term.value) for term in self.terms]
        _check_comparisons(self.attribute, times, "times")

    @classmethod
    def read(cls, text: str) -> Interval:
        return parse_interval(text)

    @classmethod
    def write(cls, value: Interval) -> str:
        return format_interval(value)


def _check_comparisons(attribute: str, compared: list[str], what: str) -> None:
    if len(compared) > MOST_COMPARISONS:
        raise FilterError(
            attribute, compared[MOST_COMPARISONS], f"at most {MOST_COMPARISONS} {what} are compared"
        )


def _limit(bound: Term[Interval]) -> Term[datetime]:
    after = bound.operator in (Operator.ABOVE, Operator.AT_MOST)
    moment = bound.value.end if after else bound.value.start
    is_lower = bound.operator in (Operator.ABOVE, Operator.AT_LEAST)
    return Term(Operator.AT_LEAST if is_lower else Operator.BELOW, moment)


#: Every attribute that takes values, with its kind.
KINDS: Mapping[str, type[Condition[Any]]] = MappingProxyType(
    {
        attribute: kind
        for kind in (
            NameCondition,
            StatusCondition,
            DetailsCondition,
            AmountCondition,
            TimeCondition,
        )
        for attribute in kind.attributes
    }
)
