"""Supplies: strengths, how many make a dose, the ledger; when to warn."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.storage.tables.supply import Amount
from bot.storage.types import Milligrams, UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add three tables, and the patients' choice of how early to warn."""
    with op.batch_alter_table("patients") as batch_op:
        batch_op.add_column(sa.Column("supply_warn_days", sa.Integer(), nullable=True, server_default="14"))
    op.create_table(
        "supplies",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("unit", sa.String(length=16), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("removed_at", UtcDateTime(timezone=True), nullable=True),
        _of("supplies", "patient_id", "patients"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplies")),
    )
    op.create_index("ix_supplies_patient_id", "supplies", ["patient_id"])
    op.create_table(
        "supply_uses",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("supply_id", sa.Uuid(), nullable=False),
        sa.Column("dose_mg", Milligrams(length=16), nullable=False),
        sa.Column("amount", Amount(length=16), nullable=False),
        _of("supply_uses", "patient_id", "patients"),
        _of("supply_uses", "supply_id", "supplies"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supply_uses")),
    )
    op.create_index("ix_supply_uses_patient_id", "supply_uses", ["patient_id"])
    op.create_table(
        "supply_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("supply_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("amount", Amount(length=16), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("dose_id", sa.Uuid(), nullable=True),
        _of("supply_entries", "patient_id", "patients"),
        _of("supply_entries", "supply_id", "supplies"),
        _of("supply_entries", "dose_id", "doses"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supply_entries")),
    )
    op.create_index("ix_supply_entries_supply_id_at", "supply_entries", ["supply_id", "at"])
    op.create_index("ix_supply_entries_dose_id", "supply_entries", ["dose_id"])


def _of(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete="CASCADE")
