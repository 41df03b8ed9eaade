"""Planned changes of a patient's zone."""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import select

from bot.domain.due import to_instant
from bot.domain.spacing import BACK_AT_HOUR
from bot.storage.tables import ZoneChange

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.storage.tables import Patient


async def own(session: AsyncSession, change_id: UUID | None, patient_id: UUID) -> ZoneChange | None:
    """Return the change with this id if it is this patient's, else None."""
    row = None if change_id is None else await session.get(ZoneChange, change_id)
    return row if row is not None and row.patient_id == patient_id else None


async def coming(session: AsyncSession, patient_id: UUID) -> ZoneChange | None:
    """Return the change that is planned and not applied yet, or None; there is one at most."""
    query = select(ZoneChange).where(
        ZoneChange.patient_id == patient_id,
        ZoneChange.applied_at.is_(None),
        ZoneChange.cancelled_at.is_(None),
    )
    return (await session.execute(query.order_by(ZoneChange.at))).scalars().first()


async def last_applied(session: AsyncSession, patient_id: UUID) -> ZoneChange | None:
    """Return the change that was applied last, or None."""
    query = select(ZoneChange).where(ZoneChange.patient_id == patient_id, ZoneChange.applied_at.is_not(None))
    return (await session.execute(query.order_by(ZoneChange.applied_at.desc()))).scalars().first()


async def cancel(session: AsyncSession, patient_id: UUID, now: datetime) -> None:
    """Forget the change that is planned."""
    row = await coming(session, patient_id)
    if row is not None:
        row.cancelled_at = now
        await session.flush()


async def plan(
    session: AsyncSession, patient: Patient, zone: str, local_date: date, now: datetime
) -> ZoneChange | None:
    """Plan that *zone* applies from the morning of *local_date* there; None if that date doesn't exist."""
    at = to_instant(local_date, time(BACK_AT_HOUR), ZoneInfo(zone))
    if at is None:
        return None
    await cancel(session, patient.id, now)
    row = ZoneChange(patient_id=patient.id, zone=zone, local_date=local_date, at=at, created_at=now)
    session.add(row)
    await session.flush()
    return row
