"""The patient, and which safety texts were said."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, Integer, String
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.sealing import SealedJson, SealedText
from bot.storage.tables.base import Base, of_patient, row_id
from bot.storage.types import Json, UtcDateTime


class Patient(Base):
    """One person in one private chat (the chat's id is the person's Telegram id)."""

    __tablename__ = "patients"
    __table_args__ = (
        # Asked every few seconds; hardly anybody is leaving.
        Index(
            "ix_patients_erase_at",
            "erase_at",
            sqlite_where=sql("erase_at IS NOT NULL"),
            postgresql_where=sql("erase_at IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = row_id()
    telegram_id: Mapped[int] = mapped_column(BigInteger, unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # enrolling (nothing is sent unasked), active, or leaving (nothing is sent; everything goes at erase_at).
    state: Mapped[str] = mapped_column(String(16), default="enrolling")
    # Telegram refused our messages since then; ends with the next update from the patient.
    blocked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Let in by an invitation; None in the other modes.
    admitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Blocked by the operator: nothing is sent (blocked_at is set too), only the ways out are answered.
    barred_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    consented_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    consent_version: Mapped[int | None] = mapped_column(Integer)
    # When the patient was last asked to agree to a new text.
    consent_asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # When the patient was asked, after long silence, whether to keep the diary.
    silence_asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # When everything about a leaving patient is erased.
    erase_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    language: Mapped[str] = mapped_column(String(16), default="en")
    zone: Mapped[str | None] = mapped_column(String(64))
    # Where the patient is while reminders keep home's clock; None: at home, or moved to the local clock.
    away_zone: Mapped[str | None] = mapped_column(String(64))
    # First dose ever: a date, or a month (then its first day). None: not asked yet or never started.
    started_on: Mapped[date | None]
    started_precision: Mapped[str | None] = mapped_column(String(8))
    checkin_time: Mapped[time | None]
    checkin_time_on_days_off: Mapped[time | None]
    checkin_rhythm: Mapped[str] = mapped_column(String(24), default="daily")
    # Counts "every other day"; its weekday is the day of weekly check-ins.
    checkin_anchor: Mapped[date | None]
    optional_questions: Mapped[list[str]] = mapped_column(Json, default=list)
    # Monday = 0; None: no weekly summary.
    summary_weekday: Mapped[int | None] = mapped_column(Integer, default=6)
    summary_time: Mapped[time] = mapped_column(default=time(18))
    discreet: Mapped[bool] = mapped_column(default=False)
    # Days before a supply runs out; None: no warning.
    supply_warn_days: Mapped[int | None] = mapped_column(Integer, default=14)
    second_re_alert: Mapped[bool] = mapped_column(default=False)
    # "after brushing teeth": a routine that the patient ties the dose to.
    cue = SealedText()
    # What the next typed text means, and a draft of what is being typed in: no conversation lives in memory.
    dialogue = SealedJson[dict[str, Any] | None]()


class SafetyAnswer(Base):
    """A safety text that was said: "the full text first, a one-line repeat each further time that day"."""

    __tablename__ = "safety_answers"
    __table_args__ = (Index(None, "patient_id", "at"),)

    id: Mapped[UUID] = row_id()
    patient_id: Mapped[UUID] = of_patient()
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    trigger: Mapped[str] = mapped_column(String(40))
