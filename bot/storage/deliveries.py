"""Deliveries: what the bot owes, planned and cancelled by features, claimed and marked by the sender."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import uuid4

from sqlalchemy import delete, func, select, update

from bot.storage import ahead, patients
from bot.storage.dialects import on_sqlite
from bot.storage.tables import Delivery, Patient

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncSession


class End(NamedTuple):
    """What became of one delivery; sent_at is None when it wasn't sent."""

    kind: str
    state: str
    outcome: str | None
    due_at: datetime
    sent_at: datetime | None


FIRST, UNHURRIED = 0, 1
"""Lanes: what is unhurried is claimed only where nothing else is due."""
_LANES = {"weekly_summary": UNHURRIED}

OPEN = ("pending", "sending")


async def of_subject(session: AsyncSession, patient_id: UUID, kind: str, subject: str) -> Sequence[Delivery]:
    """Return every delivery about the subject, in their order."""
    known = ahead.of(session)
    if known is not None and (rows := known.deliveries_about(patient_id, kind, subject)) is not None:
        return tuple(rows)
    query = (
        select(Delivery)
        .where(Delivery.patient_id == patient_id, Delivery.kind == kind, Delivery.subject == subject)
        .order_by(Delivery.ordinal)
    )
    found = list((await session.execute(query)).scalars())
    if known is not None:
        known.about[patient_id, kind, subject] = found
    return tuple(found)


async def pending(session: AsyncSession, patient_id: UUID, kind: str) -> Sequence[Delivery]:
    """Return the patient's pending deliveries of this kind, the next one first."""
    known = ahead.of(session)
    if known is not None and (rows := known.still_pending(patient_id, kind)) is not None:
        return rows
    query = (
        select(Delivery)
        .where(Delivery.patient_id == patient_id, Delivery.kind == kind, Delivery.state == "pending")
        .order_by(Delivery.run_at)
    )
    return (await session.execute(query)).scalars().all()


async def due_between(
    session: AsyncSession, patient_id: UUID, kinds: Collection[str], first: datetime, end: datetime
) -> Sequence[Delivery]:
    """Return what is planned or was sent of these kinds from *first* until before *end*, by due time."""
    query = (
        select(Delivery)
        .where(
            Delivery.patient_id == patient_id,
            Delivery.kind.in_(kinds),
            Delivery.due_at >= first,
            Delivery.due_at < end,
            Delivery.state.in_((*OPEN, "sent", "uncertain")),
        )
        .order_by(Delivery.due_at)
    )
    return (await session.execute(query)).scalars().all()


async def plan_first(
    session: AsyncSession,
    *,
    patient_id: UUID,
    kind: str,
    subject: str,
    due_at: datetime,
    expires_at: datetime,
    payload: dict[str, Any] | None = None,
) -> Delivery:
    """Plan the subject's first message, or move it while it is pending. One that ended stays as it is."""
    existing = await of_subject(session, patient_id, kind, subject)
    if existing:
        first = existing[0]
        if first.state == "pending" and first.attempts == 0:
            first.due_at, first.run_at, first.expires_at = due_at, due_at, expires_at
        return first
    return _add(session, patient_id, kind, subject, 0, due_at, expires_at, payload)


async def plan_another(
    session: AsyncSession,
    *,
    patient_id: UUID,
    kind: str,
    subject: str,
    due_at: datetime,
    expires_at: datetime,
    payload: dict[str, Any] | None = None,
) -> Delivery:
    """Plan one more message about the subject: a re-alert, a snooze, a copy. Its ordinal is the next one."""
    existing = await of_subject(session, patient_id, kind, subject)
    ordinal = existing[-1].ordinal + 1 if existing else 0
    return _add(session, patient_id, kind, subject, ordinal, due_at, expires_at, payload)


