"""An extra dose uses up supply; where a patient is who keeps home's clock."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; extra doses of before used up nothing and stay so."""
    op.add_column("patients", sa.Column("away_zone", sa.String(length=64), nullable=True))
    with op.batch_alter_table("supply_entries", schema=None) as batch_op:
        batch_op.add_column(sa.Column("extra_id", sa.Uuid(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_supply_entries_extra_id"),
            "safety_answers",
            ["extra_id"],
            ["id"],
            ondelete="CASCADE",
        )
        batch_op.create_index("ix_supply_entries_extra_id", ["extra_id"])
