"""The bot as it is: SQLite, the tick, the strict pacer. Arguments: the API's base URL, the database's URL."""

from __future__ import annotations

import sys

import uvloop

from bot.app import Companion
from bot.clock import SystemClock
from bot.config import load_settings
from bot.run import stop_signal
from bot.sandbox.server import SANDBOX_TOKEN
from bot.storage.database import Database


async def run(base_url: str, database_url: str) -> None:
    """Run until SIGTERM; say "ready" when it listens."""
    companion = Companion(
        load_settings(None, {}),
        token=SANDBOX_TOKEN,
        base_url=base_url,
        clock=SystemClock(),
        database=Database(database_url),
    )
    stopping = stop_signal()
    await companion.start()
    print("ready", flush=True)  # noqa: T201 - the protocol
    await stopping.wait()
    await companion.stop()


if __name__ == "__main__":
    uvloop.run(run(*sys.argv[1:]))
