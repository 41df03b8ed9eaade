"""Moves every row from one database to another, SQLite or PostgreSQL, and compares each afterwards.

Written over the metadata: a table that is added later comes along by itself. It can be interrupted at any
point and run again: what is there already is compared, what is missing or different is written.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, delete, func, insert, or_, select, text, tuple_, update
from sqlalchemy.exc import DBAPIError

from bot.storage.database import Database, DatabaseError
from bot.storage.dialects import go_on_counting
from bot.storage.migrate import migrate, reason_of
from bot.storage.tables import Base, Heartbeat

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Table

    Row = dict[str, Any]

MOVING_IN = "moving in"
_AT_ONCE = 500
# A bot that was just stopped is still seen for a moment.
_SESSIONS_LEAVE_WITHIN_S = 2


@dataclass(frozen=True, slots=True)
class Moved:
    """What a finished move did."""

    tables: int
    rows: int


class Move:
    """One move from *source* to *target*.

    Args:
        source: Where the rows are; nobody else may use it meanwhile. Only its migrations are brought up.
        target: Where they go: empty, or left by an earlier, interrupted move.
        progress: Called with (table, rows done, rows to do); each row counts when written and when compared.
    """

    def __init__(
        self, source: Database, target: Database, *, progress: Callable[[str, int, int], None]
    ) -> None:
        self._source = source
        self._target = target
        self._progress = progress
        self._done = 0
        self._total = 0

    async def run(self, now: datetime) -> Moved:
        """Move everything; *now* dates the mark of the unfinished move.

        Raises:
            DatabaseError: One clear line; running it again goes on.
        """
        try:
            for database in (self._source, self._target):
                database.lock()
                await _used_by_nobody(database)
                await migrate(database)
            await refuse_half_moved(self._source)
            await self._begin(now)
            rows = await self._copy()
        except DBAPIError as error:
            raise DatabaseError(f"the move stopped: {reason_of(error)}; run it again to go on") from error
        return Moved(len(_tables()), rows)

    async def _copy(self) -> int:
        counts = {table.name: await _count(self._source, table) for table in _tables()}
        rows = sum(counts.values())
        self._total = 2 * rows
        # Children first: what the source hasn't got any more must not stand in the way.
        for table in reversed(_tables()):
            await self._drop_strangers(table)
        for table in _tables():
            async for batch in _batches(self._source, table):
                await self._write(table, batch)
                self._advance(table, len(batch))
        for table in _tables():
            await self._compare(table, counts[table.name])
        await self._finish()
        return rows

    def _advance(self, table: Table, rows: int) -> None:
        self._done += rows
        self._progress(table.name, self._done, self._total)

    async def _begin(self, now: datetime) -> None:
        async with self._target.write() as session:
            if await session.get(Heartbeat, MOVING_IN) is not None:
                return
            for table in _tables():
                if (await session.execute(select(table).limit(1))).first() is not None:
                    raise DatabaseError(
                        f"the target isn't empty (its table {table.name} has rows): give an empty database"
                    )
            session.add(Heartbeat(name=MOVING_IN, at=now))

    async def _finish(self) -> None:
        async with self._target.write() as session:
            if not self._target.is_sqlite:
                connection = await session.connection()
                await connection.run_sync(go_on_counting, _tables())
            await session.execute(delete(Heartbeat).where(Heartbeat.name == MOVING_IN))

    async def _drop_strangers(self, table: Table) -> None:
        async for batch in _batches(self._target, table):
            known = await _read(self._source, table, batch)
            strangers = [row for key, row in _by_key(table, batch).items() if key not in known]
            if strangers:
                async with self._target.write() as session:
                    await session.execute(delete(table).where(_is_one_of(table, strangers)))

    async def _write(self, table: Table, batch: Sequence[Row]) -> None:
        present = await _read(self._target, table, batch)
        by_key = _by_key(table, batch)
        missing = [row for key, row in by_key.items() if key not in present]
        different = [row for key, row in by_key.items() if key in present and present[key] != row]
        async with self._target.write() as session:
            connection = await session.connection()
            if missing:
                await connection.execute(insert(table), missing)
            for row in different:
                await connection.execute(update(table).where(_is_one_of(table, [row])).values(row))

    async def _compare(self, table: Table, count: int) -> None:
        async for batch in _batches(self._source, table):
            copied = await _read(self._target, table, batch)
            wrong = sum(copied.get(key) != row for key, row in _by_key(table, batch).items())
            if wrong:
                raise DatabaseError(f"{wrong} rows of {table.name} differ in the target: run the move again")
            self._advance(table, len(batch))
        found = await _count(self._target, table)
        if found != count:
            raise DatabaseError(f"{table.name} has {found} rows in the target, not {count}: run it again")


async def refuse_half_moved(database: Database) -> None:
    """Let nobody work on a database that a move has begun to fill and not finished.

    Raises:
        DatabaseError: It is half full.
    """
    async with database.read() as session:
        if await session.get(Heartbeat, MOVING_IN) is not None:
            raise DatabaseError(
                "this database is half full: a move into it was not finished. Run `ldn-companion "
                "migrate-database` again, with the settings and the target of then"
            )


async def _used_by_nobody(database: Database) -> None:
    """Refuse a PostgreSQL that others are connected to; of SQLite the file's lock tells."""
    if database.is_sqlite:
        return
    others = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
        "AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
    )
    for _try in range(_SESSIONS_LEAVE_WITHIN_S * 5):
        async with database.engine.connect() as connection:
            count = (await connection.execute(others)).scalar_one()
        if not count:
            return
        await asyncio.sleep(0.2)
    raise DatabaseError(
        f"{count} other sessions use the database {database.url.database}: stop the bot (every replica) "
        "and whatever else is connected"
    )


