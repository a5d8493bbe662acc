"""Whether a reviewer set a request's base payout, so that rules leave it alone.

Revision ID: 0007
Revises: 0006
"""

from __future__ import annotations

import sqlalchemy as sa

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the column; the audit log knows which bases were set so far."""
    # Not by a batch, which on SQLite would drop the table's triggers.
    op.add_column(
        "requests",
        sa.Column("is_base_by_hand", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.execute(
        "UPDATE requests SET is_base_by_hand = true WHERE id IN (SELECT request_id FROM audit_log"
        " WHERE action = 'request.payout' AND NOT is_refused)"
    )


def downgrade() -> None:
    """Drops the column."""
    op.drop_column("requests", "is_base_by_hand")
