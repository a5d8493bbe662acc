"""What is said to each database in its own way, since they plan differently."""

from __future__ import annotations

from typing import Any, Self

from sqlalchemy import Boolean, ColumnElement, UnaryExpression
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.expression import FunctionElement
from sqlalchemy.sql.operators import custom_op


class Unindexed(UnaryExpression[Any]):
    """A column's value; on SQLite behind a plus sign, which keeps the planner from its index.

    SQLite has no statistics unless it is told to make some, and takes an index where something is
    equal before one that gives the wanted order. PostgreSQL knows better by itself.
    https://www.sqlite.org/optoverview.html, "Disqualifying WHERE-Clause Terms".
    """

    inherit_cache = True


def unindexed(column: Any) -> Unindexed:
    """The column as an expression."""
    return Unindexed(column.expression, operator=custom_op("+"), type_=column.type)


@compiles(Unindexed, "postgresql")
def _as_it_is(element: Unindexed, compiler: Any, **kw: Any) -> str:
    text: str = compiler.process(element.element, **kw)
    return text


class ByDatabase(FunctionElement[bool]):
    """A condition in two spellings that mean the same: `by_database` makes these."""

    inherit_cache = True
    type = Boolean()

    def self_group(self, against: Any = None) -> Self:  # noqa: ARG002
        """As it is: `= 1`, which would follow on SQLite, hides what the planner could use."""
        return self


def by_database(*, sqlite: ColumnElement[bool], postgresql: ColumnElement[bool]) -> ByDatabase:
    """The condition as each database finds the better plan for it."""
    return ByDatabase(sqlite, postgresql)


@compiles(ByDatabase, "sqlite")
def _for_sqlite(element: ByDatabase, compiler: Any, **kw: Any) -> str:
    first, _ = element.clauses
    text: str = compiler.process(first, **kw)
    return text


@compiles(ByDatabase, "postgresql")
def _for_postgresql(element: ByDatabase, compiler: Any, **kw: Any) -> str:
    _, second = element.clauses
    text: str = compiler.process(second, **kw)
    return text
