"""Heartbeat rows: made once, whichever replica comes first, and locked while they are changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from bot.storage.dialects import insert_new
from bot.storage.tables import Heartbeat

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncSession


async def locked(session: AsyncSession, name: str, now: datetime) -> tuple[Heartbeat, bool]:
    """Return the row, locked until the transaction ends, and whether it was made just now, at *now*.

    Replicas that start together ask for the same row: the second waits for the first, and finds it.
    """
    making = insert_new(session, Heartbeat).values(name=name, at=now)
    made = (await session.execute(making.returning(Heartbeat.__table__.c.name))).first()
    query = select(Heartbeat).where(Heartbeat.name == name).with_for_update()
    row = (await session.execute(query.execution_options(populate_existing=True))).scalar_one()
    return row, made is not None
