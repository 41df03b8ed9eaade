"""What pictures cost: beside matplotlib, in a burst of reminders, two hundred at once (`make bench`)."""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from rich.console import Console
from rich.table import Table
from sqlalchemy import insert, select, update

from bot.clock import SystemClock
from bot.sandbox.server import SANDBOX_TOKEN
from bot.storage.database import Database
from bot.storage.tables import Checkin, Dose, Patient
from tests.benchmarks.measure import LATENCY_S
from tests.benchmarks.patients import FIRST_ID, enrol

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Figures = dict[str, dict[str, float]]

RESULTS = Path(__file__).parent / "results"
_DAY = timedelta(days=1)
_BASELINE_DAYS = 14
_STATES = ("taken",) * 8 + ("not_taken", "unknown")


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
    """

    drawings: int = 50
    writers: int = 40
    years: int = 5
    asked: int = 40
    due: int = 700
    at_once: int = 200


SMALL = Size(drawings=2, writers=2, years=1, asked=2, due=5, at_once=4)


def engines(drawings: int) -> Figures:
    """Return what 90 days cost with typst and with matplotlib."""
    figures = {}
    for side in ("typst", "matplotlib"):
        command = [sys.executable, "-m", "tests.benchmarks.picture_worker", side, str(drawings)]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
        figures[f"90 days with {side}"] = json.loads(done.stdout.splitlines()[-1])
    return figures


class Talk:
    """A process that answers a line with a line of JSON."""

    def __init__(self, module: str, *arguments: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", f"tests.benchmarks.{module}", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.first_line = self._read()

    def ask(self, *what: object) -> Any:  # noqa: ANN401 - JSON
        """Return the answer to *what*."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(what) + "\n")
        self._process.stdin.flush()
        return json.loads(self._read())

    def end(self) -> None:
        """Close its standard input: it stops by itself."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def _read(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()


@contextmanager
def talk(module: str, *arguments: str) -> Iterator[Talk]:
    """Run a process for as long as it is talked to."""
    process = Talk(module, *arguments)
    try:
        yield process
    finally:
        process.end()


def summaries(size: Size) -> Figures:
    """Return how pictures come while reminders go out, and two hundred at once."""
    with tempfile.TemporaryDirectory(prefix="ldn-pictures-") as folder:
        url = f"sqlite+aiosqlite:///{Path(folder) / 'bench.sqlite3'}"
        due_at = SystemClock().now() + timedelta(seconds=45 if size.due > 100 else 6)
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
    time.sleep(2)
    after = bot.ask("watch")["memory_mib"]
    return _blocked(watched) | {"all_s": max(seen) / 1000} | {"before_mib": before, "afterwards_mib": after}


def _blocked(watched: dict[str, float]) -> dict[str, float]:
    return {name: watched[name] for name in ("blocked_ms", "blocked_cpu_ms")}


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
    database = Database(url)
    rng = random.Random(1)
    last = due_at.astimezone(UTC).date() - _DAY
    async with database.engine.begin() as connection:
        ids = select(Patient.id).where(Patient.telegram_id < FIRST_ID + size.writers)
        started = {"started_on": last - _DAY * (365 * size.years - _BASELINE_DAYS)}
        await connection.execute(update(Patient).values(started))
        for patient_id in (await connection.execute(ids)).scalars().all():
            dates = [last - _DAY * back for back in range(365 * size.years)]
            await connection.execute(insert(Checkin), [_checkin(patient_id, day, rng) for day in dates])
            await connection.execute(insert(Dose), [_dose(patient_id, day, rng) for day in dates])
    await database.close()


def _checkin(patient_id: UUID, day: date, rng: random.Random) -> dict[str, Any]:
    effects = {"headache": "mild"} if rng.random() < 0.3 else {}
    answers = {"pain": rng.randint(2, 8), "sleep": rng.randint(2, 9), "side_effects": effects}
    at = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
    own = {"id": uuid4(), "patient_id": patient_id, "local_date": day, "state": "done"}
    return own | {"answers": answers, "flare": False, "opened_at": at, "timing": "on_time"}


def _dose(patient_id: UUID, day: date, rng: random.Random) -> dict[str, Any]:
    at = datetime(day.year, day.month, day.day, 22, tzinfo=UTC)
    own = {"id": uuid4(), "patient_id": patient_id, "dose_date": day, "due_at": at}
    return own | {"state": rng.choice(_STATES), "planned_mg": Decimal("4.5")}


def report(size: Size) -> Figures:
    """Measure, print a table and write the JSON."""
    figures: Figures = {}
    try:
        figures |= engines(size.drawings)
        figures |= summaries(size)
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
    report(SMALL if parser.parse_args().small else Size())
