"""Renewing and deleting tokens on every database, whatever the caller's transaction did before."""

import threading
import time
from datetime import timedelta

import pytest
from sqlalchemy import create_engine, select, text, update
from sqlalchemy.orm import Session, sessionmaker

from srp_portal.esi import tokens
from srp_portal.esi.errors import EsiError, SsoUnavailable, TokenError, TokenInvalidError
from srp_portal.esi.models import Scope, Token, metadata, utc_now
from srp_portal.esi.tasks import TokenCleanup, cleanup_callbackredirect, cleanup_token
from srp_portal.models.engine import make_engine, writing

KILLS = "esi-killmails.read_killmails.v1"
MAIL = "esi-mail.send_mail.v1"
NOT_REFRESHABLE = {"refresh_token": False}


@pytest.fixture(params=["sqlite", "sqlite-explicit-begin", "postgresql"])
def engine(request, tmp_path):
    """The database of the tests, on the driver's own transactions, the portal's, and PostgreSQL."""
    if request.param == "postgresql":
        engine = create_engine(request.getfixturevalue("empty_postgresql"))
    elif request.param == "sqlite":
        engine = create_engine(f"sqlite:///{tmp_path}/esi.sqlite")
    else:
        engine = make_engine(f"sqlite:///{tmp_path}/esi.sqlite")
    metadata.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def stored(traveller, sessions):
    """`stored(pilot, …)`: the id of a token that expired a minute ago."""

    def store(pilot, scopes=KILLS, user="7", *, expired=True):
        with sessions() as session:
            known = set(session.scalars(select(Token.id)))
        traveller.log_in(pilot.id, f"scopes={scopes}", user=user)
        with sessions() as session:
            (token_id,) = set(session.scalars(select(Token.id))) - known
        if expired:
            change(sessions, token_id, expires_at=utc_now() - timedelta(minutes=1))
        return token_id

    return store


@pytest.fixture
def worthless(stored, universe):
    """The same for one that came without a refresh token."""

    def store(*arguments):
        universe.sso(refresh_token=False)
        token_id = stored(*arguments)
        universe.sso(refresh_token=True)
        return token_id

    return store


def change(sessions, token_id, **values):
    with sessions.begin() as session:
        session.execute(update(Token).where(Token.id == token_id).values(**values))


def ids(sessions):
    with sessions() as session:
        return set(session.scalars(select(Token.id)))


def refreshes(universe):
    return sum(path.endswith("/v2/oauth/token") for _, path in universe.requests)


def write_elsewhere(sessions):
    with sessions.begin() as session:
        session.add(Scope(name=f"other-{time.monotonic_ns()}", help_text=""))


def test_cleanup_token_when_session_read_before_others_wrote_then_it_succeeds(
    stored, worthless, pilot, another_pilot, sessions
):
    good, bad = stored(pilot), worthless(another_pilot)
    with sessions() as session:
        known, renewed = session.get_one(Token, bad), session.get_one(Token, good)
        session.scalars(select(Token)).all()
        write_elsewhere(sessions)
        assert cleanup_token(session) == TokenCleanup(renewed=1, deleted=1, left=0)
        assert not renewed.expired
        assert known not in session
        session.commit()
    assert ids(sessions) == {good}
    with sessions() as session:
        assert not session.get_one(Token, good).expired


def test_cleanup_token_when_session_wrote_before_then_done_in_its_transaction(
    stored, worthless, pilot, another_pilot, sessions, universe
):
    good, bad = stored(pilot), worthless(another_pilot)
    universe.clear_log()
    with sessions() as session:
        for token in session.scalars(select(Token)):
            token.character_name = "Changed"
        session.flush()
        assert cleanup_token(session) == TokenCleanup(renewed=1, deleted=1, left=0)
        session.commit()
    with sessions() as session:
        (token,) = session.scalars(select(Token))
        assert (token.id, token.character_name, token.expired) == (good, "Changed", False)
    assert refreshes(universe) == 1
    assert bad not in ids(sessions)


