"""Which errors are the database's own trouble, to be waited out, and which are ours."""

from __future__ import annotations

import errno
import sqlite3
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bot.storage.database import Database, is_passing

if TYPE_CHECKING:
    from pathlib import Path


async def failing(database: Database, statement: str) -> DBAPIError:
    """Return what the driver says to *statement*."""
    with pytest.raises(DBAPIError) as caught:
        async with database.write() as session:
            await session.execute(text(statement))
    return caught.value


@pytest.mark.parametrize(
    "statement", ["SELECT nonsense FROM nowhere", "SELEC 1", "INSERT INTO inbox DEFAULT VALUES"]
)
async def test_a_mistake_of_ours_does_not_pass(database: Database, statement: str) -> None:
    """Otherwise the update that met it would be tried for ever instead of being set aside."""
    assert not is_passing(await failing(database, statement))


async def test_a_locked_file_passes(sqlite_url: str, tmp_path: Path) -> None:
    """Somebody's backup tool holds it for a moment."""
    database = Database(sqlite_url)
    stranger = sqlite3.connect(tmp_path / "test.sqlite3", isolation_level=None)
    stranger.execute("BEGIN EXCLUSIVE")
    try:
        async with database.read() as session:
            await session.execute(text("PRAGMA busy_timeout=0"))
        assert is_passing(await failing(database, "SELECT 1"))
    finally:
        stranger.close()
        await database.close()


async def test_a_full_database_passes(sqlite_url: str) -> None:
    """It goes on when there is room."""
    database = Database(sqlite_url)
    async with database.read() as session:
        await session.execute(text("PRAGMA max_page_count=1"))
    error = await failing(database, "CREATE TABLE big AS SELECT zeroblob(1000000)")
    assert is_passing(error)
    await database.close()


@pytest.mark.parametrize(
    ("sqlstate", "passing"),
    [
        ("40P01", True),
        ("53100", True),
        ("57P01", True),
        ("58030", True),
        ("22012", False),
        ("42P01", False),
        ("23505", False),
    ],
)
async def test_postgresqls_codes_are_told_apart(postgres: str, sqlstate: str, *, passing: bool) -> None:
    """A deadlock, a full disk, a shutdown pass; a division by zero, a missing table, a double key don't."""
    database = Database(postgres)
    error = await failing(database, f"DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '{sqlstate}'; END $$")
    assert is_passing(error) is passing
    await database.close()


async def test_a_server_that_is_gone_passes(postgres: str) -> None:
    """Its connection ends without any code; and nobody listens for a while."""
    database = Database(postgres)
    error = await failing(database, "SELECT pg_terminate_backend(pg_backend_pid())")
    assert is_passing(error)
    await database.close()
    nobody = Database("postgresql+psycopg://x@127.0.0.1:1/x")
    assert is_passing(await failing(nobody, "SELECT 1"))
    await nobody.close()


@pytest.mark.parametrize(
    ("error", "passing"),
    [
        (OSError(errno.ENOSPC, "no room"), True),
        (OSError(errno.EMFILE, "too many files"), True),
        (FileNotFoundError(errno.ENOENT, "no such file"), False),
        (TimeoutError(), False),
        (ConnectionRefusedError(errno.ECONNREFUSED, "refused"), False),
        (ValueError(), False),
    ],
)
def test_of_the_systems_errors_only_its_own_trouble_passes(error: Exception, *, passing: bool) -> None:
    """A handler that misses a file is a mistake of ours."""
    assert is_passing(error) is passing
