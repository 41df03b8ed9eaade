"""What all tables share: the base class, names of constraints, ids made by us."""

from __future__ import annotations

from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, MetaData
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Common ground of all tables."""

    metadata = MetaData(naming_convention=NAMES)


def row_id() -> Mapped[UUID]:
    """Return the column of a row's own id: random, made by the application (promise 1)."""
    return mapped_column(primary_key=True, default=uuid4)


def of_patient() -> Mapped[UUID]:
    """Return the column that says whose row it is; the row goes when the patient goes."""
    return mapped_column(ForeignKey("patients.id", ondelete="CASCADE"))
