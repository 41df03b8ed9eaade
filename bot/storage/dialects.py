"""What is done differently on SQLite and on PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, text
from sqlalchemy.dialects import postgresql, sqlite

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Table
    from sqlalchemy.engine import Connection
    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.storage.tables import Base


def on_sqlite(session: AsyncSession) -> bool:
    """Tell whether the transaction is SQLite's: one process holds the file, and writers go one by one."""
    return session.get_bind().dialect.name == "sqlite"


def insert_new(session: AsyncSession, owner: type[Base]) -> Any:  # noqa: ANN401 - either dialect's insert
    """Return an INSERT into the class's table that leaves a row alone which is there already."""
    dialect = sqlite if on_sqlite(session) else postgresql
    return dialect.insert(owner.__table__).on_conflict_do_nothing()


def go_on_counting(connection: Connection, tables: Sequence[Table]) -> None:
    """Let each sequence of PostgreSQL's go on behind the highest number that was put in beside it."""
    for table in tables:
        for column in table.primary_key.columns:
            named = {"table": table.name, "column": column.name}
            sequence = connection.execute(
                text("SELECT pg_get_serial_sequence(:table, :column)"), named
            ).scalar()
            if sequence and (highest := connection.execute(select(func.max(column))).scalar()) is not None:
                connection.execute(
                    text("SELECT setval(:sequence, :highest)"), {"sequence": sequence, "highest": highest}
                )
