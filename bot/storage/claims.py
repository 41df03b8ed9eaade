"""Claiming deliveries and marking what became of them: the sender's side of the table (promise 4)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import case, func, literal, or_, select, tuple_, update

from bot.storage.deliveries import FIRST
from bot.storage.dialects import on_sqlite
from bot.storage.tables import Delivery, Patient

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import ColumnElement
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

LEASE = timedelta(seconds=60)
# Written into the statement: a planner sees that it may use the partial index, also in a prepared one.
_PENDING = Delivery.state == literal("pending", literal_execute=True)
_SENDING = Delivery.state == literal("sending", literal_execute=True)

# What `outcome` says while a message is being sent: it may have arrived.
ON_THE_WAY = "on the way"
# What it says of a message that nobody recorded the end of.
PROCESS_DIED = "process died"

ONE_ATTEMPT_LESS = case((Delivery.attempts > 0, Delivery.attempts - 1), else_=0)
"""An attempt that doesn't count, taken back."""


class Left(NamedTuple):
    """A claim that nobody has in hand; *may_have_left*: Telegram may have got the message."""

    delivery_id: UUID
    fence: int
    may_have_left: bool


def lease_end(session: AsyncSession) -> ColumnElement[datetime] | None:
    """Return the lease's end in the database's own time; None on SQLite, where one process holds the file."""
    return None if on_sqlite(session) else func.clock_timestamp() + LEASE


async def something_to_do(session: AsyncSession, now: datetime, owner: str) -> bool:
    """Tell cheaply whether anything is due, overdue or left behind."""
    due = select(Delivery.id).where(_PENDING, Delivery.run_at <= now).limit(1)
    if (await session.execute(due)).first() is not None:
        return True
    left = select(Delivery.id).where(_SENDING, _left_behind(session, owner)).limit(1)
    return (await session.execute(left)).first() is not None


async def claim_due(
    session: AsyncSession, now: datetime, owner: str, limit: int, *, lane: int = FIRST
) -> Sequence[tuple[UUID, int]]:
    """Take up to *limit* due deliveries of a lane, the longest due first; the commit is the intent.

    Returns:
        (id, fence) of each.
    """
    ids = (
        select(Delivery.id)
        .where(_PENDING, Delivery.lane == lane, Delivery.run_at <= now, Delivery.expires_at > now)
        .order_by(Delivery.run_at)
        .limit(limit)
        # SQLAlchemy drops this silently on SQLite, where BEGIN IMMEDIATE does the same.
        .with_for_update(skip_locked=True)
    )
    return await _take(session, (await session.execute(ids)).scalars().all(), owner)


