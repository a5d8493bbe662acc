"""Writes many rows at once: past the ORM, in the form in which the columns' types store them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Engine, func, inspect, select, text
from sqlalchemy.schema import CreateIndex, DropIndex
from sqlalchemy.types import TypeEngine

from srp_portal.models.engine import writing
from srp_portal.models.meta import Base, Isk, Ratio, UtcDateTime
from srp_portal.models.requests import SrpRequest
from srp_portal.models.search import FULL_TEXT_INDEX, RequestWords, Words
from srp_portal.services import tallies

Model = type[Base]
Row = tuple[Any, ...]


def sqlite_time(value: datetime) -> str:
    """A UTC time as UtcDateTime has it stored on SQLite, several times faster than through it."""
    return value.isoformat(" ", "microseconds")[:26]


@contextmanager
def loading(engine: Engine) -> Iterator[Connection]:
    """A transaction for a load: on SQLite foreign keys are checked once, before the commit.

    Raises ForeignKeyBroken, and then stores nothing.
    """
    with writing(engine).connect() as connection:
        if connection.dialect.name != "sqlite":
            with connection.begin():
                yield connection
            return
        # SQLite takes this setting outside a transaction alone, and SQLAlchemy would begin one.
        driver: Any = connection.connection.driver_connection
        driver.execute("PRAGMA foreign_keys = OFF")
        try:
            with connection.begin():
                yield connection
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
                if broken is not None:
                    raise ForeignKeyBroken(f"a row of {broken[0]} points to no row of {broken[2]}")
        finally:
            driver.execute("PRAGMA foreign_keys = ON")


class ForeignKeyBroken(Exception):
    """A load left a row that points to nothing."""


class BulkLoad:
    """Loads rows over one connection, inside the transaction that is open on it.

    Rows are tuples of what the database itself stores: amounts, times, which must be UTC, and
    words go through `isk`, `ratio`, `time` and `words` first.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.isk: Callable[[Decimal], Any] = self._binder(Isk())
        self.ratio: Callable[[Decimal], Any] = self._binder(Ratio())
        self.words: Callable[[tuple[str, ...]], Any] = self._binder(Words())
        self.time: Callable[[datetime], Any] = (
            self._binder(UtcDateTime()) if self._is_postgresql else sqlite_time
        )

    def _binder(self, type_: TypeEngine[Any]) -> Callable[[Any], Any]:
        dialect = self._connection.dialect
        binder = type_.dialect_impl(dialect).bind_processor(dialect)
        return binder if binder is not None else lambda value: value

    @property
    def _is_postgresql(self) -> bool:
        return self._connection.dialect.name == "postgresql"

    def lock(self, models: Collection[Model]) -> None:
        """Keeps other writers away from the tables, whose next ids are given out by hand here."""
        # On SQLite the transaction has the lock on all of the database from its beginning.
        if self._is_postgresql:
            tables = ", ".join(model.__tablename__ for model in models)
            self._connection.execute(text(f"LOCK TABLE {tables} IN EXCLUSIVE MODE"))

    def next_id(
        self, model: Model, *, column: str = "id", first: int = 1, last: int = 2**63 - 1
    ) -> int:
        """The number after the largest one from `first` to `last`; `first` where there is none."""
        numbers = model.__table__.c[column]
        largest = self._connection.scalar(
            select(func.max(numbers)).where(numbers.between(first, last))
        )
        return first if largest is None else int(largest) + 1

    def count(self, model: Model) -> int:
        """How many rows the table has."""
        return int(self._connection.scalar(select(func.count()).select_from(model)) or 0)

    def insert(self, model: Model, columns: Sequence[str], rows: Sequence[Row]) -> None:
        """Adds the rows, whose values stand in the order of the columns."""
        if not rows:
            return
        target = f"{model.__tablename__} ({', '.join(columns)})"
        if self._is_postgresql:
            cursor = self._connection.connection.cursor()
            with cursor.copy(f"COPY {target} FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            cursor.close()
            return
        places = ", ".join("?" * len(columns))
        # Table and columns are the models' own names, the values are bound.
        self._connection.exec_driver_sql(
            f"INSERT INTO {target} VALUES ({places})",  # noqa: S608
            list(rows),
        )

    @contextmanager
    def without_indexes(self, models: Collection[Model]) -> Iterator[None]:
        """Builds the tables' indexes afterwards, which is several times faster than row by row.

        Constraints stay in force meanwhile; an index that is unique is checked when it is built.
        """
        there = inspect(self._connection)
        indexes = [
            index
            for model in models
            for name in sorted(str(each["name"]) for each in there.get_indexes(model.__tablename__))
            for index in model.__table__.indexes  # type: ignore[attr-defined]
            if index.name == name
        ]
        for index in indexes:
            self._connection.execute(DropIndex(index))
        yield
        for index in indexes:
            self._connection.execute(CreateIndex(index))

    @contextmanager
    def without_full_text(self) -> Iterator[None]:
        """Takes up the words of requests once afterwards: on SQLite, where it is worth it."""
        if self._is_postgresql:
            yield
            return
        with self._without_sqlite_triggers(RequestWords):
            yield
        self._connection.exec_driver_sql(
            f"INSERT INTO {FULL_TEXT_INDEX} ({FULL_TEXT_INDEX}) VALUES ('rebuild')"  # noqa: S608 - ours
        )

    @contextmanager
    def without_tallies(self) -> Iterator[None]:
        """Counts requests once afterwards, and not as each of them is added."""
        if self._is_postgresql:
            table = SrpRequest.__tablename__
            trigger = f"ALTER TABLE {table} %s TRIGGER {table}_tally"
            self._connection.exec_driver_sql(trigger % "DISABLE")
            yield
            self._connection.exec_driver_sql(trigger % "ENABLE")
        else:
            with self._without_sqlite_triggers(SrpRequest):
                yield
        tallies.rebuild(self._connection)

    @contextmanager
    def _without_sqlite_triggers(self, model: Model) -> Iterator[None]:
        found = self._connection.exec_driver_sql(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?",
            (model.__tablename__,),
        ).all()
        for row in found:
            self._connection.exec_driver_sql(f"DROP TRIGGER {row.name}")
        yield
        for row in found:
            self._connection.exec_driver_sql(row.sql)

    def finish(self, models: Collection[Model]) -> None:
        """Lets the database give out the next ids itself again, and plan for what it now holds."""
        if not self._is_postgresql:
            return
        for model in models:
            table = model.__tablename__
            if model.__table__.autoincrement_column is not None:  # type: ignore[attr-defined]
                self._connection.execute(
                    text(
                        f"SELECT setval(pg_get_serial_sequence('{table}', 'id'),"  # noqa: S608
                        f" (SELECT coalesce(max(id), 0) + 1 FROM {table}), false)"
                    )
                )
            self._connection.execute(text(f"ANALYZE {table}"))
