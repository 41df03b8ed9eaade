"""Every table of the database, and what each row promises. Ids are random UUIDs made by us (promise 1)."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, MetaData, String, Text, UniqueConstraint, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from bot.storage.types import Json, Milligrams, UtcDateTime

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Common ground of all tables."""

    metadata = MetaData(naming_convention=NAMES)


def _id() -> Mapped[UUID]:
    return mapped_column(primary_key=True, default=uuid4)


def _patient_id() -> Mapped[UUID]:
    return mapped_column(ForeignKey("patients.id", ondelete="CASCADE"))


class Patient(Base):
    """One person in one private chat (the chat's id is the person's Telegram id)."""

    __tablename__ = "patients"

    id: Mapped[UUID] = _id()
    telegram_id: Mapped[int] = mapped_column(BigInteger, unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # enrolling (nothing is sent unasked) or active.
    state: Mapped[str] = mapped_column(String(16), default="enrolling")
    # Telegram refused our messages since then; ends with the next update from the patient.
    blocked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    consented_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    consent_version: Mapped[int | None] = mapped_column(Integer)
    language: Mapped[str] = mapped_column(String(16), default="en")
    zone: Mapped[str | None] = mapped_column(String(64))
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
    second_re_alert: Mapped[bool] = mapped_column(default=False)
    # "after brushing teeth": a routine that the patient ties the dose to.
    cue: Mapped[str | None] = mapped_column(Text)
    # What the next typed text means, and a draft of what is being typed in: no conversation lives in memory.
    dialogue: Mapped[dict[str, Any] | None] = mapped_column(Json)


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

    id: Mapped[UUID] = _id()
    patient_id: Mapped[UUID] = _patient_id()
    starts_on: Mapped[date]
    dose_mg: Mapped[Decimal] = mapped_column(Milligrams)
    # The amount as the patient typed it ("500 mcg"), when that isn't plain mg.
    shown_as: Mapped[str | None] = mapped_column(String(40))


class Pause(Base):
    """Dates without doses: the patient's pause, or a safety hold (which never ends by itself)."""

    __tablename__ = "pauses"
    __table_args__ = (Index(None, "patient_id"),)

    id: Mapped[UUID] = _id()
    patient_id: Mapped[UUID] = _patient_id()
    first_date: Mapped[date]
    # None: until the patient resumes.
    last_date: Mapped[date | None]
    reason: Mapped[str] = mapped_column(String(40))
    # A safety hold: the reminder turns into the question whether a prescriber said it is safe.
    is_hold: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Dose(Base):
    """One planned dose of one dose date: the only row that says whether it was taken."""

    __tablename__ = "doses"
    __table_args__ = (UniqueConstraint("patient_id", "dose_date"),)

    id: Mapped[UUID] = _id()
    patient_id: Mapped[UUID] = _patient_id()
    dose_date: Mapped[date]
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(16), default="planned")
    planned_mg: Mapped[Decimal] = mapped_column(Milligrams)
    planned_as: Mapped[str | None] = mapped_column(String(40))
    taken_mg: Mapped[Decimal | None] = mapped_column(Milligrams)
    taken_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    logged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str | None] = mapped_column(Text)
    # The newest message about this dose that may still carry buttons.
    message_id: Mapped[int | None] = mapped_column(BigInteger)


class Checkin(Base):
    """One day's answers."""

    __tablename__ = "checkins"
    __table_args__ = (UniqueConstraint("patient_id", "local_date"),)

    id: Mapped[UUID] = _id()
    patient_id: Mapped[UUID] = _patient_id()
    local_date: Mapped[date]
    # planned (not seen yet), open (keeps what was answered so far) or done.
    state: Mapped[str] = mapped_column(String(16), default="open")
    # on_time, late (the next day) or backfilled: by the day of the first answer.
    timing: Mapped[str | None] = mapped_column(String(16))
    # The walk through the questions (domain/checkin.py): which ones, and where it stands.
    position: Mapped[dict[str, Any] | None] = mapped_column(Json)
    answers: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    flare: Mapped[bool] = mapped_column(default=False)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    message_id: Mapped[int | None] = mapped_column(BigInteger)


