"""Polling is for one replica; another takes its place when it is gone."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from bot.storage.database import Database
from bot.telegram_io.leader import run_as_leader

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

BOT = 77


class Replica:
    """A database of its own, and a poller that only says that it polls."""

    def __init__(self, url: str) -> None:
        self.database = Database(url)
        self.polls = asyncio.Event()
        self.stopped = asyncio.Event()
        self.task = asyncio.create_task(run_as_leader(self.database, BOT, self.poll))

    async def poll(self) -> None:
        """Poll for ever."""
        self.polls.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.polls.clear()
            self.stopped.set()

    async def stop(self) -> None:
        """Stop as SIGTERM does."""
        self.task.cancel()
        with suppress(asyncio.CancelledError):
            await self.task
        await self.database.close()


@pytest.fixture
async def pair(postgres_url: str) -> AsyncIterator[tuple[Replica, Replica]]:
    """Two replicas; the first polls."""
    first = Replica(postgres_url)
    async with asyncio.timeout(10):
        await first.polls.wait()
    second = Replica(postgres_url)
    yield first, second
    await first.stop()
    await second.stop()


async def test_when_the_leader_stops_the_next_one_polls(pair: tuple[Replica, Replica]) -> None:
    """Never both, and the place is taken within seconds."""
    first, second = pair
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(second.polls.wait(), 2.5)
    await first.stop()
    async with asyncio.timeout(5):
        await second.polls.wait()


async def test_a_leader_whose_session_ends_stops_polling(
    pair: tuple[Replica, Replica], postgres_url: str
) -> None:
    """PostgreSQL ended it (a restart, a silence of ten seconds): whoever comes first polls, and only one."""
    first, second = pair
    admin = Database(postgres_url)
    async with admin.write() as session:
        ended = await session.execute(
            text("SELECT count(pg_terminate_backend(pid)) FROM pg_locks WHERE locktype = 'advisory'")
        )
        assert ended.scalar_one() == 1
    await admin.close()
    async with asyncio.timeout(10):
        await first.stopped.wait()
        waiting = [asyncio.create_task(replica.polls.wait()) for replica in pair]
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        await asyncio.sleep(0.5)
    assert first.polls.is_set() != second.polls.is_set()
    for task in waiting:
        task.cancel()


async def test_a_poller_that_breaks_begins_again(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bot that hears nothing until somebody restarts it would look alive."""
    monkeypatch.setattr("bot.telegram_io.leader._LOOK_EVERY_S", 0.05)
    begun: list[None] = []

    async def break_once() -> None:
        begun.append(None)
        if len(begun) == 1:
            raise RuntimeError("on purpose")

    async with asyncio.timeout(5):
        await run_as_leader(database, BOT, break_once)
    assert len(begun) == 2
