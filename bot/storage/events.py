"""Events: dated rows of a patient's diary. Deleted ones are in no answer here, but for `own`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, or_, select

from bot.domain.event import TREATMENTS, Aspect, EventFact, EventKind
from bot.storage.tables import Event

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncSession


async def own(session: AsyncSession, event_id: UUID | None, patient_id: UUID) -> Event | None:
    """Return the event with this id if it is this patient's, deleted or not, else None."""
    event = None if event_id is None else await session.get(Event, event_id)
    return event if event is not None and event.patient_id == patient_id else None


async def between(session: AsyncSession, patient_id: UUID, first: date, last: date) -> Sequence[Event]:
    """Return the events that touch these local dates (both included), oldest first.

    One that began earlier and lasted into them is among them; so is a treatment that was started earlier and
    still goes on. A single day counts on that day alone, also where its words begin with "started".
    """
    goes_on = and_(
        Event.last_date.is_(None),
        Event.aspect == Aspect.STARTED,
        Event.kind.in_([kind.value for kind in TREATMENTS]),
    )
    query = (
        select(Event)
        .where(
            Event.patient_id == patient_id,
            Event.withdrawn_at.is_(None),
            Event.local_date <= last,
            or_(Event.local_date >= first, Event.last_date >= first, goes_on),
        )
        .order_by(Event.local_date, Event.created_at, Event.id)
    )
    return (await session.execute(query)).scalars().all()


async def on_date(session: AsyncSession, patient_id: UUID, local_date: date) -> Sequence[Event]:
    """Return the events of one local date: those that began on it, and those that lasted over it."""
    return await between(session, patient_id, local_date, local_date)


async def newest(session: AsyncSession, patient_id: UUID, *, limit: int, offset: int = 0) -> Sequence[Event]:
    """Return a page of the patient's events, the latest date first."""
    query = (
        select(Event)
        .where(Event.patient_id == patient_id, Event.withdrawn_at.is_(None))
        .order_by(Event.local_date.desc(), Event.created_at.desc(), Event.id)
        .limit(limit)
        .offset(offset)
    )
    return (await session.execute(query)).scalars().all()


def view_of(event: Event) -> EventFact:
    """Return the row as it is spoken of; a kind or aspect of a later version reads as "other"."""
    kind = EventKind(event.kind) if event.kind in set(EventKind) else EventKind.OTHER
    is_treatment = kind in TREATMENTS and event.aspect in set(Aspect)
    return EventFact(
        first=event.local_date,
        last=event.last_date,
        kind=kind,
        aspect=Aspect(event.aspect) if is_treatment and event.aspect else None,
        note=event.note,
    )
