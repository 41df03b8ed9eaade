"""What `ldn-companion doctor` looks at; each finding is one line, and a bad one says how to mend it."""

from __future__ import annotations

import asyncio
import os
import shutil
import stat
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Literal
from zoneinfo import available_timezones

from bot.backups import Backups, made_at, sealing_key
from bot.checks import check_database, check_key, who_is_it
from bot.clock import SystemClock
from bot.operator_log import LogOperator
from bot.stats import read_stats
from bot.storage.backup_file import BackupError
from bot.storage.database import Database, DatabaseError
from bot.storage.keys import key_file
from bot.storage.migrate import at_head
from bot.web import asking

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.config import Settings

_LEAST_FREE_BYTES = 500 * 1024 * 1024
_ANSWER_WITHIN_S = 3
_FEWEST_ZONES = 400
_MARGIN = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: what was looked at, how it is, and what to do where it is bad or worth a note."""

    level: Literal["ok", "note", "bad"]
    about: str
    says: str


async def examine(settings: Settings) -> list[Finding]:
    """Look at everything, changing nothing; in the order in which it should be mended."""
    return [finding async for finding in _all(settings)]


async def _all(settings: Settings) -> AsyncIterator[Finding]:
    yield Finding("ok", "settings", "read")
    problems = await check_database(settings)
    for problem in problems:
        yield Finding("bad", "database", problem)
    path = settings.database.sqlite_path()
    if not problems and path is not None and not path.exists():
        yield Finding("note", "database", f"there is none at {path} yet: the first start makes it")
    elif not problems:
        for problem in await check_key(settings):
            yield Finding("bad", "encryption", problem)
        async for finding in _of_database(settings):
            yield finding
    for finding in (*_of_files(settings), _zones(), await asyncio.to_thread(_running, settings)):
        yield finding
    name, wrong = await who_is_it(settings)
    for line in wrong:
        yield Finding("bad", "Telegram", line)
    if name is not None:
        yield Finding("ok", "Telegram", f"the token is that of @{name}")
    elif not wrong:
        yield Finding("note", "Telegram", "no token, so `ldn-companion run` starts the sandbox")
    if settings.access.operator_chat_id is None:
        yield Finding("note", "alerts", "nobody hears of trouble: set access.operator_chat_id to your id")


async def _of_database(settings: Settings) -> AsyncIterator[Finding]:
    clock = SystemClock()
    database = Database(settings.database.sqlalchemy_url())
    try:
        if not await at_head(database):
            yield Finding("note", "database", "from an older version: back it up; the next start upgrades it")
            return
        yield Finding("ok", "database", "opens, and is of this version")
        yield _backup(settings, Backups(settings, database, clock, LogOperator()), database)
        stats = await read_stats(database, clock.now(), timedelta(hours=24))
        late = sum(kind.late + kind.expired for kind in stats.kinds if kind.kind == "reminder")
        due = sum(kind.due for kind in stats.kinds if kind.kind == "reminder")
        level: Literal["ok", "note"] = "note" if late else "ok"
        yield Finding(
            level, "last night", f"{due} reminders were due, {late} of them late or too late to send"
        )
    finally:
        await database.close()


def _backup(settings: Settings, backups: Backups, database: Database) -> Finding:
    hours = settings.backup.every_hours
    if not hours:
        return Finding("note", "backups", "backup.every_hours is 0: nobody makes them but you")
    try:
        sealing_key(settings, database)
    except (BackupError, DatabaseError) as error:
        return Finding("bad", "backups", str(error))
    there = backups.all()
    if not there:
        return Finding(
            "note", "backups", f"none in {backups.folder} yet: the running bot makes one within minutes"
        )
    age = SystemClock().now() - made_at(there[-1])
    if age > timedelta(hours=hours) + _MARGIN:
        old = f"the newest is {age.days} days and {age.seconds // 3600} hours old: look into the log"
        return Finding("bad", "backups", f"{old}, or run `ldn-companion backup`")
    return Finding("ok", "backups", f"{len(there)}, the newest {there[-1].name}; `verify` looks through it")


def _of_files(settings: Settings) -> list[Finding]:
    found = []
    folder = next(p for p in settings.database.data_folder.absolute().joinpath("x").parents if p.exists())
    free = shutil.disk_usage(folder).free
    if free < _LEAST_FREE_BYTES:
        found.append(Finding("bad", "disk", f"only {free // 2**20} MiB are free at {folder}: make room"))
    else:
        found.append(Finding("ok", "disk", f"{free // 2**20} MiB are free at {folder}"))
    database = Database(settings.database.sqlalchemy_url())
    kept = (settings.database.sqlite_path(), key_file(database), settings.backup_folder())
    found += [
        Finding("bad", "rights", f"others on this machine can read {path}: chmod go-rwx on it")
        for path in kept
        if path is not None and path.exists() and _others_can_read(path)
    ]
    if not settings.encryption.enabled:
        found.append(Finding("note", "encryption", "is off: patients' words are readable in the database"))
    return found


def _others_can_read(path: Path) -> bool:
    """Tell whether anybody but the owner can; a closed folder above it is enough."""
    with suppress(OSError):
        for part in (path, path.absolute().parent):
            if not part.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH | stat.S_IXGRP | stat.S_IXOTH):
                return False
        return os.name == "posix"
    return False


def _zones() -> Finding:
    count = len(available_timezones())
    if count < _FEWEST_ZONES:
        return Finding("bad", "time zones", f"only {count} are known: install the package tzdata")
    return Finding("ok", "time zones", f"{count} are known")


def _running(settings: Settings) -> Finding:
    """Ask the running bot how it is."""
    try:
        status, said = asking.ask_health(settings.telegram, _ANSWER_WITHIN_S)
    except asking.NO_ANSWER:
        host, port = asking.address(settings.telegram)
        return Finding("note", "the bot", f"doesn't answer on {host}:{port}: not running?")
    if status == asking.OK:
        return Finding("ok", "the bot", "runs and is well")
    return Finding("bad", "the bot", f"runs but isn't well ({said}): look into its log")
