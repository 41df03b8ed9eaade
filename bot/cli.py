"""The command line. Imports what a command needs when it runs, so that --help answers at once."""

from __future__ import annotations

import gc
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands import backups, doctor, keys, people
from bot.commands.common import (
    CANNOT_START,
    ConfigPath,
    complain,
    filled_database_problems,
    give_up,
    read_settings,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator

    from bot.config import Settings
    from bot.stats import Stats

_HEALTH_TIMEOUT_S = 5

app = typer.Typer(
    name="ldn-companion",
    help="A Telegram bot for people with fibromyalgia who take low-dose naltrexone.",
    no_args_is_help=True,
    # Its tracebacks show local variables, and those may hold what a patient wrote.
    pretty_exceptions_enable=False,
)

app.command("make-key")(keys.make_key)
app.command("rotate-keys")(keys.rotate_keys)
app.command()(backups.backup)
app.command()(backups.verify)
app.command()(backups.restore)
app.command()(people.invite)
app.command()(people.patients)
app.command()(people.block)
app.command()(people.unblock)
app.command()(doctor.doctor)


@app.command()
def run(config: ConfigPath = None) -> None:
    """Start the bot. Without a token: the sandbox, with a chat page in the browser."""
    settings = read_settings(config)
    if settings.telegram.token is None:
        _start_sandbox(settings)
        return
    with loading():
        from bot.run import run_bot  # noqa: PLC0415 - heavy: only when the bot starts

    _start(run_bot, settings)


@app.command()
def sandbox(config: ConfigPath = None) -> None:
    """Start the sandbox, even if a token is set: try the bot without Telegram."""
    _start_sandbox(read_settings(config))


@app.command()
def check(config: ConfigPath = None) -> None:
    """Check the settings, the database and the token; say what is wrong and how to mend it."""
    settings = read_settings(config)
    typer.echo("ok: settings")
    import asyncio  # noqa: PLC0415 - heavy: only for this command
    import logging  # noqa: PLC0415 - the same

    from bot.checks import check_database, check_token  # noqa: PLC0415 - the same

    logging.disable()  # a library's own complaint would stand beside the one clear line
    problems = asyncio.run(check_database(settings))
    _report("database", problems)
    if settings.telegram.token is None:
        typer.echo("ok: no token, so `ldn-companion run` starts the sandbox")
    else:
        wrong = asyncio.run(check_token(settings))
        _report("token", wrong)
        problems += wrong
    if problems:
        raise typer.Exit(CANNOT_START)


@app.command()
def healthcheck(config: ConfigPath = None) -> None:
    """Ask the running bot whether it is well; exit status 0: yes, 1: no."""
    from bot.web import asking  # noqa: PLC0415 - heavy: only for this command

    telegram = read_settings(config).telegram
    try:
        status, _said = asking.ask_health(telegram, _HEALTH_TIMEOUT_S)
    except asking.NO_ANSWER as error:
        host, port = asking.address(telegram)
        typer.echo(f"no answer from {host} port {port}: {type(error).__name__}", err=True)
        raise typer.Exit(1) from error
    is_well = status == asking.OK
    typer.echo("ok" if is_well else f"the bot says that it isn't well: status {status}")
    raise typer.Exit(0 if is_well else 1)


@app.command()
def stats(
    config: ConfigPath = None,
    hours: Annotated[int, typer.Option(min=1, max=24 * 60, help="How far to look back.")] = 24,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,  # noqa: FBT002
) -> None:
    """Show last night's deliveries: how many went out, how many late, and by how much."""
    import asyncio  # noqa: PLC0415 - heavy: only for this command
    import json  # noqa: PLC0415 - the same

    from rich.console import Console  # noqa: PLC0415 - the same

    from bot.stats import as_table  # noqa: PLC0415 - the same

    seen = asyncio.run(_read_stats(read_settings(config), hours))
    if as_json:
        typer.echo(json.dumps(seen.to_json(), indent=2))
    else:
        Console().print(as_table(seen) if seen.kinds else f"Nothing was due in the last {hours} hours.")


@app.command("migrate-database")
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


async def _read_stats(settings: Settings, hours: int) -> Stats:
    from datetime import timedelta  # noqa: PLC0415 - only for this command

    from bot.clock import SystemClock  # noqa: PLC0415 - the same
    from bot.stats import read_stats  # noqa: PLC0415 - the same
    from bot.storage.database import Database  # noqa: PLC0415 - the same

    problems = await filled_database_problems(settings)
    if problems:
        give_up(problems)
    database = Database(settings.database.sqlalchemy_url())
    try:
        return await read_stats(database, SystemClock().now(), timedelta(hours=hours))
    finally:
        await database.close()


@contextmanager
def loading() -> Iterator[None]:
    """Import without looking for garbage: modules stay, and looking takes a sixth of the start."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _start_sandbox(settings: Settings) -> None:
    with loading():
        from bot.sandbox_run import run_sandbox  # noqa: PLC0415 - heavy: only when the sandbox starts

    _start(run_sandbox, settings)


def _start(service: Callable[[Settings], Coroutine[None, None, None]], settings: Settings) -> None:
    """Run *service* until it returns; end with one clear line when it can't start."""
    import logging  # noqa: PLC0415 - heavy: only when the bot starts

    import uvloop  # noqa: PLC0415 - the same

    from bot.config import StartError  # noqa: PLC0415 - the same
    from bot.logs import set_up_logging  # noqa: PLC0415 - the same

    set_up_logging(settings, sys.stderr)
    try:
        uvloop.run(service(settings))
    except StartError as error:
        give_up([error.line])
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
    except Exception:
        # Python's own traceback would show the exception's message, with whatever it holds.
        logging.getLogger("bot").critical("the bot stopped on an unexpected error", exc_info=True)
        raise typer.Exit(1) from None


def _report(what: str, problems: list[str]) -> None:
    typer.echo(f"ok: {what}") if not problems else complain(problems)


def main() -> None:
    """Run the command line (the console entry `ldn-companion`)."""
    app()
