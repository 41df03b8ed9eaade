"""What can wait is claimed in a lane of its own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column and its index; weekly summaries that wait already move over."""
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.add_column(sa.Column("lane", sa.SmallInteger(), server_default="0", nullable=False))
    op.execute("UPDATE deliveries SET lane = 1 WHERE kind = 'weekly_summary' AND state = 'pending'")
    op.create_index(
        "ix_deliveries_lane",
        "deliveries",
        ["lane", "run_at"],
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    )
