"""The command migrate-database: opens both databases, moves, and shows how far it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bot.clock import SystemClock
from bot.logs import Redactor
from bot.storage.database import Database, DatabaseError
from bot.storage.moving import Move

if TYPE_CHECKING:
    from bot.config import Settings


async def move_database(settings: Settings, target_url: str) -> tuple[str, bool]:
    """Move the configured database to *target_url* (as SQLAlchemy takes it).

    Returns:
        What to tell the operator, in one line without secrets, and whether it is done.
    """
    if settings.database.sqlalchemy_url() == target_url:
        return "the target is the database that the settings name: give another", False
    path = settings.database.sqlite_path()
    if path is not None and not path.exists():
        return f"there is no database at {path}: nothing to move", False
    source, target = Database(settings.database.sqlalchemy_url()), Database(target_url)
    columns = (TextColumn("{task.description:<18}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    try:
        with Progress(*columns, console=Console(stderr=True)) as progress:
            task = progress.add_task("reading", total=None)

            def show(table: str, done: int, total: int) -> None:
                progress.update(task, description=table, completed=done, total=total)

            moved = await Move(source, target, progress=show).run(SystemClock().now())
    except (DatabaseError, OSError) as error:
        secrets = (*settings.secrets(), target.url.password or "")
        return Redactor(secrets)(str(error)), False
    finally:
        await source.close()
        await target.close()
    return (
        f"moved {moved.rows} rows of {moved.tables} tables and compared each. Set database.url to the new "
        "address and start the bot; keep the old database until it has run for a night"
    ), True
