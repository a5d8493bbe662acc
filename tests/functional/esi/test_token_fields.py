"""Tokens made by hand, as scripts, tests and hosts with other logins do, and what they say."""

from datetime import timedelta

import pytest
from sqlalchemy import create_engine, select
from sqlalchemy.orm import sessionmaker
from webtest import TestApp

from srp_portal.esi import tokens
from srp_portal.esi.errors import EsiConfigurationError
from srp_portal.esi.models import CallbackRedirect, Scope, Token, metadata, utc_now

KILLS = "esi-killmails.read_killmails.v1"
MAIL = "esi-mail.send_mail.v1"


@pytest.fixture
def dbsession(app, sessions):
    with sessions() as session:
        yield session


def _token(**fields):
    return Token(
        **{
            "access_token": "anAccessToken",
            "refresh_token": "aRefreshToken",
            "character_id": 95000001,
            "character_name": "Ada",
            "character_owner_hash": "owner",
            **fields,
        }
    )


def _stored(dbsession, **fields):
    token = _token(**fields)
    dbsession.add(token)
    dbsession.commit()
    return token


def test_token_when_made_without_its_end_then_ends_twenty_minutes_after_it_was_created(dbsession):
    token = _stored(dbsession)
    assert token.expires == token.created + timedelta(minutes=20)
    assert not token.expired
    assert tokens(dbsession).get_expired().count() == 0


def test_token_when_made_with_an_old_date_then_expired(dbsession):
    token = _stored(dbsession, created=utc_now() - timedelta(minutes=21))
    assert token.expired
    assert tokens(dbsession).get_expired().all() == [token]


def test_token_when_its_date_is_set_back_then_expired(dbsession):
    token = _stored(dbsession, expires_at=utc_now() + timedelta(hours=1))
    token.created -= timedelta(days=1)
    dbsession.commit()
    assert token.expired
    assert tokens(dbsession).get_expired().all() == [token]


def test_token_when_made_with_both_times_then_both_are_kept(dbsession):
    then, end = utc_now() - timedelta(days=1), utc_now() + timedelta(hours=1)
    first = _stored(dbsession, created=then, expires_at=end)
    second = _stored(dbsession, expires_at=end, created=then)
    assert [(t.created, t.expires) for t in (first, second)] == [(then, end)] * 2


def test_token_when_not_stored_then_its_times_are_known():
    then = utc_now() - timedelta(minutes=19)
    assert _token(created=then).expires == then + timedelta(minutes=20)
    assert not _token(created=then).expired
    assert not _token().expired
    assert _token(created=then - timedelta(minutes=1)).expired


def test_token_when_its_refresh_token_is_blank_then_it_has_none(dbsession):
    token, other = (_stored(dbsession, refresh_token=blank) for blank in ("", None))
    assert (token.refresh_token, token.can_refresh) == (None, False)
    assert tokens(dbsession).equivalent_to(token).all() == [other]


@pytest.mark.parametrize("backend", ["sqlite_url", "empty_postgresql"])
def test_user_id_when_the_host_counts_its_users_then_compared_with_their_numbers(
    app, backend, request
):
    engine = create_engine(request.getfixturevalue(backend))
    metadata.create_all(engine)
    with sessionmaker(engine)() as dbsession:
        mine = _stored(dbsession, user_id=42)
        _stored(dbsession, user_id=43)
        dbsession.expire_all()
        assert mine.user_id == 42
        assert mine.user_id == "42"
        for user_id in (42, "42"):
            assert tokens(dbsession).filter_by(user_id=user_id).all() == [mine]
            assert tokens(dbsession).filter(Token.user_id == user_id).all() == [mine]
            assert tokens(dbsession).filter(Token.user_id.in_([user_id])).all() == [mine]
            assert dbsession.scalars(select(Token).where(Token.user_id == user_id)).one() is mine
    engine.dispose()


def test_user_id_when_of_a_row_on_its_way_then_compared_with_numbers(dbsession):
    row = CallbackRedirect(
        state_digest="a", browser_digest="b", code_verifier="c", url="/", kind="login", user_id=42
    )
    dbsession.add(row)
    dbsession.commit()
    wanted = select(CallbackRedirect).where(CallbackRedirect.user_id == 42)
    assert dbsession.scalars(wanted).one().user_id == 42


def test_query_when_asked_for_its_truth_and_length_then_of_what_it_finds(dbsession):
    assert not tokens(dbsession)
    assert len(tokens(dbsession)) == 0
    _stored(dbsession)
    assert tokens(dbsession)
    assert len(tokens(dbsession)) == len(list(tokens(dbsession))) == 1
    assert not tokens(dbsession).filter_by(character_id=1)


def test_require_scopes_when_asked_in_any_shape_then_the_same(dbsession):
    token = _stored(dbsession, scopes=[Scope(name=KILLS), Scope(name=MAIL)])
    both = f"{KILLS} {MAIL}"
    for scopes in (both, [both], [KILLS, MAIL], {MAIL, KILLS}, token.scopes, (KILLS, "", KILLS)):
        assert tokens(dbsession).require_scopes(scopes).all() == [token]
    for scopes in ("", [], None, " "):
        assert tokens(dbsession).require_scopes(scopes).all() == []
    assert tokens(dbsession).require_scopes_exact([both]).all() == [token]


def test_scope_when_shown_then_its_name():
    assert str(Scope(name=KILLS)) == KILLS


def test_token_when_another_application_is_made_after_a_request_then_that_one_reads_it(
    app, app_with, dbsession
):
    TestApp(app).get("/sso/callback", status=400)
    token = _stored(dbsession)
    assert app_with(**{"esi.secret": "another-secret-of-another-application"})
    dbsession.expire_all()
    with pytest.raises(EsiConfigurationError, match="does not fit"):
        _ = token.access_token
    TestApp(app).get("/sso/callback", status=400)
    dbsession.expire_all()
    assert token.access_token == "anAccessToken"
