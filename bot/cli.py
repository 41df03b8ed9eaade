"""The command line. Imports what a command needs when it runs, so that --help answers at once."""

from __future__ import annotations

import gc
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from bot.commands import backups, health, keys, moving, people
from bot.commands.common import ConfigPath, give_up, read_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator

    from bot.config import Settings

app = typer.Typer(
    name="ldn-companion",
    help="A Telegram bot for people with fibromyalgia who take low-dose naltrexone.",
    no_args_is_help=True,
    # Its tracebacks show local variables, and those may hold what a patient wrote.
    pretty_exceptions_enable=False,
)


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


app.command()(health.check)
app.command()(health.doctor)
app.command()(health.healthcheck)
app.command()(health.stats)
app.command()(people.invite)
app.command()(people.patients)
app.command()(people.block)
app.command()(people.unblock)
app.command()(backups.backup)
app.command()(backups.verify)
app.command()(backups.restore)
app.command("make-key")(keys.make_key)
app.command("rotate-keys")(keys.rotate_keys)
app.command("migrate-database")(moving.migrate_database)


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


def main() -> None:
    """Run the command line (the console entry `ldn-companion`)."""
    app()
