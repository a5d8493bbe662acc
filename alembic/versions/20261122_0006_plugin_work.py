"""Which events were written together, what plugins failed at, and indexes of deliveries not done.

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

import sqlalchemy as sa

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# Partial: nearly all deliveries are done, and nobody looks for those.
PARTIAL = {
    "ix_outbox_deliveries_dead": (("id",), sa.text("state = 'dead'")),
    "ix_outbox_deliveries_open": (("plugin", "state", "id"), sa.text("state <> 'done'")),
}


def upgrade() -> None:
    """Forwards."""
    # Events of before stay without a batch: each was told alone.
    op.add_column("outbox_events", sa.Column("batch_id", sa.String(length=36), nullable=True))
    op.create_index("ix_outbox_events_batch_id", "outbox_events", ["batch_id", "id"])
    for name, (columns, where) in PARTIAL.items():
        op.create_index(
            name,
            "outbox_deliveries",
            list(columns),
            sqlite_where=where,
            postgresql_where=where,
        )
    op.create_table(
        "plugin_failures",
        sa.Column("plugin", sa.String(length=100), nullable=False),
        sa.Column("hook", sa.String(length=200), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("plugin", "hook", name=op.f("pk_plugin_failures")),
    )


def downgrade() -> None:
    """And back."""
    op.drop_table("plugin_failures")
    for name in PARTIAL:
        op.drop_index(name, table_name="outbox_deliveries")
    op.drop_index("ix_outbox_events_batch_id", table_name="outbox_events")
    op.drop_column("outbox_events", "batch_id")
