"""What patients typed for the page for their doctor."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "report_drafts",
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("paper", sa.String(length=12), nullable=False),
        sa.Column("identification", sa.Text(), nullable=True),
        sa.Column("questions", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patients.id"], name=op.f("fk_report_drafts_patient_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("patient_id", name=op.f("pk_report_drafts")),
    )
