"""A PostgreSQL database as one stream of bytes, taken while the bot runs, and put back into an empty one.

Each table comes by COPY, all in one snapshot: what pg_dump does. pg_dump itself would have to stand in the
image, in a version at least as new as the server's.
"""

from __future__ import annotations

import json
import struct
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from sqlalchemy import MetaData, text

from bot.storage.backup_file import BackupError
from bot.storage.dialects import go_on_counting
from bot.storage.migrate import ALEMBICS_OWN, migrate

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence

    from psycopg import AsyncConnection as Psycopg
    from psycopg import sql
    from psycopg.rows import TupleRow
    from sqlalchemy import Table
    from sqlalchemy.engine import Connection
    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.storage.database import Database

    Progress = Callable[[int, int], None]
    Driver = Psycopg[TupleRow]

_BLOCK = 256 * 1024
_LENGTH = struct.Struct(">I")


@dataclass(frozen=True, slots=True)
class TableSum:
    """What a table held: how many rows, and the digest of them all in the order of the primary key."""

    rows: int
    digest: str


class _Summing:
    """Sums a table up, block by block."""

    def __init__(self) -> None:
        self.rows, self._digest = 0, sha256()

    def add(self, block: bytes) -> None:
        """Take a block of whole lines."""
        self.rows += block.count(b"\n")
        self._digest.update(block)

    def sum(self) -> TableSum:
        """Return the sum of all blocks."""
        return TableSum(self.rows, self._digest.hexdigest())


async def snapshot(database: Database, progress: Progress) -> AsyncIterator[bytes]:
    """Yield every table's rows as they stand at one instant, then the tables' sums.

    Args:
        database: The bot may go on meanwhile.
        progress: Called with (rows done, rows).
    """
    async with _snapshot(database) as (driver, tables):
        total, done = 0, 0
        for table in tables:
            total += await _count(driver, table)
        sums: dict[str, Any] = {}
        for table in tables:
            columns = [column.name for column in table.columns]
            yield _framed(json.dumps({"table": table.name, "columns": columns}).encode())
            summing = _Summing()
            async for block in _copy_out(driver, table):
                summing.add(block)
                progress(done + summing.rows, total)
                yield _framed(block)
            yield _framed(b"")
            done += summing.rows
            sums[table.name] = asdict(summing.sum())
        yield _framed(json.dumps({"sums": sums}).encode())


async def restore(
    database: Database,
    revision: str,
    content: Iterator[bytes],
    finish: Callable[[AsyncConnection], Awaitable[None]],
) -> dict[str, TableSum]:
    """Put a snapshot into an empty database, all of it or nothing.

    Args:
        database: Without tables, or with empty ones of this revision.
        revision: Of the snapshot's tables.
        content: The snapshot.
        finish: What is to be done in the same transaction, once the rows were compared.

    Returns:
        The sums of the tables, read back from the rows.

    Raises:
        BackupError: The database isn't empty, or the snapshot is damaged.
    """
    await _refuse_if_not_empty(database)
    await migrate(database, revision)
    async with database.engine.begin() as connection:
        await connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        driver = await _driver(connection)
        told = await _copy_all_in(driver, content)
        tables = await connection.run_sync(_tables)
        await connection.run_sync(go_on_counting, tables)
        await _set_up_for_copying(driver)
        found = await _sums(driver, tables)
        if found != told:
            raise BackupError("rows differ after the restoring: nothing was kept; take another backup")
        await finish(connection)
    return found


def check(content: Iterator[bytes]) -> int:
    """Read a whole snapshot and compare the sums; return how many rows it has.

    Raises:
        BackupError: The sums differ.
    """
    frames, told = _frames(content), None
    found: dict[str, TableSum] = {}
    for head in frames:
        said = json.loads(head)
        if "sums" in said:
            told = _told(said)
            continue
        summing = _Summing()
        while block := next(frames, b""):
            summing.add(block)
        found[said["table"]] = summing.sum()
    if found != told:
        raise BackupError("the backup is damaged: take another one")
    return sum(one.rows for one in found.values())


