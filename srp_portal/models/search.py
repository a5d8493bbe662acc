"""The words of requests' details, in the index for full text that each database has.

On PostgreSQL the words are a tsvector under a GIN index. On SQLite they are text, which triggers
(migration 0005) copy into an FTS5 table. The words are made in Python
(domain.words), so that both databases know the same ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

from sqlalchemy import (
    Boolean,
    Connection,
    Dialect,
    ForeignKey,
    Index,
    String,
    Text,
    TypeDecorator,
    bindparam,
    event,
    insert,
    inspect,
    update,
)
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Mapped, Mapper, mapped_column
from sqlalchemy.sql.functions import FunctionElement

from srp_portal.domain.words import finds_longer, words_of
from srp_portal.models.meta import Base, Key, isk, utc
from srp_portal.models.requests import SrpRequest

#: The index of the words: on SQLite a virtual table, with tables of its own behind.
FULL_TEXT_INDEX = "request_words_index"


class Words(TypeDecorator[tuple[str, ...]]):
    """Words without repetition, in no order."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        return dialect.type_descriptor(TSVECTOR() if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: Sequence[str] | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        # Words are letters and digits: there is nothing in them to escape.
        return " ".join(f"'{word}'" if dialect.name == "postgresql" else word for word in value)


class RequestWords(Base):
    """What to find a request by in full text, in a row much narrower than the request's own.

    Division, status and payout are copies that triggers on `requests` keep (migration 0005): most
    searches are counted and listed here, without the requests themselves.
    """

    __tablename__ = "request_words"
    __table_args__ = (
        Index("ix_request_words_submitted_at", "submitted_at", "request_id"),
        Index("ix_request_words_submitter_id", "submitter_id", "submitted_at", "request_id"),
        Index(FULL_TEXT_INDEX, "words", postgresql_using="gin").ddl_if(dialect="postgresql"),
        # A change of status finds room on the page of the row, and then touches no index.
        {"postgresql_with": {"fillfactor": 90}},
    )

    request_id: Mapped[int] = mapped_column(
        Key, ForeignKey("requests.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    submitter_id: Mapped[int] = mapped_column(Key)
    division_id: Mapped[int] = mapped_column(Key)
    status: Mapped[str] = mapped_column(String(10))
    payout: Mapped[isk]
    submitted_at: Mapped[utc]
    killed_at: Mapped[utc]
    words: Mapped[tuple[str, ...]] = mapped_column(Words)


@event.listens_for(SrpRequest, "after_insert")
def _index(_mapper: Mapper[Any], connection: Connection, request: SrpRequest) -> None:
    connection.execute(
        insert(RequestWords),
        {
            "request_id": request.id,
            "submitter_id": request.submitter_id,
            "division_id": request.division_id,
            "status": request.status,
            "payout": request.payout,
            "submitted_at": request.submitted_at,
            "killed_at": request.killed_at,
            "words": words_of(request.details),
        },
    )


@event.listens_for(SrpRequest, "after_update")
def _index_again(_mapper: Mapper[Any], connection: Connection, request: SrpRequest) -> None:
    if inspect(request).attrs.details.history.has_changes():
        connection.execute(
            update(RequestWords)
            .where(RequestWords.request_id == request.id)
            .values(words=words_of(request.details))
        )


class _Search(TypeDecorator[tuple[tuple[str, ...], ...]]):
    """Texts, any of them, each as its words: all of them. In the database's own language."""

    impl = Text
    cache_ok = True

    def process_bind_param(
        self, value: tuple[tuple[str, ...], ...] | None, dialect: Dialect
    ) -> str | None:
        if value is None:
            return None
        quote, longer, every, either = (
            ("'", ":*", " & ", " | ")
            if dialect.name == "postgresql"
            else ('"', " *", " AND ", " OR ")
        )

        def term(word: str) -> str:
            return f"{quote}{word}{quote}{longer if finds_longer(word) else ''}"

        return either.join(f"({every.join(map(term, words))})" for words in value)


class Found(FunctionElement[bool]):
    """Whether full text finds a request: `found` makes these."""

    inherit_cache = True
    type = Boolean()

    def self_group(self, against: Any = None) -> Self:  # noqa: ARG002
        """As it is: `= 1`, which would follow on SQLite, keeps SQLite from looking ids up."""
        return self


class FoundHere(Found):
    """The same, of a row of `request_words` itself."""

    inherit_cache = True


def found(id_column: Any, texts: tuple[str, ...]) -> Found:
    """Whether a request's details hold all words of one of the texts, each with a word at least.

    id_column: of `requests` or of `request_words`.
    """
    search = bindparam(None, tuple(words_of(text) for text in texts), _Search(), unique=True)
    kind = FoundHere if id_column.class_ is RequestWords else Found
    return kind(id_column, search)


@compiles(Found, "sqlite")
def _by_fts5(element: Found, compiler: Any, **kw: Any) -> str:
    id_column, search = (compiler.process(each, **kw) for each in element.clauses)
    return (
        f"{id_column} IN"  # noqa: S608 - names of ours, and the place of a parameter
        f" (SELECT rowid FROM {FULL_TEXT_INDEX} WHERE {FULL_TEXT_INDEX} MATCH {search})"
    )


@compiles(Found, "postgresql")
def _by_gin(element: Found, compiler: Any, **kw: Any) -> str:
    id_column, search = (compiler.process(each, **kw) for each in element.clauses)
    return (
        f"{id_column} IN"  # noqa: S608 - names of ours, and the place of a parameter
        f" (SELECT w.request_id FROM request_words w WHERE w.words @@ CAST({search} AS tsquery))"
    )


@compiles(FoundHere, "postgresql")
def _by_gin_here(element: Found, compiler: Any, **kw: Any) -> str:
    _, search = (compiler.process(each, **kw) for each in element.clauses)
    return f"request_words.words @@ CAST({search} AS tsquery)"
