"""make-key and rotate-keys: the keys that seal patients' words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from bot.commands.common import ConfigPath, give_up, read_settings, with_database

if TYPE_CHECKING:
    from bot.storage.database import Database

_UNOPENED = (
    "{count} values can't be opened with any key that is here and were left as they are; the others are "
    "sealed with the present key. If a key was left out, put it into encryption.old_keys and run this again; "
    "else they are damaged: keep encryption.old_keys as it is"
)


def make_key() -> None:
    """Print a new encryption key; keep it in a file that only the bot can read."""
    from bot.storage.keys import new_key  # noqa: PLC0415 - heavy: only for this command

    typer.echo(new_key())


def rotate_keys(config: ConfigPath = None) -> None:
    """Seal everything anew with the present key (or open it, if encryption is off); the bot may go on."""
    settings = read_settings(config)

    async def work(database: Database) -> None:
        from rich.progress import Progress  # noqa: PLC0415 - heavy: only for this command

        from bot.clock import SystemClock  # noqa: PLC0415 - the same
        from bot.storage.database import DatabaseError  # noqa: PLC0415 - the same
        from bot.storage.keys import open_keyring  # noqa: PLC0415 - the same
        from bot.storage.rotation import forget_unused_keys, resealing, to_reseal  # noqa: PLC0415 - the same

        try:
            ring = await open_keyring(database, settings.encryption, SystemClock().now())
            with Progress() as progress:
                bar = progress.add_task("Sealing anew", total=await to_reseal(database))
                unopened = 0
                async for rows, shut in resealing(database, ring):
                    progress.advance(bar, rows)
                    unopened += shut
            await forget_unused_keys(database, ring)
        except DatabaseError as error:
            give_up([str(error)])
        if unopened:
            give_up([_UNOPENED.format(count=unopened)])

    with_database(settings, work)
    typer.echo("ok: every value is sealed with the present key; keys in encryption.old_keys can go")
