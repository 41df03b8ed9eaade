"""A bot in a process of its own, steered through a pipe: what the tests kill.

It is told an instant, sets its clock to it and settles; it answers when the next message is due, or None.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from bot.app import Companion
from bot.clock import ManualClock
from bot.config_reading import load_settings
from bot.sandbox.server import SANDBOX_TOKEN
from bot.storage import deliveries
from bot.storage.database import Database
from tests.harness import KEYRING

if TYPE_CHECKING:
    from datetime import datetime
    from multiprocessing.connection import Connection


def live(base_url: str, database_url: str, now: datetime, pipe: Connection) -> None:
    """Run the bot until the pipe is closed."""
    asyncio.run(_steer(base_url, database_url, ManualClock(now), pipe))


async def _steer(base_url: str, database_url: str, clock: ManualClock, pipe: Connection) -> None:
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
    pipe.send("ready")
    with suppress(EOFError):
        while True:
            clock.travel_to(await asyncio.to_thread(pipe.recv))
            await companion.settle()
            async with companion.database.read() as session:
                pipe.send(await deliveries.next_of_all(session))
    await companion.stop()
