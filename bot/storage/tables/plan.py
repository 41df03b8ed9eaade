"""What was prescribed: times and days, dose steps, pauses."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Integer, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.sealing import SealedJson
from bot.storage.tables.base import Base, of_patient, row_id
from bot.storage.types import Json, Milligrams, UtcDateTime


class Regimen(Base):
    """What was prescribed, apart from amounts: one row a patient. Rules in domain/regimen.py."""

    __tablename__ = "regimens"

    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patients.id", ondelete="CASCADE"), primary_key=True)
    local_time: Mapped[time]
    # 1: a bedtime after midnight, which belongs to the evening before.
    day_offset: Mapped[int] = mapped_column(Integer, default=0)
    rhythm: Mapped[str] = mapped_column(String(24), default="daily")
    weekdays: Mapped[list[int]] = mapped_column(Json, default=lambda: list(range(7)))
    anchor: Mapped[date]
    time_on_days_off: Mapped[time | None]
    days_off: Mapped[list[int]] = mapped_column(Json, default=list)


class DoseStep(Base):
    """From this date, this many mg."""

    __tablename__ = "dose_steps"
    __table_args__ = (UniqueConstraint("patient_id", "starts_on"),)

    id: Mapped[UUID] = row_id()
    patient_id: Mapped[UUID] = of_patient()
    starts_on: Mapped[date]
    dose_mg: Mapped[Decimal] = mapped_column(Milligrams)
    # The amount as the patient typed it ("500 mcg"), when that isn't plain mg.
    shown_as: Mapped[str | None] = mapped_column(String(40))


class Pause(Base):
    """Dates without doses: the patient's pause, or a safety hold (which never ends by itself)."""

    __tablename__ = "pauses"
    __table_args__ = (Index(None, "patient_id"),)

    id: Mapped[UUID] = row_id()
    patient_id: Mapped[UUID] = of_patient()
    first_date: Mapped[date]
    # None: until the patient resumes.
    last_date: Mapped[date | None]
    reason: Mapped[str] = mapped_column(String(40))
    # A safety hold: the reminder turns into the question whether a prescriber said it is safe.
    is_hold: Mapped[bool] = mapped_column(default=False)
    # Check-ins pause with the doses; a patient chooses that.
    checkins_too: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PlanDraft(Base):
    """A change of the plan that was read back and isn't saved yet: its buttons carry this row's id."""

    __tablename__ = "plan_drafts"
    __table_args__ = (Index(None, "patient_id"),)

    id: Mapped[UUID] = row_id()
    patient_id: Mapped[UUID] = of_patient()
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # What features/regimen/drafts.py needs to go on: the action, an amount, the steps before and after.
    content = SealedJson[dict[str, Any]](nullable=False)
