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
from contextlib import ExitStack
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from bot.clock import SystemClock
from tests.benchmarks import pictures
from tests.benchmarks.feel import feel
from tests.benchmarks.measure import Api, Burst, Cost, api, bot, burst_of, cpu_s, watch
from tests.benchmarks.patients import enrol
from tests.benchmarks.places import Places
from tests.benchmarks.rates import sealing, throughput
from tests.benchmarks.words import readme

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

Figures = dict[str, dict[str, dict[str, float]]]

RESULTS = Path(__file__).parent / "results"
SIDES = {"ours": "ours", "postgresql": "ours on PostgreSQL", "job_queue": "JobQueue"}
_WHOLE_SECOND = timedelta(seconds=1)
_MORE_IS_BETTER = {"per_second"}
_MOST_ON_POSTGRESQL = 10_000
_TAPS = 20


def start_up(patients: int, places: Places, idle_s: float) -> dict[str, Cost]:
    """Return what each side costs with so many patients and nothing due for half a day."""
    sqlite, costs = places.sqlite(), {}
    urls = {"ours": sqlite, "job_queue": sqlite}
    if patients <= _MOST_ON_POSTGRESQL and (shared := places.postgresql()):
        urls["postgresql"] = shared
    due_at = SystemClock().now() + timedelta(hours=12)
    for url in set(urls.values()):
        asyncio.run(enrol(url, patients, due_at=due_at))
    for side, url in urls.items():
        with api() as server, bot(side, server.base_url, url) as (process, ready_s):
            costs[side] = watch(process, ready_s, idle_s)
    return costs


def burst(due: int, limit: int, places: Places, lead_s: float) -> dict[str, Burst]:
    """Return how *due* messages of one second arrive, and taps in the middle of them.

    Args:
        due: How many patients.
        limit: Messages a second that the server lets through; 0 for all.
        places: For the databases.
        lead_s: Seconds that a side has to start before they are due.
    """
    bursts, taps = {}, min(_TAPS, due // 10)
    for side in SIDES:
        url = places.postgresql() if side == "postgresql" else places.sqlite()
        if url is None:
            continue
        # A whole second: JobQueue's cron trigger knows no smaller unit and would seem early.
        due_at = (SystemClock().now() + timedelta(seconds=lead_s)).replace(microsecond=0) + _WHOLE_SECOND
        asyncio.run(enrol(url, due, due_at=due_at))
        with api(limit) as server, bot(side, server.base_url, url) as (process, _ready_s):
            begin = cpu_s(process)
            server.ask(f"tap {taps} {0.5 * due / 25 / max(1, taps)}")
            _wait_until(due_at, server, due, quiet_s=max(3.0, lead_s))
            used, waits = cpu_s(process) - begin, server.ask("taps")
            waits += [None] * (taps - len(waits))
            bursts[side] = burst_of(server.arrivals(), due, due_at.timestamp(), cpu_s=used, taps=waits)
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


class _Watch:
    """Says, to whoever waits, what is being measured and how long it has taken so far."""

    def __init__(self) -> None:
        self._begun = time.monotonic()

    def __call__(self, what: str) -> None:
        print(f"{time.monotonic() - self._begun:4.0f} s  {what}", file=sys.stderr, flush=True)  # noqa: T201


def measure(options: argparse.Namespace, figures: Figures) -> None:
    """Fill *figures* step by step, so that a run that is stopped keeps what it has."""
    say = _Watch()
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="ldn-bench-"))
        places = stack.enter_context(Places(Path(folder), with_postgresql=not options.no_postgresql))
        if options.only in {None, "feel"}:
            say("how it feels")
            figures |= feel(options.taps)
        if options.only in {None, "rates"}:
            say(f"{options.messages} messages without a limit")
            databases = {"ours": places.sqlite(), "httpx": places.sqlite()}
            if shared := places.postgresql():
                databases["postgresql"] = shared
            figures |= throughput(options.messages, databases)
            figures["a tap in a check-in"] = sealing(options.people, places.sqlite())
        for limit in options.limits if options.only in {None, "burst"} else ():
            name = f"{options.due} due at once, " + (f"{limit}/s let through" if limit else "no limit")
            say(name)
            bursts = burst(options.due, limit, places, options.lead_seconds)
            figures[name] = {side: asdict(one) for side, one in bursts.items()}
        for patients in options.patients if options.only in {None, "startup"} else ():
            say(f"{patients} patients")
            costs = start_up(patients, places, options.idle_seconds)
            figures[f"{patients} patients"] = {side: asdict(cost) for side, cost in costs.items()}


def report(figures: Figures) -> None:
    """Print the table and write the JSON."""
    table = Table("measure", *SIDES.values(), "ours is better by", title="Beside PTB's JobQueue")
    for name, sides in figures.items():
        for key, ours in sides["ours"].items():
            shown = (_shown(sides.get(side, {}).get(key)) for side in SIDES)
            table.add_row(f"{name}: {key}", *shown, _ratio(key, ours, sides.get("job_queue", {})))
    Console().print(table)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "latest.json").write_text(json.dumps(figures, indent=2) + "\n")


def _shown(value: float | None) -> str:
    return "–" if value is None or math.isnan(value) else f"{value:,.2f}"


def _ratio(key: str, ours: float, other: Mapping[str, float]) -> str:
    """Return how much better ours is; nothing where theirs didn't do the same work."""
    theirs = other.get(key)
    lossy = bool(other.get("lost")) and not key.startswith("tap")
    if lossy or theirs is None or not (ours and theirs and math.isfinite(ours / theirs)):
        return "–"
    return f"× {ours / theirs if key in _MORE_IS_BETTER else theirs / ours:.1f}"


def options_of(arguments: Sequence[str]) -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--short", action="store_true", help="under five minutes (the default)")
    parser.add_argument("--only", choices=("feel", "startup", "burst", "rates", "pictures"))
    parser.add_argument("--readme", action="store_true", help="print the README's table from the last JSON")
    parser.add_argument("--no-postgresql", action="store_true")
    parser.add_argument("--patients", type=int, nargs="*", default=[1_000, 10_000, 100_000])
    parser.add_argument("--due", type=int, default=500)
    parser.add_argument("--messages", type=int, default=1_500, help="with the limiter off")
    parser.add_argument("--taps", type=int, default=200, help="in the sandbox, of one patient")
    parser.add_argument("--people", type=int, default=25, help="who answer a check-in")
    parser.add_argument("--limits", type=int, nargs="*", default=[30], help="0: none; Telegram's is 30")
    parser.add_argument("--idle-seconds", type=float, default=5.0)
    parser.add_argument("--lead-seconds", type=float, default=6.0)
    return parser.parse_args(arguments)


def main(arguments: Sequence[str]) -> None:
    """Measure and print."""
    options = options_of(arguments)
    if options.only == "pictures":
        pictures.report(pictures.Size())
        return
    if options.readme:
        print(readme(json.loads((RESULTS / "latest.json").read_text())))  # noqa: T201 - what was asked for
        return
    figures: Figures = {}
    try:
        measure(options, figures)
    finally:
        report(figures)


if __name__ == "__main__":
    # Stopped from outside, it still ends its processes and says what it knows.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    main(sys.argv[1:])
