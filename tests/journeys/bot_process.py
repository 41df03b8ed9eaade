"""A bot in a process of its own, steered by lines on its standard input: what the tests kill.

Each line is JSON: {"now": instant} sets the clock and settles; the answer is {"next_due": instant or null}.
"""

from __future__ import annotations

import asyncio
import json
import sys
from datetime import datetime

from bot.app import Companion
from bot.clock import ManualClock
from bot.config_reading import load_settings
from bot.sandbox.server import SANDBOX_TOKEN
from bot.storage import deliveries
from bot.storage.database import Database
from tests.harness import KEYRING


async def steer(base_url: str, database_url: str, now: str) -> None:
    """Run the bot until the standard input ends."""
    clock = ManualClock(datetime.fromisoformat(now))
    companion = Companion(
        load_settings(None, {}),
        token=SANDBOX_TOKEN,
        base_url=base_url,
        clock=clock,
        database=Database(database_url),
        keyring=KEYRING,
        per_second=1000,
        chat_per_second=float("inf"),
        tick_every_s=3600.0,
    )
    await companion.start()
    print("ready", flush=True)  # noqa: T201 - the protocol
    while line := await asyncio.to_thread(sys.stdin.readline):
        clock.travel_to(datetime.fromisoformat(json.loads(line)["now"]))
        await companion.settle()
        async with companion.database.read() as session:
            due = await deliveries.next_of_all(session)
        print(json.dumps({"next_due": due.isoformat() if due else None}), flush=True)  # noqa: T201
    await companion.stop()


if __name__ == "__main__":
    asyncio.run(steer(*sys.argv[1:]))
