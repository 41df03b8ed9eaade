"""When a leaving patient is erased, and when a patient was asked about consent and about silence."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.storage.types import UtcDateTime

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns and the index of those who are leaving."""
    for name in ("consent_asked_at", "silence_asked_at", "erase_at"):
        op.add_column("patients", sa.Column(name, UtcDateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_patients_erase_at",
        "patients",
        ["erase_at"],
        sqlite_where=sa.text("erase_at IS NOT NULL"),
        postgresql_where=sa.text("erase_at IS NOT NULL"),
    )
