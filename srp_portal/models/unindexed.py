"""A column that SQLite filters by and does not look for in an index of."""

from __future__ import annotations

from typing import Any

from sqlalchemy import UnaryExpression
from sqlalchemy.ext.compiler import compiles
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
