"""Doses: one row per patient and dose date."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from bot.storage import ahead
from bot.storage.paging import pages
from bot.storage.tables import Dose

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncSession


async def own(session: AsyncSession, dose_id: UUID | None, patient_id: UUID) -> Dose | None:
    """Return the dose with this id if it is this patient's, else None."""
    if dose_id is None:
        return None
    dose = await session.get(Dose, dose_id)
    return dose if dose is not None and dose.patient_id == patient_id else None


async def on_date(session: AsyncSession, patient_id: UUID, dose_date: date) -> Dose | None:
    """Return the dose of this dose date, or None."""
    known = ahead.of(session)
    if known is not None and patient_id in known.newest_dose:
        newest = known.newest_dose[patient_id]
        if newest is None or dose_date > newest:
            return None
        for row in known.open_doses.get(patient_id, ()):
            if row.dose_date == dose_date:
                return row
    query = select(Dose).where(Dose.patient_id == patient_id, Dose.dose_date == dose_date)
    found = (await session.execute(query)).scalar_one_or_none()
    if known is not None and found is not None:
        known.take(found)
    return found


async def open_ones(session: AsyncSession, patient_id: UUID) -> Sequence[Dose]:
    """Return the doses that are planned, asked about or held, by dose date."""
    known = ahead.of(session)
    if known is not None and patient_id in known.open_doses:
        return [row for row in known.open_doses[patient_id] if row.state in ahead.OPEN_DOSES]
    query = select(Dose).where(Dose.patient_id == patient_id, Dose.state.in_(ahead.OPEN_DOSES))
    return (await session.execute(query.order_by(Dose.dose_date))).scalars().all()


async def newest_date(session: AsyncSession, patient_id: UUID) -> date | None:
    """Return the newest dose date, or None without any dose."""
    known = ahead.of(session)
    if known is not None and patient_id in known.newest_dose:
        return known.newest_dose[patient_id]
    query = select(func.max(Dose.dose_date)).where(Dose.patient_id == patient_id)
    return (await session.execute(query)).scalar_one_or_none()


async def counted_before(session: AsyncSession, dose: Dose, limit: int) -> Sequence[Dose]:
    """Return the doses due before *dose* that were asked about, the newest first, at most *limit*.

    Those since which the patient was seen may be left out, from the newest of them on.
    """
    known = ahead.of(session)
    if known is not None and (rows := known.unseen_before(dose, limit)) is not None:
        return rows
    query = select(Dose).where(
        Dose.patient_id == dose.patient_id, Dose.due_at < dose.due_at, Dose.state.not_in(ahead.NOT_COUNTED)
    )
    return (await session.execute(query.order_by(Dose.due_at.desc()).limit(limit))).scalars().all()


async def between(session: AsyncSession, patient_id: UUID, first: date, last: date) -> Sequence[Dose]:
    """Return the doses of these dose dates (both included), oldest first."""
    query = select(Dose).where(Dose.patient_id == patient_id, Dose.dose_date >= first, Dose.dose_date <= last)
    return [row async for rows in pages(session, query, Dose.dose_date) for row in rows]


async def due_between(
    session: AsyncSession, patient_id: UUID, first: datetime, last: datetime
) -> Sequence[Dose]:
    """Return the doses due between two instants (both included), oldest first."""
    query = (
        select(Dose)
        .where(Dose.patient_id == patient_id, Dose.due_at >= first, Dose.due_at <= last)
        .order_by(Dose.due_at)
    )
    return (await session.execute(query)).scalars().all()


async def last_due(session: AsyncSession, patient_id: UUID, now: datetime) -> Dose | None:
    """Return the newest dose that was due by *now*, or None."""
    query = (
        select(Dose)
        .where(Dose.patient_id == patient_id, Dose.due_at <= now)
        .order_by(Dose.due_at.desc())
        .limit(1)
    )
    return (await session.execute(query)).scalar_one_or_none()


async def next_due(session: AsyncSession, patient_id: UUID, now: datetime) -> Dose | None:
    """Return the first dose due after *now* that was planned, or None."""
    query = (
        select(Dose)
        .where(Dose.patient_id == patient_id, Dose.due_at > now, Dose.state != "cancelled")
        .order_by(Dose.due_at)
        .limit(1)
    )
    return (await session.execute(query)).scalar_one_or_none()


async def last_taken(
    session: AsyncSession, patient_id: UUID, *, except_id: UUID | None = None
) -> Dose | None:
    """Return the dose that was taken last, or None; *except_id* doesn't count.

    One whose time of taking is unknown counts from when it was logged: the cautious reading.
    """
    query = select(Dose).where(Dose.patient_id == patient_id, Dose.state == "taken")
    if except_id is not None:
        query = query.where(Dose.id != except_id)
    newest = func.coalesce(Dose.taken_at, Dose.logged_at).desc()
    return (await session.execute(query.order_by(newest).limit(1))).scalar_one_or_none()


async def first_date(session: AsyncSession, patient_id: UUID) -> date | None:
    """Return the oldest dose date, or None without any dose."""
    query = select(func.min(Dose.dose_date)).where(Dose.patient_id == patient_id)
    return (await session.execute(query)).scalar_one_or_none()
