"""Generated data: the same for the same seed, in agreement with itself, on both databases."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, inspect, select, text
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import Session

from srp_portal.cli.main import main
from srp_portal.domain.errors import InvalidInput
from srp_portal.domain.lifecycle import Status
from srp_portal.domain.payout import payout
from srp_portal.models import metadata
from srp_portal.models.divisions import Division
from srp_portal.models.engine import make_engine
from srp_portal.models.killmails import Killmail, KillmailValue
from srp_portal.models.meta import UtcDateTime
from srp_portal.models.payments import Payment, PaymentLine
from srp_portal.models.requests import Action, Modifier, SrpRequest
from srp_portal.models.search import FULL_TEXT_INDEX
from srp_portal.models.users import Character, CharacterOwnership, User
from srp_portal.seeding.bulk import BulkLoad, sqlite_time
from srp_portal.seeding.seed import NOW, seed
from srp_portal.services import accounts
from srp_portal.services.crypto import Secrets
from srp_portal.services.groups import refresh_affiliations
from srp_portal.services.review import term_of
from srp_portal.services.stored_killmails import killmail_of

SECRET = "a-secret-of-the-tests-that-is-long-enough"
SECRETS = Secrets((SECRET,))
REQUESTS = 600
#: What a random salt or a random key is in, and so differs from run to run.
RANDOM = {"password_hash", "encrypted_key", "revision"}


@pytest.fixture(scope="module")
def sqlite_copy(portal_databases):
    """An SQLite database with generated data, for tests that only read."""
    engine = make_engine(portal_databases.sqlite())
    report = seed(engine, SECRETS, requests=REQUESTS, seed=3)
    yield engine, report
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def seeded(request):
    """Generated data on each database, as (engine, report)."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_copy")
        return
    engine = make_engine(request.getfixturevalue("postgresql_url"))
    yield engine, seed(engine, SECRETS, requests=REQUESTS, seed=3)
    engine.dispose()


@pytest.fixture
def dbsession(seeded):
    with Session(seeded[0]) as dbsession:
        yield dbsession


@pytest.fixture
def empty(portal_databases):
    """A migrated SQLite database without data."""
    engine = make_engine(portal_databases.sqlite())
    yield engine
    engine.dispose()


def dump(engine):
    """Every row of every table as text."""
    with engine.connect() as connection:
        return {
            table.name: sorted(
                str([value for key, value in row._mapping.items() if key not in RANDOM])
                for row in connection.execute(select(table))
            )
            for table in metadata.sorted_tables
        }


def test_seed_when_given_twice_makes_the_same_data(sqlite_copy, empty):
    engine, first = sqlite_copy
    second = seed(empty, SECRETS, requests=REQUESTS, seed=3)
    assert second == first
    assert dump(empty) == dump(engine)


def test_seed_when_on_another_database_makes_the_same_requests(seeded, sqlite_copy):
    for model in (SrpRequest, Action, Modifier, Payment, PaymentLine, Killmail, Character):
        rows = []
        for engine, _ in (seeded, sqlite_copy):
            with engine.connect() as connection:
                rows.append(connection.execute(select(model).order_by(model.id)).all())
        assert rows[0] == rows[1]


def test_seed_when_another_number_makes_other_data(sqlite_copy, empty):
    engine, first = sqlite_copy
    second = seed(empty, SECRETS, requests=REQUESTS, seed=4)
    assert second.api_key != first.api_key
    assert dump(empty)["requests"] != dump(engine)["requests"]


def test_seed_when_done_has_every_status_and_so_many_requests(dbsession):
    statuses = Counter(dbsession.scalars(select(SrpRequest.status)))
    assert set(statuses) == {status.value for status in Status}
    assert statuses.total() == REQUESTS


def test_seed_when_done_has_payouts_as_the_rules_compute_them(dbsession):
    modifiers = defaultdict(list)
    for modifier in dbsession.scalars(select(Modifier)):
        modifiers[modifier.request_id].append(term_of(modifier))
    kinds = {(term.is_void, term.is_suggested) for terms in modifiers.values() for term in terms}
    assert {(False, False), (True, False), (False, True)} <= kinds
    for request in dbsession.scalars(select(SrpRequest)):
        assert request.payout == payout(request.base_payout, modifiers[request.id])


