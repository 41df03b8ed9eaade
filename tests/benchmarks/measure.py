"""Starts the processes, and reads what they cost and when their messages arrived."""

from __future__ import annotations

import json
import math
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

from bot.sandbox.server import SANDBOX_TOKEN

if TYPE_CHECKING:
    from collections.abc import Iterator

SQLITE = "sqlite+aiosqlite:///"
LATENCY_S = 0.05
LONGEST_START_S = 90.0
LONGEST_WAIT_S = 30.0
_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Cost:
    """What a process costs when nothing is due.

    Attributes:
        ready_s: Seconds from the start of the process until it works.
        memory_mib: Resident memory afterwards.
        peak_mib: The most it ever was.
        idle_percent: Of one core, over the seconds of watching.
    """

    ready_s: float
    memory_mib: float
    peak_mib: float
    idle_percent: float


@dataclass(frozen=True, slots=True)
class Burst:
    """How the messages of a burst arrived.

    Attributes:
        p50_s, p99_s, max_s: Lateness of the first message to each patient.
        lost: Patients who got none.
        doubled: Messages too many.
        per_second: Messages that arrived, from the first to the last.
        cpu_ms: The bot's processor time for each message that arrived, taps and idling included.
        tap_p50_ms, tap_p99_ms: From a press in the middle of it to the changed message; half a minute: none.
    """

    p50_s: float
    p99_s: float
    max_s: float
    lost: int
    doubled: int
    per_second: float = math.nan
    cpu_ms: float = math.nan
    tap_p50_ms: float = math.nan
    tap_p99_ms: float = math.nan


class Api:
    """The Bot API's process."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.base_url = _line(process)

    def arrivals(self) -> list[tuple[int, float]]:
        """Return (chat id, seconds since the epoch) of what took effect."""
        return [(chat, at) for chat, at, took_effect in self.ask("arrivals") if took_effect]

    def ask(self, line: str) -> Any:  # noqa: ANN401 - whatever tests/benchmarks/api.py answers
        """Return the answer to a line."""
        return ask(self._process, line)


def ask(process: subprocess.Popen[str], line: str) -> Any:  # noqa: ANN401 - whatever it answers
    """Return what a process answers to a line."""
    assert process.stdin is not None
    process.stdin.write(line + "\n")
    process.stdin.flush()
    return json.loads(_line(process))


@contextmanager
def serving(module: str, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run a server that says its base URL first; yield both."""
    with _process(module, *arguments) as process:
        yield process, _line(process)


@contextmanager
def talking(module: str, base_url: str, url: str) -> Iterator[subprocess.Popen[str]]:
    """Run a bot that says "ready" and answers lines."""
    with _process(module, base_url, url, SANDBOX_TOKEN) as process:
        if _line(process) != "ready":
            raise RuntimeError(f"{module} wasn't ready")
        yield process


@contextmanager
def api(per_second: int = 0) -> Iterator[Api]:
    """Run the Bot API 50 ms away, with Telegram's limit if given."""
    with _process("api", str(LATENCY_S), str(per_second)) as process:
        yield Api(process)


@contextmanager
def bot(side: str, base_url: str, url: str) -> Iterator[tuple[psutil.Process, float]]:
    """Run a side's bot on a database; yield it and the seconds until it was ready."""
    module = "job_queue" if side == "job_queue" else "ours"
    where = url if module == "ours" else url.removeprefix(SQLITE)
    begin = time.monotonic()
    with _process(module, base_url, where, SANDBOX_TOKEN) as process:
        too_long = threading.Timer(LONGEST_START_S, process.kill)
        too_long.start()
        try:
            ready = _line(process) == "ready"
        finally:
            too_long.cancel()
        if not ready:
            raise RuntimeError(f"{module} wasn't ready within {LONGEST_START_S:.0f} s")
        yield psutil.Process(process.pid), time.monotonic() - begin


def watch(process: psutil.Process, ready_s: float, seconds: float) -> Cost:
    """Return what *process* costs over so many seconds without work."""
    time.sleep(min(2.0, seconds))
    before = cpu_s(process)
    time.sleep(seconds)
    used = cpu_s(process) - before
    resident = process.memory_info().rss / _MIB
    return Cost(ready_s, resident, max(resident, _peak_mib(process.pid)), 100 * used / seconds)


def burst_of(
    arrivals: list[tuple[int, float]],
    patients: int,
    due_at: float,
    *,
    cpu_s: float = math.nan,
    taps: list[float | None] | None = None,
) -> Burst:
    """Return how a burst went: lateness counts from *due_at*, seconds since the epoch."""
    first: dict[int, float] = {}
    for chat, at in arrivals:
        first.setdefault(chat, at)
    late = sorted(at - due_at for at in first.values()) or [float("nan")]
    return Burst(
        p50_s=late[len(late) // 2],
        p99_s=late[min(len(late) - 1, int(len(late) * 0.99))],
        max_s=late[-1],
        lost=patients - len(first),
        doubled=len(arrivals) - len(first),
        per_second=len(first) / max(1e-3, late[-1] - late[0]),
        cpu_ms=1000 * cpu_s / max(1, len(arrivals)),
        **_waiting(taps or []),
    )


def _waiting(taps: list[float | None]) -> dict[str, float]:
    ms = sorted(1000 * (LONGEST_WAIT_S if seconds is None else seconds) for seconds in taps)
    if not ms:
        return {}
    return {"tap_p50_ms": ms[len(ms) // 2], "tap_p99_ms": ms[min(len(ms) - 1, int(len(ms) * 0.99))]}


def cpu_s(process: psutil.Process) -> float:
    """Return the processor time that a process has used."""
    used = process.cpu_times()
    return float(used.user + used.system)


@contextmanager
def _process(module: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", f"tests.benchmarks.{module}", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                stream.close()


def _peak_mib(pid: int) -> float:
    """Return the most resident memory so far; 0 where the system doesn't tell (not Linux)."""
    try:
        status = Path(f"/proc/{pid}/status").read_text("ascii")
    except OSError:
        return 0.0
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def _line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()
