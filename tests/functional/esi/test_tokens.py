"""Stored tokens: found, renewed once, and deleted only when the SSO says they are worthless."""

import json
import threading
import time
from datetime import datetime, timedelta

import pytest
from sqlalchemy import create_engine, delete, event, func, select, text, update
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from srp_portal.esi import delete_tokens_of_character, save_token, tokens
from srp_portal.esi.credentials import AccessToken
from srp_portal.esi.deadlines import deadline
from srp_portal.esi.errors import (
    EsiConfigurationError,
    NotRefreshableTokenError,
    SsoUnavailable,
    TokenError,
    TokenExpiredError,
    TokenInvalidError,
)
from srp_portal.esi.leases import LEASE, Leases
from srp_portal.esi.models import CallbackRedirect, Scope, Token, metadata, utc_now
from srp_portal.esi.refreshing import _queues
from srp_portal.esi.runtime import Runtime, serve
from srp_portal.esi.settings import EsiSettings
from srp_portal.esi.sso import SsoClient, SsoLogin, TokenPayload
from srp_portal.esi.tasks import TokenCleanup, cleanup_callbackredirect, cleanup_token

KILLS = "esi-killmails.read_killmails.v1"
MAIL = "esi-mail.send_mail.v1"


@pytest.fixture
def dbsession(sessions):
    with sessions() as session:
        yield session


@pytest.fixture
def token(traveller, pilot, dbsession):
    """A stored token of user 7 with one scope, its access token expired."""
    return _stored(traveller, dbsession, pilot, KILLS)


def _stored(traveller, dbsession, pilot, scopes, *, expired=True):
    known = set(dbsession.scalars(select(Token.id)))
    dbsession.rollback()
    traveller.log_in(pilot.id, f"scopes={scopes}", user="7")
    (token_id,) = set(dbsession.scalars(select(Token.id))) - known
    if expired:
        _expire(dbsession, token_id)
    return dbsession.get_one(Token, token_id)


def _expire(dbsession, token_id):
    then = utc_now() - timedelta(minutes=1)
    dbsession.execute(update(Token).where(Token.id == token_id).values(expires_at=then))
    dbsession.commit()


def _refreshes(universe):
    return sum(path.endswith("/v2/oauth/token") for _, path in universe.requests)


@pytest.fixture
def calls(universe, token):
    """Counts calls of the token endpoint from here on."""
    universe.clear_log()
    return lambda: _refreshes(universe)


def test_save_token_when_stored_then_columns_are_encrypted(token, dbsession):
    row = dbsession.execute(text("SELECT access_token, refresh_token FROM esi_token")).one()
    assert token.access_token not in row
    assert token.refresh_token not in row
    assert token.access_token.count(".") == 2
    assert token.user_id == "7"
    assert token.scope_names == (KILLS,)


def test_save_token_when_equivalent_exists_then_it_is_updated(traveller, dbsession, pilot):
    traveller.log_in(pilot.id, f"scopes={KILLS}", user="7")
    traveller.log_in(pilot.id, f"scopes={KILLS}", user="7")
    traveller.log_in(pilot.id, f"scopes={MAIL}", user="7")
    traveller.log_in(pilot.id, f"scopes={KILLS}", user="8")
    assert tokens(dbsession).count() == 3
    assert dbsession.scalar(select(func.count()).select_from(Scope)) == 2


def test_save_token_when_always_create_then_each_login_makes_one(
    app_with, travel, dbsession, pilot
):
    traveller = travel(app_with(**{"esi.always_create_token": "true"}))
    traveller.log_in(pilot.id, user="7")
    traveller.log_in(pilot.id, user="7")
    assert tokens(dbsession).filter_by(user_id=7).count() == 2


def test_secret_when_rotated_then_old_rows_are_read_and_others_refused(token, sessions):
    with sessions() as session:
        serve(_runtime("another-secret-in-front a-secret-for-the-tests-of-this-layer"))
        assert session.get_one(Token, token.id).access_token == token.access_token
    with sessions() as session:
        serve(_runtime("another-secret-in-front"))
        with pytest.raises(EsiConfigurationError, match=r"esi\.secret"):
            session.get(Token, token.id)


