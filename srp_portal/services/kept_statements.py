"""Statements that are put together once, since that takes several times as long as asking them."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from srp_portal.domain.filter_conditions import Condition
from srp_portal.domain.filters import Filters, are_few

#: Statements of one kind that are kept, those used last.
MOST_KEPT = 256
Conditions = tuple[Condition[Any], ...]
Make = Callable[..., Any]


def kept(make: Make) -> Make:
    """Keeps what a function makes of Filters, or of their conditions, and of what else it takes."""
    keep = lru_cache(maxsize=MOST_KEPT)(make)

    @wraps(make)
    def statement(filters: Filters | Conditions, **options: Any) -> Any:
        conditions = filters.conditions if isinstance(filters, Filters) else filters
        if are_few(conditions):
            return keep(filters, **options)
        return make(filters, **options)

    return statement


def connection_for(dbsession: Session, filters: Filters) -> Connection:
    """The connection to ask for a list by; past SQLAlchemy's own cache where the filters are many.

    Changes of the session are flushed, as the ORM would: they count.
    """
    dbsession.flush()
    connection = dbsession.connection()
    if not are_few(filters.conditions):
        connection.execution_options(compiled_cache=None)
    return connection
