"""A bot that is killed at random moments, and started again on the same rows."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import text

from bot.storage.database import Database

if TYPE_CHECKING:
    from random import Random

    from bot.clock import ManualClock
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
        self._process: asyncio.subprocess.Process | None = None
        self.next_due: datetime | None = None

    async def start(self) -> None:
        """Start a process and wait until it listens."""
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.journeys.bot_process",
            self.server.base_url,
            self.url,
            self.clock.now().isoformat(),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
        )
        async with asyncio.timeout(30):
            assert await self._line() == "ready"

    async def stop(self) -> None:
        """End the process in good order."""
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.close()
        async with asyncio.timeout(15):
            assert await self._process.wait() == 0

    async def settle(self) -> None:
        """Let the bot do what is due; with luck it survives, else a new process finishes it."""
        if self.kills_left and self._rng.random() < self._kill_share:
            self.kills_left -= 1
            await self._ask()
            await asyncio.sleep(self._rng.random() * _LONGEST_KILL_DELAY_S)
            await self.kill()
            await self.start()
        await self.server.until_acknowledged(timeout_s=30)
        await self._ask()
        async with asyncio.timeout(30):
            due = json.loads(await self._line())["next_due"]
        self.next_due = datetime.fromisoformat(due) if due else None

    async def kill(self) -> None:
        """SIGKILL: no handler runs, no buffer is flushed."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        await self._process.wait()
        await self._end_leases()

    async def _end_leases(self) -> None:
        """Let the database's own time pass, too: PostgreSQL's leases end a real minute later."""
        database = Database(self.url)
        if not database.is_sqlite:
            async with database.write() as session:
                await session.execute(
                    text("UPDATE deliveries SET lease_until = now() WHERE state = 'sending'")
                )
        await database.close()

    async def travel_to(self, instant: datetime) -> None:
        """Go to *instant* through each message that is due on the way."""
        await self.settle()
        while self.next_due is not None and self.next_due <= instant:
            self.clock.travel_to(max(self.next_due, self.clock.now()))
            await self.settle()
        self.clock.travel_to(max(instant, self.clock.now()))
        await self.settle()

    async def _ask(self) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"now": self.clock.now().isoformat()}).encode() + b"\n")
        await self._process.stdin.drain()

    async def _line(self) -> str:
        assert self._process is not None
        assert self._process.stdout is not None
        return (await self._process.stdout.readline()).decode().strip()