def test_cleanup_token_when_session_is_untouched_then_no_transaction_of_it_is_begun(
    stored, worthless, pilot, another_pilot, engine, sessions
):
    stored(pilot)
    worthless(another_pilot)
    writers = writing(engine) if engine.dialect.name == "sqlite" else engine
    with Session(writers) as session:
        assert cleanup_token(session) == TokenCleanup(renewed=1, deleted=1, left=0)
        assert not session.in_transaction()
    assert len(ids(sessions)) == 1


def test_cleanup_token_when_sso_is_out_then_it_ends_soon_and_deletes_nothing(
    stored, sessions, universe, monkeypatch
):
    monkeypatch.setattr("srp_portal.esi.renewals.OUTAGE_OF_CLEANUP", 2)
    before = {stored(pilot) for pilot in list(universe.characters.values())[:4]}
    universe.clear_log()
    universe.add_fault("POST /sso/v2/oauth/token", "html503")
    with sessions() as session:
        assert cleanup_token(session) == TokenCleanup(renewed=0, deleted=0, left=4)
    assert refreshes(universe) == 2
    assert ids(sessions) == before


def test_cleanup_token_when_one_cannot_be_read_then_the_others_are_renewed(
    stored, pilot, another_pilot, sessions, engine
):
    unreadable, good = stored(pilot), stored(another_pilot)
    with engine.begin() as connection:
        table = Token.__table__
        connection.execute(update(table).where(table.c.id == unreadable).values(access_token="x"))
        raw = connection.exec_driver_sql(
            f"UPDATE esi_token SET access_token = 'not encrypted' WHERE id = {unreadable}"
        )
        assert raw.rowcount == 1
    with sessions() as session:
        assert cleanup_token(session) == TokenCleanup(renewed=1, deleted=0, left=1)
    assert ids(sessions) == {unreadable, good}


def test_cleanup_token_when_row_is_locked_by_somebody_else_then_left(
    worthless, pilot, sessions, engine
):
    token_id = worthless(pilot)
    with sessions() as writer, sessions() as session:
        writer.execute(update(Token).values(character_name="Held"))
        assert cleanup_token(session) == TokenCleanup(renewed=0, deleted=0, left=1)
        writer.rollback()
        assert cleanup_token(session) == TokenCleanup(renewed=0, deleted=1, left=0)
    assert ids(sessions) == set()
    del token_id


def test_cleanup_token_when_there_are_more_than_a_page_then_all_are_done(
    stored, pilot, sessions, monkeypatch, universe
):
    monkeypatch.setattr("srp_portal.esi.renewals._PAGE", 2)
    for number in range(5):
        stored(pilot, user=str(number))
    with sessions() as session:
        assert cleanup_token(session) == TokenCleanup(renewed=5, deleted=0, left=0)
        assert cleanup_token(session) == TokenCleanup(renewed=0, deleted=0, left=0)


@pytest.mark.parametrize("method", ["require_valid", "bulk_refresh"])
@pytest.mark.parametrize("before", ["nothing", "read", "wrote", "wrote-them"])
def test_query_when_transaction_did_something_before_then_good_renewed_and_bad_deleted(
    *, stored, worthless, pilot, another_pilot, sessions, method, before
):
    good, bad = stored(pilot), worthless(another_pilot)
    with sessions() as session:
        if before == "read":
            session.scalars(select(Token)).all()
            write_elsewhere(sessions)
        elif before == "wrote":
            session.add(Scope(name="new", help_text=""))
            session.flush()
        elif before == "wrote-them":
            session.execute(update(Token).values(character_name="Changed"))
        found = getattr(tokens(session), method)()
        assert [token.id for token in found] == [good]
        assert not session.get_one(Token, good).expired
        session.commit()
    assert ids(sessions) == {good}
    assert bad != good


def test_require_valid_when_sso_is_out_then_the_page_does_not_ask_for_each_token(
    stored, sessions, universe
):
    for pilot in list(universe.characters.values())[:5]:
        stored(pilot)
    universe.clear_log()
    universe.add_fault("POST /sso/v2/oauth/token", "html503")
    with sessions() as session:
        assert tokens(session).require_valid().all() == []
    assert refreshes(universe) == 3
    assert len(ids(sessions)) == 5


def test_require_valid_when_there_are_very_many_then_one_statement_finds_them(
    stored, pilot, sessions
):
    token_id = stored(pilot, expired=False)
    with sessions() as session:
        others = [Token(id=number) for number in range(10**6, 10**6 + 70_000)]
        many = tokens(session)._only([session.get_one(Token, token_id), *others])
        assert [token.id for token in many] == [token_id]


