"""Five years as a file and back, and summed up: how long the loop stands still (`make bench-pictures`)."""

from __future__ import annotations

import asyncio
import tempfile
import time
from datetime import UTC, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from bot.clock import SystemClock
from bot.sandbox.server import SANDBOX_TOKEN
from tests.benchmarks.patients import FIRST_ID, enrol
from tests.benchmarks.talk import BLOCKED, talk
from tests.benchmarks.years import write_years

if TYPE_CHECKING:
    from tests.benchmarks.talk import Talk

Figures = dict[str, dict[str, float]]

_WRITER, _NEWCOMER = FIRST_ID, FIRST_ID + 1
_DAY = timedelta(days=1)
_LONGEST_S = 60.0
_JSON, _TABLES = "One file (JSON)", "Tables (CSV)"


def files(years: int) -> Figures:
    """Return what /export of *years* costs, as JSON and as tables, and taking the JSON in elsewhere."""
    with tempfile.TemporaryDirectory(prefix="ldn-files-") as folder:
        url = f"sqlite+aiosqlite:///{Path(folder) / 'bench.sqlite3'}"
        due_at = SystemClock().now() + _DAY
        asyncio.run(enrol(url, 2, due_at=due_at))
        asyncio.run(write_years(url, 1, years, until=due_at.astimezone(UTC).date() - _DAY))
        with (
            talk("press_api", "0", "0") as server,
            talk("watched", server.first_line, url, SANDBOX_TOKEN) as bot,
        ):
            figures = {
                f"export of {years} years, {sort}": _export(server, bot, sort) for sort in (_JSON, _TABLES)
            }
            figures[f"import of {years} years"] = _import(server, bot)
            figures[f"summary of {years} years"] = _summary(server, bot, years)
            figures[f"comparison over {years} years"] = _comparison(server, bot)
    return figures


def _export(server: Talk, bot: Talk, sort: str) -> dict[str, float]:
    server.ask("say", [_WRITER], "/export")
    _wait(server, _WRITER, "Everything I keep")
    return _watched(server, bot, ("tap", _WRITER, sort), _WRITER, "up to")


def _import(server: Talk, bot: Talk) -> dict[str, float]:
    return _watched(server, bot, ("pass on", _WRITER, _NEWCOMER, ".json"), _NEWCOMER, "Your diary is here")


def _summary(server: Talk, bot: Talk, years: int) -> dict[str, float]:
    return _watched(server, bot, ("say", [_WRITER], f"/summary {365 * years}"), _WRITER, "LDN since")


def _comparison(server: Talk, bot: Talk) -> dict[str, float]:
    return _watched(server, bot, ("say", [_WRITER], "/compare"), _WRITER, "ompare")


def _watched(server: Talk, bot: Talk, what: tuple[object, ...], chat: int, awaited: str) -> dict[str, float]:
    time.sleep(0.5)
    bot.ask("reset")
    begin = time.monotonic()
    before = server.ask("newest", chat)[0]
    server.ask(*what)
    _wait(server, chat, awaited, before)
    took_s = time.monotonic() - begin
    watched = bot.ask("watch")
    return {"took_s": took_s} | {name: watched[name] for name in BLOCKED}


def _wait(server: Talk, chat: int, awaited: str, before: int = 0) -> None:
    give_up_at = time.monotonic() + _LONGEST_S
    text = ""
    while time.monotonic() < give_up_at:
        number, text = server.ask("newest", chat)
        if number > before and awaited in text:
            return
        time.sleep(0.05)
    raise TimeoutError(f"{awaited!r} didn't come within {_LONGEST_S:.0f} s, but {text!r}")
