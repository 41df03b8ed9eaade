"""What happened: doses, check-ins, and what they said before a change."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.sealing import SealedJson, SealedText
from bot.storage.tables.base import Base, of_patient, row_id
from bot.storage.types import Milligrams, UtcDateTime


class Dose(Base):
    """One planned dose of one dose date: the only row that says whether it was taken."""

    __tablename__ = "doses"
    __table_args__ = (UniqueConstraint("patient_id", "dose_date"),)

    id: Mapped[UUID] = row_id()
    patient_id: Mapped[UUID] = of_patient()
    dose_date: Mapped[date]
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(16), default="planned")
    planned_mg: Mapped[Decimal] = mapped_column(Milligrams)
    planned_as: Mapped[str | None] = mapped_column(String(40))
    taken_mg: Mapped[Decimal | None] = mapped_column(Milligrams)
    taken_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    logged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason = SealedText()
    # The newest message about this dose that may still carry buttons.
    message_id: Mapped[int | None] = mapped_column(BigInteger)


class Checkin(Base):
    """One day's answers."""

    __tablename__ = "checkins"
    __table_args__ = (UniqueConstraint("patient_id", "local_date"),)

    id: Mapped[UUID] = row_id()
    patient_id: Mapped[UUID] = of_patient()
    local_date: Mapped[date]
    # planned (not seen yet), open (keeps what was answered so far) or done.
    state: Mapped[str] = mapped_column(String(16), default="open")
    # on_time, late (the next day) or backfilled: by the day of the first answer.
    timing: Mapped[str | None] = mapped_column(String(16))
    # The walk through the questions (domain/checkin.py): which ones, and where it stands.
    position = SealedJson[dict[str, Any] | None]()
    answers = SealedJson[dict[str, Any]](default=dict)
    flare: Mapped[bool] = mapped_column(default=False)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    message_id: Mapped[int | None] = mapped_column(BigInteger)


class Change(Base):
    """What a row said before it was changed: history, and the way back for "undo"."""

    __tablename__ = "changes"
    __table_args__ = (Index(None, "patient_id", "at"),)

    id: Mapped[UUID] = row_id()
    patient_id: Mapped[UUID] = of_patient()
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    # One action may change several rows: they are undone together. None: from before this was kept.
    act: Mapped[UUID | None]
    noun: Mapped[str] = mapped_column(String(16))
    row_id: Mapped[UUID]
    action: Mapped[str] = mapped_column(String(32))
    before = SealedJson[dict[str, Any]](nullable=False)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
