"""The bot as it is, with a watch on its event loop. Arguments: API, database, token.

A line on standard input asks for JSON: the longest that the loop was blocked since the last line, in
milliseconds by the clock, without the time that it stood in the system's line for a processor (others' load),
and of its own processor time; the garbage collector's longest round; and the resident memory in MiB.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import sys
import time
from pathlib import Path

import psutil
import uvloop

from bot.run import settle_memory
from tests.benchmarks.ours_bot import build

_EVERY_S = 0.002
_SCHEDSTAT = Path("/proc/thread-self/schedstat")


class Watch:
    """Sleeps two milliseconds again and again, and remembers when that took longer."""

    def __init__(self) -> None:
        self.longest_s = 0.0
        self.longest_own_s = 0.0
        self.longest_served_s = 0.0
        self.longest_collecting_s = 0.0
        self._collecting_since = 0.0
        self._queue = _SCHEDSTAT.open() if _SCHEDSTAT.exists() else None

    def note_collecting(self, phase: str, _info: dict[str, int]) -> None:
        """Remember the garbage collector's longest round (gc.callbacks): it stops every thread."""
        if phase == "start":
            self._collecting_since = time.perf_counter()
        else:
            spent_s = time.perf_counter() - self._collecting_since
            self.longest_collecting_s = max(self.longest_collecting_s, spent_s)

    def figures(self) -> dict[str, float]:
        """Return what was seen since the last time."""
        figures = {
            "blocked_ms": 1000 * self.longest_s,
            "blocked_served_ms": 1000 * self.longest_served_s,
            "blocked_cpu_ms": 1000 * self.longest_own_s,
            "collector_ms": 1000 * self.longest_collecting_s,
            "memory_mib": psutil.Process().memory_info().rss / 1024 / 1024,
        }
        self.longest_s = self.longest_served_s = self.longest_own_s = self.longest_collecting_s = 0.0
        return figures

    async def run(self) -> None:
        """Watch until cancelled."""
        while True:
            begin, own, queued_s = time.perf_counter(), time.thread_time(), self._queued_s()
            await asyncio.sleep(_EVERY_S)
            self.longest_own_s = max(self.longest_own_s, time.thread_time() - own)
            blocked_s = time.perf_counter() - begin - _EVERY_S
            self.longest_s = max(self.longest_s, blocked_s)
            self.longest_served_s = max(self.longest_served_s, blocked_s - (self._queued_s() - queued_s))

    def _queued_s(self) -> float:
        """Return how long this thread could have run and had no processor; 0 where nobody says."""
        if self._queue is None:
            return 0.0
        self._queue.seek(0)
        return int(self._queue.read().split()[1]) / 1e9


async def run(base_url: str, database_url: str, token: str) -> None:
    """Run until the standard input ends; say "ready" when it listens."""
    companion = build(base_url, database_url, token)
    await companion.start()
    settle_memory()
    watch = Watch()
    gc.callbacks.append(watch.note_collecting)
    watching = asyncio.create_task(watch.run())
    print("ready", flush=True)  # noqa: T201 - the protocol
    while await asyncio.to_thread(sys.stdin.readline):
        print(json.dumps(watch.figures()), flush=True)  # noqa: T201 - the protocol
    watching.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await watching
    await companion.stop()


if __name__ == "__main__":
    uvloop.run(run(*sys.argv[1:]))
