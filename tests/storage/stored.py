"""What stands in a database, to be compared with another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from bot.storage.tables import Base

if TYPE_CHECKING:
    from bot.storage.database import Database


async def everything(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Return each table's rows as they are stored."""
    async with database.read() as session:
        return {
            name: sorted((tuple(row) for row in await session.execute(select(table))), key=repr)
            for name, table in Base.metadata.tables.items()
        }
