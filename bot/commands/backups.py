"""backup, verify and restore: encrypted copies of the database."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.common import ConfigPath, filled_database_problems, give_up, read_settings

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.backups import Progress
    from bot.config import Settings
    from bot.storage.backup_file import Header

BackupPath = Annotated[Path, typer.Argument(help="The backup, a file that ends in .ldnbackup.")]


def backup(config: ConfigPath = None) -> None:
    """Make an encrypted backup now; the bot may go on. Prints the new file's path."""
    typer.echo(_run(read_settings(config), "Backing up", _make))


def verify(path: BackupPath, config: ConfigPath = None) -> None:
    """Open a whole backup and look through it, as restoring would; nothing is kept."""

    async def work(settings: Settings, progress: Progress) -> str:
        from bot.restoring import verify as look_through  # noqa: PLC0415 - heavy: only for this command

        return _told(*await look_through(path, settings, progress))

    typer.echo(f"ok: it can be restored: {_run(read_settings(config), 'Looking through', work)}")


def restore(path: BackupPath, config: ConfigPath = None) -> None:
    """Put a backup into the configured database, which must be empty; the bot must be stopped."""

    async def work(settings: Settings, progress: Progress) -> str:
        from bot.clock import SystemClock  # noqa: PLC0415 - heavy: only for this command
        from bot.restoring import restore as put_back  # noqa: PLC0415 - the same

        return _told(*await put_back(path, settings, SystemClock().now(), progress))

    settings = read_settings(config)
    typer.echo(f"ok: restored: {_run(settings, 'Restoring', work)}; start the bot")
    erasures = settings.erasures_file(settings.database.sqlite_path())
    if not erasures.exists():
        typer.echo(
            f"Note: there is no file of erasures at {erasures}. Whoever erased their diary since that backup "
            "is in it again: before you start, put your copy of the file there, and its key (erasures.key)."
        )


async def _make(settings: Settings, progress: Progress) -> str:
    from bot.backups import Backups  # noqa: PLC0415 - heavy: only for this command
    from bot.clock import SystemClock  # noqa: PLC0415 - the same
    from bot.operator_log import LogOperator  # noqa: PLC0415 - the same
    from bot.storage.database import Database  # noqa: PLC0415 - the same

    if problems := await filled_database_problems(settings):
        give_up(problems)
    database = Database(settings.database.sqlalchemy_url())
    try:
        return str(await Backups(settings, database, SystemClock(), LogOperator()).make(progress))
    finally:
        await database.close()


def _told(header: Header, rows: int) -> str:
    made = f"{header.created_at:%Y-%m-%d %H:%M} UTC"
    return f"{rows} rows of {header.database}, made at {made} by version {header.version}"


def _run(settings: Settings, doing: str, work: Callable[[Settings, Progress], Awaitable[str]]) -> str:
    """Do *work* with a bar that shows how far it is; end with one line when it can't be done."""
    import asyncio  # noqa: PLC0415 - heavy: only for these commands

    from rich.console import Console  # noqa: PLC0415 - the same
    from rich.progress import Progress as Bars  # noqa: PLC0415 - the same

    from bot.logs import Redactor  # noqa: PLC0415 - the same
    from bot.storage.backup_file import BackupError  # noqa: PLC0415 - the same
    from bot.storage.database import DatabaseError  # noqa: PLC0415 - the same

    async def with_bar() -> str:
        with Bars(console=Console(stderr=True)) as bars:
            bar = bars.add_task(doing, total=None)
            return await work(
                settings, lambda done, total: bars.update(bar, completed=done, total=total or None)
            )

    try:
        return asyncio.run(with_bar())
    except (BackupError, DatabaseError) as error:
        give_up([Redactor(settings.secrets())(str(error))])
