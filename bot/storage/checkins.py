"""Check-ins: one row per patient and local date."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from bot.storage import ahead
from bot.storage.paging import pages
from bot.storage.tables import Checkin

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from datetime import date
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncSession


async def own(session: AsyncSession, checkin_id: UUID | None, patient_id: UUID) -> Checkin | None:
    """Return the check-in with this id if it is this patient's, else None."""
    if checkin_id is None:
        return None
    checkin = await session.get(Checkin, checkin_id)
    return checkin if checkin is not None and checkin.patient_id == patient_id else None


async def on_date(session: AsyncSession, patient_id: UUID, local_date: date) -> Checkin | None:
    """Return the check-in of this local date, or None."""
    known = ahead.of(session)
    if known is not None and (patient_id, local_date) in known.checkins:
        return known.checkins[patient_id, local_date]
    query = select(Checkin).where(Checkin.patient_id == patient_id, Checkin.local_date == local_date)
    found = (await session.execute(query)).scalar_one_or_none()
    if known is not None:
        known.checkins[patient_id, local_date] = found
    return found


async def last_touched(session: AsyncSession, patient_id: UUID, today: date) -> datetime | None:
    """Return when the patient last answered or opened today's or yesterday's check-in, or None."""
    rows = await between(session, patient_id, today - timedelta(days=1), today)
    touched = [(row.position or {}).get("touched_at") for row in rows]
    return max((datetime.fromisoformat(at) for at in touched if at), default=None)


async def first_date(session: AsyncSession, patient_id: UUID) -> date | None:
    """Return the local date of the patient's first answered check-in, or None."""
    query = select(func.min(Checkin.local_date)).where(
        Checkin.patient_id == patient_id, Checkin.answered_at.is_not(None)
    )
    return (await session.execute(query)).scalar_one_or_none()


async def between(session: AsyncSession, patient_id: UUID, first: date, last: date) -> Sequence[Checkin]:
    """Return the check-ins of these local dates (both included), oldest first."""
    return [row async for rows in pages_between(session, patient_id, first, last) for row in rows]


def pages_between(
    session: AsyncSession, patient_id: UUID, first: date, last: date
) -> AsyncIterator[Sequence[Checkin]]:
    """Yield the same, some at a time: whoever opens years of answers lets others run in between."""
    query = select(Checkin).where(
        Checkin.patient_id == patient_id, Checkin.local_date >= first, Checkin.local_date <= last
    )
    return pages(session, query, Checkin.local_date)
