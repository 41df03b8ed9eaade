"""A copy of a SQLite file that is in use, by SQLite's own backup API, and a look through one."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from bot.storage.backup_file import BackupError
from bot.storage.migrate import ALEMBICS_OWN

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_PAGES_AT_ONCE = 256


def sqlite_snapshot(source: Path, target: Path, progress: Callable[[int, int], None]) -> None:
    """Copy a SQLite file that may be in use to *target*, as it stands now.

    Args:
        source: The bot's file.
        target: A new file, readable by its owner alone.
        progress: Called with (pages done, pages).

    Raises:
        BackupError: SQLite can't read the one or write the other.
    """
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True, isolation_level=None)) as reading:
            # One read transaction over all pages: else each commit of the bot would begin the copy anew.
            reading.execute("BEGIN")
            reading.execute("SELECT count(*) FROM sqlite_schema").fetchone()
            with closing(sqlite3.connect(target)) as writing:
                reading.backup(
                    writing,
                    pages=_PAGES_AT_ONCE,
                    progress=lambda _status, left, pages: progress(pages - left, pages),
                    sleep=0,
                )
    except sqlite3.Error as error:
        raise BackupError(f"SQLite can't copy the database ({type(error).__name__}): {error}") from error


def check_sqlite(path: Path) -> int:
    """Look through a whole SQLite file.

    Returns:
        How many rows it has.

    Raises:
        BackupError: It is damaged.
    """
    try:
        with closing(sqlite3.connect(f"file:{path}?immutable=1", uri=True)) as connection:
            (found,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
            strangers = connection.execute("PRAGMA foreign_key_check").fetchone()
            names = [
                name
                for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
                if not name.startswith("sqlite_") and name != ALEMBICS_OWN
            ]
            count = 'SELECT count(*) FROM "{}"'
            rows = sum(connection.execute(count.format(name)).fetchone()[0] for name in names)
    except sqlite3.Error as error:
        raise BackupError(f"the copy of the database is damaged ({error}): take another backup") from error
    if found != "ok" or strangers is not None:
        raise BackupError("the copy of the database is damaged: take another backup")
    return int(rows)
