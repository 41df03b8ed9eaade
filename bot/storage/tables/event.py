"""Dated events: what else happened in a patient's life."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.sealing import SealedText
from bot.storage.tables.base import Base, of_patient, row_id
from bot.storage.types import UtcDateTime


class Event(Base):
    """One dated event (domain/event.py); charts mark it, the doctor's page lists it."""

    __tablename__ = "events"
    __table_args__ = (Index(None, "patient_id", "local_date"),)

    id: Mapped[UUID] = row_id()
    patient_id: Mapped[UUID] = of_patient()
    # The day it happened, or began.
    local_date: Mapped[date]
    # The last day of something that lasted. None: that one day; or still going on, where it was started.
    last_date: Mapped[date | None]
    kind: Mapped[str] = mapped_column(String(16))
    # started, stopped or changed, of a medicine, supplement or therapy; None: not said.
    aspect: Mapped[str | None] = mapped_column(String(16))
    # The patient's own words, or None.
    note = SealedText()
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # Deleted by the patient then; kept for "undo" and for the history.
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
