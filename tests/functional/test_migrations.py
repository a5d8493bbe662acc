"""Migrations on both databases: up to what the models say, down to nothing, and up again."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from srp_portal.esi.models import metadata as esi_metadata
from srp_portal.models import metadata
from srp_portal.models.engine import make_engine
from srp_portal.models.search import FULL_TEXT_INDEX
from srp_portal.services import migrations

ROOT = Path(__file__).parents[2]
TIME = "2026-01-01 00:00:00"


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request):
    name = "sqlite_url" if request.param == "sqlite" else "empty_postgresql"
    engine = make_engine(request.getfixturevalue(name))
    yield engine
    engine.dispose()


def include_object(_object, name, _type, _reflected, _to):
    """Leaves out the full-text index, which is several tables on SQLite."""
    return not (name or "").startswith(FULL_TEXT_INDEX)


def test_migrations_when_run_make_what_the_models_say(engine):
    migrations.upgrade(engine)
    with engine.connect() as connection:
        options = {"compare_type": True, "include_object": include_object}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, [metadata, esi_metadata]) == []
    assert migrations.is_current(engine)


def test_migrations_when_run_down_leave_nothing_and_run_up_again(engine):
    migrations.upgrade(engine)
    migrations.downgrade(engine)
    assert set(inspect(engine).get_table_names()) <= {"alembic_version"}
    assert not migrations.is_current(engine)
    migrations.upgrade(engine)
    assert migrations.is_current(engine)


def test_migrations_when_run_twice_change_nothing(engine):
    migrations.upgrade(engine)
    migrations.upgrade(engine)
    assert migrations.current(engine) == migrations.head()


@pytest.mark.parametrize("statement", ["UPDATE audit_log SET actor = 'x'", "DELETE FROM audit_log"])
def test_audit_log_when_changed_by_hand_refuses(engine, statement):
    migrations.upgrade(engine)
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO audit_log (created_at, actor, action, subject_type, payload)"
                f" VALUES ('{TIME}', 'a', 'b', 'c', '{{}}')"
            )
        )
    with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
        connection.execute(text(statement))


CONSTRAINTS = {
    "status": "UPDATE requests SET status = 'lost'",
    "negative payout": "UPDATE requests SET payout = -1",
    "unknown submitter": "UPDATE requests SET submitter_id = 999",
    "second request": ("INSERT INTO requests SELECT * FROM requests"),
    "second claimed line": (
        "INSERT INTO payment_lines (payment_id, request_id, amount, is_claimed)"
        " VALUES (1, 5, 100, true)"
    ),
}


@pytest.fixture
def filled(engine):
    """One request with a claimed payment."""
    migrations.upgrade(engine)
    names = ["pilot", "corporation", "ship", "system", "constellation", "region"]
    keys = ", ".join(f"{name}_key" for name in names)
    statements = [
        (
            "INSERT INTO users (id, kind, name, name_key, created_at)"
            f" VALUES (1, 'local', 'A', 'a', '{TIME}')"
        ),
        f"INSERT INTO divisions (id, name, name_key, created_at) VALUES (1, 'D', 'd', '{TIME}')",
        (
            "INSERT INTO killmails (id, url, source, killed_at, pilot_id, corporation_id, ship_id,"
            f" system_id, fetched_at, {', '.join(names)})"
            f" VALUES (5, 'u', 's', '{TIME}', 1, 1, 1, 1, '{TIME}', 'p', 'c', 's', 'y', 'o', 'r')"
        ),
        (
            "INSERT INTO requests (id, submitter_id, division_id, status, base_payout, payout,"
            " submitted_at, changed_at, killmail_url, killed_at, pilot_id, corporation_id, ship_id,"
            f" {', '.join(names)}, {keys}) VALUES (5, 1, 1, 'paid', 100, 100, '{TIME}', '{TIME}',"
            f" 'u', '{TIME}', 1, 1, 1, 'p', 'c', 's', 'y', 'o', 'r', 'p', 'c', 's', 'y', 'o', 'r')"
        ),
        (
            "INSERT INTO payments (id, payee_id, payer_id, amount, paid_at)"
            f" VALUES (1, 1, 1, 100, '{TIME}')"
        ),
        (
            "INSERT INTO payment_lines (payment_id, request_id, amount, is_claimed)"
            " VALUES (1, 5, 100, true)"
        ),
    ]
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    return engine


@pytest.mark.parametrize("statement", CONSTRAINTS.values(), ids=CONSTRAINTS)
def test_database_when_a_rule_is_broken_refuses(filled, statement):
    with pytest.raises(IntegrityError), filled.begin() as connection:
        connection.execute(text(statement))


def test_database_when_a_voided_line_is_followed_by_another_takes_it(filled):
    with filled.begin() as connection:
        connection.execute(text("UPDATE payment_lines SET is_claimed = false"))
        connection.execute(text(CONSTRAINTS["second claimed line"]))
        count = connection.execute(text("SELECT count(*) FROM payment_lines")).scalar_one()
    assert count == 2


def test_alembic_when_called_with_the_ini_upgrades(tmp_path):
    url = f"sqlite:///{tmp_path / 'ini.sqlite'}"
    subprocess.run(
        [sys.executable, "-m", "alembic", "-c", "development.ini", "upgrade", "head"],
        check=True,
        capture_output=True,
        cwd=ROOT,
        env={"PATH": "", "SQLALCHEMY_URL": url},
    )
    engine = make_engine(url)
    assert migrations.is_current(engine)
    engine.dispose()


@pytest.mark.parametrize(
    ("action", "is_refused", "by_hand"),
    [
        ("request.payout", "false", True),
        ("request.payout", "true", False),
        ("request.paid", "false", False),
    ],
)
def test_base_payout_when_a_reviewer_set_it_before_0007_then_is_known_to_be_by_hand(
    filled, action, is_refused, by_hand
):
    migrations.downgrade(filled, "0006")
    with filled.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO audit_log (created_at, actor, action, subject_type, payload,"
                f" request_id, is_refused) VALUES ('{TIME}', 'a', '{action}', 'request', '{{}}',"
                f" 5, {is_refused})"
            )
        )
    migrations.upgrade(filled)
    with filled.begin() as connection:
        assert connection.scalar(text("SELECT is_base_by_hand FROM requests")) == by_hand
        # Its triggers are still there.
        connection.execute(text("UPDATE requests SET payout = 250"))
        assert connection.scalar(text("SELECT sum(payouts) FROM division_tallies")) == 250
