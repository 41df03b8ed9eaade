"""doctor: looks at everything around the bot and says what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from bot.commands.common import CANNOT_START, ConfigPath, read_settings

if TYPE_CHECKING:
    from bot.doctor import Finding


def doctor(config: ConfigPath = None) -> None:
    """Check settings, database, keys, backups, disk, clock, the running bot and Telegram; say what to do."""
    import asyncio  # noqa: PLC0415 - heavy: only for this command
    import logging  # noqa: PLC0415 - the same

    from bot.doctor import examine  # noqa: PLC0415 - the same

    settings = read_settings(config)
    logging.disable()  # a library's own complaint would stand beside the one clear line
    findings = asyncio.run(examine(settings))
    for finding in findings:
        typer.echo(_line(finding))
    bad = [finding for finding in findings if finding.level == "bad"]
    if bad:
        raise typer.Exit(CANNOT_START)


def _line(finding: Finding) -> str:
    mark = {"ok": "ok  ", "note": "note", "bad": "BAD "}[finding.level]
    return f"{mark} {finding.about}: {finding.says}"
