"""What several commands need: the settings, the database, and a way to end with one clear line."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn, TypeVar

import typer

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.config import Settings
    from bot.storage.database import Database

Result = TypeVar("Result")
CANNOT_START = 2

ConfigPath = Annotated[
    Path | None,
    typer.Option("--config", help="The file with the settings. Default: $LDN_CONFIG, else ./config.toml."),
]


def read_settings(path: Path | None) -> Settings:
    """Read the settings, or end with one line per mistake."""
    from bot.config import ConfigError  # noqa: PLC0415 - heavy: not for --help
    from bot.config_reading import load_settings  # noqa: PLC0415 - heavy: not for --help

    try:
        return load_settings(path, os.environ)
    except ConfigError as error:
        give_up(error.lines)


async def filled_database_problems(settings: Settings) -> list[str]:
    """Return what keeps a command from using the bot's database: one line each; it must be there already."""
    from bot.checks import check_database  # noqa: PLC0415 - heavy: only for some commands

    path = settings.database.sqlite_path()
    problems = await check_database(settings)
    if not problems and path is not None and not path.exists():
        return [f"there is no database at {path} yet: start the bot first"]
    return problems


def with_database(settings: Settings, work: Callable[[Database], Awaitable[Result]]) -> Result:
    """Do *work* on the configured database, which must be of this version, or end with one line."""
    import asyncio  # noqa: PLC0415 - heavy: only for these commands

    from bot.storage.database import Database  # noqa: PLC0415 - the same
    from bot.storage.migrate import at_head  # noqa: PLC0415 - the same

    async def run() -> Result:
        problems = await filled_database_problems(settings)
        if problems:
            give_up(problems)
        database = Database(settings.database.sqlalchemy_url())
        try:
            if not await at_head(database):
                give_up(["the database is from an older version of the bot: start this version once"])
            return await work(database)
        finally:
            await database.close()

    return asyncio.run(run())


def complain(lines: list[str]) -> None:
    """Print each line on the standard error."""
    for line in lines:
        typer.echo(f"ldn-companion: {line}", err=True)


def give_up(lines: list[str]) -> NoReturn:
    """End with these lines and the exit status of a bot that can't start."""
    complain(lines)
    raise typer.Exit(CANNOT_START)
