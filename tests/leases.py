"""What a killed process leaves in PostgreSQL: leases that end a minute later, unless a test ends them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from bot.storage.database import Database

_OTHERS = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


async def end_leases(database: Database) -> None:
    """Let a minute pass for the dead process's leases; nothing on SQLite, which has none.

    Args:
        database: With nobody else connected to it but the dead process.
    """
    if database.is_sqlite:
        return
    # The server may yet commit what the dead process had asked for: with a lease of its own.
    async with asyncio.timeout(20):
        while await _is_connected(database):  # noqa: ASYNC110 - the server's own processes
            await asyncio.sleep(0.005)
    async with database.write() as session:
        await session.execute(text("UPDATE deliveries SET lease_until = now() WHERE state = 'sending'"))


async def _is_connected(database: Database) -> bool:
    async with database.read() as session:
        return bool((await session.execute(text(_OTHERS))).scalar_one())
