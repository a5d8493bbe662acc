"""Counts and sums of requests, kept by the database itself as requests change.

Triggers on `requests` (migration 0003) write these rows, whoever changes a request: a list's count
and total are then a sum over a few rows and not over all requests. `revision` grows with every
change of a request that a row counts, so that the sum of revisions tells whether a list changed; it
grows by chance, so that other changes after a restored backup don't lead to where it was before.
Nobody else writes here but `services.tallies.rebuild`.
"""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import BigInteger, Integer, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from srp_portal.models.meta import Base, Isk, Key


class DivisionTally(Base):
    """The requests of a division in a status, or a part of them.

    shard: on PostgreSQL the submitter's id modulo 8, so that two transactions seldom wait for each
    other at a row; on SQLite, where one writes at a time, 0.
    """

    __tablename__ = "division_tallies"

    division_id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    status: Mapped[str] = mapped_column(String(10), primary_key=True)
    shard: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    requests: Mapped[int] = mapped_column(BigInteger)
    payouts: Mapped[Decimal] = mapped_column(Isk)
    revision: Mapped[int] = mapped_column(BigInteger)


class MonthTally(Base):
    """The requests of a division in a status that were submitted in a month, or a part of them.

    A page far behind is found by these: they tell in which month it lies. month: in UTC, as a
    number such as 202507. shard: as in DivisionTally, but of half as many.
    """

    __tablename__ = "month_tallies"
    __table_args__ = ({"sqlite_with_rowid": False},)

    division_id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    month: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    status: Mapped[str] = mapped_column(String(10), primary_key=True)
    shard: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    requests: Mapped[int] = mapped_column(Integer)


class SubmitterTally(Base):
    """The requests of a submitter in a division and a status."""

    __tablename__ = "submitter_tallies"

    submitter_id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    division_id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    status: Mapped[str] = mapped_column(String(10), primary_key=True)
    requests: Mapped[int] = mapped_column(BigInteger)
    payouts: Mapped[Decimal] = mapped_column(Isk)
    revision: Mapped[int] = mapped_column(BigInteger)


class NameRevision(Base):
    """Grows with every change of a name that lists show: one row, of divisions and users."""

    __tablename__ = "name_revisions"

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    revision: Mapped[int] = mapped_column(BigInteger)
