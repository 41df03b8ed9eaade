"""What every command needs: the settings, and a way to end with one clear line."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from bot.config import Settings

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


def complain(lines: list[str]) -> None:
    """Print each line on the standard error."""
    for line in lines:
        typer.echo(f"ldn-companion: {line}", err=True)


def give_up(lines: list[str]) -> NoReturn:
    """End with these lines and the exit status of a bot that can't start."""
    complain(lines)
    raise typer.Exit(CANNOT_START)
