"""What patients typed and answered becomes text that can be sealed; which keys there are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.storage.types import UtcDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

# (table, column, nullable) of what was JSON so far; texts stay texts.
_JSON = (
    ("patients", "dialogue", True),
    ("checkins", "position", True),
    ("checkins", "answers", False),
    ("changes", "before", False),
    ("plan_drafts", "content", False),
    ("deliveries", "payload", True),
)


def upgrade() -> None:
    """Change the types; the values stay as they are until they are written again or rotated."""
    op.create_table(
        "seal_keys",
        sa.Column("id", sa.String(length=8), nullable=False),
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seal_keys")),
    )
    for table, column, nullable in _JSON:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.alter_column(
                column,
                existing_type=sa.JSON(none_as_null=True),
                type_=sa.Text(),
                existing_nullable=nullable,
                postgresql_using=f"{column}::text",
            )