async def _copy_all_in(driver: Driver, content: Iterator[bytes]) -> dict[str, TableSum] | None:
    """Copy the snapshot's rows into their tables; return the sums that it tells, None without any."""
    frames, told = _frames(content), None
    for head in frames:
        said = json.loads(head)
        if "sums" in said:
            told = _told(said)
            continue
        async with driver.cursor() as cursor, cursor.copy(_copy_in(said)) as copy:
            while block := next(frames, b""):
                await copy.write(block)
    return told


def _told(said: dict[str, Any]) -> dict[str, TableSum]:
    return {name: TableSum(**one) for name, one in said["sums"].items()}


@asynccontextmanager
async def _snapshot(database: Database) -> AsyncIterator[tuple[Driver, Sequence[Table]]]:
    async with database.engine.connect() as plain:
        connection = await plain.execution_options(isolation_level="REPEATABLE READ")
        async with connection.begin():
            tables = await connection.run_sync(_tables)
            driver = await _driver(connection)
            await _set_up_for_copying(driver)
            yield driver, tables


async def _set_up_for_copying(driver: Driver) -> None:
    """Let the same row always be written in the same way."""
    for setting, value in (
        ("timezone", "UTC"),
        ("datestyle", "ISO, YMD"),
        ("extra_float_digits", "3"),
        ("idle_in_transaction_session_timeout", "0"),
    ):
        await driver.execute("SELECT set_config(%s, %s, true)", (setting, value))


async def _driver(connection: Any) -> Driver:  # noqa: ANN401 - SQLAlchemy's connection, whose driver is any
    raw = await connection.get_raw_connection()
    driver: Driver = raw.driver_connection
    return driver


async def _sums(driver: Driver, tables: Sequence[Table]) -> dict[str, TableSum]:
    sums = {}
    for table in tables:
        summing = _Summing()
        async for block in _copy_out(driver, table):
            summing.add(block)
        sums[table.name] = summing.sum()
    return sums


async def _count(driver: Driver, table: Table) -> int:
    from psycopg import sql  # noqa: PLC0415 - heavy: only with PostgreSQL

    query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table.name))
    row = await (await driver.execute(query)).fetchone()
    return int(row[0]) if row else 0


async def _copy_out(driver: Driver, table: Table) -> AsyncIterator[bytes]:
    """Yield the table's rows in the order of its primary key, in PostgreSQL's text format."""
    from psycopg import sql  # noqa: PLC0415 - heavy: only with PostgreSQL

    query = sql.SQL("COPY (SELECT {} FROM {} ORDER BY {}) TO STDOUT").format(
        _names([column.name for column in table.columns]),
        sql.Identifier(table.name),
        _names([column.name for column in table.primary_key.columns]),
    )
    async with driver.cursor() as cursor, cursor.copy(query) as copy:
        block = bytearray()
        async for row in copy:
            block += row
            if len(block) >= _BLOCK:
                yield bytes(block)
                block.clear()
        if block:
            yield bytes(block)


def _copy_in(said: dict[str, Any]) -> sql.Composed:
    from psycopg import sql  # noqa: PLC0415 - heavy: only with PostgreSQL

    return sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(said["table"]), _names(said["columns"]))


def _names(names: Sequence[str]) -> sql.Composed:
    from psycopg import sql  # noqa: PLC0415 - heavy: only with PostgreSQL

    return sql.SQL(", ").join(map(sql.Identifier, names))


def _tables(connection: Connection) -> Sequence[Table]:
    """Return the tables as the database has them, parents first: the code's may be of another version."""
    metadata = MetaData()
    metadata.reflect(connection)
    return [table for table in metadata.sorted_tables if table.name != ALEMBICS_OWN]


async def _refuse_if_not_empty(database: Database) -> None:
    async with _snapshot(database) as (driver, tables):
        for table in tables:
            if await _count(driver, table):
                raise BackupError(
                    f"the database isn't empty (its table {table.name} has rows): "
                    "name an empty one in database.url"
                )


def _framed(data: bytes) -> bytes:
    return _LENGTH.pack(len(data)) + data


def _frames(content: Iterator[bytes]) -> Iterator[bytes]:
    waiting = bytearray()
    for piece in content:
        waiting += piece
        while len(waiting) >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(waiting)
            if len(waiting) < _LENGTH.size + length:
                break
            yield bytes(waiting[_LENGTH.size : _LENGTH.size + length])
            del waiting[: _LENGTH.size + length]
    if waiting:
        raise BackupError("the backup is damaged: take another one")
