"""Full text finds on both databases what plain Python finds in the words of each text."""

from __future__ import annotations

from urllib.parse import quote, unquote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.orm import Session

from srp_portal.domain.filters import parse_filters
from srp_portal.domain.permissions import Identity, Permission
from srp_portal.domain.words import finds_longer, tag_of, words_of
from srp_portal.models import search
from srp_portal.models.divisions import Division
from srp_portal.models.engine import make_engine, writing
from srp_portal.models.requests import SrpRequest
from srp_portal.models.search import FULL_TEXT_INDEX, RequestWords
from srp_portal.seeding.seed import seed
from srp_portal.services import listing
from srp_portal.services.crypto import Secrets

SECRETS = Secrets(("a-secret-of-the-tests-that-is-long-enough",))
#: What texts are made of: parts of each other, signs that a query language reads, other scripts.
PIECES = [
    *("fleet", "fleets", "Flee", "fl", "it's", "its", "HED-GP", "#123", "123", "1234", "1,000.5"),
    *("https://zkillboard.com/kill/123/", "back\\slash", "under_score", '"quoted words"', "'", '"'),
    *("AND", "OR", "NOT", "NEAR(fleet gp)", "fleet*", "fleet:*", "!fleet", "a & b | c", "-fleet"),
    *("words: fleet", "{words}", "^fleet", "Überfall", "UBERFALL", "öl", "Straße", "STRASSE", "İ"),
    *("Стратегический", "стратег", "Ёж", "еж", "ελληνικός", "ΕΛΛΗΝΙΚΌΣ", "我的船"),
    *("的船没了", "船", "艦隊ガ", "ガ", "ﬁt", "प्रेम", "ไทย", "❤️", "%"),
    *("x" * 70, "x" * 64, "a\nb\tc", "\u2028"),
]  # fmt: skip
TEXTS = st.one_of(
    st.lists(st.sampled_from(PIECES), min_size=1, max_size=5).map(" ".join),
    st.lists(st.sampled_from(PIECES), min_size=2, max_size=3).map("".join),
    st.text(alphabet=st.characters(exclude_characters="\x00", exclude_categories=["Cs"])),
)
SEARCHES = TEXTS.filter(words_of)


@pytest.fixture(scope="module")
def databases(portal_databases, module_postgresql):
    """Both databases with the same generated requests."""
    engines = [make_engine(portal_databases.sqlite()), make_engine(module_postgresql)]
    for engine in engines:
        seed(engine, SECRETS, requests=40, seed=5)
    yield engines
    for engine in engines:
        engine.dispose()


def put(engine, texts):
    """Gives the first requests these texts, as the services do; the ids, in the texts' order."""
    with Session(writing(engine)) as dbsession:
        requests = dbsession.scalars(select(SrpRequest).order_by(SrpRequest.id)).all()
        for number, request in enumerate(requests):
            request.details = texts[number] if number < len(texts) else ""
        dbsession.commit()
        return [request.id for request in requests[: len(texts)]]


def found(engine, searches):
    statement = select(SrpRequest.id).where(search.found(SrpRequest.id, tuple(searches)))
    here = select(RequestWords.request_id).where(
        search.found(RequestWords.request_id, tuple(searches))
    )
    with Session(engine) as dbsession:
        ids = set(dbsession.scalars(statement))
        assert ids == set(dbsession.scalars(here))
        return ids


def holds(details, searched):
    """Whether a text has each searched word, or a longer one that begins with it."""
    return all(
        any(word == each or (finds_longer(each) and word.startswith(each)) for word in details)
        for each in searched
    )


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(
    texts=st.lists(TEXTS, min_size=1, max_size=8),
    searches=st.lists(st.lists(SEARCHES, min_size=1, max_size=3), min_size=1, max_size=6),
)
def test_search_when_made_on_either_database_finds_what_python_finds(databases, texts, searches):
    for engine in databases:
        ids = put(engine, texts)
        for either in searches:
            expected = {
                id_
                for id_, details in zip(ids, texts, strict=True)
                if any(holds(words_of(details), words_of(each)) for each in either)
            }
            assert found(engine, either) == expected, (engine.dialect.name, either)


