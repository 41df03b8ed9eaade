"""What all tables share: the base class, names of constraints, ids made by us."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, MetaData
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from bot.storage.sealing import sealed_attributes

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Common ground of all tables: rows have their ids from the first moment, made by us (promise 1).

    Attributes:
        named_by: The columns that name a row, to which its sealed values are bound.
    """

    metadata = MetaData(naming_convention=NAMES)
    named_by: ClassVar[tuple[str, ...]] = ("id",)

    def __init__(self, **values: Any) -> None:  # noqa: ANN401 - columns
        unknown = [name for name in values if not hasattr(type(self), name)]
        if unknown:
            raise TypeError(f"{type(self).__name__} has no column {unknown[0]}")
        if hasattr(type(self), "id"):
            values.setdefault("id", uuid4())
        # What a sealed value is bound to must be known before it is sealed.
        for name in sorted(values, key=lambda name: name not in self.named_by):
            setattr(self, name, values[name])
        for name, sealed in sealed_attributes(type(self)).items():
            if sealed.default is not None and name not in values:
                setattr(self, name, sealed.default())


def row_id() -> Mapped[UUID]:
    """Return the column of a row's own id: random, made by the application (promise 1)."""
    return mapped_column(primary_key=True, default=uuid4)


def of_patient() -> Mapped[UUID]:
    """Return the column that says whose row it is; the row goes when the patient goes."""
    return mapped_column(ForeignKey("patients.id", ondelete="CASCADE"))
