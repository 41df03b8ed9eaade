"""`make bench`: one table, ours beside JobQueue, measured in this run; the figures also as JSON."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot.clock import SystemClock
from tests.benchmarks.measure import Burst, Cost, api, bot, burst_of, watch
from tests.benchmarks.patients import enrol

RESULTS = Path(__file__).parent / "results"
SIDES = {"ours": "ours", "job_queue": "JobQueue"}
TELEGRAMS_LIMIT = 30
_LEAD = timedelta(seconds=5)


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


def burst(due: int, folder: Path) -> dict[str, Burst]:
    """Return how *due* messages of one second arrive, with Telegram's own limit of 30 a second."""
    bursts = {}
    for side in SIDES:
        database = folder / f"burst-{side}.sqlite3"
        whole = SystemClock().now().replace(microsecond=0)
        due_at = whole + _LEAD + timedelta(seconds=due / 200)
        asyncio.run(enrol(f"sqlite+aiosqlite:///{database}", due, due_at=due_at))
        with api(TELEGRAMS_LIMIT) as server, bot(side, server.base_url, database):
            _wait_until(due_at, server, due)
            bursts[side] = burst_of(server.arrivals(), due, due_at.timestamp())
    return bursts


def _wait_until(due_at: datetime, server, due: int) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    """Wait until everything arrived, or nothing more comes for ten seconds."""
    time.sleep(max(0.0, (due_at - datetime.now(UTC)).total_seconds()) + 2)  # noqa: TID251 - a measurement
    seen, quiet = -1, 0
    while quiet < 10:
        time.sleep(1)
        count = len(server.arrivals())
        quiet = quiet + 1 if count == seen else 0
        if count >= due:
            return
        seen = count


def main(arguments: list[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--patients", type=int, nargs="*", default=[1_000, 10_000, 100_000])
    parser.add_argument("--due", type=int, default=500)
    parser.add_argument("--idle-seconds", type=float, default=10.0)
    options = parser.parse_args(arguments)
    table = Table(
        "measure", "ours", "JobQueue", "JobQueue ÷ ours", title="LDN Companion beside PTB's JobQueue"
    )
    figures: dict[str, dict[str, dict[str, float]]] = {}
    with tempfile.TemporaryDirectory(prefix="ldn-bench-") as folder:
        for patients in options.patients:
            costs = start_up(patients, Path(folder), options.idle_seconds)
            figures[f"{patients} patients"] = {side: asdict(cost) for side, cost in costs.items()}
        bursts = burst(options.due, Path(folder))
        figures[f"{options.due} due at once"] = {side: asdict(one) for side, one in bursts.items()}
    for name, sides in figures.items():
        for key, ours in sides["ours"].items():
            theirs = sides["job_queue"][key]
            ratio = f"{theirs / ours:.1f}" if ours else "–"
            table.add_row(f"{name}: {key}", f"{ours:.2f}", f"{theirs:.2f}", ratio)
    Console().print(table)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "latest.json").write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
