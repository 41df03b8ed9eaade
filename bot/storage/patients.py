"""Patients, and their regimen as the domain knows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, delete, exists, func, or_, select
from sqlalchemy.orm import load_only

from bot.domain import regimen as rules
from bot.storage import ahead, changes
from bot.storage.dialects import on_sqlite
from bot.storage.tables import DoseStep, Patient, Pause, Regimen

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime
    from uuid import UUID

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.ext.asyncio import AsyncSession

# What a session's info calls the ids of the patients whom it has locked.
_LOCKED = "locked"


async def by_telegram_id(session: AsyncSession, telegram_id: int) -> Patient | None:
    """Return the patient with this Telegram id, or None."""
    return (await session.execute(_with_telegram_id(telegram_id))).scalar_one_or_none()


async def unread(session: AsyncSession, telegram_id: int) -> Patient | None:
    """Return the patient with just what it takes to say something: perhaps the rest can't be read."""
    query = (
        select(Patient)
        .where(Patient.telegram_id == telegram_id)
        .options(load_only(Patient.telegram_id, Patient.language))
    )
    return (await session.execute(query)).scalar_one_or_none()


async def get_or_create(session: AsyncSession, telegram_id: int, now: datetime) -> Patient:
    """Return the patient with this Telegram id, locked (see `lock`); a new one is "enrolling"."""
    query = _with_telegram_id(telegram_id).with_for_update(key_share=True)
    patient = (await session.execute(query)).scalar_one_or_none()
    if patient is None:
        patient = Patient(telegram_id=telegram_id, created_at=now, state="enrolling")
        session.add(patient)
        await session.flush()
    note_locked(session, [patient.id])
    return patient


def _with_telegram_id(telegram_id: int) -> Select[Patient]:
    return select(Patient).where(Patient.telegram_id == telegram_id)


def is_silent(patient: Patient, before: datetime | None) -> bool:
    """Tell whether the patient said nothing since *before* (None: no matter) and wasn't asked yet."""
    last = patient.last_seen_at or patient.created_at
    asked = patient.silence_asked_at
    return before is not None and last < before and (asked is None or asked < last)


async def silent(session: AsyncSession, before: datetime, limit: int) -> Sequence[UUID]:
    """Return active patients who said nothing since *before*, weren't asked about it and can be reached."""
    last = func.coalesce(Patient.last_seen_at, Patient.created_at)
    query = (
        select(Patient.id)
        .where(
            Patient.state == "active",
            Patient.blocked_at.is_(None),
            last < before,
            or_(Patient.silence_asked_at.is_(None), Patient.silence_asked_at < last),
        )
        .order_by(Patient.id)
        .limit(limit)
    )
    return (await session.execute(query)).scalars().all()


async def gone_strangers(
    session: AsyncSession, strangers_before: datetime, unfinished_before: datetime, limit: int
) -> Sequence[UUID]:
    """Return the rows of people who never enrolled and have been silent for long.

    Args:
        session: An open transaction.
        strangers_before: Since when nothing came from who never agreed to anything and wasn't invited.
        unfinished_before: The same for who did or was, and didn't finish the enrolment.
        limit: How many at most.
    """
    query = select(Patient.id).where(*_is_gone(strangers_before, unfinished_before)).limit(limit)
    return (await session.execute(query)).scalars().all()


async def forget_strangers(
    session: AsyncSession, ids: Sequence[UUID], strangers_before: datetime, unfinished_before: datetime
) -> int:
    """Delete those of these rows that are still what `gone_strangers` found; return how many."""
    gone = (Patient.id.in_(ids), *_is_gone(strangers_before, unfinished_before))
    result = await session.execute(delete(Patient).where(*gone))
    return result.rowcount  # type: ignore[attr-defined,no-any-return]


def _is_gone(strangers_before: datetime, unfinished_before: datetime) -> tuple[ColumnElement[bool], ...]:
    last = func.coalesce(Patient.last_seen_at, Patient.created_at)
    is_stranger = and_(Patient.consented_at.is_(None), Patient.admitted_at.is_(None))
    return (
        Patient.state == "enrolling",
        # The row is the block.
        Patient.barred_at.is_(None),
        ~exists().where(Regimen.patient_id == Patient.id),
        or_(last < unfinished_before, and_(is_stranger, last < strangers_before)),
    )


async def dose_steps(session: AsyncSession, patient_id: UUID) -> Sequence[DoseStep]:
    """Return the titration, oldest step first."""
    known = ahead.of(session)
    if known is not None and patient_id in known.steps:
        return known.steps[patient_id]
    query = select(DoseStep).where(DoseStep.patient_id == patient_id).order_by(DoseStep.starts_on)
    steps = list((await session.execute(query)).scalars())
    if known is not None:
        known.steps[patient_id] = steps
    return steps


