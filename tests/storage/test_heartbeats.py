"""Rows that every replica writes at its start."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.storage import heartbeats

if TYPE_CHECKING:
    from bot.storage.database import Database

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)


async def test_replicas_that_start_together_make_a_row_once(database: Database) -> None:
    """One of them makes it, the others find it; nobody fails."""

    async def start() -> bool:
        async with database.write() as session:
            row, is_first = await heartbeats.locked(session, "run", NOW)
            row.detail = {"clean": False}
            return is_first

    assert sorted(await asyncio.gather(*(start() for _ in range(6)))) == [False] * 5 + [True]
