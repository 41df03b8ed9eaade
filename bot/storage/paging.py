"""Many rows, a hundred at a time: years of a diary are read without holding everybody else up."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from sqlalchemy import Select
    from sqlalchemy.ext.asyncio import AsyncSession
    from sqlalchemy.orm import QueryableAttribute

    from bot.storage.tables import Base

Row = TypeVar("Row", bound="Base")

AT_ONCE = 100
"""Rows that are made into objects and opened without letting anybody else run: a few milliseconds."""


async def pages(
    session: AsyncSession, query: Select[Row], key: QueryableAttribute[Any]
) -> AsyncIterator[Sequence[Row]]:
    """Yield the rows of *query* in the order of *key*, at most `AT_ONCE` together; others run in between.

    Args:
        session: The open transaction.
        query: Without an order or a limit of its own.
        key: An attribute that no two of the rows share and none lacks.
    """
    query, last = query.order_by(key).limit(AT_ONCE), None
    while True:
        page = query if last is None else query.where(key > last)
        rows = (await session.execute(page)).scalars().all()
        if rows:
            yield rows
        if len(rows) < AT_ONCE:
            return
        last = getattr(rows[-1], key.key)
        await asyncio.sleep(0)