def _runtime(secret):
    return Runtime(EsiSettings.from_settings({"esi.sandbox": "true", "esi.secret": secret}))


def test_valid_access_token_when_fresh_then_sso_is_not_asked(traveller, dbsession, pilot, universe):
    token = _stored(traveller, dbsession, pilot, KILLS, expired=False)
    universe.clear_log()
    assert token.valid_access_token() == token.access_token
    assert _refreshes(universe) == 0


def test_valid_access_token_when_expired_then_renewed_with_the_same_owner(token, calls):
    old = token.access_token
    new = token.valid_access_token()
    assert isinstance(new, AccessToken)
    assert new != old
    assert new.owner == token.valid_access_token().owner
    assert not token.expired
    assert calls() == 1


def test_refresh_when_token_rotates_then_new_one_survives_the_callers_rollback(
    token, dbsession, sessions
):
    old = token.refresh_token
    token.refresh()
    dbsession.rollback()
    with sessions() as session:
        stored = session.get_one(Token, token.id)
        assert stored.refresh_token != old
        assert stored.refresh_lease_id is None
        assert stored.refresh_lease_until is None
        stored.refresh()


def test_refresh_when_sso_sends_no_refresh_token_then_old_one_is_kept(token, universe):
    universe.sso(rotate=False)
    old = token.refresh_token
    token.refresh()
    assert token.refresh_token == old


def test_refresh_when_called_then_instance_is_not_dirty(token, dbsession):
    token.refresh()
    assert not dbsession.dirty


