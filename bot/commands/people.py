"""invite, patients, block and unblock: who may use the bot."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.common import ConfigPath, give_up, read_settings, with_database

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.storage.database import Database

PatientId = Annotated[str, typer.Argument(help="Its id in `ldn-companion patients`, or the Telegram id.")]


def invite(
    config: ConfigPath = None,
    uses: Annotated[int, typer.Option(min=1, max=1000, help="How many people it lets in.")] = 1,
    days: Annotated[int, typer.Option(min=1, max=365, help="Days until it expires.")] = 7,
    username: Annotated[
        str | None, typer.Option(help="The bot's username, if Telegram isn't to be asked for it.")
    ] = None,
) -> None:
    """Make an invitation: a link, and a QR code to show. Its code is shown this once."""
    settings = read_settings(config)
    name = username.removeprefix("@") if username else _username(settings)

    async def work(database: Database) -> str:
        from bot.clock import SystemClock  # noqa: PLC0415 - heavy: only for this command
        from bot.storage import invites  # noqa: PLC0415 - the same

        now, code = SystemClock().now(), invites.new_code()
        async with database.write() as session:
            await invites.add(session, code, uses=uses, expires_at=now + timedelta(days=days), now=now)
        return code

    code = with_database(settings, work)
    _show_link(f"https://t.me/{name}?start={code}")
    people = "one person" if uses == 1 else f"{uses} people"
    typer.echo(f"It lets {people} in, within {days} days. Or type in the bot's chat: /start {code}")
    if settings.access.mode != "invite":
        typer.echo(
            f"Note: access.mode is {settings.access.mode}; invitations count in the mode invite alone."
        )


def _show_link(link: str) -> None:
    """Print a link and, for a phone's camera, its QR code."""
    import segno  # noqa: PLC0415 - only for this command

    segno.make(link, error="m").terminal(compact=True)
    typer.echo(link)


def patients(config: ConfigPath = None) -> None:
    """List the patients: ids and states only, nothing that they wrote."""

    async def work(database: Database) -> list[tuple[str, ...]]:
        from bot.storage.access import overview  # noqa: PLC0415 - heavy: only for this command

        async with database.read() as session:
            return [
                (
                    str(one.id),
                    str(one.telegram_id),
                    one.state,
                    f"{one.created_at:%Y-%m-%d}",
                    "" if one.last_seen_at is None else f"{one.last_seen_at:%Y-%m-%d}",
                    "yes" if one.barred_at else "",
                    "yes" if one.blocked_at and not one.barred_at else "",
                )
                for one in await overview(session)
            ]

    rows = with_database(read_settings(config), work)
    from rich.console import Console  # noqa: PLC0415 - heavy: only for this command
    from rich.table import Table  # noqa: PLC0415 - the same

    table = Table("id", "Telegram id", "state", "since", "last seen", "blocked", "has blocked the bot")
    for row in rows:
        table.add_row(*row)
    # Wide enough for the ids also where nobody reads it but a program.
    Console(width=None if typer.get_text_stream("stdout").isatty() else 140).print(table)
    typer.echo(f"{len(rows)} in all")


def block(patient: PatientId, config: ConfigPath = None) -> None:
    """Block somebody: nothing is sent or answered but /privacy, /export and /delete; the diary stays."""
    _set_barred(config, patient, barred=True)


def unblock(patient: PatientId, config: ConfigPath = None) -> None:
    """Let somebody in again who was blocked; reminders go on."""
    _set_barred(config, patient, barred=False)


def _set_barred(config: ConfigPath, patient: str, *, barred: bool) -> None:
    async def work(database: Database) -> bool:
        from bot.clock import SystemClock  # noqa: PLC0415 - heavy: only for this command
        from bot.storage import access  # noqa: PLC0415 - the same

        async with database.write() as session:
            return await access.bar(session, patient, barred=barred, now=SystemClock().now())

    if not with_database(read_settings(config), work):
        give_up([f"there is no patient {patient}: `ldn-companion patients` lists them"])
    typer.echo("ok: blocked" if barred else "ok: let in again")


def _username(settings: Settings) -> str:
    """Ask Telegram for the bot's name, or end with one line."""
    import asyncio  # noqa: PLC0415 - heavy: only for this command

    from bot.checks import who_is_it  # noqa: PLC0415 - the same

    name, problems = asyncio.run(who_is_it(settings))
    if name is None:
        give_up(problems or ["no token: set telegram.token, or give the bot's name with --username"])
    return name
