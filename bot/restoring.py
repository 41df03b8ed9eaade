"""Backups come back: looked through, and restored into an empty database."""

from __future__ import annotations

import asyncio
import os
from typing import IO, TYPE_CHECKING

from sqlalchemy.exc import DBAPIError

from bot.backups import opening_keys, remove_sqlite
from bot.storage import claims, postgresql_snapshot
from bot.storage.backup_file import BackupError, Header, read_content, read_header
from bot.storage.database import Database, trouble
from bot.storage.migrate import migrate, newer_than_this_version
from bot.storage.sqlite_snapshot import check_sqlite

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from bot.backups import Progress
    from bot.config import Settings


async def verify(path: Path, settings: Settings, progress: Progress) -> tuple[Header, int]:
    """Open a whole backup and look through it, as restoring would, without keeping anything.

    Returns:
        What it is, and how many rows it has.

    Raises:
        BackupError: It can't be restored.
    """
    database = Database(settings.database.sqlalchemy_url())
    try:
        keys = opening_keys(settings, database)
        with _opened(path) as file:
            header = _readable_header(file)
            content = _counted(read_content(file, header, keys), file, path, progress)
            if header.database == "postgresql":
                return header, await asyncio.to_thread(postgresql_snapshot.check, content)
            return header, await asyncio.to_thread(_look_through_sqlite, path.with_suffix(".verify"), content)
    finally:
        await database.close()


async def restore(path: Path, settings: Settings, now: datetime, progress: Progress) -> tuple[Header, int]:
    """Put a backup into the configured database, which must be empty, and bring it to this version.

    What was due between the backup and *now* counts as perhaps sent: of what is still worth sending one copy
    follows that says it is the same dose; the rest isn't sent, and the check-in asks.

    Returns:
        What it was, and how many rows it had.

    Raises:
        BackupError: It can't be restored; nothing was kept.
        DatabaseError: The database can't be used, or the upgrade to this version fails: then SQLite keeps
            nothing, and PostgreSQL the rows, which the next start upgrades.
    """
    database = Database(settings.database.sqlalchemy_url())
    try:
        database.lock()
        keys = opening_keys(settings, database)
        with _opened(path) as file:
            header = _readable_header(file)
            content = _counted(read_content(file, header, keys), file, path, progress)
            rows = await _put_back(database, header, content, now)
    except DBAPIError as error:
        raise BackupError(f"the database: {trouble(error)}") from error
    finally:
        await database.close()
    return header, rows


async def _put_back(database: Database, header: Header, content: Iterator[bytes], now: datetime) -> int:
    """Fill the empty *database*; return the number of rows."""
    if (header.database == "sqlite") != database.is_sqlite:
        raise BackupError(
            f"this is a backup of {header.database}: set database.url to an empty one of that kind; "
            "`ldn-companion migrate-database` then moves it to the other"
        )
    if database.path is not None:
        return await _restore_sqlite(database.path, content, now)
    sums = await postgresql_snapshot.restore(
        database, header.revision, content, lambda connection: claims.doubt_after_restore(connection, now)
    )
    # Last: a bot that is started after a failed upgrade repeats no reminder as if it were the first.
    await migrate(database)
    return sum(one.rows for one in sums.values())


def _opened(path: Path) -> IO[bytes]:
    try:
        return path.open("rb")
    except OSError as error:
        raise BackupError(f"{path} can't be read ({error.strerror}): give the path of a backup") from error


def _readable_header(file: IO[bytes]) -> Header:
    header = read_header(file)
    if newer_than_this_version(header.revision):
        raise BackupError(
            f"this backup is from a newer version of the bot ({header.version}, revision {header.revision}): "
            "restore it with that version"
        )
    return header


def _counted(content: Iterator[bytes], file: IO[bytes], path: Path, progress: Progress) -> Iterator[bytes]:
    size = path.stat().st_size
    for piece in content:
        progress(file.tell(), size)
        yield piece


def _look_through_sqlite(copy: Path, content: Iterator[bytes]) -> int:
    try:
        return _write_and_check(copy, content)
    except OSError as error:
        raise BackupError(
            f"{copy.parent} can't be written ({error.strerror}): copy the backup to where there is room"
        ) from error
    finally:
        copy.unlink(missing_ok=True)


async def _restore_sqlite(path: Path, content: Iterator[bytes], now: datetime) -> int:
    """Make the file under another name: it gets its own when everything is done, or never."""
    _refuse_if_there(path)
    copy = path.with_name(path.name + ".restoring")
    try:
        rows = await asyncio.to_thread(_write_and_check, copy, content)
        restored = Database(f"sqlite+aiosqlite:///{copy}")
        try:
            async with restored.write() as session:
                await claims.doubt_after_restore(session, now)
            await migrate(restored)
            await restored.empty_log()
        finally:
            await restored.close()
        copy.rename(path)
    except OSError as error:
        raise BackupError(f"{path.parent} can't be written ({error.strerror})") from error
    finally:
        remove_sqlite(copy)
    return rows


def _refuse_if_there(path: Path) -> None:
    if path.exists():
        raise BackupError(
            f"{path} is there already: move it away, or set database.data_folder to an empty one"
        )


def _write_and_check(path: Path, content: Iterator[bytes]) -> int:
    # What a killed one left: SQLite would apply its log to the new file.
    remove_sqlite(path)
    _write_file(path, content)
    return check_sqlite(path)


def _write_file(path: Path, content: Iterator[bytes]) -> None:
    with os.fdopen(os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb") as file:
        for piece in content:
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
