"""A night when everybody is due at once, at a server 50 ms away with a hard sliding second of 30."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest

from bot.app import Companion
from bot.clock import SystemClock
from bot.config import load_settings
from bot.sandbox.server import SANDBOX_TOKEN, SandboxServer
from bot.storage.database import Database
from tests.benchmarks.patients import FIRST_ID, enrol

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime

    from bot.sandbox.arrivals import Arrival
    from bot.sandbox.chat import Person
    from bot.sandbox.chat_state import ChatMessage

PER_SECOND = 25
# Besides the pacer's 25 and its two slots of catching up: none, or it isn't strict.
MOST_IN_A_SECOND = 27


@dataclass
class Night:
    """What arrived, and how long taps waited for their answer."""

    due_at: datetime
    server: SandboxServer
    answered_s: list[float] = field(default_factory=list)

    @property
    def reminders(self) -> list[Arrival]:
        """Return the messages that took effect, in the order of arrival."""
        return [arrival for arrival in self.server.traffic.of("sendMessage") if arrival.took_effect]

    @property
    def calls(self) -> list[float]:
        """Return when each call that counts arrived, in real seconds."""
        return sorted(
            arrival.monotonic
            for arrival in self.server.traffic.arrivals
            if arrival.method.startswith(("send", "edit"))
        )

    @property
    def most_in_a_second(self) -> int:
        """Return the fullest of all sliding seconds."""
        calls, most, first = self.calls, 0, 0
        for last, at in enumerate(calls):
            while at - calls[first] >= 1:
                first += 1
            most = max(most, last - first + 1)
        return most


async def test_five_hundred_at_once_arrive_once_each_and_taps_overtake(sqlite_url: str) -> None:
    """No 429, none lost, none twice; whoever taps meanwhile doesn't wait for the rest.

    The other tests use the same processors: the figures that they blur are the soak's.
    """
    async with _night(sqlite_url, 500, taps=20) as night:
        figures = _nothing_lost(night, 500)
        assert figures.tap_p50_s < figures.last_s / 4, figures


@pytest.mark.soak
async def test_ten_thousand_at_once_arrive_once_each_and_taps_overtake(database_url: str) -> None:
    """Seven minutes, on either database: the full rate to 2 %, strictly, and taps within 250 ms (p99)."""
    async with _night(database_url, 10_000, taps=300) as night:
        figures = _nothing_lost(night, 10_000)
        # Answers to taps take slots of their own.
        assert figures.last_s <= 1.02 * 10_300 / PER_SECOND, figures
        assert figures.first_s < 1, figures
        assert figures.most_in_a_second <= MOST_IN_A_SECOND, figures
        assert figures.tap_p99_s <= 0.25, figures


@dataclass(frozen=True)
class Figures:
    """What the issue asks of such a night."""

    first_s: float
    last_s: float
    most_in_a_second: int
    tap_p50_s: float
    tap_p99_s: float


def _nothing_lost(night: Night, due: int) -> Figures:
    reminders = night.reminders
    chats = [arrival.chat_id for arrival in reminders]
    assert len(set(chats)) == due, "lost"
    assert len(chats) == due, "doubled"
    assert night.server.faults.rate_limit.refused == 0
    late = [(arrival.at - night.due_at).total_seconds() for arrival in reminders]
    assert late[0] >= 0
    answered = sorted(night.answered_s)
    p50, p99 = answered[len(answered) // 2], answered[int(len(answered) * 0.99)]
    return Figures(late[0], late[-1], night.most_in_a_second, p50, p99)


@asynccontextmanager
async def _night(url: str, due: int, taps: int) -> AsyncIterator[Night]:
    """Let *due* patients be due in the same second, and some of them tap in the middle of it."""
    clock = SystemClock()
    enrolling = 2 + due / 1500
    due_at = (clock.now() + timedelta(seconds=enrolling)).replace(microsecond=0) + timedelta(seconds=1)
    await enrol(url, due, due_at=due_at)
    async with SandboxServer(clock, accept_unknown_chats=True) as server:
        server.faults.latency_s = 0.05
        server.faults.rate_limit.per_second = 30
        bot = Companion(
            load_settings(None, {}),
            token=SANDBOX_TOKEN,
            base_url=server.base_url,
            clock=clock,
            database=Database(url),
        )
        await bot.start()
        night = Night(due_at, server)
        try:
            await _until(night, due // 10)
            await _tap(night, taps, every_s=0.5 * due / PER_SECOND / taps)
            await _until(night, due)
            await asyncio.sleep(1)  # for copies
            yield night
        finally:
            await bot.stop()


async def _until(night: Night, arrived: int) -> None:
    async with asyncio.timeout(90 + 1.1 * arrived / PER_SECOND):
        while len(night.reminders) < arrived:  # noqa: ASYNC110 - the server counts, and knows no event for it
            await asyncio.sleep(0.2)


async def _tap(night: Night, taps: int, every_s: float) -> None:
    for number in range(taps):
        person = night.server.person(FIRST_ID + number)
        reminder = await person.wait_for(lambda chat: chat.last, timeout_s=60)
        assert reminder is not None
        begin = time.monotonic()
        await person.tap("Taken", reminder)
        await person.wait_for(partial(_is_edited, reminder, len(reminder.versions)), timeout_s=30)
        night.answered_s.append(time.monotonic() - begin)
        await asyncio.sleep(max(0.0, every_s - (time.monotonic() - begin)))


def _is_edited(message: ChatMessage, versions: int, _chat: Person) -> bool:
    return len(message.versions) > versions
