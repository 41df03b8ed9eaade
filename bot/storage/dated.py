"""Dated reminders: those that aren't deleted, and any one by its id."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from bot.storage.tables import DatedReminder

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncSession


async def own(session: AsyncSession, row_id: UUID | None, patient_id: UUID) -> DatedReminder | None:
    """Return the reminder with this id if it is this patient's, deleted or not, else None."""
    row = None if row_id is None else await session.get(DatedReminder, row_id)
    return row if row is not None and row.patient_id == patient_id else None


async def of_patient(session: AsyncSession, patient_id: UUID) -> Sequence[DatedReminder]:
    """Return the patient's reminders, the earliest first date first."""
    query = (
        select(DatedReminder)
        .where(DatedReminder.patient_id == patient_id, DatedReminder.deleted_at.is_(None))
        .order_by(DatedReminder.first_date, DatedReminder.created_at, DatedReminder.id)
    )
    return (await session.execute(query)).scalars().all()
