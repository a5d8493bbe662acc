"""Indexes that hold all that a list or a count has to look at.

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

from collections.abc import Mapping

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

LISTED = ("division_id", "status", "payout")
NAMES = ("pilot", "corporation", "alliance", "ship", "system", "constellation", "region")

BEFORE = {
    "submitted_at": ("submitted_at", "id", "division_id", "status"),
    "status": ("status", "submitted_at", "id"),
    "submitter_id": ("submitter_id", "status", "submitted_at", "id"),
    "totals": ("division_id", "status", "payout"),
    "killed_at": ("killed_at", "id"),
    "payout": ("payout", "id"),
    "base_payout": ("base_payout", "id"),
    **{f"{name}_key": (f"{name}_key", "id") for name in NAMES},
}
AFTER = {
    "submitted_at": ("submitted_at", "id", *LISTED),
    "status": ("status", "submitted_at", "id", "division_id"),
    "submitter_id": ("submitter_id", "submitted_at", "id", *LISTED),
    "killed_at": ("killed_at", "id", "submitted_at", *LISTED),
    "payout": ("payout", "id", "submitted_at", "division_id", "status"),
    "base_payout": ("base_payout", "id", "submitted_at", *LISTED),
    **{f"{name}_key": (f"{name}_key", "id", *LISTED) for name in NAMES},
    **{f"{name}_listed": (f"{name}_key", "submitted_at", "id", *LISTED) for name in NAMES},
}


def upgrade() -> None:
    """Puts the new indexes in place of the old ones."""
    _replace(BEFORE, AFTER)


def downgrade() -> None:
    """And back."""
    _replace(AFTER, BEFORE)


def _replace(old: Mapping[str, tuple[str, ...]], new: Mapping[str, tuple[str, ...]]) -> None:
    # Not in a batch, which on SQLite would make the table anew and lose its triggers.
    for name in old:
        op.drop_index(f"ix_requests_{name}", table_name="requests")
    for name, columns in new.items():
        op.create_index(f"ix_requests_{name}", "requests", list(columns), unique=False)
