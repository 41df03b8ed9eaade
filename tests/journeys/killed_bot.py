"""A bot that is killed at random moments, and started again on the same rows."""

from __future__ import annotations

import asyncio
import multiprocessing
from typing import TYPE_CHECKING, Any

from bot.storage.database import Database
from tests import forked
from tests.journeys import bot_process
from tests.leases import end_leases

if TYPE_CHECKING:
    from datetime import datetime
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess
    from random import Random

    from bot.clock import ManualClock
    from bot.sandbox.faults import Fault
    from bot.sandbox.server import SandboxServer

_LONGEST_KILL_DELAY_S = 0.06


class KilledBot:
    """The journey's bot in a process of its own; `settle` sometimes kills it half-way.

    Args:
        kills: How many SIGKILLs are left to give.
        kill_share: How likely a settling is to be hit.
    """

    def __init__(
        self,
        server: SandboxServer,
        clock: ManualClock,
        url: str,
        rng: Random,
        *,
        kills: int,
        kill_share: float,
    ) -> None:
        self.server, self.clock, self.url = server, clock, url
        self._rng, self.kills_left, self._kill_share = rng, kills, kill_share
        self._process: BaseProcess | None = None
        self._pipe: Connection | None = None
        self.next_due: datetime | None = None

    async def start(self) -> None:
        """Start a process and wait until it listens."""
        self._pipe, its_end = multiprocessing.Pipe()
        self._process = forked.start(
            bot_process.live, self.server.base_url, self.url, self.clock.now(), its_end
        )
        # Else nobody would notice its end.
        its_end.close()
        assert await self._answer() == "ready"

    async def stop(self) -> None:
        """End the process in good order."""
        assert self._process is not None
        assert self._pipe is not None
        self._pipe.close()
        await asyncio.to_thread(self._process.join, 15)
        assert self._process.exitcode == 0

    async def settle(self) -> None:
        """Let the bot do what is due; with luck it survives, else a new process finishes it."""
        if self.kills_left and self._rng.random() < self._kill_share:
            self.kills_left -= 1
            self._ask()
            await asyncio.sleep(self._rng.random() * _LONGEST_KILL_DELAY_S)
            await self.kill()
            await self.start()
        await self.server.until_acknowledged(timeout_s=30)
        self._ask()
        self.next_due = await self._answer()

    async def die_with(self, call: Fault) -> None:
        """Do what is due until *call* hangs, be killed there, and start again."""
        self._ask()
        async with asyncio.timeout(15):
            while not call.hits:  # noqa: ASYNC110 - another party's call
                await asyncio.sleep(0.005)
        await self.kill()
        await self.start()

    async def kill(self) -> None:
        """SIGKILL: no handler runs, no buffer is flushed."""
        assert self._process is not None
        self._process.kill()
        await asyncio.to_thread(self._process.join)
        database = Database(self.url)
        await end_leases(database)
        await database.close()

    async def travel_to(self, instant: datetime) -> None:
        """Go to *instant* through each message that is due on the way."""
        await self.settle()
        while self.next_due is not None and self.next_due <= instant:
            self.clock.travel_to(max(self.next_due, self.clock.now()))
            await self.settle()
        self.clock.travel_to(max(instant, self.clock.now()))
        await self.settle()

    def _ask(self) -> None:
        assert self._pipe is not None
        self._pipe.send(self.clock.now())

    async def _answer(self) -> Any:  # noqa: ANN401 - "ready", an instant or None
        assert self._pipe is not None
        assert await asyncio.to_thread(self._pipe.poll, 30), "the bot's process doesn't answer"
        return self._pipe.recv()
