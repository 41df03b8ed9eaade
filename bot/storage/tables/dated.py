"""Dated reminders."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.sealing import SealedText
from bot.storage.tables.base import Base, of_patient, row_id
from bot.storage.types import UtcDateTime


class DatedReminder(Base):
    """Something on a date, once or every few months (domain/dated.py)."""

    __tablename__ = "dated_reminders"
    __table_args__ = (Index(None, "patient_id"),)

    id: Mapped[UUID] = row_id()
    patient_id: Mapped[UUID] = of_patient()
    kind: Mapped[str] = mapped_column(String(16))
    # The patient's own words, or None.
    words = SealedText()
    first_date: Mapped[date]
    # None: once.
    every_months: Mapped[int | None] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
