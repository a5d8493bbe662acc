"""Counts and sums of requests, kept by triggers.

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

import sqlalchemy as sa

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

# Batch operations on SQLite drop triggers: a later revision that alters `requests`, `divisions` or
# `users` makes them anew.


MONTH = {
    "sqlite": "CAST(strftime('%Y%m', {row}.submitted_at) AS INTEGER)",
    "postgresql": "CAST(to_char({row}.submitted_at AT TIME ZONE 'UTC', 'YYYYMM') AS integer)",
}

# By how much a revision grows. Were it always 1, a restored backup and one other change would lead
# to a revision that was there before, and to a tag that readers hold another list by.
SQLITE_STEP = "1 + (random() & 16777215)"
POSTGRESQL_STEP = "1 + CAST(floor(random() * 16777216) AS bigint)"


def _sqlite_add(row: str, sign: str) -> str:
    return f"""
    INSERT INTO division_tallies (division_id, status, shard, requests, payouts, revision)
    VALUES ({row}.division_id, {row}.status, 0, {sign}1, {sign}{row}.payout, {SQLITE_STEP})
    ON CONFLICT (division_id, status, shard) DO UPDATE SET
        requests = requests + excluded.requests,
        payouts = payouts + excluded.payouts,
        revision = revision + excluded.revision;
    INSERT INTO month_tallies (division_id, month, status, shard, requests)
    VALUES ({row}.division_id, {MONTH["sqlite"].format(row=row)}, {row}.status, 0, {sign}1)
    ON CONFLICT (division_id, month, status, shard) DO UPDATE SET
        requests = requests + excluded.requests;
    INSERT INTO submitter_tallies
        (submitter_id, division_id, status, requests, payouts, revision)
    VALUES ({row}.submitter_id, {row}.division_id, {row}.status, {sign}1, {sign}{row}.payout,
        {SQLITE_STEP})
    ON CONFLICT (submitter_id, division_id, status) DO UPDATE SET
        requests = requests + excluded.requests,
        payouts = payouts + excluded.payouts,
        revision = revision + excluded.revision;
    """


_STAYS = (
    "NEW.division_id = OLD.division_id AND NEW.status = OLD.status"
    " AND NEW.submitter_id = OLD.submitter_id AND NEW.submitted_at = OLD.submitted_at"
)

SQLITE_TRIGGERS = (
    f"""CREATE TRIGGER requests_tally_insert AFTER INSERT ON requests
    BEGIN {_sqlite_add("NEW", "")} END""",
    f"""CREATE TRIGGER requests_tally_delete AFTER DELETE ON requests
    BEGIN {_sqlite_add("OLD", "-")} END""",
    f"""CREATE TRIGGER requests_tally_move AFTER UPDATE ON requests WHEN NOT ({_STAYS})
    BEGIN {_sqlite_add("OLD", "-")} {_sqlite_add("NEW", "")} END""",
    f"""CREATE TRIGGER requests_tally_change AFTER UPDATE ON requests WHEN {_STAYS}
    BEGIN
        UPDATE division_tallies
        SET payouts = payouts + NEW.payout - OLD.payout, revision = revision + {SQLITE_STEP}
        WHERE division_id = NEW.division_id AND status = NEW.status AND shard = 0;
        UPDATE submitter_tallies
        SET payouts = payouts + NEW.payout - OLD.payout, revision = revision + {SQLITE_STEP}
        WHERE submitter_id = NEW.submitter_id AND division_id = NEW.division_id
            AND status = NEW.status;
    END""",
    *(
        f"""CREATE TRIGGER {table}_name_revision AFTER UPDATE OF name ON {table}
        WHEN NEW.name <> OLD.name
        BEGIN UPDATE name_revisions SET revision = revision + {SQLITE_STEP}; END"""
        for table in ("divisions", "users")
    ),
)

POSTGRESQL_TRIGGERS = (
    f"""CREATE FUNCTION requests_tally_add(r requests, sign integer) RETURNS void
    LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO division_tallies AS t
            (division_id, status, shard, requests, payouts, revision)
        VALUES (r.division_id, r.status, r.submitter_id % 8, sign, sign * r.payout,
            {POSTGRESQL_STEP})
        ON CONFLICT (division_id, status, shard) DO UPDATE SET
            requests = t.requests + excluded.requests,
            payouts = t.payouts + excluded.payouts,
            revision = t.revision + excluded.revision;
        INSERT INTO month_tallies AS t (division_id, month, status, shard, requests)
        VALUES (r.division_id, {MONTH["postgresql"].format(row="r")}, r.status,
            r.submitter_id % 4, sign)
        ON CONFLICT (division_id, month, status, shard) DO UPDATE SET
            requests = t.requests + excluded.requests;
        INSERT INTO submitter_tallies AS t
            (submitter_id, division_id, status, requests, payouts, revision)
        VALUES (r.submitter_id, r.division_id, r.status, sign, sign * r.payout, {POSTGRESQL_STEP})
        ON CONFLICT (submitter_id, division_id, status) DO UPDATE SET
            requests = t.requests + excluded.requests,
            payouts = t.payouts + excluded.payouts,
            revision = t.revision + excluded.revision;
    END $$""",
    f"""CREATE FUNCTION requests_tally() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'INSERT' THEN
            PERFORM requests_tally_add(NEW, 1);
        ELSIF TG_OP = 'DELETE' THEN
            PERFORM requests_tally_add(OLD, -1);
        ELSIF {_STAYS} THEN
            UPDATE division_tallies
            SET payouts = payouts + NEW.payout - OLD.payout, revision = revision + {POSTGRESQL_STEP}
            WHERE division_id = NEW.division_id AND status = NEW.status
                AND shard = NEW.submitter_id % 8;
            UPDATE submitter_tallies
            SET payouts = payouts + NEW.payout - OLD.payout, revision = revision + {POSTGRESQL_STEP}
            WHERE submitter_id = NEW.submitter_id AND division_id = NEW.division_id
                AND status = NEW.status;
        -- In one order whichever way a request goes, so that two of them never wait crosswise.
        ELSIF (OLD.division_id, OLD.status, OLD.submitted_at)
            < (NEW.division_id, NEW.status, NEW.submitted_at) THEN
            PERFORM requests_tally_add(OLD, -1);
            PERFORM requests_tally_add(NEW, 1);
        ELSE
            PERFORM requests_tally_add(NEW, 1);
            PERFORM requests_tally_add(OLD, -1);
        END IF;
        RETURN NULL;
    END $$""",
    """CREATE TRIGGER requests_tally AFTER INSERT OR UPDATE OR DELETE ON requests
    FOR EACH ROW EXECUTE FUNCTION requests_tally()""",
    f"""CREATE FUNCTION count_name_revision() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        UPDATE name_revisions SET revision = revision + {POSTGRESQL_STEP};
        RETURN NULL;
    END $$""",
    *(
        f"""CREATE TRIGGER {table}_name_revision AFTER UPDATE OF name ON {table}
        FOR EACH ROW WHEN (NEW.name <> OLD.name) EXECUTE FUNCTION count_name_revision()"""
        for table in ("divisions", "users")
    ),
)


def _counts() -> tuple[sa.Column, ...]:
    names = ("requests", "payouts", "revision")
    return tuple(sa.Column(name, sa.BigInteger(), nullable=False) for name in names)


def upgrade() -> None:
    """Makes the tables, counts what is there, and keeps counting."""
    op.create_table(
        "division_tallies",
        sa.Column("division_id", KEY, autoincrement=False, nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("shard", sa.SmallInteger(), autoincrement=False, nullable=False),
        *_counts(),
        sa.PrimaryKeyConstraint("division_id", "status", "shard", name=op.f("pk_division_tallies")),
    )
    op.create_table(
        "month_tallies",
        sa.Column("division_id", KEY, autoincrement=False, nullable=False),
        sa.Column("month", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("shard", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "division_id", "month", "status", "shard", name=op.f("pk_month_tallies")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "submitter_tallies",
        sa.Column("submitter_id", KEY, autoincrement=False, nullable=False),
        sa.Column("division_id", KEY, autoincrement=False, nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        *_counts(),
        sa.PrimaryKeyConstraint(
            "submitter_id", "division_id", "status", name=op.f("pk_submitter_tallies")
        ),
    )
    op.create_table(
        "name_revisions",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_name_revisions")),
    )
    op.execute("INSERT INTO name_revisions (id, revision) VALUES (1, 1)")
    dialect = op.get_bind().dialect.name
    is_sqlite = dialect == "sqlite"
    shard = "0" if is_sqlite else "submitter_id % 8"
    op.execute(
        "INSERT INTO division_tallies (division_id, status, shard, requests, payouts, revision)"
        f" SELECT division_id, status, {shard}, count(*), sum(payout), 1 FROM requests"
        " GROUP BY 1, 2, 3"
    )
    op.execute(
        "INSERT INTO month_tallies (division_id, month, status, shard, requests)"
        f" SELECT division_id, {MONTH[dialect].format(row='requests')}, status,"
        f" {shard} % 4, count(*)"
        " FROM requests GROUP BY 1, 2, 3, 4"
    )
    op.execute(
        "INSERT INTO submitter_tallies"
        " (submitter_id, division_id, status, requests, payouts, revision)"
        " SELECT submitter_id, division_id, status, count(*), sum(payout), 1 FROM requests"
        " GROUP BY 1, 2, 3"
    )
    for trigger in SQLITE_TRIGGERS if is_sqlite else POSTGRESQL_TRIGGERS:
        op.execute(trigger)


def downgrade() -> None:
    """Forgets the counts."""
    if op.get_bind().dialect.name == "sqlite":
        names = ("insert", "delete", "move", "change")
        triggers = [f"requests_tally_{name}" for name in names]
        for trigger in (*triggers, "divisions_name_revision", "users_name_revision"):
            op.execute(f"DROP TRIGGER {trigger}")
    else:
        for function in (
            "requests_tally()",
            "requests_tally_add(requests, integer)",
            "count_name_revision()",
        ):
            op.execute(f"DROP FUNCTION {function} CASCADE")
    for table in ("name_revisions", "submitter_tallies", "month_tallies", "division_tallies"):
        op.drop_table(table)