def test_refresh_when_character_was_sold_then_all_tokens_of_the_old_owner_go_though_page_fails(
    stored, pilot, sessions, universe
):
    first = stored(pilot)
    second = stored(pilot, MAIL, user="8")
    # The SSO still takes the refresh token, and tells of another owner.
    for token_id in (first, second):
        change(sessions, token_id, character_owner_hash="of somebody else")
    third = stored(pilot, f"{KILLS}+{MAIL}", expired=False)
    # Logging in to one of the new owner's deletes the old ones: put one back.
    assert ids(sessions) == {third}
    change(sessions, third, character_owner_hash="of somebody else", expires_at=utc_now())
    with sessions() as session:
        with pytest.raises(TokenInvalidError, match="another owner"):
            session.get_one(Token, third).refresh()
        session.rollback()
    assert ids(sessions) == set()


def test_refresh_when_sold_character_has_other_tokens_then_they_go_too(stored, pilot, sessions):
    first = stored(pilot)
    second = stored(pilot, MAIL, user="8")
    for token_id in (first, second):
        change(sessions, token_id, character_owner_hash="of somebody else")
    with sessions() as session:
        with pytest.raises(TokenInvalidError, match="another owner"):
            session.get_one(Token, first).refresh()
        session.rollback()
    assert ids(sessions) == set()


@pytest.mark.parametrize("end", ["rollback", "commit"])
def test_refresh_when_sold_and_session_wrote_before_then_deleted_however_that_ends(
    stored, pilot, sessions, end
):
    token_id = stored(pilot)
    change(sessions, token_id, character_owner_hash="of somebody else")
    with sessions() as session:
        token = session.get_one(Token, token_id)
        token.character_name = "Changed"
        session.flush()
        with pytest.raises(TokenInvalidError, match="another owner"):
            token.refresh()
        getattr(session, end)()
    assert ids(sessions) == set()


@pytest.mark.parametrize("end", ["rollback", "close", "commit"])
def test_refresh_when_session_wrote_before_then_new_tokens_survive_the_end_of_its_transaction(
    *, stored, pilot, sessions, universe, end
):
    token_id = stored(pilot)
    universe.clear_log()
    with sessions() as session:
        token = session.get_one(Token, token_id)
        before = token.refresh_token
        token.character_name = "Changed"
        session.flush()
        token.refresh()
        with session.begin_nested():
            session.add(Scope(name="in between", help_text=""))
        after = token.refresh_token
        getattr(session, end)()
    with sessions() as session:
        token = session.get_one(Token, token_id)
        assert token.refresh_token == after != before
        assert not token.expired
        assert (token.character_name == "Changed") == (end == "commit")
        assert refreshes(universe) == 1
        token.refresh()


def test_refresh_when_it_can_not_be_stored_after_a_rollback_then_logged_and_its_cause_is_told(
    stored, pilot, sessions, caplog, monkeypatch
):
    monkeypatch.setattr("srp_portal.esi.leases.STORE_PAUSES_S", ())
    token_id = stored(pilot)
    with sessions() as session:
        token = session.get_one(Token, token_id)
        token.character_name = "Changed"
        session.flush()
        token.refresh()
        with sessions() as blocker:
            monkeypatch.setattr(
                "srp_portal.esi.callers.Leases.read",
                lambda _: blocker.execute(text("SELECT * FROM there_is_no_such_table")),
            )
            session.rollback()
    assert "can't be stored" in caplog.text


def test_refresh_when_token_lost_its_session_then_refused_before_anything_is_sent(
    stored, pilot, sessions, universe
):
    with sessions() as session:
        token = session.get_one(Token, stored(pilot))
    universe.clear_log()
    with pytest.raises(TokenError, match="no session"):
        token.valid_access_token()
    assert refreshes(universe) == 0


