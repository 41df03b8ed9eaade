"""Doses: one row per patient and dose date."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

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
    query = select(Dose).where(Dose.patient_id == patient_id, Dose.dose_date == dose_date)
    return (await session.execute(query)).scalar_one_or_none()


async def between(session: AsyncSession, patient_id: UUID, first: date, last: date) -> Sequence[Dose]:
    """Return the doses of these dose dates (both included), oldest first."""
    query = (
        select(Dose)
        .where(Dose.patient_id == patient_id, Dose.dose_date >= first, Dose.dose_date <= last)
        .order_by(Dose.dose_date)
    )
    return (await session.execute(query)).scalars().all()


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
