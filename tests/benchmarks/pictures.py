"""What pictures and files cost: beside matplotlib, in a burst, many at once (`make bench-pictures`)."""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from bot.clock import SystemClock
from bot.sandbox.server import SANDBOX_TOKEN
from tests.benchmarks.files import files
from tests.benchmarks.measure import LATENCY_S
from tests.benchmarks.patients import FIRST_ID, enrol
from tests.benchmarks.talk import BLOCKED, talk
from tests.benchmarks.years import write_years

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.benchmarks.talk import Talk

Figures = dict[str, dict[str, float]]

RESULTS = Path(__file__).parent / "results"
_SIDES = {
    "typst": "90 days with typst",
    "matplotlib": "90 days with matplotlib",
    "doctor": "the doctor's page of a year",
}
_SETTLES_S = 6.0
"""After the last picture the bot gives back what drawing took."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured.

    Attributes:
        drawings: Pictures drawn with each engine.
        writers: Patients with years of diary who ask.
        years: Of diary.
        asked: Summaries asked for during the burst, one every half second.
        due: Reminders due in the burst.
        at_once: Summaries asked for in the same moment.
        lead_s: Seconds to write the diaries and to start, before the burst.
    """

    drawings: int = 50
    writers: int = 40
    years: int = 5
    asked: int = 40
    due: int = 700
    at_once: int = 200
    lead_s: float = 45


SMALL = Size(drawings=2, writers=2, years=1, asked=2, due=5, at_once=4, lead_s=6)


def engines(drawings: int) -> Figures:
    """Return what 90 days cost with typst and with matplotlib, and the doctor's page of a year."""
    figures = {}
    for side, what in _SIDES.items():
        command = [sys.executable, "-m", "tests.benchmarks.picture_worker", side, str(drawings)]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
        figures[what] = json.loads(done.stdout.splitlines()[-1])
    return figures


def summaries(size: Size) -> Figures:
    """Return how pictures come while reminders go out, and two hundred at once."""
    with tempfile.TemporaryDirectory(prefix="ldn-pictures-") as folder:
        url = f"sqlite+aiosqlite:///{Path(folder) / 'bench.sqlite3'}"
        due_at = SystemClock().now() + timedelta(seconds=size.lead_s)
        asyncio.run(_fill(url, size, due_at))
        writers = [FIRST_ID + number for number in range(size.writers)]
        with (
            talk("press_api", str(LATENCY_S), "30") as server,
            talk("watched", server.first_line, url, SANDBOX_TOKEN) as bot,
        ):
            time.sleep(max(0.0, (due_at - SystemClock().now()).total_seconds()))
            in_burst = _in_burst(server, bot, writers, size)
            at_once = _at_once(server, bot, writers, size)
    return {"tap to picture in a burst of reminders": in_burst, f"{size.at_once} at once": at_once}


def _in_burst(server: Talk, bot: Talk, writers: Sequence[int], size: Size) -> dict[str, float]:
    bot.ask("reset")
    for number in range(size.asked):
        server.ask("say", [writers[number % len(writers)]], "/summary 90")
        time.sleep(0.5)
    seen = _wait_for(server, size.asked)
    return percentiles(seen) | _blocked(bot.ask("watch"))


def _at_once(server: Talk, bot: Talk, writers: Sequence[int], size: Size) -> dict[str, float]:
    time.sleep(max(0.0, size.due / 25 - size.asked / 2) + 2)
    before = bot.ask("reset")["memory_mib"]
    everyone = [writers[number % len(writers)] for number in range(size.at_once)]
    server.ask("say", everyone, "/summary 90")
    seen = _wait_for(server, size.asked + size.at_once)[size.asked :]
    watched = bot.ask("watch")
    time.sleep(_SETTLES_S)
    after = bot.ask("watch")["memory_mib"]
    return percentiles(seen) | _blocked(watched) | {"before_mib": before, "afterwards_mib": after}


def _blocked(watched: dict[str, float]) -> dict[str, float]:
    return {name: watched[name] for name in BLOCKED}


def _wait_for(server: Talk, count: int, longest_s: float = 60) -> list[float]:
    give_up_at = time.monotonic() + longest_s
    while time.monotonic() < give_up_at:
        seen = [ms for _chat, ms in server.ask("seen")]
        if len(seen) >= count:
            return seen
        time.sleep(0.3)
    raise TimeoutError(f"{len(seen)} of {count} pictures came within {longest_s:.0f} s")


def percentiles(spent: Sequence[float]) -> dict[str, float]:
    """Return the middle, the 95th of a hundred and the slowest."""
    ordered = sorted(spent)
    at = {"p50_ms": 0.5, "p95_ms": 0.95, "max_ms": 1.0}
    return {name: ordered[min(len(ordered) - 1, int(len(ordered) * share))] for name, share in at.items()}


async def _fill(url: str, size: Size, due_at: datetime) -> None:
    """Write the patients, and years of diary for those who will ask."""
    await enrol(url, max(size.due, size.writers), due_at=due_at)
    await write_years(url, size.writers, size.years, until=due_at.astimezone(UTC).date() - timedelta(days=1))


def report(size: Size) -> Figures:
    """Measure, print a table and write the JSON."""
    figures: Figures = {}
    try:
        figures |= engines(size.drawings)
        figures |= summaries(size)
        figures |= files(size.years)
    finally:
        table = Table("pictures", "measure", "value", title="Pictures")
        for name, values in figures.items():
            for key, value in values.items():
                table.add_row(name, key, f"{value:.1f}")
        Console().print(table)
        RESULTS.mkdir(exist_ok=True)
        (RESULTS / "pictures.json").write_text(json.dumps(figures, indent=2) + "\n")
    return figures


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.pictures", description=__doc__)
    parser.add_argument("--small", action="store_true", help="see that it works")
    options = parser.parse_args()
    report(SMALL if options.small else Size())
