"""What the patient has at home: strengths, how many make a dose, and the ledger."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.sealing import SealedLabel
from bot.storage.tables.base import Base, of_patient, row_id
from bot.storage.types import Milligrams, UtcDateTime


class Amount(Milligrams):
    """A decimal number of capsules, ml and so on, kept as text as amounts in mg are."""

    cache_ok = True


def _of_supply() -> Mapped[UUID]:
    return mapped_column(ForeignKey("supplies.id", ondelete="CASCADE"))


class Supply(Base):
    """One strength that the patient has, as its label calls it."""

    __tablename__ = "supplies"
    __table_args__ = (Index(None, "patient_id"),)

    id: Mapped[UUID] = row_id()
    patient_id: Mapped[UUID] = of_patient()
    # The patient's own words: "1.5 mg capsules".
    label = SealedLabel(nullable=False)
    unit: Mapped[str] = mapped_column(String(16))
    # The last day that the bottle's label allows; None: not given.
    expires_on: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # No longer in use: kept for the history of doses.
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SupplyUse(Base):
    """How many of a strength make one dose of this many mg: typed in by the patient, never computed."""

    __tablename__ = "supply_uses"
    __table_args__ = (Index(None, "patient_id"),)

    id: Mapped[UUID] = row_id()
    patient_id: Mapped[UUID] = of_patient()
    supply_id: Mapped[UUID] = _of_supply()
    dose_mg: Mapped[Decimal] = mapped_column(Milligrams)
    amount: Mapped[Decimal] = mapped_column(Amount)


class SupplyEntry(Base):
    """One line of the ledger (domain/supply.py); the lines of a dose follow what is said about the dose."""

    __tablename__ = "supply_entries"
    __table_args__ = (Index(None, "supply_id", "at"), Index(None, "dose_id"), Index(None, "extra_id"))

    id: Mapped[UUID] = row_id()
    patient_id: Mapped[UUID] = of_patient()
    supply_id: Mapped[UUID] = _of_supply()
    kind: Mapped[str] = mapped_column(String(16))
    amount: Mapped[Decimal] = mapped_column(Amount)
    # When it happened: a dose's time of taking, not of logging.
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    dose_id: Mapped[UUID | None] = mapped_column(ForeignKey("doses.id", ondelete="CASCADE"))
    # The extra dose (a safety answer) that used it up: the line goes with it.
    extra_id: Mapped[UUID | None] = mapped_column(ForeignKey("safety_answers.id", ondelete="CASCADE"))
