"""Full text of requests' details, and indexes that hold the time of the loss as well.

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSVECTOR

from alembic import op
from srp_portal.domain.words import tag_of, words_of

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WORDS = sa.Text().with_variant(TSVECTOR(), "postgresql")

NAMES = ("pilot", "corporation", "alliance", "ship", "system", "constellation", "region")
LISTED = ("submitted_at", "id", "division_id", "status", "payout")

#: Names that stand among the words.
TAGGED = ("alliance", "region")
#: Requests whose words are made at a time.
CHUNK = 5_000

COPIES = ("division_id", "status", "base_payout", "payout")
CHANGED = " OR ".join(f"NEW.{column} <> OLD.{column}" for column in COPIES)
COPY = f"""UPDATE request_words
    SET {", ".join(f"{column} = NEW.{column}" for column in COPIES)}
    WHERE request_id = NEW.id;"""

# Batch operations on SQLite drop triggers: a later revision that alters `requests` or
# `request_words` makes them anew.

# The words come as letters and digits with spaces between, so that the plainest tokenizer, to
# which all beyond ASCII is a letter, splits them as they are.
SQLITE_INDEX = """CREATE VIRTUAL TABLE request_words_index USING fts5(
    words, content='request_words', content_rowid='request_id',
    tokenize='ascii', detail='none', columnsize=0)"""
FORGET = """INSERT INTO request_words_index (request_words_index, rowid, words)
    VALUES ('delete', OLD.request_id, OLD.words);"""
LEARN = "INSERT INTO request_words_index (rowid, words) VALUES (NEW.request_id, NEW.words);"
SQLITE_TRIGGERS = (
    f"""CREATE TRIGGER requests_words_copy AFTER UPDATE OF {", ".join(COPIES)} ON requests
    WHEN {CHANGED} BEGIN {COPY} END""",
    f"CREATE TRIGGER request_words_insert AFTER INSERT ON request_words BEGIN {LEARN} END",
    f"CREATE TRIGGER request_words_delete AFTER DELETE ON request_words BEGIN {FORGET} END",
    f"""CREATE TRIGGER request_words_change AFTER UPDATE OF words ON request_words
    BEGIN {FORGET} {LEARN} END""",
)
POSTGRESQL_TRIGGERS = (
    f"""CREATE FUNCTION requests_words_copy() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN {COPY} RETURN NULL; END $$""",
    f"""CREATE TRIGGER requests_words_copy AFTER UPDATE OF {", ".join(COPIES)} ON requests
    FOR EACH ROW WHEN ({CHANGED}) EXECUTE FUNCTION requests_words_copy()""",
)


def upgrade() -> None:
    """Makes the table, finds the words of what is there, and keeps up with changes."""
    op.create_table(
        "request_words",
        sa.Column("request_id", KEY, autoincrement=False, nullable=False),
        sa.Column("submitter_id", KEY, nullable=False),
        sa.Column("division_id", KEY, nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("base_payout", sa.BigInteger(), nullable=False),
        sa.Column("payout", sa.BigInteger(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("killed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("words", WORDS, nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["requests.id"],
            name=op.f("fk_request_words_request_id_requests"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_request_words")),
        postgresql_with={"fillfactor": 90},
    )
    connection = op.get_bind()
    is_sqlite = connection.dialect.name == "sqlite"
    _fill(connection, is_sqlite=is_sqlite)
    in_order = ("submitted_at", "request_id")
    op.create_index("ix_request_words_submitted_at", "request_words", [*in_order])
    op.create_index("ix_request_words_submitter_id", "request_words", ["submitter_id", *in_order])
    if is_sqlite:
        op.execute(SQLITE_INDEX)
        op.execute("INSERT INTO request_words_index (request_words_index) VALUES ('rebuild')")
    else:
        op.create_index("request_words_index", "request_words", ["words"], postgresql_using="gin")
    for trigger in SQLITE_TRIGGERS if is_sqlite else POSTGRESQL_TRIGGERS:
        op.execute(trigger)
    _list_by_name(*LISTED, "killed_at")
    if not is_sqlite:
        op.execute("ANALYZE request_words")


def _fill(connection: sa.Connection, *, is_sqlite: bool) -> None:
    keys = ", ".join(f"{name}_key" for name in TAGGED)
    last, named = (
        -1,
        sa.text(
            f"SELECT id, details, {keys} FROM requests WHERE id > :last ORDER BY id LIMIT :chunk"
        ),
    )
    # The times and amounts go from table to table as they are stored.
    words = ":words" if is_sqlite else "CAST(:words AS tsvector)"
    copy = sa.text(
        "INSERT INTO request_words"
        " (request_id, submitter_id, division_id, status, base_payout, payout, submitted_at,"
        " killed_at, words) SELECT id, submitter_id, division_id, status, base_payout, payout,"
        f" submitted_at, killed_at, {words} FROM requests WHERE id = :id"
    )
    while rows := connection.execute(named, {"last": last, "chunk": CHUNK}).all():
        last = rows[-1].id
        connection.execute(
            copy,
            [{"id": row.id, "words": _stored(row, is_sqlite=is_sqlite)} for row in rows],
        )


def _stored(row: sa.Row, *, is_sqlite: bool) -> str:
    tags = (tag_of(name, getattr(row, f"{name}_key")) for name in TAGGED)
    words = (*words_of(row.details), *tags)
    return " ".join(words if is_sqlite else (f"'{word}'" for word in words))


def _list_by_name(*columns: str) -> None:
    # Not in a batch, which on SQLite would make the table anew and lose its triggers.
    for name in NAMES:
        op.drop_index(f"ix_requests_{name}_listed", table_name="requests")
        op.create_index(f"ix_requests_{name}_listed", "requests", [f"{name}_key", *columns])


def downgrade() -> None:
    """Forgets the words."""
    _list_by_name(*LISTED)
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER requests_words_copy")
        op.execute("DROP TABLE request_words_index")
    else:
        op.execute("DROP FUNCTION requests_words_copy() CASCADE")
    op.drop_table("request_words")
