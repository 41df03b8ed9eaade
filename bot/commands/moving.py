"""migrate-database: every row goes over to another database."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.commands.common import ConfigPath, give_up, read_settings


def migrate_database(
    to: Annotated[
        str,
        typer.Option(
            envvar="TARGET_DATABASE_URL",
            help="The new database: postgresql://user:password@host/name or sqlite:///path.",
            show_envvar=True,
        ),
    ],
    config: ConfigPath = None,
) -> None:
    """Move every row to another database and compare each; stop the bot first. Run again, it goes on."""
    import asyncio  # noqa: PLC0415 - heavy: only for this command

    from bot.config_values import database_url  # noqa: PLC0415 - the same
    from bot.moving import move_database  # noqa: PLC0415 - the same

    settings = read_settings(config)
    try:
        target = database_url(to)
    except ValueError as error:
        give_up([f"--to: {error}"])
    line, done = asyncio.run(move_database(settings, target))
    if not done:
        give_up([line])
    typer.echo(f"ok: {line}")
