"""The bot as it is, counting what sealing and opening costs. Arguments: API, database, token.

A line on standard input asks for JSON: the process's processor time and, of it, the seconds spent sealing
and opening, both since the start.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time

import uvloop

from bot.storage.sealing import Keyring
from tests.benchmarks.ours_bot import build
from tests.benchmarks.patients import KEY


class TimedKeyring(Keyring):
    """Adds up its own processor time."""

    spent_s = 0.0

    def seal(self, plain: str, place: str) -> str:
        """Seal, and count."""
        begin = time.thread_time()
        try:
            return super().seal(plain, place)
        finally:
            self.spent_s += time.thread_time() - begin

    def open(self, stored: str, place: str) -> str:
        """Open, and count."""
        begin = time.thread_time()
        try:
            return super().open(stored, place)
        finally:
            self.spent_s += time.thread_time() - begin


async def run(base_url: str, database_url: str, token: str) -> None:
    """Run until the standard input ends; say "ready" when it listens."""
    keyring = TimedKeyring([KEY])
    companion = build(base_url, database_url, token, keyring=keyring)
    await companion.start()
    print("ready", flush=True)  # noqa: T201 - the protocol
    while await asyncio.to_thread(sys.stdin.readline):
        figures = {"cpu_s": time.process_time(), "sealing_s": keyring.spent_s}
        print(json.dumps(figures), flush=True)  # noqa: T201 - the protocol
    await companion.stop()


if __name__ == "__main__":
    uvloop.run(run(*sys.argv[1:]))
