"""Replicas of the bot: processes as an operator runs them, on one PostgreSQL."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import httpx

from bot.sandbox.server import SANDBOX_TOKEN
from tests.faults.test_process import free_port
from tests.harness import KEY

if TYPE_CHECKING:
    import signal
    from collections.abc import Callable
    from pathlib import Path

PER_SECOND = 25


async def until(what: Callable[[], bool], within: float) -> float:
    """Wait until *what* holds; return after how many seconds it did."""
    begin = time.monotonic()
    async with asyncio.timeout(within):
        while not what():  # noqa: ASYNC110 - another process can't set an event
            await asyncio.sleep(0.05)
    return time.monotonic() - begin


@dataclass
class Replica:
    """One process, and what it logs."""

    url: str
    lease_s: float
    folder: Path
    telegram: str
    environ: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    log: list[str] = field(default_factory=list)

    async def start(self) -> None:
        """Start it; `until` waits for what it logs."""
        environ = self.environ | {
            "PATH": os.environ["PATH"],
            "LDN_TELEGRAM__TOKEN": SANDBOX_TOKEN,
            "LDN_TELEGRAM__BASE_URL": self.telegram,
            "LDN_TELEGRAM__LISTEN_PORT": str(self.port),
            "LDN_TELEGRAM__MESSAGES_PER_SECOND": str(PER_SECOND),
            "LDN_DATABASE__URL": self.url,
            "LDN_ENCRYPTION__KEY": urlsafe_b64encode(KEY).decode(),
            "PYTHONPATH": str(os.getcwd()),  # noqa: PTH109
        }
        self.process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.faults.replica",
            str(self.lease_s),
            "run",
            cwd=self.folder,
            env=environ,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        self.reading = asyncio.create_task(self._read())

    async def until_running(self) -> None:
        """Wait until it runs; fail with what it said when it ended instead."""
        await until(lambda: self.said("the bot runs") or self.process.returncode is not None, 40)
        assert self.process.returncode is None, "".join(self.log)

    async def _read(self) -> None:
        assert self.process.stderr is not None
        async for line in self.process.stderr:
            self.log.append(line.decode())

    def said(self, words: str) -> bool:
        """Tell whether it logged these words."""
        return any(words in line for line in self.log)

    def send(self, number: signal.Signals) -> None:
        """Send a signal."""
        self.process.send_signal(number)

    async def stale_marks(self) -> float:
        """Return what its /metrics says."""
        async with httpx.AsyncClient(trust_env=False) as client:
            lines = (await client.get(f"http://127.0.0.1:{self.port}/metrics")).text.splitlines()
        return next(float(line.split()[1]) for line in lines if line.startswith("ldn_marks_stale_total"))

    async def end(self) -> None:
        """Kill it if it lives."""
        if self.process.returncode is None:
            self.process.kill()
            await self.process.wait()
        await self.reading