async def claim_overdue(
    session: AsyncSession, now: datetime, owner: str, limit: int
) -> Sequence[tuple[UUID, int]]:
    """Take up to *limit* pending deliveries that are no longer worth sending; return (id, fence)."""
    ids = (
        select(Delivery.id)
        .where(_PENDING, Delivery.expires_at <= now)
        .order_by(Delivery.expires_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return await _take(session, (await session.execute(ids)).scalars().all(), owner)


async def set_out(session: AsyncSession, claims: Sequence[tuple[UUID, int]]) -> frozenset[UUID]:
    """Say in the rows that these claims are sent now, under a new lease.

    Returns:
        Ids of those that are still ours; the others were taken over, and must not be sent.
    """
    query = (
        update(Delivery)
        .where(
            Delivery.id.in_([delivery_id for delivery_id, _fence in claims]),
            tuple_(Delivery.id, Delivery.fence).in_(claims),
            Delivery.state == "sending",
        )
        .values(outcome=ON_THE_WAY, lease_until=lease_end(session))
        .returning(Delivery.id)
        .execution_options(synchronize_session=False)
    )
    return frozenset((await session.execute(query)).scalars())


async def left_behind(session: AsyncSession, owner: str, limit: int) -> Sequence[Left]:
    """Return the claims whose process died before it recorded what became of them."""
    return await _left(session, _left_behind(session, owner), limit)


async def own_claims(session: AsyncSession, owner: str, limit: int) -> Sequence[Left]:
    """Return what *owner* is sending, as far as the rows say."""
    return await _left(session, Delivery.owner == owner, limit)


async def settle_claims(
    session: AsyncSession, claims: Sequence[tuple[UUID, int]], **values: object
) -> frozenset[tuple[UUID, int]]:
    """Write the same end of claimed deliveries, before any of their rows is read in the transaction.

    Returns:
        (id, fence) of those it was written for; the others' claims aren't ours any more.
    """
    query = (
        update(Delivery)
        .where(
            Delivery.id.in_([delivery_id for delivery_id, _fence in claims]),
            tuple_(Delivery.id, Delivery.fence).in_(claims),
            Delivery.state == "sending",
        )
        .values(owner=None, lease_until=None, **values)
        .returning(Delivery.id, Delivery.fence)
        .execution_options(synchronize_session=False)
    )
    return frozenset((row.id, row.fence) for row in await session.execute(query))


async def keep_unread(
    session: AsyncSession,
    delivery_id: UUID,
    *,
    message_id: int | None,
    sent_at: datetime | None,
    blocked_at: datetime | None,
) -> tuple[str, datetime]:
    """Write what is known of an ended delivery without reading it or its patient: neither may be readable.

    Args:
        session: The open transaction, in which the claim was settled.
        delivery_id: Which one.
        message_id: Telegram's id of the message, if it was sent.
        sent_at: When it was sent.
        blocked_at: Since when the patient has blocked the bot; None: nothing is known of that.

    Returns:
        Its kind and when it was due.
    """
    known = {"message_id": message_id, "sent_at": sent_at, Delivery.payload.attribute: None}
    query = update(Delivery).where(Delivery.id == delivery_id).values(known)
    found = await session.execute(
        query.returning(Delivery.kind, Delivery.due_at, Delivery.patient_id).execution_options(
            synchronize_session=False
        )
    )
    kind, due_at, patient_id = found.one()
    if blocked_at is not None:
        await session.execute(
            update(Patient)
            .where(Patient.id == patient_id, Patient.blocked_at.is_(None))
            .values(blocked_at=blocked_at)
            .execution_options(synchronize_session=False)
        )
    return kind, due_at


async def attempts_of(session: AsyncSession, delivery_ids: Sequence[UUID]) -> dict[UUID, int]:
    """Return how often each of these was tried, the present claim counted."""
    query = select(Delivery.id, Delivery.attempts).where(Delivery.id.in_(delivery_ids))
    return {row.id: row.attempts for row in await session.execute(query)}


async def doubt_after_restore(session: AsyncSession | AsyncConnection, now: datetime) -> None:
    """Count what is due in a restored database as perhaps sent: the bot went on after the backup was made.

    A second reminder of a dose then says that it is the same dose.
    """
    await session.execute(
        update(Delivery)
        .where(Delivery.state == "pending", Delivery.run_at <= now, Delivery.expires_at > now)
        .values(
            state="sending",
            outcome=ON_THE_WAY,
            owner="restored",
            fence=Delivery.fence + 1,
            attempts=Delivery.attempts + 1,
            lease_until=now,
        )
        .execution_options(synchronize_session=False)
    )


async def _left(session: AsyncSession, whose: ColumnElement[bool], limit: int) -> Sequence[Left]:
    query = select(Delivery.id, Delivery.fence, Delivery.outcome).where(_SENDING, whose).limit(limit)
    rows = (await session.execute(query)).all()
    return [Left(row.id, row.fence, row.outcome == ON_THE_WAY) for row in rows]


def _left_behind(session: AsyncSession, owner: str) -> ColumnElement[bool]:
    if on_sqlite(session):
        return or_(Delivery.owner.is_(None), Delivery.owner != owner)
    return Delivery.lease_until < func.clock_timestamp()


async def _take(session: AsyncSession, ids: Sequence[UUID], owner: str) -> Sequence[tuple[UUID, int]]:
    if not ids:
        return []
    query = (
        update(Delivery)
        .where(Delivery.id.in_(ids), Delivery.state == "pending")
        .values(
            state="sending",
            outcome=None,
            owner=owner,
            fence=Delivery.fence + 1,
            attempts=Delivery.attempts + 1,
            lease_until=lease_end(session),
        )
        .returning(Delivery.id, Delivery.fence)
        .execution_options(synchronize_session=False)
    )
    fences = {row.id: row.fence for row in (await session.execute(query)).all()}
    return [(delivery_id, fences[delivery_id]) for delivery_id in ids if delivery_id in fences]
