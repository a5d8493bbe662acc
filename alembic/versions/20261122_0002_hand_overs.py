"""An index by browser: tokens on their way to a view are found by it.

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the index."""
    with op.batch_alter_table("esi_callbackredirect", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_esi_callbackredirect_browser_digest"), ["browser_digest"], unique=False
        )


def downgrade() -> None:
    """Drops it."""
    with op.batch_alter_table("esi_callbackredirect", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_esi_callbackredirect_browser_digest"))
