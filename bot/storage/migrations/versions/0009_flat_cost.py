"""Indexes with which no question of the tick, the sweep and the tidying grows with the history."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add three."""
    pending = sa.text("state = 'pending'")
    op.create_index(
        "ix_deliveries_expiring",
        "deliveries",
        ["expires_at"],
        sqlite_where=pending,
        postgresql_where=pending,
    )
    op.create_index("ix_deliveries_of_patient", "deliveries", ["patient_id", "state", "kind"])
    op.create_index("ix_deliveries_due_at", "deliveries", ["due_at"])
