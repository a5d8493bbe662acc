"""What is asked often is put together once; what is long is not kept at all."""

from __future__ import annotations

from sqlalchemy import literal, select

from srp_portal.domain.filters import FEW_TERMS, parse_filters
from srp_portal.services.kept_statements import connection_for, kept


def names(count):
    return parse_filters(
        "pilot/" + ",".join(f"Pilot {number}" for number in range(count)), list_name="all"
    )


def test_statement_when_its_filters_are_few_is_made_once():
    made = []

    @kept
    def statement(filters, *, flag):
        made.append((filters, flag))
        return select(1)

    first = statement(names(FEW_TERMS), flag=True)
    assert statement(names(FEW_TERMS), flag=True) is first
    assert statement(names(FEW_TERMS), flag=False) is not first
    assert statement(names(FEW_TERMS).conditions, flag=True) is not first
    assert len(made) == 3


def test_statement_when_its_filters_are_many_is_not_kept():
    made = []

    @kept
    def statement(filters):
        made.append(filters)
        return select(1)

    for _ in range(3):
        statement(names(FEW_TERMS + 1))
    assert len(made) == 3


def test_connection_when_filters_are_many_keeps_none_of_their_statements_by_the_engine(dbsession):
    compiled = dbsession.get_bind()._compiled_cache
    before = len(compiled)
    for count, kept_by_engine in ((FEW_TERMS, 1), (FEW_TERMS + 1, 1), (FEW_TERMS + 2, 1)):
        connection = connection_for(dbsession, names(count))
        connection.execute(select(*(literal(1).label(f"c{n}") for n in range(count))))
        assert len(compiled) == before + kept_by_engine
        dbsession.rollback()
