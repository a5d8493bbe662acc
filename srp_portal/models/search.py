"""The words of requests' details, in the index for full text that each database has.

On PostgreSQL the words are a tsvector under a GIN index. On SQLite they are text, which triggers
(migration 0005) copy into an FTS5 table. The words are made in Python
(domain.words), so that both databases know the same ones. Names that very many requests have stand
among them as tags, so that a search for words and such names is answered by the same index.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Self

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

from srp_portal.domain.words import finds_longer, tag_of, words_of
from srp_portal.models.meta import Base, Key, isk, utc
from srp_portal.models.requests import SrpRequest
from srp_portal.models.unindexed import unindexed

#: The index of the words: on SQLite a virtual table, with tables of its own behind.
FULL_TEXT_INDEX = "request_words_index"
#: Names that a large part of all requests may have; the others' tags would only widen the rows.
TAGGED = ("alliance", "region")
_FOUND_BY = ("details", *(f"{name}_key" for name in TAGGED))


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

    Division, status and payouts are copies that triggers on `requests` keep (migration 0005):
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
    base_payout: Mapped[isk]
    payout: Mapped[isk]
    submitted_at: Mapped[utc]
    killed_at: Mapped[utc]
    words: Mapped[tuple[str, ...]] = mapped_column(Words)


def terms_of(details: str, keys: Mapping[str, str]) -> tuple[str, ...]:
    """What a request is found by: the words of its details, and tags for some of its names.

    keys: by the attributes in `TAGGED`, as name_key makes them.
    """
    return (*words_of(details), *(tag_of(name, keys[name]) for name in TAGGED))


def _terms(request: SrpRequest) -> tuple[str, ...]:
    return terms_of(request.details, {name: getattr(request, f"{name}_key") for name in TAGGED})


@event.listens_for(SrpRequest, "after_insert")
def _index(_mapper: Mapper[Any], connection: Connection, request: SrpRequest) -> None:
    connection.execute(
        insert(RequestWords),
        {
            "request_id": request.id,
            "submitter_id": request.submitter_id,
            "division_id": request.division_id,
            "status": request.status,
            "base_payout": request.base_payout,
            "payout": request.payout,
            "submitted_at": request.submitted_at,
            "killed_at": request.killed_at,
            "words": _terms(request),
        },
    )


@event.listens_for(SrpRequest, "after_update")
def _index_again(_mapper: Mapper[Any], connection: Connection, request: SrpRequest) -> None:
    attributes = inspect(request).attrs
    if any(attributes[name].history.has_changes() for name in _FOUND_BY):
        connection.execute(
            update(RequestWords)
            .where(RequestWords.request_id == request.id)
            .values(words=_terms(request))
        )


class Names(NamedTuple):
    """Keys of names of a tagged attribute: any of some, if there are some, and none of others."""

    attribute: str
    any_of: tuple[str, ...]
    none_of: tuple[str, ...]


class _Asked(NamedTuple):
    """Texts, any of them, each as its words: all of them; and names beside them, as tags."""

    texts: tuple[tuple[str, ...], ...]
    #: One of each group.
    any_of: tuple[tuple[str, ...], ...]
    none_of: tuple[str, ...]


class _Search(TypeDecorator[_Asked]):
    """What is asked for in the database's own language."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: _Asked | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        is_postgresql = dialect.name == "postgresql"
        quote, longer, every, either, without = (
            ("'", ":*", " & ", " | ", " & !")
            if is_postgresql
            else ('"', " *", " AND ", " OR ", " NOT ")
        )

        def term(word: str) -> str:
            return f"{quote}{word}{quote}{longer if finds_longer(word) else ''}"

        def any_of(terms: Iterable[str]) -> str:
            return f"({either.join(terms)})"

        asked = any_of(f"({every.join(map(term, words))})" for words in value.texts)
        for tags in value.any_of:
            asked += every + any_of(f"{quote}{tag}{quote}" for tag in tags)
        if value.none_of:
            asked = f"({asked}){without}{any_of(f'{quote}{tag}{quote}' for tag in value.none_of)}"
        return asked


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


def found(
    id_column: Any,
    texts: tuple[str, ...],
    names: Collection[Names] = (),
    *,
    is_walked: bool = False,
) -> Found:
    """Whether a request's details hold all words of one of the texts, each with a word at least.

    id_column: of `requests` or of `request_words`. names: what it is to be called besides.
    is_walked: requests are looked at in an order until enough are found, not gathered by their ids.
    """
    asked = _Asked(
        tuple(words_of(text) for text in texts),
        tuple(_tags(each.attribute, each.any_of) for each in names if each.any_of),
        tuple(tag for each in names for tag in _tags(each.attribute, each.none_of)),
    )
    search = bindparam(None, asked, _Search(), unique=True)
    kind = FoundHere if id_column.class_ is RequestWords else Found
    return kind(unindexed(id_column) if is_walked else id_column, search)


def _tags(attribute: str, keys: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(tag_of(attribute, key) for key in keys)


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