def test_refresh_when_many_threads_ask_then_one_call_is_made(token, sessions, calls, universe):
    universe.add_fault("POST /sso/v2/oauth/token", "slow", seconds=0.2)
    got, barrier = [], threading.Barrier(12)

    def ask():
        with sessions() as session:
            mine = session.get_one(Token, token.id)
            barrier.wait(timeout=20)
            got.append(mine.valid_access_token())

    threads = [threading.Thread(target=ask) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 12
    assert len(set(got)) == 1
    assert calls() == 1


def test_refresh_when_another_process_has_the_lease_then_its_result_is_taken(
    token, sessions, calls
):
    _lease(sessions, token.id, utc_now() + LEASE)

    def finish():
        time.sleep(0.1)
        values = {"access_token": "theirs", "expires_at": utc_now() + timedelta(minutes=20)}
        _change(sessions, token.id, refresh_lease_until=None, **values)

    thread = threading.Thread(target=finish)
    thread.start()
    assert token.valid_access_token() == "theirs"
    thread.join()
    assert calls() == 0


def test_refresh_when_lease_is_old_then_it_is_taken_over(token, sessions, calls):
    _lease(sessions, token.id, utc_now() - timedelta(seconds=1))
    token.refresh()
    assert calls() == 1


def test_refresh_when_lease_is_never_given_back_then_unavailable_in_time(
    token, sessions, calls, monkeypatch
):
    monkeypatch.setattr("srp_portal.esi.refreshing.REFRESH_S", 0.1)
    _lease(sessions, token.id, utc_now() + LEASE)
    with pytest.raises(SsoUnavailable, match="too long"):
        token.refresh()
    assert calls() == 0


def test_refresh_when_row_is_deleted_while_waiting_then_invalid(token, sessions):
    _lease(sessions, token.id, utc_now() + LEASE)

    def delete():
        time.sleep(0.1)
        with sessions() as session:
            delete_tokens_of_character(session, token.character_id)
            session.commit()

    thread = threading.Thread(target=delete)
    thread.start()
    with pytest.raises(TokenInvalidError):
        token.refresh()
    thread.join()


def test_refresh_when_row_is_gone_then_invalid(token, sessions):
    token_id = token.id
    with sessions() as session:
        delete_tokens_of_character(session, token.character_id)
        session.commit()
    with pytest.raises(TokenInvalidError, match=str(token_id)):
        token.refresh()


def test_refresh_when_row_is_not_committed_yet_then_renewed_in_its_own_transaction(
    token, dbsession, sessions
):
    copy = Token(
        access_token="old",
        refresh_token=token.refresh_token,
        expires_at=utc_now(),
        user_id="7",
        character_id=token.character_id,
        character_name=token.character_name,
        character_owner_hash=token.character_owner_hash,
    )
    copy.refresh()
    assert copy.access_token.count(".") == 2
    dbsession.add(copy)
    dbsession.flush()
    copy.refresh()
    dbsession.rollback()
    assert tokens(dbsession).count() == 1


def test_refresh_when_caller_wrote_before_then_renewed_in_its_transaction(
    token, dbsession, sessions, calls
):
    token.character_name = "Another Name"
    dbsession.flush()
    old = token.refresh_token
    token.refresh()
    dbsession.commit()
    with sessions() as session:
        assert session.get_one(Token, token.id).refresh_token != old
    assert calls() == 1


def test_refresh_when_another_writer_does_not_end_then_unavailable(
    token, dbsession, sessions, calls, monkeypatch
):
    monkeypatch.setattr("srp_portal.esi.refreshing.LOCKED_S", 0.5)
    with sessions() as writer:
        writer.execute(update(Token).values(character_name="Held"))
        with pytest.raises(SsoUnavailable, match="too long"):
            token.refresh()
    assert calls() == 0


def _lease(sessions, token_id, until):
    _change(sessions, token_id, refresh_lease_id="theirs", refresh_lease_until=until)


def _change(sessions, token_id, **values):
    with sessions() as session:
        session.execute(update(Token).where(Token.id == token_id).values(**values))
        session.commit()


@pytest.mark.parametrize("error", ["invalid_grant", "invalid_token"])
def test_refresh_when_refused_for_good_then_invalid_and_row_stays(
    token, universe, dbsession, error
):
    universe.sso(next_error=error)
    with pytest.raises(TokenInvalidError):
        token.refresh()
    assert tokens(dbsession).count() == 1


@pytest.mark.parametrize("error", ["invalid_client", "503"])
def test_refresh_or_delete_when_it_is_not_the_tokens_fault_then_kept(
    token, universe, dbsession, error
):
    universe.sso(next_error=error)
    with pytest.raises(SsoUnavailable):
        token.refresh_or_delete()
    dbsession.expire_all()
    assert tokens(dbsession).first().refresh_lease_id is None
    token.refresh_or_delete()
    assert not token.expired


def test_refresh_or_delete_when_refused_for_good_then_deleted(token, universe, dbsession, sessions):
    universe.sso(next_error="invalid_grant")
    token.refresh_or_delete()
    dbsession.commit()
    with sessions() as session:
        assert tokens(session).count() == 0


def test_refresh_or_delete_when_character_was_sold_then_deleted(token, universe, dbsession):
    universe.sell_character(token.character_id)
    token.refresh_or_delete()
    assert tokens(dbsession).count() == 0


def test_refresh_when_new_token_has_another_owner_then_row_is_deleted(token, universe, sessions):
    _change(sessions, token.id, character_owner_hash="of somebody else")
    token_id = token.id
    with sessions() as session:
        with pytest.raises(TokenInvalidError, match="another owner"):
            session.get_one(Token, token_id).refresh()
        session.rollback()
        assert tokens(session).count() == 0


def test_refresh_when_new_token_is_not_verifiable_then_rotated_refresh_token_is_kept(
    token, universe, sessions
):
    old_access, old_refresh = token.access_token, token.refresh_token
    universe.sso(signature="bad")
    with pytest.raises(TokenError, match="verified"):
        token.refresh()
    with sessions() as session:
        stored = session.get_one(Token, token.id)
        assert stored.access_token == old_access
        assert stored.refresh_token not in (None, old_refresh)
        universe.sso(signature="good")
        stored.refresh()


def test_refresh_when_there_is_no_refresh_token_then_not_refreshable(
    traveller, universe, dbsession, pilot
):
    universe.sso(refresh_token=False)
    token = _stored(traveller, dbsession, pilot, KILLS)
    assert not token.can_refresh
    with pytest.raises(NotRefreshableTokenError):
        token.refresh()
    with pytest.raises(TokenExpiredError):
        token.valid_access_token()
    token.refresh_or_delete()
    assert tokens(dbsession).count() == 0


def test_queries_when_chained_then_narrow(traveller, dbsession, pilot, another_pilot):
    both = _stored(traveller, dbsession, pilot, f"{KILLS}+{MAIL}", expired=False)
    one = _stored(traveller, dbsession, pilot, KILLS, expired=False)
    none = _stored(traveller, dbsession, another_pilot, "", expired=False)
    found = tokens(dbsession)
    assert found.all() == [both, one, none] == list(found)
    assert found.first() is both
    assert found.require_scopes(KILLS).all() == [both, one]
    assert found.require_scopes([KILLS, MAIL]).all() == [both]
    assert found.require_scopes_exact(KILLS).all() == [one]
    assert found.require_scopes("").all() == [none]
    assert found.require_scopes_exact([]).all() == [none]
    assert found.filter_by(user_id=7, character_id=pilot.id).count() == 2
    assert found.filter_by(user_id=None).count() == 0
    assert found.filter(Token.character_id == another_pilot.id).all() == [none]
    assert found.equivalent_to(one).all() == []


def test_equivalent_to_when_other_user_has_the_same_then_found(traveller, dbsession, pilot):
    one = _stored(traveller, dbsession, pilot, KILLS, expired=False)
    traveller.log_in(pilot.id, f"scopes={KILLS}", user="8")
    (other,) = tokens(dbsession).equivalent_to(one)
    assert other.user_id == "8"


def test_get_token_when_there_is_one_then_it_is_valid(token, dbsession):
    assert Token.get_token(dbsession, token.character_id, [KILLS]) is token
    assert not token.expired
    assert Token.get_token(dbsession, token.character_id, MAIL) is None


def test_require_valid_when_expired_then_renewed_refused_deleted_and_outage_left_out(
    traveller, universe, dbsession, pilot, another_pilot
):
    refused = _stored(traveller, dbsession, pilot, KILLS)
    kept = _stored(traveller, dbsession, another_pilot, KILLS)
    fresh = _stored(traveller, dbsession, pilot, MAIL, expired=False)
    refused_id = refused.id
    universe.sso(next_error="invalid_grant")
    assert tokens(dbsession).filter_by(id=refused_id).require_valid().all() == []
    universe.sso(next_error="503")
    assert tokens(dbsession).require_valid().all() == [fresh]
    assert tokens(dbsession).all() == [kept, fresh]
    assert tokens(dbsession).get_expired().all() == [kept]
    assert tokens(dbsession).require_valid().all() == [kept, fresh]


def test_bulk_refresh_when_called_then_all_that_can_be_are_renewed(
    traveller, universe, dbsession, pilot, another_pilot
):
    fresh = _stored(traveller, dbsession, pilot, KILLS, expired=False)
    universe.sso(refresh_token=False)
    _stored(traveller, dbsession, another_pilot, KILLS)
    steady = _stored(traveller, dbsession, another_pilot, MAIL, expired=False)
    universe.sso(refresh_token=True)
    old = fresh.access_token
    assert tokens(dbsession).bulk_refresh().all() == [fresh]
    assert fresh.access_token != old
    assert tokens(dbsession).all() == [fresh, steady]


def test_cleanup_token_when_run_then_only_worthless_ones_go(
    traveller, universe, dbsession, pilot, another_pilot
):
    good = _stored(traveller, dbsession, pilot, KILLS)
    universe.sso(refresh_token=False)
    _stored(traveller, dbsession, another_pilot, KILLS)
    universe.sso(refresh_token=True)
    assert cleanup_token(dbsession) == TokenCleanup(renewed=1, deleted=1, left=0)
    assert tokens(dbsession).all() == [good]


def test_cleanup_callbackredirect_when_run_then_only_old_ones_go(traveller, dbsession):
    traveller.begin()
    traveller.begin()
    oldest = dbsession.scalars(select(CallbackRedirect).limit(1)).one()
    oldest.created = utc_now() - timedelta(seconds=301)
    dbsession.commit()
    assert cleanup_callbackredirect(dbsession) == 1
    assert cleanup_callbackredirect(dbsession, max_age=0) == 1


def test_delete_tokens_of_character_when_redirect_refers_to_one_then_it_is_detached(
    token, traveller, dbsession
):
    traveller.begin()
    redirect = dbsession.scalars(select(CallbackRedirect)).one()
    redirect.token = token
    dbsession.commit()
    assert token.callback_redirects == [redirect]
    assert delete_tokens_of_character(dbsession, token.character_id) == 1
    dbsession.commit()
    assert redirect.token_id is None
    assert dbsession.scalar(text("SELECT count(*) FROM esi_token_scopes")) == 0


def test_delete_tokens_of_character_when_owner_is_the_same_then_kept(token, dbsession):
    owner = token.character_owner_hash
    assert delete_tokens_of_character(dbsession, token.character_id, owner) == 0


def test_repr_when_shown_then_no_secret_is_in_it(token, dbsession):
    shown = f"{token!r} {token.valid_access_token()!r} {token.scopes!r} {token.get_esi_client()!r}"
    assert token.access_token not in shown
    assert token.refresh_token not in shown


def test_session_factory_when_host_sets_one_then_short_transactions_use_it(
    token, app, sessions, traveller
):
    made = []

    def factory():
        made.append(True)
        return sessions()

    app.registry["esi.runtime"].session_factory = factory
    token.refresh()
    assert made


def test_refresh_when_host_runs_on_one_connection_then_its_transaction_stays_open(
    token, engine, calls
):
    with engine.connect() as connection:
        commits = []
        event.listen(connection, "commit", lambda _: commits.append(True))
        outer = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint") as session:
            session.get_one(Token, token.id).refresh()
        outer.rollback()
    assert calls() == 1
    assert not commits


def test_refresh_when_database_is_in_memory_then_it_is_that_one(token, universe):
    engine = create_engine("sqlite+pysqlite://", poolclass=StaticPool)
    metadata.create_all(engine)
    with Session(engine) as session:
        session.add(
            Token(
                access_token="old",
                refresh_token=token.refresh_token,
                expires_at=utc_now(),
                character_id=token.character_id,
                character_name=token.character_name,
                character_owner_hash=token.character_owner_hash,
            )
        )
        session.commit()
        mine = tokens(session).first()
        assert mine.valid_access_token().count(".") == 2
    engine.dispose()


def test_refresh_when_new_token_can_not_be_stored_at_once_then_tried_again(
    token, sessions, universe, calls, monkeypatch
):
    monkeypatch.setattr("srp_portal.esi.leases.STORE_PAUSES_S", (0.2, 0.2, 0.2, 0.2))
    universe.add_fault("POST /sso/v2/oauth/token", "slow", seconds=0.5)
    old = token.refresh_token
    renewing = threading.Thread(target=token.refresh)
    renewing.start()
    with sessions() as writer:
        _wait_for_lease(sessions, token.id)
        writer.execute(update(Scope).values(help_text="held"))
        time.sleep(1.0)
        writer.rollback()
    renewing.join()
    with sessions() as session:
        assert session.get_one(Token, token.id).refresh_token != old
    assert calls() == 1


def _wait_for_lease(sessions, token_id):
    for _ in range(200):
        with sessions() as session:
            if session.get_one(Token, token_id).refresh_lease_id:
                return
        time.sleep(0.02)
    pytest.fail("nobody took the lease")


def test_refresh_when_row_is_deleted_during_the_call_then_logged(
    token, sessions, caplog, monkeypatch
):
    refresh = SsoClient.refresh

    def slow(self, refresh_token):
        with sessions() as session:
            session.execute(delete(Token))
            session.commit()
        return refresh(self, refresh_token)

    monkeypatch.setattr(SsoClient, "refresh", slow)
    token.refresh()
    assert "deleted while it was renewed" in caplog.text


def test_refresh_when_caller_sees_a_stale_row_then_committed_one_is_adopted(token, sessions, calls):
    with sessions() as session:
        session.get_one(Token, token.id).refresh()
    token.refresh()
    assert calls() == 1


def test_refresh_or_delete_when_token_belongs_to_no_session_then_nothing_to_delete(token):
    loose = Token(
        access_token="old",
        refresh_token=None,
        expires_at=utc_now(),
        character_id=1,
        character_name="Loose",
        character_owner_hash="x",
    )
    loose.refresh_or_delete()
    assert loose.expired


def test_times_when_naive_then_refused(token, dbsession):
    token.expires_at = datetime(2025, 1, 1)  # noqa: DTZ001 - what the column must refuse
    with pytest.raises(StatementError, match="no time zone"):
        dbsession.flush()
    dbsession.rollback()


def test_scope_when_brought_by_two_logins_at_once_then_one_row(
    token, dbsession, sessions, monkeypatch
):
    with sessions() as session:
        session.add(Scope(name=MAIL, help_text="theirs"))
        session.commit()
    looks = []
    look = dbsession.scalar

    def look_too_early(statement):
        looks.append(statement)
        return None if len(looks) == 1 else look(statement)

    monkeypatch.setattr(dbsession, "scalar", look_too_early)
    payload = TokenPayload("a", None, utc_now())
    login = SsoLogin(9, "Nine", "x", (MAIL,), payload)
    monkeypatch.setattr("srp_portal.esi.storing._equivalent", lambda *_: None)
    assert [scope.help_text for scope in save_token(dbsession, login, None).scopes] == ["theirs"]


def _before_lease(monkeypatch, action):
    """Have something happen between the look at the row and the lease on it."""
    take = Leases.take

    def late(self):
        action()
        return take(self)

    monkeypatch.setattr(Leases, "take", late)


def test_refresh_when_renewed_between_look_and_lease_then_that_is_taken(
    token, sessions, calls, monkeypatch
):
    _before_lease(monkeypatch, lambda: _change(sessions, token.id, access_token="theirs"))
    token.refresh()
    assert token.access_token == "theirs"
    assert calls() == 0


def test_refresh_when_it_lost_its_refresh_token_meanwhile_then_invalid(
    token, sessions, calls, monkeypatch
):
    _before_lease(monkeypatch, lambda: _change(sessions, token.id, refresh_token=None))
    with pytest.raises(TokenInvalidError):
        token.refresh()
    assert calls() == 0


def test_refresh_when_another_thread_takes_too_long_then_unavailable(token, calls):
    too_long = pytest.raises(SsoUnavailable, match="too long")
    with _queues[token.id % len(_queues)], deadline(0.05), too_long:
        token.refresh()
    assert calls() == 0


@pytest.mark.parametrize("lifetime", [None, 0, -5, 10**20, "1199", [], True, 1.5])
def test_refresh_when_the_sso_names_a_strange_lifetime_then_nothing_is_lost(
    token, sessions, monkeypatch, lifetime
):
    post = SsoClient._post

    def strange(self, *arguments):
        status, document = post(self, *arguments)
        return status, {**document, "expires_in": lifetime}

    monkeypatch.setattr(SsoClient, "_post", strange)
    old = token.refresh_token
    token.refresh()
    assert not token.expired
    assert token.expires < utc_now() + timedelta(days=1, minutes=1)
    with sessions() as session:
        assert session.get_one(Token, token.id).refresh_token not in (None, old)


@pytest.mark.parametrize("error", [["invalid_grant"], {"invalid_grant": 1}, 400, None, ""])
def test_refresh_when_the_sso_names_a_strange_error_then_unavailable_and_kept(
    token, universe, dbsession, error
):
    headers = {"Content-Type": "application/json"}
    body = json.dumps({"error": error})
    universe.add_fault("POST /sso/v2/oauth/token", "status", status=400, body=body, headers=headers)
    with pytest.raises(SsoUnavailable):
        token.refresh_or_delete()
    assert tokens(dbsession).count() == 1


def test_refresh_when_the_keys_of_the_sso_hang_then_the_known_ones_serve_on_at_once(
    token, universe, monkeypatch
):
    monkeypatch.setattr("srp_portal.esi.jwt.KEYS_KEPT_S", 0.0)
    monkeypatch.setattr("srp_portal.esi.jwt.PATIENCE_S", 0.3)
    universe.add_fault("GET /sso/oauth/jwks", "hang", seconds=30.0)
    began = time.monotonic()
    for _ in range(5):
        token.refresh()
    assert time.monotonic() - began < 3
    assert [path for _, path in universe.requests].count("/sso/oauth/jwks") <= 3
    universe.clear_faults()
    monkeypatch.setattr("srp_portal.esi.jwt.RETRY_S", 0.0)
    universe.sso(new_kid=True)
    token.refresh()
    assert not token.expired
