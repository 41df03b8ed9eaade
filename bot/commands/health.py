"""check, doctor, healthcheck and stats: is everything in place, is the bot well, how was the last night."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.common import CANNOT_START, ConfigPath, complain, read_settings, with_database

if TYPE_CHECKING:
    from bot.doctor import Finding
    from bot.stats import Stats
    from bot.storage.database import Database

_HEALTH_TIMEOUT_S = 5


def check(config: ConfigPath = None) -> None:
    """Check the settings, the database, its key and the token; say what is wrong and how to mend it."""
    settings = read_settings(config)
    typer.echo("ok: settings")
    import asyncio  # noqa: PLC0415 - heavy: only for this command
    import logging  # noqa: PLC0415 - the same

    from bot.checks import check_database, check_key, check_token  # noqa: PLC0415 - the same

    logging.disable()  # a library's own complaint would stand beside the one clear line
    problems = asyncio.run(check_database(settings))
    _report("database", problems)
    if not problems:
        problems = asyncio.run(check_key(settings))
        _report("encryption key", problems)
    if settings.telegram.token is None:
        typer.echo("ok: no token, so `ldn-companion run` starts the sandbox")
    else:
        wrong = asyncio.run(check_token(settings))
        _report("token", wrong)
        problems += wrong
    if problems:
        raise typer.Exit(CANNOT_START)


def _report(what: str, problems: list[str]) -> None:
    typer.echo(f"ok: {what}") if not problems else complain(problems)


def doctor(config: ConfigPath = None) -> None:
    """Look at settings, database, keys, backups, disk, zones, the running bot, Telegram; say what to do."""
    import asyncio  # noqa: PLC0415 - heavy: only for this command
    import logging  # noqa: PLC0415 - the same

    from bot.doctor import examine  # noqa: PLC0415 - the same

    settings = read_settings(config)
    logging.disable()  # a library's own complaint would stand beside the one clear line
    findings = asyncio.run(examine(settings))
    for finding in findings:
        typer.echo(_line(finding))
    if any(finding.level == "bad" for finding in findings):
        raise typer.Exit(CANNOT_START)


def _line(finding: Finding) -> str:
    mark = {"ok": "ok  ", "note": "note", "bad": "BAD "}[finding.level]
    return f"{mark} {finding.about}: {finding.says}"


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


def stats(
    config: ConfigPath = None,
    hours: Annotated[int, typer.Option(min=1, max=24 * 60, help="How far to look back.")] = 24,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,  # noqa: FBT002
) -> None:
    """Show last night's deliveries: how many went out, how many late, and by how much."""
    import json  # noqa: PLC0415 - heavy: only for this command
    from datetime import timedelta  # noqa: PLC0415 - the same

    from rich.console import Console  # noqa: PLC0415 - the same

    from bot.clock import SystemClock  # noqa: PLC0415 - the same
    from bot.stats import as_table, read_stats  # noqa: PLC0415 - the same

    async def work(database: Database) -> Stats:
        return await read_stats(database, SystemClock().now(), timedelta(hours=hours))

    seen = with_database(read_settings(config), work)
    if as_json:
        typer.echo(json.dumps(seen.to_json(), indent=2))
    else:
        Console().print(as_table(seen) if seen.kinds else f"Nothing was due in the last {hours} hours.")
