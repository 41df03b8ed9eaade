"""`make bench`: one table, ours beside JobQueue, measured in this run; the figures also as JSON."""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import signal
import sys
import tempfile
import time
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from bot.clock import SystemClock
from tests.benchmarks import pictures
from tests.benchmarks.measure import Api, Burst, Cost, api, bot, burst_of, watch
from tests.benchmarks.patients import enrol

if TYPE_CHECKING:
    from datetime import datetime

Figures = dict[str, dict[str, dict[str, float]]]

RESULTS = Path(__file__).parent / "results"
SIDES = {"ours": "ours", "job_queue": "JobQueue"}
_WHOLE_SECOND = timedelta(seconds=1)


def start_up(patients: int, folder: Path, idle_s: float) -> dict[str, Cost]:
    """Return what each side costs with so many patients and nothing due for half a day."""
    database = folder / f"{patients}.sqlite3"
    due_at = SystemClock().now() + timedelta(hours=12)
    asyncio.run(enrol(f"sqlite+aiosqlite:///{database}", patients, due_at=due_at))
    costs = {}
    for side in SIDES:
        with api() as server, bot(side, server.base_url, database) as (process, ready_s):
            costs[side] = watch(process, ready_s, idle_s)
    return costs


def burst(due: int, limit: int, folder: Path, lead_s: float) -> dict[str, Burst]:
    """Return how *due* messages of one second arrive.

    Args:
        due: How many patients.
        limit: Messages a second that the server lets through; 0 for all.
        folder: For the databases.
        lead_s: Seconds that a side has to start before they are due.
    """
    bursts = {}
    for side in SIDES:
        database = folder / f"burst-{limit}-{side}.sqlite3"
        # A whole second: JobQueue's cron trigger knows no smaller unit and would seem early.
        due_at = (SystemClock().now() + timedelta(seconds=lead_s)).replace(microsecond=0) + _WHOLE_SECOND
        asyncio.run(enrol(f"sqlite+aiosqlite:///{database}", due, due_at=due_at))
        with api(limit) as server, bot(side, server.base_url, database):
            _wait_until(due_at, server, due, quiet_s=max(3.0, lead_s))
            bursts[side] = burst_of(server.arrivals(), due, due_at.timestamp())
    return bursts


def _wait_until(due_at: datetime, server: Api, due: int, quiet_s: float) -> None:
    """Return two seconds after everybody has a message, or when nothing came for *quiet_s*."""
    time.sleep(max(0.0, (due_at - SystemClock().now()).total_seconds()))
    seen, news_at = 0, time.monotonic()
    while time.monotonic() - news_at < quiet_s:
        time.sleep(0.5)
        arrivals = server.arrivals()
        if len({chat for chat, _ in arrivals}) >= due:
            time.sleep(2)  # for copies
            return
        if len(arrivals) > seen:
            seen, news_at = len(arrivals), time.monotonic()


def measure(options: argparse.Namespace, figures: Figures) -> None:
    """Fill *figures* step by step, so that a run that is stopped keeps what it has."""
    with tempfile.TemporaryDirectory(prefix="ldn-bench-") as folder:
        for patients in options.patients if options.only != "burst" else ():
            costs = start_up(patients, Path(folder), options.idle_seconds)
            figures[f"{patients} patients"] = {side: asdict(cost) for side, cost in costs.items()}
        for limit in options.limits if options.only != "startup" else ():
            bursts = burst(options.due, limit, Path(folder), options.lead_seconds)
            name = f"{options.due} due at once, " + (f"{limit}/s let through" if limit else "no limit")
            figures[name] = {side: asdict(one) for side, one in bursts.items()}


def report(figures: Figures) -> None:
    """Print the table and write the JSON."""
    table = Table("measure", *SIDES.values(), "JobQueue ÷ ours", title="Beside PTB's JobQueue")
    for name, sides in figures.items():
        for key, ours in sides["ours"].items():
            theirs = sides["job_queue"][key]
            ratio = f"{theirs / ours:.1f}" if ours and math.isfinite(theirs) else "–"
            table.add_row(f"{name}: {key}", f"{ours:.2f}", f"{theirs:.2f}", ratio)
    Console().print(table)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "latest.json").write_text(json.dumps(figures, indent=2) + "\n")


def main(arguments: list[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--short", action="store_true", help="under five minutes (the default)")
    parser.add_argument("--only", choices=("startup", "burst"))
    parser.add_argument("--pictures", action="store_true", help="and what pictures cost")
    parser.add_argument("--patients", type=int, nargs="*", default=[1_000, 10_000, 100_000])
    parser.add_argument("--due", type=int, default=500)
    parser.add_argument("--limits", type=int, nargs="*", default=[0, 30], help="0: none; Telegram's is 30")
    parser.add_argument("--idle-seconds", type=float, default=10.0)
    parser.add_argument("--lead-seconds", type=float, default=8.0)
    figures: Figures = {}
    options = parser.parse_args(arguments)
    try:
        measure(options, figures)
    finally:
        report(figures)
    if options.pictures:
        pictures.report(pictures.Size())


if __name__ == "__main__":
    # Stopped from outside, it still ends its processes and says what it knows.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    main(sys.argv[1:])