async def cancel_pending(
    session: AsyncSession, patient_id: UUID, kind: str, subject: str | None = None, *, reason: str
) -> int:
    """Cancel what is pending of this kind (about one subject, or all); return how many rows."""
    known = ahead.of(session)
    rows = None if known is None else known.still_pending(patient_id, kind)
    if rows is not None and not any(subject in {None, row.subject} for row in rows):
        return 0
    query = (
        update(Delivery)
        .where(Delivery.patient_id == patient_id, Delivery.kind == kind, Delivery.state == "pending")
        .values({"state": "cancelled", "outcome": reason, Delivery.payload.attribute: None})
        .execution_options(synchronize_session="fetch")
    )
    if subject is not None:
        query = query.where(Delivery.subject == subject)
    await session.flush()
    return (await session.execute(query)).rowcount  # type: ignore[attr-defined,no-any-return]


async def lock_patients(session: AsyncSession, delivery_ids: Sequence[UUID]) -> None:
    """Lock the patients whom the deliveries are for, in the order of their ids.

    Whoever handles an update or plans locks the patient first and the rows behind it later. Whoever records
    many patients' deliveries in one transaction must do the same, or two of them lock each other out
    (PostgreSQL; on SQLite one writer goes after the other anyway).
    """
    if on_sqlite(session):
        return
    of = select(Delivery.patient_id).where(Delivery.id.in_(delivery_ids))
    locked = await session.execute(
        select(Patient.id).where(Patient.id.in_(of)).order_by(Patient.id).with_for_update(key_share=True)
    )
    patients.note_locked(session, locked.scalars())


async def count_pending(session: AsyncSession, patient_id: UUID) -> int:
    """Return how many messages wait to be sent to this patient."""
    query = select(func.count()).where(Delivery.patient_id == patient_id, Delivery.state == "pending")
    return (await session.execute(query)).scalar_one()


async def count_due(session: AsyncSession, now: datetime, at_most: int = 100_000) -> int:
    """Return how many messages are due and wait; counts no further than *at_most*."""
    due = select(Delivery.id).where(Delivery.state == "pending", Delivery.run_at <= now).limit(at_most)
    return (await session.execute(select(func.count()).select_from(due.subquery()))).scalar_one()


async def ends_between(session: AsyncSession, begin: datetime, end: datetime) -> Sequence[End]:
    """Return what became of each delivery due in [begin, end), in no order."""
    query = select(Delivery.kind, Delivery.state, Delivery.outcome, Delivery.due_at, Delivery.sent_at).where(
        Delivery.due_at >= begin, Delivery.due_at < end
    )
    return [End(*row) for row in await session.execute(query)]


async def next_for(session: AsyncSession, patient_id: UUID) -> datetime | None:
    """Return when the patient's next message is due, or None."""
    query = select(func.min(Delivery.run_at)).where(
        Delivery.patient_id == patient_id, Delivery.state == "pending"
    )
    return (await session.execute(query)).scalar_one_or_none()


async def next_of_all(session: AsyncSession) -> datetime | None:
    """Return when anybody's next message is due, or None."""
    return (
        await session.execute(select(func.min(Delivery.run_at)).where(Delivery.state == "pending"))
    ).scalar_one_or_none()


async def forget_ended(session: AsyncSession, before: datetime, limit: int = 500) -> int:
    """Delete up to *limit* deliveries that ended and were due before an instant; return how many."""
    old = select(Delivery.id).where(Delivery.due_at < before, Delivery.state.not_in(OPEN)).limit(limit)
    result = await session.execute(
        delete(Delivery).where(Delivery.id.in_(old)).execution_options(synchronize_session=False)
    )
    return result.rowcount  # type: ignore[attr-defined,no-any-return]


def _add(  # noqa: PLR0917 - the row's own columns
    session: AsyncSession,
    patient_id: UUID,
    kind: str,
    subject: str,
    ordinal: int,
    due_at: datetime,
    expires_at: datetime,
    payload: dict[str, Any] | None,
) -> Delivery:
    row = Delivery(
        id=uuid4(),
        patient_id=patient_id,
        kind=kind,
        subject=subject,
        ordinal=ordinal,
        state="pending",
        due_at=due_at,
        run_at=due_at,
        expires_at=expires_at,
        lane=_LANES.get(kind, FIRST),
        attempts=0,
        fence=0,
        payload=payload,
    )
    session.add(row)
    return row
