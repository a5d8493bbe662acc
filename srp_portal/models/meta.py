"""The declarative base, names of constraints, and column types for exact money and time."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, MetaData, String, TypeDecorator
from sqlalchemy.orm import DeclarativeBase, mapped_column

from srp_portal.domain.money import from_hundredths, to_hundredths

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

#: Fractions of modifiers are kept in hundred-thousandths: 15 % is 15000 (http.md: three decimals).
RATIO_DIGITS = 5


class Isk(TypeDecorator[Decimal]):
    """ISK as whole hundredths in the database and as Decimal with two decimals in Python.

    SQLite's own NUMERIC is a float. Binding anything finer than 0.01 raises ValueError.
    """

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        return None if value is None else to_hundredths(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:  # noqa: ARG002
        return None if value is None else from_hundredths(int(value))


class Ratio(TypeDecorator[Decimal]):
    """A fraction with five decimals as a whole number in the database."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        if value is None:
            return None
        scaled = value.scaleb(RATIO_DIGITS)
        if scaled != scaled.to_integral_value():
            raise ValueError(f"{value} is finer than {RATIO_DIGITS} decimals")
        return int(scaled)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:  # noqa: ARG002
        return None if value is None else Decimal(value).scaleb(-RATIO_DIGITS)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC time, also on SQLite; binding a naive one raises ValueError."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return None if value is None else as_utc(value)


def as_utc(value: datetime) -> datetime:
    """The aware time in UTC of one as a database gives it: SQLite's have no zone."""
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


#: A primary key; on SQLite INTEGER alone is the row's own number, without an index beside it.
Key = BigInteger().with_variant(Integer, "sqlite")

#: A casefolded name (domain.text.name_key), compared byte by byte on both databases.
NameKey = String(200).with_variant(String(200, collation="C"), "postgresql")

primary_key = Annotated[int, mapped_column(Key, primary_key=True, autoincrement=True)]
eve_id = Annotated[int, mapped_column(BigInteger)]
isk = Annotated[Decimal, mapped_column(Isk)]
utc = Annotated[datetime, mapped_column(UtcDateTime)]
name_key = Annotated[str, mapped_column(NameKey)]
name = Annotated[str, mapped_column(String(200))]


class Base(DeclarativeBase):
    """All tables of the portal but those of the ESI layer."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)


def one_of(column: str, values: type[StrEnum]) -> str:
    """The text of a check constraint that allows the enumeration's values alone."""
    allowed = ", ".join(f"'{value.value}'" for value in values)
    return f"{column} IN ({allowed})"