def test_seed_when_done_has_the_action_that_led_to_each_status(dbsession):
    actions = defaultdict(list)
    for action in dbsession.scalars(select(Action).order_by(Action.id)):
        actions[action.request_id].append(action)
    for request in dbsession.scalars(select(SrpRequest)):
        history = actions[request.id]
        changes = [action.type for action in history if action.type != "comment"]
        assert (changes or ["evaluating"])[-1] == request.status
        if request.status == Status.PAID:
            assert "approved" in changes
        if request.status == Status.REJECTED:
            assert history[-1].note
            assert request.is_withdrawn == (history[-1].user_id == request.submitter_id)
        times = [action.created_at for action in history]
        assert times == sorted(times)
        assert request.killed_at < request.submitted_at <= request.changed_at < NOW
        assert all(request.submitted_at < time <= request.changed_at for time in times)


def test_seed_when_done_paid_exactly_what_is_marked_paid(dbsession):
    claimed = dict(
        dbsession.execute(
            select(PaymentLine.request_id, PaymentLine.amount).where(PaymentLine.is_claimed)
        ).all()
    )
    paid = dbsession.execute(
        select(SrpRequest.id, SrpRequest.payout).where(SrpRequest.status == Status.PAID)
    )
    assert claimed == dict(paid.all())
    for payment, line in dbsession.execute(
        select(Payment, PaymentLine).join(PaymentLine, PaymentLine.payment_id == Payment.id)
    ):
        assert payment.amount == line.amount
        assert (payment.voided_at is None) == line.is_claimed


def test_seed_when_done_lets_nobody_work_on_their_own_request(dbsession):
    own = (
        select(func.count())
        .select_from(Action)
        .join(SrpRequest, SrpRequest.id == Action.request_id)
        .where(Action.user_id == SrpRequest.submitter_id)
    )
    assert dbsession.scalar(own.where(Action.type.in_(["approved", "paid"]))) == 0
    assert dbsession.scalar(own.where(Action.type == "comment")) > 0


def test_seed_when_done_has_killmails_that_plugins_can_read(dbsession):
    killmail_id = dbsession.scalars(select(SrpRequest.id).limit(1)).one()
    request = dbsession.get_one(SrpRequest, killmail_id)
    values = dbsession.execute(
        select(KillmailValue.name, KillmailValue.value).where(
            KillmailValue.killmail_id == killmail_id
        )
    )
    killmail = killmail_of(dbsession.get_one(Killmail, killmail_id), values.all())
    assert (killmail.pilot, killmail.ship) == (request.pilot, request.ship)
    assert killmail.items
    assert killmail.attackers
    assert json.loads(killmail.raw)["killmail_id"] == killmail_id
    assert killmail.value == dbsession.scalar(
        select(KillmailValue.value).where(
            KillmailValue.killmail_id == killmail_id, KillmailValue.name == "value"
        )
    )


def test_seed_when_done_has_one_owner_for_each_character(dbsession):
    owners = dict(
        dbsession.execute(
            select(CharacterOwnership.character_id, CharacterOwnership.user_id).where(
                CharacterOwnership.ended_at.is_(None)
            )
        ).all()
    )
    assert owners == dict(dbsession.execute(select(Character.id, Character.user_id)).all())
    mains = dbsession.scalars(select(Character.user_id).where(Character.is_main)).all()
    assert len(mains) == len(set(mains)) == len(set(owners.values()))


def test_seed_when_done_has_every_index_again(seeded):
    engine, _ = seeded
    found = inspect(engine)
    for table in metadata.sorted_tables:
        names = {index["name"] for index in found.get_indexes(table.name)}
        wanted = {index.name for index in table.indexes}
        if engine.dialect.name == "sqlite":
            wanted.discard(FULL_TEXT_INDEX)  # a table of its own there
        assert wanted <= names


def test_seed_when_done_leaves_no_reference_open(sqlite_copy):
    engine, _ = sqlite_copy
    with engine.connect() as connection:
        assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
        assert connection.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"


def test_seed_when_done_lets_the_database_number_what_comes_next(seeded):
    engine, _ = seeded
    with Session(engine) as dbsession:
        request = dbsession.scalars(select(SrpRequest).limit(1)).one()
        rows = (
            User(kind="sso", name="New", name_key="new", created_at=NOW),
            Division(name="New", name_key="new", created_at=NOW),
            Action(request_id=request.id, user_id=1, type="comment", note="New", created_at=NOW),
            Payment(payee_id=request.submitter_id, payer_id=1, amount=request.payout, paid_at=NOW),
        )
        for row in rows:
            largest = dbsession.scalar(select(func.max(type(row).id)))
            dbsession.add(row)
            dbsession.flush()
            assert row.id == largest + 1
        dbsession.rollback()