def _tables() -> Sequence[Table]:
    return Base.metadata.sorted_tables


def _own_rows(table: Table) -> ColumnElement[bool] | None:
    """Leave out the mark of the move itself."""
    return table.c.name != MOVING_IN if table is Heartbeat.__table__ else None


async def _count(database: Database, table: Table) -> int:
    query = select(func.count()).select_from(table)
    own = _own_rows(table)
    async with database.read() as session:
        return (await session.execute(query if own is None else query.where(own))).scalar_one()


async def _batches(database: Database, table: Table) -> AsyncIterator[Sequence[Row]]:
    """Yield every row, in the order of the primary key."""
    key = tuple_(*table.primary_key.columns)
    last: tuple[Any, ...] | None = None
    while True:
        query = select(table).order_by(*table.primary_key.columns).limit(_AT_ONCE)
        conditions = [own] if (own := _own_rows(table)) is not None else []
        if last is not None:
            types = [column.type for column in table.primary_key.columns]
            conditions.append(key > tuple_(*last, types=types))
        async with database.read() as session:
            found = (await session.execute(query.where(*conditions))).mappings()
            rows = [dict(row) for row in found]
        if not rows:
            return
        yield rows
        last = _key(table, rows[-1])


async def _read(database: Database, table: Table, batch: Sequence[Row]) -> dict[tuple[Any, ...], Row]:
    async with database.read() as session:
        rows = (await session.execute(select(table).where(_is_one_of(table, batch)))).mappings()
        return _by_key(table, [dict(row) for row in rows])


def _key(table: Table, row: Row) -> tuple[Any, ...]:
    return tuple(row[column.name] for column in table.primary_key.columns)


def _by_key(table: Table, rows: Sequence[Row]) -> dict[tuple[Any, ...], Row]:
    return {_key(table, row): row for row in rows}


def _is_one_of(table: Table, rows: Sequence[Row]) -> ColumnElement[bool]:
    columns = list(table.primary_key.columns)
    if len(columns) == 1:
        return columns[0].in_([row[columns[0].name] for row in rows])
    return or_(*(and_(*(column == row[column.name] for column in columns)) for row in rows))
