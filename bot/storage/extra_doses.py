"""Extra doses: among the safety answers, since each brings its text; counted as taken, and by the supply."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from bot.storage import changes, supplies
from bot.storage.tables import SafetyAnswer

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncSession

TRIGGER = "extra_dose"
NOUN = "safety_answer"


async def record(session: AsyncSession, patient_id: UUID, at: datetime, now: datetime) -> SafetyAnswer:
    """Write down an extra dose taken at *at* (aware, UTC), as said at *now*."""
    row = SafetyAnswer(patient_id=patient_id, at=at, trigger=TRIGGER)
    session.add(row)
    await session.flush()
    changes.keep_created(session, row, patient_id=patient_id, noun=NOUN, now=now)
    await supplies.follow_extra(session, row)
    return row


async def between(
    session: AsyncSession, patient_id: UUID, first: datetime, last: datetime
) -> Sequence[SafetyAnswer]:
    """Return the extra doses from *first* to before *last* (aware instants), oldest first."""
    query = (
        select(SafetyAnswer)
        .where(
            SafetyAnswer.patient_id == patient_id,
            SafetyAnswer.trigger == TRIGGER,
            SafetyAnswer.at >= first,
            SafetyAnswer.at < last,
        )
        .order_by(SafetyAnswer.at)
    )
    return (await session.execute(query)).scalars().all()


async def latest_since(session: AsyncSession, patient_id: UUID, since: datetime) -> SafetyAnswer | None:
    """Return the newest extra dose after *since* (aware), or None."""
    query = (
        select(SafetyAnswer)
        .where(
            SafetyAnswer.patient_id == patient_id, SafetyAnswer.trigger == TRIGGER, SafetyAnswer.at > since
        )
        .order_by(SafetyAnswer.at.desc())
        .limit(1)
    )
    return (await session.execute(query)).scalar_one_or_none()


async def withdraw(session: AsyncSession, patient_id: UUID, row_id: UUID | None, now: datetime) -> bool:
    """Take an extra dose back that was tapped by mistake; False if this patient has none with this id."""
    row = None if row_id is None else await session.get(SafetyAnswer, row_id)
    if row is None or row.patient_id != patient_id or row.trigger != TRIGGER:
        return False
    changes.keep_before(session, row, patient_id=patient_id, noun=NOUN, action="withdraw", now=now)
    await session.delete(row)
    return True