def test_seed_when_applied_already_refuses_and_adds_nothing(sqlite_copy):
    engine, _ = sqlite_copy
    before = dump(engine)
    with pytest.raises(InvalidInput, match="seed 3 is in this database already"):
        seed(engine, SECRETS, requests=10, seed=3)
    assert dump(engine) == before


def test_groups_when_refreshed_ask_eve_about_no_generated_character(make_portal):
    portal = make_portal()
    seed(portal.portal.engine, SECRETS, requests=20, seed=1)
    portal.make_pilot("pilot", *list(portal.sandbox.characters)[:1])
    done = refresh_affiliations(
        portal.portal.session_factory, portal.portal.esi.client, now=portal.clock()
    )
    assert (done.seen, done.missed, done.error) == (1, 0, "")


@pytest.mark.parametrize(
    ("requests", "number"),
    [(0, 1), (-1, 1), (10_000_001, 1), (1, -1), (1, 2**31)],
    ids=["none", "negative", "too many", "negative seed", "large seed"],
)
def test_seed_when_out_of_range_refuses(empty, requests, number):
    with pytest.raises(InvalidInput, match="is a number from"):
        seed(empty, SECRETS, requests=requests, seed=number)


def test_seed_when_there_are_people_already_keeps_them_and_goes_on_behind(empty):
    with Session(empty) as dbsession:
        accounts.create_local_user(dbsession, "somebody", "a password", is_admin=True, now=NOW)
        dbsession.add(Division(name="Small Gangs", name_key="small gangs", created_at=NOW))
        dbsession.commit()
    first = seed(empty, SECRETS, requests=40, seed=1)
    second = seed(empty, SECRETS, requests=30, seed=2)
    assert "Small Gangs (seed 1)" in [division.name for division in first.divisions]
    assert "Capital Losses (seed 2)" in [division.name for division in second.divisions]
    with Session(empty) as dbsession:
        assert dbsession.scalar(select(func.count()).select_from(SrpRequest)) == 70
        assert dbsession.scalar(select(User.name).where(User.id == 1)) == "somebody"


@given(st.datetimes(timezones=st.just(UTC)))
def test_bulk_time_when_on_sqlite_is_what_the_column_stores(value):
    dialect = sqlite.dialect()
    binder = UtcDateTime().dialect_impl(dialect).bind_processor(dialect)
    assert sqlite_time(value) == binder(value)


def test_bulk_load_when_it_fails_leaves_everything_as_it_was(empty, monkeypatch):
    def fail(self, models):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(BulkLoad, "finish", fail)
    before = dump(empty)
    with pytest.raises(RuntimeError):
        seed(empty, SECRETS, requests=20, seed=1)
    assert dump(empty) == before
    assert "ix_requests_status" in {
        index["name"] for index in inspect(empty).get_indexes("requests")
    }


def test_seed_command_when_done_prints_divisions_and_a_key_that_opens_every_list(
    make_portal, tmp_path, capsys, monkeypatch
):
    portal = make_portal({"srp.secret": SECRET})
    ini = tmp_path / "seed.ini"
    lines = "\n".join(f"{name} = {value}" for name, value in portal.ini.items())
    ini.write_text(f"[app:main]\nuse = egg:srp_portal\n{lines}\n")
    assert main(["-c", str(ini), "seed", "--requests", "300", "--seed", "5"]) == 0
    told = capsys.readouterr()
    printed = [line.split(": ", 1) for line in told.out.splitlines()]
    divisions = [value for name, value in printed if name == "division"]
    assert len(divisions) == 5
    assert all(re.fullmatch(r"[0-9]+ \S.*", division) for division in divisions)
    values = dict(printed)
    assert "300 requests" in told.err

    reader = portal.browser()
    everything = reader.get("/request/all/", {"fmt": "json", "apikey": values["apikey"]}).json
    assert everything["request_count"] == 300
    for name in ("personal", "pending", "pay", "completed"):
        page = reader.get(f"/request/{name}/", {"fmt": "json", "apikey": values["apikey"]}).json
        assert page["request_count"] > 0
    request_id = everything["requests"][0]["id"]
    reader.get(f"/request/{request_id}/", {"fmt": "json", "apikey": values["apikey"]})
    assert portal.login_by_form(values["reviewer"], values["password"]).get("/request/all/")

    assert main(["-c", str(ini), "seed", "--requests", "300", "--seed", "5"]) == 1
    assert capsys.readouterr().err.count("\n") == 1
