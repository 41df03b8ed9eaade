"""Backups: made on a schedule and kept for some days; the operator hears of failures."""

from __future__ import annotations

import asyncio
import logging
import os
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError

from bot.config_values import key_bytes
from bot.logs import Redactor
from bot.storage import heartbeats, postgresql_snapshot
from bot.storage.backup_file import BackupError, BackupWriter, Header
from bot.storage.database import DatabaseError, trouble
from bot.storage.keys import EXAMPLE, known_keys
from bot.storage.migrate import current_revision
from bot.storage.sqlite_snapshot import sqlite_snapshot
from bot.storage.tables import Heartbeat

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bot.clock import Clock
    from bot.config import Settings
    from bot.operator_log import Operator
    from bot.storage.database import Database

    Progress = Callable[[int, int], None]

log = logging.getLogger(__name__)

BACKUP = "backup"
_SUFFIX = ".ldnbackup"
_RETRY_AFTER = timedelta(hours=1)
_LEFT_OVER = (".partial", ".copy", ".copy-*", ".verify", ".verify-*")
_LEFT_OVER_AFTER = timedelta(days=1)
_BLOCK = 1024 * 1024


class Backups:
    """The backups of one database, in one folder."""

    def __init__(self, settings: Settings, database: Database, clock: Clock, operator: Operator) -> None:
        self._settings = settings
        self._database = database
        self._clock = clock
        self._operator = operator
        self.folder = settings.backup_folder()

    async def make_if_due(self) -> Path | None:
        """Make the next backup if it is time; of several replicas one does. Failing, try again in an hour.

        Returns:
            The new file, None where nothing was due or it failed: then the operator was told.
        """
        every = timedelta(hours=self._settings.backup.every_hours)
        try:
            # Also where somebody else makes them: patients are told when the last one goes.
            self.let_old_ones_go()
            if not every or not await self._claim(every):
                return None
            made = await self.make()
        except Exception as error:  # noqa: BLE001 - whatever it is, the operator must hear of it
            known = isinstance(error, (BackupError, DatabaseError))
            why = Redactor(self._settings.secrets())(str(error)) if known else trouble(error)
            self._operator.tell(f"The backup failed: {why}. It is tried again in an hour.")
            with suppress(Exception):
                await self._put_back(every)
            return None
        log.info("a backup was made: %s", made.name)
        return made

    async def make(self, progress: Progress = lambda _done, _total: None) -> Path:
        """Make a backup now, while the bot may run.

        Raises:
            BackupError: It can't be made; nothing is left of it.
        """
        now, key = self._clock.now(), sealing_key(self._settings, self._database)
        revision = await current_revision(self._database)
        if revision is None:
            raise BackupError("there is nothing to back up yet: start the bot first")
        header = Header.new(
            key,
            database="sqlite" if self._database.is_sqlite else "postgresql",
            created_at=now,
            revision=revision,
            version=version("ldn-companion"),
        )
        path = self.folder / f"ldn-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}{_SUFFIX}"
        partial = path.with_name(path.name + ".partial")
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(partial, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                await self._fill(BackupWriter(file, header, key), path, progress)
                file.flush()
                await asyncio.to_thread(os.fsync, file.fileno())
            partial.rename(path)
        except (OSError, DBAPIError) as error:
            raise BackupError(f"{self.folder} or the database: {trouble(error)}") from error
        finally:
            partial.unlink(missing_ok=True)
        return path

    def all(self) -> list[Path]:
        """Return the backups in the folder, the oldest first."""
        return sorted(self.folder.glob(f"ldn-*{_SUFFIX}"))

    def let_old_ones_go(self) -> int:
        """Delete backups older than the settings keep them; return how many.

        The newest stays longer, but not beyond the days that patients are promised.
        """
        now, there = self._clock.now(), self.all()
        promised = now - timedelta(days=self._settings.privacy.backup_days)
        oldest = max(promised, now - timedelta(days=self._settings.backup.keep_days))
        gone = [path for path in there[:-1] if made_at(path) < oldest]
        gone += [path for path in there[-1:] if made_at(path) < promised]
        for path in (*gone, *self._left_by_a_crash()):
            path.unlink(missing_ok=True)
        return len(gone)

    def _left_by_a_crash(self) -> list[Path]:
        """Return what a backup or a look through one leaves when it is killed: copies of the database."""
        before = (self._clock.now() - _LEFT_OVER_AFTER).timestamp()
        found = [path for sort in _LEFT_OVER for path in self.folder.glob(f"ldn-*{sort}")]
        return [path for path in found if path.stat().st_mtime < before]

    async def _fill(self, writer: BackupWriter, path: Path, progress: Progress) -> None:
        if not self._database.is_sqlite:
            async for data in postgresql_snapshot.snapshot(self._database, progress):
                await asyncio.to_thread(writer.write, data)
            await asyncio.to_thread(writer.finish)
            return
        source = self._database.path
        if source is None or not source.exists():
            raise BackupError("there is nothing to back up yet: start the bot first")
        await asyncio.to_thread(_fill_from_sqlite, writer, source, path.with_suffix(".copy"), progress)

    async def _claim(self, every: timedelta) -> bool:
        """Say in a row that this process makes the backup that is due; False when none is."""
        now = self._clock.now()
        async with self._database.write() as session:
            row, is_first = await heartbeats.locked(session, BACKUP, now)
            if is_first:
                return True
            # A clock that was put back must not end the backups.
            if now - every < row.at <= now:
                return False
            row.at = now
            return True

    async def _put_back(self, every: timedelta) -> None:
        async with self._database.write() as session:
            row = await session.get(Heartbeat, BACKUP, with_for_update=True)
            if row is not None:
                row.at = self._clock.now() - every + _RETRY_AFTER


def made_at(path: Path) -> datetime:
    """Return the instant in a backup's name (UTC); the far past where it has none."""
    try:
        return datetime.strptime(path.name[4:20], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)


def sealing_key(settings: Settings, database: Database) -> bytes:
    """Return the key that new backups are sealed with: backup.key, else the database's own.

    Raises:
        BackupError: There is none.
        DatabaseError: The key file can't be read.
    """
    keys = opening_keys(settings, database)
    if not keys or keys[0] == EXAMPLE:
        raise BackupError("no key to seal it with: put a line of `ldn-companion make-key` into backup.key")
    return keys[0]


def opening_keys(settings: Settings, database: Database) -> list[bytes]:
    """Return every key that may open a backup, the one that seals first."""
    own = settings.backup.key
    first = [key_bytes(own.get_secret_value())] if own is not None else []
    return first + known_keys(database, settings.encryption)


def _fill_from_sqlite(writer: BackupWriter, source: Path, copy: Path, progress: Progress) -> None:
    try:
        sqlite_snapshot(source, copy, progress)
        with copy.open("rb") as file:
            while block := file.read(_BLOCK):
                writer.write(block)
        writer.finish()
    finally:
        remove_sqlite(copy)


def remove_sqlite(path: Path) -> None:
    """Remove a SQLite file and what lies beside it."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