async def lock(session: AsyncSession, patient_id: UUID) -> None:
    """Let only this transaction plan for the patient (on PostgreSQL a tap and the sender may meet)."""
    if on_sqlite(session) or patient_id in session.info.get(_LOCKED, ()):
        return
    await session.execute(select(Patient.id).where(Patient.id == patient_id).with_for_update(key_share=True))
    note_locked(session, [patient_id])


def note_locked(session: AsyncSession, patient_ids: Iterable[UUID]) -> None:
    """Remember that this transaction has locked these patients: `lock` needn't ask for it again."""
    session.info.setdefault(_LOCKED, set()).update(patient_ids)


async def open_pauses(session: AsyncSession, patient_id: UUID) -> Sequence[Pause]:
    """Return pauses and holds that the patient hasn't ended, oldest first."""
    query = select(Pause).where(Pause.patient_id == patient_id).order_by(Pause.first_date)
    known = ahead.of(session)
    if known is None:
        return (await session.execute(query.where(Pause.ended_at.is_(None)))).scalars().all()
    if patient_id not in known.pauses:
        known.pauses[patient_id] = list((await session.execute(query)).scalars())
    return [pause for pause in known.pauses[patient_id] if pause.ended_at is None]


async def ended_pauses(session: AsyncSession, patient_id: UUID) -> Sequence[Pause]:
    """Return the patient's own pauses that are over, in no order."""
    known = ahead.of(session)
    if known is not None and patient_id in known.pauses:
        return [row for row in known.pauses[patient_id] if not row.is_hold and row.ended_at is not None]
    query = select(Pause).where(
        Pause.patient_id == patient_id, Pause.is_hold.is_(False), Pause.ended_at.is_not(None)
    )
    return (await session.execute(query)).scalars().all()


async def open_hold(session: AsyncSession, patient_id: UUID) -> Pause | None:
    """Return the safety hold that is in force, or None."""
    return next((pause for pause in await open_pauses(session, patient_id) if pause.is_hold), None)


async def is_held(session: AsyncSession, patient_id: UUID, dose_date: date) -> bool:
    """Tell whether the dose of *dose_date* is on hold or paused."""
    pauses = await open_pauses(session, patient_id)
    if any(pause.is_hold for pause in pauses):
        return True
    return rules.pause_on([pause_rule(pause) for pause in pauses], dose_date) is not None


async def end_pauses(session: AsyncSession, pauses: Sequence[Pause], now: datetime) -> None:
    """End pauses or holds now; the history keeps how they stood."""
    for pause in pauses:
        changes.keep_before(
            session, pause, patient_id=pause.patient_id, noun="pause", action="ended", now=now
        )
        pause.ended_at = now
    await session.flush()


async def regimen_of(session: AsyncSession, patient_id: UUID) -> rules.Regimen | None:
    """Return the patient's regimen for the domain's rules, or None before enrolment has asked for it.

    A safety hold isn't a pause of the rules: held doses stay due, as a question.
    """
    known = ahead.of(session)
    if known is not None and patient_id in known.regimens:
        row = known.regimens[patient_id]
    else:
        row = await session.get(Regimen, patient_id)
        if known is not None:
            known.regimens[patient_id] = row
    if row is None:
        return None
    steps = await dose_steps(session, patient_id)
    pauses = [pause for pause in await open_pauses(session, patient_id) if not pause.is_hold]
    return rules.Regimen(
        local_time=row.local_time,
        day_offset=row.day_offset,
        rhythm=row.rhythm,  # type: ignore[arg-type] # the column holds the domain's own words
        weekdays=frozenset(row.weekdays),
        anchor=row.anchor,
        time_on_days_off=row.time_on_days_off,
        days_off=frozenset(row.days_off),
        steps=tuple(rules.DoseStep(step.starts_on, step.dose_mg, step.shown_as) for step in steps),
        pauses=tuple(pause_rule(pause) for pause in pauses),
    )


async def checkin_pauses(session: AsyncSession, patient_id: UUID) -> Sequence[rules.Pause]:
    """Return the pauses that check-ins share; their dates then count as local dates."""
    return [pause_rule(row) for row in await open_pauses(session, patient_id) if row.checkins_too]


def pause_rule(row: Pause) -> rules.Pause:
    """Return the pause as the rules see it."""
    return rules.Pause(row.first_date, row.last_date, row.reason)
