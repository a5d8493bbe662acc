"""The first tables: accounts, divisions, losses, requests, payments, access, events, tokens.

Revision ID: 0001
Revises:
"""

from __future__ import annotations

import sqlalchemy as sa

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NAME_KEY = sa.String(length=200).with_variant(sa.String(length=200, collation="C"), "postgresql")

# The audit log is append-only, also for whoever holds the application's database account.
# Batch operations on SQLite drop triggers: a later revision that alters the table makes them anew.
SQLITE_TRIGGERS = (
    """CREATE TRIGGER audit_log_no_update BEFORE UPDATE ON audit_log
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END""",
    """CREATE TRIGGER audit_log_no_delete BEFORE DELETE ON audit_log
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END""",
)
POSTGRESQL_TRIGGERS = (
    """CREATE FUNCTION audit_log_refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$""",
    """CREATE TRIGGER audit_log_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION audit_log_refuse()""",
)


def upgrade() -> None:
    """Forwards."""
    op.create_table(
        "audit_log",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=True),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("action", sa.String(length=50), nullable=False),
        sa.Column("subject_type", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=True),
        sa.Column("request_id", sa.BigInteger(), nullable=True),
        sa.Column("is_refused", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_log")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("audit_log", schema=None) as batch_op:
        batch_op.create_index("ix_audit_log_actor_id", ["actor_id", "id"], unique=False)
        batch_op.create_index("ix_audit_log_request_id", ["request_id", "id"], unique=False)
        batch_op.create_index(
            "ix_audit_log_subject", ["subject_type", "subject_id", "id"], unique=False
        )

    op.create_table(
        "divisions",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_key", NAME_KEY, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_divisions")),
        sa.UniqueConstraint("name_key", name=op.f("uq_divisions_name_key")),
    )
    op.create_table(
        "groups",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("source", sa.String(length=50), server_default="", nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_key", NAME_KEY, nullable=False),
        sa.Column("eve_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(kind IN ('corporation', 'alliance')) = (eve_id IS NOT NULL)",
            name=op.f("ck_groups_eve_id"),
        ),
        sa.CheckConstraint(
            "kind IN ('corporation', 'alliance', 'manual', 'external')", name=op.f("ck_groups_kind")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_groups")),
        sa.UniqueConstraint("kind", "eve_id", name=op.f("uq_groups_kind_eve_id")),
    )
    with op.batch_alter_table("groups", schema=None) as batch_op:
        batch_op.create_index("ix_groups_name_key", ["name_key"], unique=False)
        batch_op.create_index(
            "uq_groups_own_name",
            ["kind", "source", "name_key"],
            unique=True,
            sqlite_where=sa.text("eve_id IS NULL"),
            postgresql_where=sa.text("eve_id IS NULL"),
        )

    op.create_table(
        "inventory_types",
        sa.Column("id", KEY, autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inventory_types")),
    )
    op.create_table(
        "killmails",
        sa.Column("id", KEY, autoincrement=False, nullable=False),
        sa.Column("hash", sa.String(length=40), nullable=True),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("killed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("pilot_id", sa.BigInteger(), nullable=False),
        sa.Column("pilot", sa.String(length=200), nullable=False),
        sa.Column("corporation_id", sa.BigInteger(), nullable=False),
        sa.Column("corporation", sa.String(length=200), nullable=False),
        sa.Column("alliance_id", sa.BigInteger(), nullable=True),
        sa.Column("alliance", sa.String(length=200), nullable=True),
        sa.Column("ship_id", sa.BigInteger(), nullable=False),
        sa.Column("ship", sa.String(length=200), nullable=False),
        sa.Column("ship_group_id", sa.BigInteger(), nullable=True),
        sa.Column("ship_group", sa.String(length=200), server_default="", nullable=False),
        sa.Column("system_id", sa.BigInteger(), nullable=False),
        sa.Column("system", sa.String(length=200), nullable=False),
        sa.Column("constellation_id", sa.BigInteger(), nullable=True),
        sa.Column("constellation", sa.String(length=200), nullable=False),
        sa.Column("region_id", sa.BigInteger(), nullable=True),
        sa.Column("region", sa.String(length=200), nullable=False),
        sa.Column("security", sa.String(length=30), server_default="", nullable=False),
        sa.Column("is_npc", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("is_solo", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("is_awox", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("raw", sa.Text(), server_default="", nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_killmails")),
    )
    op.create_table(
        "periodic_tasks",
        sa.Column("name", sa.String(length=50), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_periodic_tasks")),
    )
    op.create_table(
        "users",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_key", NAME_KEY, nullable=False),
        sa.Column("login", sa.String(length=200), nullable=True),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("is_admin", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("is_disabled", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_login_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind = 'local' OR password_hash IS NULL", name=op.f("ck_users_password")
        ),
        sa.CheckConstraint("kind IN ('local', 'sso', 'plugin')", name=op.f("ck_users_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("login", name=op.f("uq_users_login")),
    )
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.create_index("ix_users_name_key", ["name_key"], unique=False)
        batch_op.create_index(
            "uq_users_plugin",
            ["name_key"],
            unique=True,
            sqlite_where=sa.text("kind = 'plugin'"),
            postgresql_where=sa.text("kind = 'plugin'"),
        )

    op.create_table(
        "api_keys",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("encrypted_key", sa.Text(), nullable=False),
        sa.Column("name", sa.String(length=100), server_default="", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_api_keys_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("digest", name=op.f("uq_api_keys_digest")),
    )
    with op.batch_alter_table("api_keys", schema=None) as batch_op:
        batch_op.create_index("ix_api_keys_user_id", ["user_id"], unique=False)

    op.create_table(
        "characters",
        sa.Column("id", KEY, autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_key", NAME_KEY, nullable=False),
        sa.Column("user_id", KEY, nullable=True),
        sa.Column("owner_hash", sa.String(length=100), nullable=True),
        sa.Column("is_main", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("corporation_id", sa.BigInteger(), nullable=True),
        sa.Column("alliance_id", sa.BigInteger(), nullable=True),
        sa.Column("affiliated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_characters_user_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_characters")),
    )
    with op.batch_alter_table("characters", schema=None) as batch_op:
        batch_op.create_index("ix_characters_alliance_id", ["alliance_id"], unique=False)
        batch_op.create_index("ix_characters_corporation_id", ["corporation_id"], unique=False)
        batch_op.create_index("ix_characters_name_key", ["name_key"], unique=False)
        batch_op.create_index("ix_characters_user_id", ["user_id"], unique=False)
        batch_op.create_index(
            "uq_characters_main",
            ["user_id"],
            unique=True,
            sqlite_where=sa.text("is_main"),
            postgresql_where=sa.text("is_main"),
        )

    op.create_table(
        "division_transformers",
        sa.Column("division_id", KEY, nullable=False),
        sa.Column("attribute", sa.String(length=64), nullable=False),
        sa.Column("transformer", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["division_id"],
            ["divisions.id"],
            name=op.f("fk_division_transformers_division_id_divisions"),
        ),
        sa.PrimaryKeyConstraint("division_id", "attribute", name=op.f("pk_division_transformers")),
    )
    op.create_table(
        "grants",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("division_id", KEY, nullable=False),
        sa.Column("permission", sa.String(length=10), nullable=False),
        sa.Column("user_id", KEY, nullable=True),
        sa.Column("group_id", KEY, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "permission IN ('submit', 'review', 'pay', 'audit', 'admin')",
            name=op.f("ck_grants_permission"),
        ),
        sa.CheckConstraint(
            "(user_id IS NULL) <> (group_id IS NULL)", name=op.f("ck_grants_entity")
        ),
        sa.ForeignKeyConstraint(
            ["division_id"], ["divisions.id"], name=op.f("fk_grants_division_id_divisions")
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["groups.id"], name=op.f("fk_grants_group_id_groups")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_grants_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grants")),
        sa.UniqueConstraint(
            "division_id",
            "permission",
            "group_id",
            name=op.f("uq_grants_division_id_permission_group_id"),
        ),
        sa.UniqueConstraint(
            "division_id",
            "permission",
            "user_id",
            name=op.f("uq_grants_division_id_permission_user_id"),
        ),
    )
    with op.batch_alter_table("grants", schema=None) as batch_op:
        batch_op.create_index("ix_grants_group_id", ["group_id"], unique=False)
        batch_op.create_index("ix_grants_user_id", ["user_id"], unique=False)

    op.create_table(
        "group_members",
        sa.Column("group_id", KEY, nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["groups.id"], name=op.f("fk_group_members_group_id_groups")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_group_members_user_id_users")
        ),
        sa.PrimaryKeyConstraint("group_id", "user_id", name=op.f("pk_group_members")),
    )
    with op.batch_alter_table("group_members", schema=None) as batch_op:
        batch_op.create_index("ix_group_members_user_id", ["user_id"], unique=False)

    op.create_table(
        "killmail_values",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("killmail_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["killmail_id"], ["killmails.id"], name=op.f("fk_killmail_values_killmail_id_killmails")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_killmail_values")),
        sa.UniqueConstraint(
            "killmail_id",
            "name",
            "source",
            "recorded_at",
            name=op.f("uq_killmail_values_killmail_id_name_source_recorded_at"),
        ),
    )
    op.create_table(
        "payments",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("payee_id", KEY, nullable=False),
        sa.Column("payer_id", KEY, nullable=False),
        sa.Column("payee_character_id", sa.BigInteger(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("method", sa.String(length=30), server_default="manual", nullable=False),
        sa.Column("reference", sa.String(length=200), server_default="", nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("voided_by_id", KEY, nullable=True),
        sa.Column("void_reason", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(
            "(voided_at IS NULL) = (voided_by_id IS NULL)", name=op.f("ck_payments_void")
        ),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_payments_amount")),
        sa.ForeignKeyConstraint(
            ["payee_id"], ["users.id"], name=op.f("fk_payments_payee_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["payer_id"], ["users.id"], name=op.f("fk_payments_payer_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["voided_by_id"], ["users.id"], name=op.f("fk_payments_voided_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments")),
    )
    with op.batch_alter_table("payments", schema=None) as batch_op:
        batch_op.create_index("ix_payments_paid_at", ["paid_at"], unique=False)
        batch_op.create_index("ix_payments_payee_id", ["payee_id", "paid_at"], unique=False)
        batch_op.create_index("ix_payments_payer_id", ["payer_id", "paid_at"], unique=False)
        batch_op.create_index("ix_payments_voided_by_id", ["voided_by_id"], unique=False)

    op.create_table(
        "requests",
        sa.Column("id", KEY, autoincrement=False, nullable=False),
        sa.Column("submitter_id", KEY, nullable=False),
        sa.Column("division_id", KEY, nullable=False),
        sa.Column("status", sa.String(length=10), server_default="evaluating", nullable=False),
        sa.Column("is_withdrawn", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("base_payout", sa.BigInteger(), nullable=False),
        sa.Column("payout", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("details", sa.Text(), server_default="", nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("killmail_url", sa.Text(), nullable=False),
        sa.Column("killed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("pilot_id", sa.BigInteger(), nullable=False),
        sa.Column("pilot", sa.String(length=200), nullable=False),
        sa.Column("pilot_key", NAME_KEY, nullable=False),
        sa.Column("corporation_id", sa.BigInteger(), nullable=False),
        sa.Column("corporation", sa.String(length=200), nullable=False),
        sa.Column("corporation_key", NAME_KEY, nullable=False),
        sa.Column("alliance_id", sa.BigInteger(), nullable=True),
        sa.Column("alliance", sa.String(length=200), nullable=True),
        sa.Column("alliance_key", NAME_KEY, server_default="", nullable=False),
        sa.Column("ship_id", sa.BigInteger(), nullable=False),
        sa.Column("ship", sa.String(length=200), nullable=False),
        sa.Column("ship_key", NAME_KEY, nullable=False),
        sa.Column("system", sa.String(length=200), nullable=False),
        sa.Column("system_key", NAME_KEY, nullable=False),
        sa.Column("constellation", sa.String(length=200), nullable=False),
        sa.Column("constellation_key", NAME_KEY, nullable=False),
        sa.Column("region", sa.String(length=200), nullable=False),
        sa.Column("region_key", NAME_KEY, nullable=False),
        sa.CheckConstraint(
            "NOT is_withdrawn OR status = 'rejected'", name=op.f("ck_requests_withdrawn")
        ),
        sa.CheckConstraint(
            "status IN ('evaluating', 'incomplete', 'rejected', 'approved', 'paid')",
            name=op.f("ck_requests_status"),
        ),
        sa.CheckConstraint("base_payout >= 0 AND payout >= 0", name=op.f("ck_requests_payout")),
        sa.ForeignKeyConstraint(
            ["division_id"], ["divisions.id"], name=op.f("fk_requests_division_id_divisions")
        ),
        sa.ForeignKeyConstraint(["id"], ["killmails.id"], name=op.f("fk_requests_id_killmails")),
        sa.ForeignKeyConstraint(
            ["submitter_id"], ["users.id"], name=op.f("fk_requests_submitter_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requests")),
    )
    with op.batch_alter_table("requests", schema=None) as batch_op:
        batch_op.create_index("ix_requests_alliance_key", ["alliance_key", "id"], unique=False)
        batch_op.create_index("ix_requests_base_payout", ["base_payout", "id"], unique=False)
        batch_op.create_index(
            "ix_requests_constellation_key", ["constellation_key", "id"], unique=False
        )
        batch_op.create_index(
            "ix_requests_corporation_key", ["corporation_key", "id"], unique=False
        )
        batch_op.create_index(
            "ix_requests_division_id", ["division_id", "status", "submitted_at", "id"], unique=False
        )
        batch_op.create_index("ix_requests_killed_at", ["killed_at", "id"], unique=False)
        batch_op.create_index("ix_requests_payout", ["payout", "id"], unique=False)
        batch_op.create_index("ix_requests_pilot_id", ["pilot_id"], unique=False)
        batch_op.create_index("ix_requests_pilot_key", ["pilot_key", "id"], unique=False)
        batch_op.create_index("ix_requests_region_key", ["region_key", "id"], unique=False)
        batch_op.create_index("ix_requests_ship_key", ["ship_key", "id"], unique=False)
        batch_op.create_index("ix_requests_status", ["status", "submitted_at", "id"], unique=False)
        batch_op.create_index(
            "ix_requests_submitted_at",
            ["submitted_at", "id", "division_id", "status"],
            unique=False,
        )
        batch_op.create_index(
            "ix_requests_submitter_id",
            ["submitter_id", "status", "submitted_at", "id"],
            unique=False,
        )
        batch_op.create_index("ix_requests_system_key", ["system_key", "id"], unique=False)
        batch_op.create_index(
            "ix_requests_totals", ["division_id", "status", "payout"], unique=False
        )

    op.create_table(
        "sessions",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("method", sa.String(length=10), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("address", sa.String(length=50), server_default="", nullable=False),
        sa.Column("user_agent", sa.String(length=300), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sessions_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("digest", name=op.f("uq_sessions_digest")),
    )
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.create_index("ix_sessions_expires_at", ["expires_at"], unique=False)
        batch_op.create_index("ix_sessions_user_id", ["user_id"], unique=False)

    op.create_table(
        "user_notes",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("author_id", KEY, nullable=False),
        sa.Column("division_id", KEY, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["users.id"], name=op.f("fk_user_notes_author_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["division_id"], ["divisions.id"], name=op.f("fk_user_notes_division_id_divisions")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_user_notes_user_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_notes")),
    )
    with op.batch_alter_table("user_notes", schema=None) as batch_op:
        batch_op.create_index("ix_user_notes_author_id", ["author_id"], unique=False)
        batch_op.create_index("ix_user_notes_division_id", ["division_id"], unique=False)
        batch_op.create_index("ix_user_notes_user_id", ["user_id", "id"], unique=False)

    op.create_table(
        "actions",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("request_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("type", sa.String(length=10), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "type IN ('evaluating', 'incomplete', 'rejected', 'approved', 'paid', 'comment')",
            name=op.f("ck_actions_type"),
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["requests.id"], name=op.f("fk_actions_request_id_requests")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_actions_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_actions")),
    )
    with op.batch_alter_table("actions", schema=None) as batch_op:
        batch_op.create_index("ix_actions_request_id", ["request_id", "id"], unique=False)
        batch_op.create_index("ix_actions_user_id", ["user_id"], unique=False)

    op.create_table(
        "character_ownerships",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("character_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("owner_hash", sa.String(length=100), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["character_id"],
            ["characters.id"],
            name=op.f("fk_character_ownerships_character_id_characters"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_character_ownerships_user_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_character_ownerships")),
    )
    with op.batch_alter_table("character_ownerships", schema=None) as batch_op:
        batch_op.create_index(
            "ix_character_ownerships_character_id", ["character_id"], unique=False
        )
        batch_op.create_index("ix_character_ownerships_user_id", ["user_id"], unique=False)
        batch_op.create_index(
            "uq_character_ownerships_open",
            ["character_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "modifiers",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("request_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("ratio", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("is_suggested", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("voided_by_id", KEY, nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_by_id", KEY, nullable=True),
        sa.CheckConstraint(
            "(kind = 'absolute') = (amount IS NOT NULL)", name=op.f("ck_modifiers_amount")
        ),
        sa.CheckConstraint(
            "(kind = 'relative') = (ratio IS NOT NULL)", name=op.f("ck_modifiers_ratio")
        ),
        sa.CheckConstraint("kind IN ('absolute', 'relative')", name=op.f("ck_modifiers_kind")),
        sa.CheckConstraint(
            "(taken_at IS NULL) = (taken_by_id IS NULL)", name=op.f("ck_modifiers_taken")
        ),
        sa.CheckConstraint(
            "(voided_at IS NULL) = (voided_by_id IS NULL)", name=op.f("ck_modifiers_void")
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["requests.id"], name=op.f("fk_modifiers_request_id_requests")
        ),
        sa.ForeignKeyConstraint(
            ["taken_by_id"], ["users.id"], name=op.f("fk_modifiers_taken_by_id_users")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_modifiers_user_id_users")),
        sa.ForeignKeyConstraint(
            ["voided_by_id"], ["users.id"], name=op.f("fk_modifiers_voided_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_modifiers")),
    )
    with op.batch_alter_table("modifiers", schema=None) as batch_op:
        batch_op.create_index("ix_modifiers_request_id", ["request_id", "id"], unique=False)
        batch_op.create_index("ix_modifiers_taken_by_id", ["taken_by_id"], unique=False)
        batch_op.create_index("ix_modifiers_user_id", ["user_id"], unique=False)
        batch_op.create_index("ix_modifiers_voided_by_id", ["voided_by_id"], unique=False)

    op.create_table(
        "outbox_events",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("event_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("request_id", sa.BigInteger(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["requests.id"], name=op.f("fk_outbox_events_request_id_requests")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_events")),
        sa.UniqueConstraint("event_id", name=op.f("uq_outbox_events_event_id")),
    )
    with op.batch_alter_table("outbox_events", schema=None) as batch_op:
        batch_op.create_index("ix_outbox_events_request_id", ["request_id"], unique=False)

    op.create_table(
        "payment_lines",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("payment_id", KEY, nullable=False),
        sa.Column("request_id", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("is_claimed", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_payment_lines_amount")),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payments.id"], name=op.f("fk_payment_lines_payment_id_payments")
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["requests.id"], name=op.f("fk_payment_lines_request_id_requests")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_lines")),
    )
    with op.batch_alter_table("payment_lines", schema=None) as batch_op:
        batch_op.create_index("ix_payment_lines_payment_id", ["payment_id"], unique=False)
        batch_op.create_index("ix_payment_lines_request_id", ["request_id"], unique=False)
        batch_op.create_index(
            "uq_payment_lines_claimed",
            ["request_id"],
            unique=True,
            sqlite_where=sa.text("is_claimed"),
            postgresql_where=sa.text("is_claimed"),
        )

    op.create_table(
        "review_flags",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("request_id", sa.BigInteger(), nullable=False),
        sa.Column("plugin", sa.String(length=100), nullable=False),
        sa.Column("code", sa.String(length=100), nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "level IN ('info', 'warning', 'alert')", name=op.f("ck_review_flags_level")
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["requests.id"], name=op.f("fk_review_flags_request_id_requests")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_flags")),
    )
    with op.batch_alter_table("review_flags", schema=None) as batch_op:
        batch_op.create_index("ix_review_flags_request_id", ["request_id"], unique=False)

    op.create_table(
        "outbox_deliveries",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("outbox_event_id", KEY, nullable=False),
        sa.Column("plugin", sa.String(length=100), nullable=False),
        sa.Column("state", sa.String(length=10), server_default="pending", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(
            "state IN ('pending', 'done', 'dead')", name=op.f("ck_outbox_deliveries_state")
        ),
        sa.ForeignKeyConstraint(
            ["outbox_event_id"],
            ["outbox_events.id"],
            name=op.f("fk_outbox_deliveries_outbox_event_id_outbox_events"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_deliveries")),
        sa.UniqueConstraint(
            "outbox_event_id", "plugin", name=op.f("uq_outbox_deliveries_outbox_event_id_plugin")
        ),
    )
    with op.batch_alter_table("outbox_deliveries", schema=None) as batch_op:
        batch_op.create_index("ix_outbox_deliveries_due", ["state", "due_at"], unique=False)

    op.create_table(
        "esi_scope",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("help_text", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_esi_scope")),
        sa.UniqueConstraint("name", name=op.f("uq_esi_scope_name")),
    )
    op.create_table(
        "esi_token",
        sa.Column("id", KEY, nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("access_token", sa.Text(), nullable=False),
        sa.Column("refresh_token", sa.Text(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=True),
        sa.Column("character_id", sa.BigInteger(), nullable=False),
        sa.Column("character_name", sa.String(length=100), nullable=False),
        sa.Column("character_owner_hash", sa.String(length=254), nullable=False),
        sa.Column("token_type", sa.String(length=100), server_default="Character", nullable=False),
        sa.Column("sso_version", sa.Integer(), server_default="2", nullable=False),
        sa.Column("refresh_lease_id", sa.String(length=36), nullable=True),
        sa.Column("refresh_lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_esi_token")),
    )
    with op.batch_alter_table("esi_token", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_esi_token_character_id"), ["character_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_esi_token_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_esi_token_user_id"), ["user_id"], unique=False)

    op.create_table(
        "esi_callbackredirect",
        sa.Column("id", KEY, nullable=False),
        sa.Column("state_digest", sa.String(length=64), nullable=False),
        sa.Column("browser_digest", sa.String(length=64), nullable=False),
        sa.Column("code_verifier", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("scopes", sa.Text(), server_default="", nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=True),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("token_id", KEY, nullable=True),
        sa.Column("single_use", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["token_id"],
            ["esi_token.id"],
            name=op.f("fk_esi_callbackredirect_token_id_esi_token"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_esi_callbackredirect")),
        sa.UniqueConstraint("state_digest", name=op.f("uq_esi_callbackredirect_state_digest")),
    )
    with op.batch_alter_table("esi_callbackredirect", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_esi_callbackredirect_created"), ["created"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_esi_callbackredirect_token_id"), ["token_id"], unique=False
        )

    op.create_table(
        "esi_token_scopes",
        sa.Column("token_id", KEY, nullable=False),
        sa.Column("scope_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["scope_id"], ["esi_scope.id"], name=op.f("fk_esi_token_scopes_scope_id_esi_scope")
        ),
        sa.ForeignKeyConstraint(
            ["token_id"],
            ["esi_token.id"],
            name=op.f("fk_esi_token_scopes_token_id_esi_token"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("token_id", "scope_id", name=op.f("pk_esi_token_scopes")),
    )
    with op.batch_alter_table("esi_token_scopes", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_esi_token_scopes_scope_id"), ["scope_id"], unique=False
        )

    triggers = SQLITE_TRIGGERS if op.get_bind().dialect.name == "sqlite" else POSTGRESQL_TRIGGERS
    for trigger in triggers:
        op.execute(trigger)


def downgrade() -> None:
    """Back."""
    op.execute("DROP TABLE audit_log")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_log_refuse()")
    with op.batch_alter_table("esi_token_scopes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_esi_token_scopes_scope_id"))

    op.drop_table("esi_token_scopes")
    with op.batch_alter_table("esi_callbackredirect", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_esi_callbackredirect_token_id"))
        batch_op.drop_index(batch_op.f("ix_esi_callbackredirect_created"))

    op.drop_table("esi_callbackredirect")
    with op.batch_alter_table("esi_token", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_esi_token_user_id"))
        batch_op.drop_index(batch_op.f("ix_esi_token_expires_at"))
        batch_op.drop_index(batch_op.f("ix_esi_token_character_id"))

    op.drop_table("esi_token")
    op.drop_table("esi_scope")
    with op.batch_alter_table("outbox_deliveries", schema=None) as batch_op:
        batch_op.drop_index("ix_outbox_deliveries_due")

    op.drop_table("outbox_deliveries")
    with op.batch_alter_table("review_flags", schema=None) as batch_op:
        batch_op.drop_index("ix_review_flags_request_id")

    op.drop_table("review_flags")
    with op.batch_alter_table("payment_lines", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_payment_lines_claimed",
            sqlite_where=sa.text("is_claimed"),
            postgresql_where=sa.text("is_claimed"),
        )
        batch_op.drop_index("ix_payment_lines_request_id")
        batch_op.drop_index("ix_payment_lines_payment_id")

    op.drop_table("payment_lines")
    with op.batch_alter_table("outbox_events", schema=None) as batch_op:
        batch_op.drop_index("ix_outbox_events_request_id")

    op.drop_table("outbox_events")
    with op.batch_alter_table("modifiers", schema=None) as batch_op:
        batch_op.drop_index("ix_modifiers_voided_by_id")
        batch_op.drop_index("ix_modifiers_user_id")
        batch_op.drop_index("ix_modifiers_taken_by_id")
        batch_op.drop_index("ix_modifiers_request_id")

    op.drop_table("modifiers")
    with op.batch_alter_table("character_ownerships", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_character_ownerships_open",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.drop_index("ix_character_ownerships_user_id")
        batch_op.drop_index("ix_character_ownerships_character_id")

    op.drop_table("character_ownerships")
    with op.batch_alter_table("actions", schema=None) as batch_op:
        batch_op.drop_index("ix_actions_user_id")
        batch_op.drop_index("ix_actions_request_id")

    op.drop_table("actions")
    with op.batch_alter_table("user_notes", schema=None) as batch_op:
        batch_op.drop_index("ix_user_notes_user_id")
        batch_op.drop_index("ix_user_notes_division_id")
        batch_op.drop_index("ix_user_notes_author_id")

    op.drop_table("user_notes")
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.drop_index("ix_sessions_user_id")
        batch_op.drop_index("ix_sessions_expires_at")

    op.drop_table("sessions")
    with op.batch_alter_table("requests", schema=None) as batch_op:
        batch_op.drop_index("ix_requests_totals")
        batch_op.drop_index("ix_requests_system_key")
        batch_op.drop_index("ix_requests_submitter_id")
        batch_op.drop_index("ix_requests_submitted_at")
        batch_op.drop_index("ix_requests_status")
        batch_op.drop_index("ix_requests_ship_key")
        batch_op.drop_index("ix_requests_region_key")
        batch_op.drop_index("ix_requests_pilot_key")
        batch_op.drop_index("ix_requests_pilot_id")
        batch_op.drop_index("ix_requests_payout")
        batch_op.drop_index("ix_requests_killed_at")
        batch_op.drop_index("ix_requests_division_id")
        batch_op.drop_index("ix_requests_corporation_key")
        batch_op.drop_index("ix_requests_constellation_key")
        batch_op.drop_index("ix_requests_base_payout")
        batch_op.drop_index("ix_requests_alliance_key")

    op.drop_table("requests")
    with op.batch_alter_table("payments", schema=None) as batch_op:
        batch_op.drop_index("ix_payments_voided_by_id")
        batch_op.drop_index("ix_payments_payer_id")
        batch_op.drop_index("ix_payments_payee_id")
        batch_op.drop_index("ix_payments_paid_at")

    op.drop_table("payments")
    op.drop_table("killmail_values")
    with op.batch_alter_table("group_members", schema=None) as batch_op:
        batch_op.drop_index("ix_group_members_user_id")

    op.drop_table("group_members")
    with op.batch_alter_table("grants", schema=None) as batch_op:
        batch_op.drop_index("ix_grants_user_id")
        batch_op.drop_index("ix_grants_group_id")

    op.drop_table("grants")
    op.drop_table("division_transformers")
    with op.batch_alter_table("characters", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_characters_main",
            sqlite_where=sa.text("is_main"),
            postgresql_where=sa.text("is_main"),
        )
        batch_op.drop_index("ix_characters_user_id")
        batch_op.drop_index("ix_characters_name_key")
        batch_op.drop_index("ix_characters_corporation_id")
        batch_op.drop_index("ix_characters_alliance_id")

    op.drop_table("characters")
    with op.batch_alter_table("api_keys", schema=None) as batch_op:
        batch_op.drop_index("ix_api_keys_user_id")

    op.drop_table("api_keys")
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_users_plugin",
            sqlite_where=sa.text("kind = 'plugin'"),
            postgresql_where=sa.text("kind = 'plugin'"),
        )
        batch_op.drop_index("ix_users_name_key")

    op.drop_table("users")
    op.drop_table("periodic_tasks")
    op.drop_table("killmails")
    op.drop_table("inventory_types")
    with op.batch_alter_table("groups", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_groups_own_name",
            sqlite_where=sa.text("eve_id IS NULL"),
            postgresql_where=sa.text("eve_id IS NULL"),
        )
        batch_op.drop_index("ix_groups_name_key")

    op.drop_table("groups")
    op.drop_table("divisions")