@pytest.mark.parametrize("fault", ["slow", "trickle"], ids=["asked-late", "answered-late"])
def test_refresh_when_lease_ran_out_meanwhile_then_nothing_is_lost(
    *, stored, pilot, sessions, universe, monkeypatch, fault
):
    """One process sleeps while it asks the SSO; another one finds that its lease ran out."""
    monkeypatch.setattr("srp_portal.esi.leases.LEASE", timedelta(seconds=0.3))
    monkeypatch.setattr("srp_portal.esi.refreshing.QUEUE_S", 0.0)
    token_id = stored(pilot)
    universe.add_fault("POST /sso/v2/oauth/token", fault, times=1, seconds=1.0)
    outcomes = {}

    def renew(delay):
        time.sleep(delay)
        with sessions() as session:
            token = session.get_one(Token, token_id)
            try:
                token.refresh_or_delete()
                outcomes[delay] = token.refresh_token
            except SsoUnavailable:
                outcomes[delay] = None

    threads = [threading.Thread(target=renew, args=(delay,)) for delay in (0.0, 0.6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with sessions() as session:
        token = session.get_one(Token, token_id)
        assert outcomes[0.0] == token.refresh_token
        assert outcomes[0.6] in (None, token.refresh_token)
        token.refresh()


@pytest.fixture
def in_flight(stored, pilot, sessions, universe, monkeypatch):
    """`in_flight(meanwhile)`: does something while a token is renewed; the id of that."""

    def run(meanwhile):
        token_id = stored(pilot)
        universe.add_fault("POST /sso/v2/oauth/token", "slow", times=1, seconds=1.0)
        errors = []

        def renew():
            try:
                with sessions() as session:
                    session.get_one(Token, token_id).refresh()
            except EsiError as error:
                errors.append(error)

        thread = threading.Thread(target=renew)
        thread.start()
        for _ in range(200):
            with sessions() as session:
                if session.get_one(Token, token_id).refresh_lease_id:
                    break
            time.sleep(0.02)
        meanwhile(token_id)
        thread.join()
        assert errors == []
        return token_id

    return run


def test_refresh_when_person_logs_in_meanwhile_then_the_logins_tokens_stay(
    in_flight, traveller, pilot, sessions
):
    seen = []

    def log_in(token_id):
        traveller.log_in(pilot.id, f"scopes={KILLS}", user="7")
        with sessions() as session:
            seen.append(session.get_one(Token, token_id).refresh_token)

    token_id = in_flight(log_in)
    with sessions() as session:
        token = session.get_one(Token, token_id)
        assert token.refresh_token == seen[0]
        token.refresh()


def test_refresh_when_the_row_is_written_by_a_transaction_that_waits_then_nothing_is_lost(
    in_flight, sessions, universe
):
    """Who waits must not keep the one that it waits for from storing."""

    def write_and_ask(token_id):
        universe.clear_log()
        with sessions() as session:
            token = session.get_one(Token, token_id)
            token.character_name = "Changed"
            session.flush()
            with pytest.raises(SsoUnavailable, match="too long"):
                token.refresh()
            session.rollback()

    began = time.monotonic()
    token_id = in_flight(write_and_ask)
    assert time.monotonic() - began < 20
    with sessions() as session:
        token = session.get_one(Token, token_id)
        assert not token.expired
        token.refresh()


def test_cleanup_callbackredirect_when_session_is_rolled_back_then_nothing_went(
    traveller, sessions
):
    traveller.begin()
    with sessions() as session:
        assert cleanup_callbackredirect(session, max_age=-1) == 1
        session.rollback()
        assert cleanup_callbackredirect(session, max_age=-1) == 1
        session.commit()
        assert cleanup_callbackredirect(session, max_age=-1) == 0


def test_refresh_when_database_is_in_memory_then_the_callers_writes_stay(
    stored, pilot, sessions, universe
):
    with sessions() as session:
        old = session.get_one(Token, stored(pilot))
        refresh_token, owner = old.refresh_token, old.character_owner_hash
    engine = create_engine("sqlite://")
    metadata.create_all(engine)
    with sessionmaker(engine)() as session:
        session.add(
            Token(
                access_token="old",
                refresh_token=refresh_token,
                expires_at=utc_now(),
                character_id=pilot.id,
                character_name=pilot.name,
                character_owner_hash=owner,
            )
        )
        session.flush()
        tokens(session).first().refresh()
        session.commit()
        assert tokens(session).first().refresh_token != refresh_token
    engine.dispose()
