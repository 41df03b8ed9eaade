"""The shared budget: several replicas, one row, never more than one bot may send."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from bot.storage.database import Database
from bot.telegram_io.shared_rate import SharedPacer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

pytestmark = pytest.mark.alone

BOT = 77


@pytest.fixture
async def replicas(postgres_url: str) -> AsyncIterator[Sequence[SharedPacer]]:
    """Three pacers with pools of their own, 50 a second together."""
    databases = [Database(postgres_url) for _ in range(3)]
    pacers = [SharedPacer(50, database=database, bot_id=BOT) for database in databases]
    yield pacers
    for pacer, database in zip(pacers, databases, strict=True):
        await pacer.close()
        await database.close()


async def bulk(pacer: SharedPacer, count: int, at: list[float]) -> None:
    """Send one after the other, as the sender does."""
    for chat_id in range(count):
        await pacer.acquire(chat_id, bulk=True)
        at.append(time.monotonic())


async def test_replicas_together_keep_one_budget_and_use_all_of_it(replicas: Sequence[SharedPacer]) -> None:
    """Three at once send 50 in a second between them, not 150, and waste little."""
    at: list[float] = []
    await asyncio.gather(*(bulk(pacer, 30, at) for pacer in replicas))
    at.sort()
    assert max(sum(begin <= other < begin + 1 for other in at) for begin in at) <= 50 * 1.08 + 1
    assert at[-1] - at[0] < 90 / 50 * 1.25


class Distant(Database):
    """A database that is some way off, and counts what it is asked.

    Args:
        url: Where it is.
        there_s: How long a question takes to it.
        back_s: How long an answer takes back, every so many times.
        every: How many times.
    """

    def __init__(self, url: str, *, there_s: float = 0.0, back_s: float = 0.0, every: int = 1) -> None:
        super().__init__(url)
        self.asked = 0
        self._there_s, self._back_s, self._every = there_s, back_s, every

    @asynccontextmanager
    async def statement(self) -> AsyncIterator[AsyncConnection]:
        """Go there, and come back."""
        self.asked += 1
        await asyncio.sleep(self._there_s)
        async with super().statement() as connection:
            yield connection
        if self.asked % self._every == 0:
            await asyncio.sleep(self._back_s)


async def test_a_slot_is_where_the_database_put_it_however_late_its_answer(postgres_url: str) -> None:
    """An answer that took long moves no slot into those that other replicas have."""
    databases = [*(Distant(postgres_url, back_s=0.2, every=3) for _ in range(2)), Database(postgres_url)]
    pacers = [SharedPacer(50, database=database, bot_id=BOT) for database in databases]
    at: list[float] = []
    await asyncio.gather(*(bulk(pacer, 30, at) for pacer in pacers))
    at.sort()
    assert max(sum(begin <= other < begin + 1 for other in at) for begin in at) <= 52
    for pacer, database in zip(pacers, databases, strict=True):
        await pacer.close()
        await database.close()


async def test_a_database_that_is_far_away_wastes_no_slots(postgres_url: str) -> None:
    """The next ones are reserved before the last one is used up."""
    database = Distant(postgres_url, there_s=0.02, back_s=0.02)
    pacer = SharedPacer(25, database=database, bot_id=BOT)
    at: list[float] = []
    await bulk(pacer, 50, at)
    assert at[-1] - at[0] < 49 / 25 * 1.1
    await pacer.close()
    await database.close()


async def test_an_answer_asks_the_database_once(postgres_url: str) -> None:
    """However many a second the bot may send: nothing is reserved for answers that nobody waits for."""
    database = Distant(postgres_url)
    pacer = SharedPacer(1000, database=database, bot_id=BOT)
    for chat_id in range(10):
        await pacer.acquire(chat_id, bulk=False)
    assert database.asked <= 10
    await pacer.close()
    await database.close()


async def test_an_answer_overtakes_what_all_replicas_have_waiting(replicas: Sequence[SharedPacer]) -> None:
    """A tap in the middle of a burst waits for the few slots that are reserved, on whichever replica."""
    bursts = [asyncio.create_task(bulk(pacer, 100, [])) for pacer in replicas[:2]]
    await asyncio.sleep(0.3)
    for pacer in replicas:
        begin = time.monotonic()
        await pacer.acquire(9_999, bulk=False)
        assert time.monotonic() - begin < 0.25
    for burst in bursts:
        burst.cancel()
    await asyncio.gather(*bursts, return_exceptions=True)


async def test_a_429_of_one_replica_holds_all_of_them(replicas: Sequence[SharedPacer]) -> None:
    """Telegram means the bot, not the process."""
    for pacer in replicas:
        await pacer.acquire(1, bulk=False)
    begin = time.monotonic()
    replicas[0].block_for(0.8)
    await asyncio.sleep(0.1)
    await asyncio.gather(
        *(pacer.acquire(2, bulk=bulk) for pacer, bulk in zip(replicas, (True, True, False), strict=True))
    )
    assert time.monotonic() - begin >= 0.8


async def test_a_slot_from_before_a_freeze_is_not_used(replicas: Sequence[SharedPacer]) -> None:
    """Whoever wakes up late asks for new slots: the others have long used the second."""
    at: list[float] = []
    burst = asyncio.create_task(bulk(replicas[0], 10, at))
    await asyncio.sleep(0.05)
    time.sleep(0.3)  # noqa: ASYNC251 - the whole process stands still
    await burst
    after = [instant for instant in at if instant > at[0] + 0.2]
    # One that is a little late and the next may come together, but not all that were reserved.
    assert all(later - earlier > 0.01 for earlier, later in zip(after, after[2:], strict=False))