class Change(Base):
    """What a row said before it was changed: history, and the way back for "undo"."""

    __tablename__ = "changes"
    __table_args__ = (Index(None, "patient_id", "at"),)

    id: Mapped[UUID] = _id()
    patient_id: Mapped[UUID] = _patient_id()
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    noun: Mapped[str] = mapped_column(String(16))
    row_id: Mapped[UUID]
    action: Mapped[str] = mapped_column(String(32))
    before: Mapped[dict[str, Any]] = mapped_column(Json)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SafetyAnswer(Base):
    """A safety text that was said: "the full text first, a one-line repeat each further time that day"."""

    __tablename__ = "safety_answers"
    __table_args__ = (Index(None, "patient_id", "at"),)

    id: Mapped[UUID] = _id()
    patient_id: Mapped[UUID] = _patient_id()
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    trigger: Mapped[str] = mapped_column(String(40))


class Delivery(Base):
    """One message that the bot owes a patient (promise 4): pending → sending → sent, or another end."""

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("patient_id", "kind", "subject", "ordinal"),
        # The tick asks these two, and nothing else, every second.
        Index(
            "ix_deliveries_pending",
            "run_at",
            sqlite_where=text("state = 'pending'"),
            postgresql_where=text("state = 'pending'"),
        ),
        Index(
            "ix_deliveries_sending",
            "lease_until",
            sqlite_where=text("state = 'sending'"),
            postgresql_where=text("state = 'sending'"),
        ),
    )

    id: Mapped[UUID] = _id()
    patient_id: Mapped[UUID] = _patient_id()
    kind: Mapped[str] = mapped_column(String(24))
    # What it is about: a dose's id, a local date, an update's id.
    subject: Mapped[str] = mapped_column(String(40))
    # 0 is the first message; re-alerts, snoozes and copies count on.
    ordinal: Mapped[int] = mapped_column(Integer, default=0)
    # pending, sending, sent, uncertain, failed, expired, cancelled.
    state: Mapped[str] = mapped_column(String(16), default="pending")
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # When to try (again): the due time first, later after a backoff.
    run_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    owner: Mapped[str | None] = mapped_column(String(40))
    # Grows with every claim: a mark with an older fence changes nothing.
    fence: Mapped[int] = mapped_column(Integer, default=0)
    # In the database's own time, which no wall clock of a replica can falsify.
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    message_id: Mapped[int | None] = mapped_column(BigInteger)
    # Why it failed or wasn't sent: a word of ours, never Telegram's or a patient's text.
    outcome: Mapped[str | None] = mapped_column(String(40))
    # What the renderer needs beside the subject; a reply's whole text. Blanked when done.
    payload: Mapped[dict[str, Any] | None] = mapped_column(Json)


class Inbox(Base):
    """An update, kept before it is acknowledged (promise 5)."""

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("bot_id", "update_id"),
        Index(
            "ix_inbox_open",
            "chat_key",
            "seq",
            sqlite_where=text("done_at IS NULL"),
            postgresql_where=text("done_at IS NULL"),
        ),
        Index("ix_inbox_done", "done_at"),
    )

    # The order of receipt.
    seq: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    )
    bot_id: Mapped[int] = mapped_column(BigInteger)
    update_id: Mapped[int] = mapped_column(BigInteger)
    # Updates with the same key are handled one after the other: the chat's or the person's id.
    chat_key: Mapped[int] = mapped_column(BigInteger)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    payload: Mapped[str | None] = mapped_column(Text)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # done, or set_aside after three tries.
    outcome: Mapped[str | None] = mapped_column(String(16))


class Heartbeat(Base):
    """What the bot knows of itself across restarts: when it last listened to Telegram, last ticked."""

    __tablename__ = "heartbeats"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    detail: Mapped[dict[str, Any] | None] = mapped_column(Json)
