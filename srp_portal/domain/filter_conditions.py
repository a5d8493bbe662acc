"""Conditions of a filter: the terms that one attribute must meet, whatever its kind."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar, Generic, Self, TypeVar

from srp_portal.domain.filter_text import FilterError, check_value, decode_value

V = TypeVar("V")


class Operator(StrEnum):
    """What stands before a value, in canonical order; nothing means "any of these"."""

    NOT = "-"
    ANY = ""
    BELOW = "<"
    AT_MOST = "<="
    ABOVE = ">"
    AT_LEAST = ">="

    @property
    def is_bound(self) -> bool:
        """Whether it limits a value from one side."""
        return self not in (Operator.NOT, Operator.ANY)


NAME_OPERATORS = frozenset({Operator.NOT, Operator.ANY})
RANGE_OPERATORS = frozenset(Operator)

_POSITIONS = {operator: position for position, operator in enumerate(Operator)}
#: Longest first, since `<=` starts like `<`.
_SIGNS = sorted(set(Operator) - {Operator.ANY}, key=len, reverse=True)


@dataclass(frozen=True, slots=True)
class Term(Generic[V]):
    """One value with its operator."""

    operator: Operator
    value: V


@dataclass(frozen=True, slots=True)
class Condition(ABC, Generic[V]):
    """All terms for one attribute, checked, sorted and without repetition.

    A row fits when it has one of `any_of` (if there are any), none of `none_of`, and keeps all
    `bounds`. A kind of attribute is a subclass: it says how a value is read and written. Raises
    ValueError for an attribute that the kind doesn't have, FilterError for a bad term.
    """

    attributes: ClassVar[tuple[str, ...]]
    operators: ClassVar[frozenset[Operator]]

    attribute: str
    terms: tuple[Term[V], ...]

    def __post_init__(self) -> None:
        if self.attribute not in self.attributes:
            raise ValueError(f"{type(self).__name__} has no attribute {self.attribute!r}")
        # Read from their own text, values made in code are as strict and normal as parsed ones.
        terms = [
            self.make_term(self.attribute, term.operator, self.write(term.value))
            for term in self.terms
        ]
        terms.sort(key=lambda term: (*self._sort_key(term), self.write(term.value)))
        # Of several spellings with one key the first in code point order stays, in whatever
        # order they came.
        unique: dict[Any, Term[V]] = {}
        for term in terms:
            unique.setdefault(self._sort_key(term), term)
        object.__setattr__(self, "terms", tuple(unique.values()))
        self.check_size()

    def check_size(self) -> None:
        """Raises FilterError for more than a database takes in one condition."""

    @property
    def any_of(self) -> tuple[V, ...]:
        """Values of which a row must have one, if there are any."""
        return self._values(Operator.ANY)

    @property
    def none_of(self) -> tuple[V, ...]:
        """Values that a row must not have."""
        return self._values(Operator.NOT)

    @property
    def bounds(self) -> tuple[Term[V], ...]:
        """Terms with `<`, `<=`, `>` or `>=`, all of which a row must keep."""
        return tuple(term for term in self.terms if term.operator.is_bound)

    def plus(self, other: Self) -> Self:
        """The condition with another's terms besides its own."""
        return type(self)(self.attribute, self.terms + other.terms)

    def minus(self, other: Self) -> Self:
        """The condition without the terms that another has, however they are spelled there."""
        taken = {self._sort_key(term) for term in other.terms}
        kept = (term for term in self.terms if self._sort_key(term) not in taken)
        return type(self)(self.attribute, tuple(kept))

    def segments(self) -> tuple[str, ...]:
        """Segments of a path, decoded once, that `parse_terms` turns into the terms again.

        More than one means that the attribute is repeated before each.
        """
        return (",".join(self._written(term) for term in self.terms),)

    @classmethod
    def parse_terms(cls, attribute: str, raw: str) -> list[Term[V]]:
        """The terms in a segment of a path that was decoded once. Raises FilterError."""
        return [cls._parse_term(attribute, part) for part in raw.split(",")]

    @classmethod
    def make_term(cls, attribute: str, operator: Operator, text: str) -> Term[V]:
        """A term from plain text, without any encoding. Raises FilterError."""
        if operator not in cls.operators:
            raise FilterError(
                attribute,
                operator + text,
                f"{operator} has no meaning here; a name that starts with it is encoded twice",
            )
        check_value(attribute, text)
        try:
            return Term(operator, cls.read(text))
        except ValueError as error:
            raise FilterError(attribute, operator + text, str(error)) from error

    @classmethod
    @abstractmethod
    def read(cls, text: str) -> V:
        """A value from plain text; raises ValueError with a clause for the user."""

    @classmethod
    @abstractmethod
    def write(cls, value: V) -> str:
        """The canonical plain text of a value."""

    @classmethod
    def key(cls, value: V) -> Any:
        """By what values are sorted; equal keys mean the same value."""
        return cls.write(value)

    @classmethod
    def encode(cls, text: str) -> str:
        """A written value as the path has it; most kinds write nothing that needs encoding."""
        return text

    @classmethod
    def _parse_term(cls, attribute: str, raw: str) -> Term[V]:
        # The operator is looked for before decoding: an encoded one belongs to the value.
        sign, rest = _split_operator(raw)
        if _split_operator(rest)[0] is not Operator.ANY:
            raise FilterError(attribute, raw, "only one operator may stand before a value")
        return cls.make_term(attribute, sign, decode_value(attribute, rest))

    def _written(self, term: Term[V]) -> str:
        return term.operator + self.encode(self.write(term.value))

    def _values(self, operator: Operator) -> tuple[V, ...]:
        return tuple(term.value for term in self.terms if term.operator is operator)

    def _sort_key(self, term: Term[V]) -> tuple[int, Any]:
        return _POSITIONS[term.operator], self.key(term.value)


def _split_operator(raw: str) -> tuple[Operator, str]:
    sign = next((each for each in _SIGNS if raw.startswith(each)), Operator.ANY)
    return sign, raw[len(sign) :]