@pytest.mark.parametrize("length", [1, 10_000])
def test_text_when_as_long_as_it_may_be_and_searched_by_as_much_is_found(databases, length):
    texts = [" ".join(chr(0x4E00 + number % 20_000) for number in range(length // 2 + 1)), "x"]
    for engine in databases:
        ids = put(engine, texts)
        assert found(engine, [texts[0][:1_000]]) == {ids[0]}
        assert found(engine, ["".join(texts[0].split())[:1_000]]) == (
            {ids[0]} if length == 1 else set()
        )


def test_search_when_requests_change_or_go_follows_them(databases):
    for engine in databases:
        first, second, *_ = put(engine, ["alpha", "alpha beta"])
        with Session(writing(engine)) as dbsession:
            dbsession.get(SrpRequest, first).details = "gamma"
            dbsession.commit()
        assert found(engine, ["alpha"]) == {second}
        assert found(engine, ["gamma"]) == {first}
        with Session(writing(engine)) as dbsession:
            dbsession.execute(delete(RequestWords).where(RequestWords.request_id == second))
            assert set(
                dbsession.scalars(
                    select(SrpRequest.id).where(search.found(SrpRequest.id, ("alpha",)))
                )
            ) == set()  # fmt: skip
            dbsession.rollback()


def test_copies_when_requests_change_in_any_way_are_what_the_requests_say(databases):
    for engine in databases:
        with Session(writing(engine)) as dbsession:
            division = dbsession.scalar(select(func.max(Division.id)))
            dbsession.execute(update(SrpRequest).values(division_id=division))
            dbsession.execute(
                text("UPDATE requests SET payout = payout + 1, base_payout = base_payout + 2,"
                     " status = 'evaluating'"
                     " WHERE NOT is_withdrawn")
            )  # fmt: skip
            names = (
                *("division_id", "status", "base_payout", "payout"),
                *("submitter_id", "submitted_at", "killed_at"),
            )
            rows = [
                dbsession.execute(
                    select(key, *(getattr(model, name) for name in names)).order_by(key)
                ).all()
                for model, key in (
                    (SrpRequest, SrpRequest.id),
                    (RequestWords, RequestWords.request_id),
                )
            ]
            assert rows[0] == rows[1]
            dbsession.rollback()


def test_index_of_sqlite_when_loaded_in_bulk_holds_what_the_table_says(databases):
    with databases[0].begin() as connection:
        connection.exec_driver_sql(
            f"INSERT INTO {FULL_TEXT_INDEX} ({FULL_TEXT_INDEX}, rank) VALUES ('integrity-check', 1)"
        )


@pytest.fixture
def named(databases):
    """Both databases, where half of the details say alpha, and some names are all signs."""
    for engine in databases:
        put(engine, ["alpha", "beta"] * 20)
        with Session(writing(engine)) as dbsession:
            for number, request in enumerate(dbsession.scalars(select(SrpRequest))):
                if number % 4 < 2:
                    request.pilot_key = SIGNS
                    request.alliance_key = ""
            dbsession.commit()
    return databases


SIGNS = 'o\'neill "x" & (y) | !z:* \\ alpha'
QUOTED = quote(quote(SIGNS, safe=""), safe="")
MANY = ",".join(f"Nobody {number}" for number in range(150))
NAMED = [
    "ship/Capsule", "ship/-Capsule", "ship/Capsule,Sabre,Loki/region/Catch",
    "alliance/Sable%20Horizon", "alliance/-Sable%20Horizon,-Meridian%20Compact",
    "corporation/Kite%20and%20Anchor", "region/Catch/ship/-Capsule", "system/-HED-GP/region/Catch",
    "constellation/Nowhere", "alliance/Sable%20Horizon,-Nobody", "base_payout/>50000000",
    "ship/-Capsule/base_payout/>50000000/payout/>1/kill_timestamp/-2023/status/paid,approved",
    "alliance/-Nobody/sort/ship", "corporation/-Kite%20and%20Anchor/region/Catch/ship/-Capsule",
    f"region/{MANY}", f"region/Catch/alliance/{MANY},Sable%20Horizon",
    f"pilot/{QUOTED}", f"pilot/-{QUOTED}", f"pilot/{MANY}",
    f"ship/-Capsule/pilot/{','.join(f'-{name}' for name in MANY.split(','))}",
]  # fmt: skip


@pytest.mark.parametrize("path", NAMED)
def test_search_when_names_are_asked_for_as_well_finds_what_the_requests_say(named, path):
    for engine in named:
        with Session(engine) as dbsession:
            divisions = dbsession.scalars(select(Division.id)).all()
            reader = Identity(
                1, "r", grants={id_: frozenset({Permission.ADMIN}) for id_ in divisions}
            )
            filters = parse_filters(unquote(f"details/alpha/{path}"), list_name="all")
            others = parse_filters(unquote(path), list_name="all")
            page = listing.request_page(dbsession, reader, filters, page_size=100)
            expected = [
                row
                for row in listing.request_page(dbsession, reader, others, page_size=100).rows
                if row.details == "alpha"
            ]
            assert [row.id for row in page.rows] == [row.id for row in expected]
            assert page.count == len(expected)
            assert page.total == sum(row.payout for row in expected if row.status != "rejected")


def test_names_when_they_change_are_found_as_they_are(databases):
    for engine in databases:
        first, *_ = put(engine, ["alpha"])
        with Session(writing(engine)) as dbsession:
            dbsession.get(SrpRequest, first).region_key = "new region"
            dbsession.flush()
            asked = search.found(
                RequestWords.request_id, ("alpha",), [search.Names("region", ("new region",), ())]
            )
            assert dbsession.scalars(select(RequestWords.request_id).where(asked)).all() == [first]
            dbsession.rollback()


def test_tag_when_a_text_holds_it_is_no_name(databases):
    tag = tag_of("region", "new region")
    asked = [search.Names("region", ("new region",), ())]
    named = select(RequestWords.request_id).where(
        search.found(RequestWords.request_id, ("alpha",), asked)
    )
    for engine in databases:
        [written] = put(engine, [f"alpha {tag}"])
        assert found(engine, [tag]) == {written}
        with Session(engine) as dbsession:
            assert dbsession.scalars(named).all() == []


@pytest.mark.parametrize(
    "path", ["details/alpha", "details/alpha/sort/payout", "details/alpha/ship/-x"]
)
@pytest.mark.parametrize("few", [0, 100])
def test_page_when_gathered_or_walked_is_the_same(databases, monkeypatch, path, few):
    monkeypatch.setattr(listing, "_FEW", few)
    for engine in databases:
        ids = put(engine, ["alpha"] * 15)
        with Session(engine) as dbsession:
            divisions = dbsession.scalars(select(Division.id)).all()
            reader = Identity(
                1, "r", grants={id_: frozenset({Permission.ADMIN}) for id_ in divisions}
            )
            filters = parse_filters(path, list_name="all")
            seen = []
            for number in (1, 2, 3, 4):
                page = listing.request_page(
                    dbsession, reader, filters.replace(page=number), page_size=4
                )
                assert page.count == 15
                seen += [row.id for row in page.rows]
            assert listing.request_page(
                dbsession, reader, filters.replace(page=5), page_size=4
            ).rows == ()  # fmt: skip
        assert sorted(seen) == ids
