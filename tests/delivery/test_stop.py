"""A stop leaves nothing "sending" that never left, and waits for nobody for ever."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from typing import TYPE_CHECKING

from bot import jobs
from bot.sandbox.faults import SlowReply
from bot.storage.database import Database, lock_chat
from bot.telegram_io.rate import Pacer
from tests.delivery.notes import Office
from tests.harness import RunningBot

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from bot.clock import ManualClock
    from bot.sandbox.server import SandboxServer

ANA = 5_000_000_001


async def test_whoever_asks_for_a_slot_after_a_stop_gets_it_even_under_a_429() -> None:
    """A chat's second reply must be given back as well, not hang until it is cut off."""
    pacer = Pacer(25)
    pacer.block_for(60)
    pacer.let_go()
    async with asyncio.timeout(1):
        await pacer.acquire(5, bulk=False)
        await pacer.acquire(5, bulk=True)
    await pacer.close()


async def test_a_stop_does_not_wait_for_a_database_that_takes_no_marks(
    sqlite_url: str, server: SandboxServer, clock: ManualClock, tmp_path: Path
) -> None:
    """The row stays "sending"; the next process treats it as one that may have arrived."""
    person = server.person(ANA, opened=True)
    database = Database(sqlite_url)
    office = Office(database, server, clock)
    await office.open()
    note = await office.plan(ANA, "a")
    # Time to lock the file: it has arrived, and isn't answered yet.
    server.faults.add(SlowReply(1), "sendMessage")
    await office.tick.claim()
    await person.wait_for(lambda chat: chat.last, timeout_s=5)
    stranger = sqlite3.connect(tmp_path / "test.sqlite3", isolation_level=None)
    stranger.execute("BEGIN IMMEDIATE")
    async with asyncio.timeout(8):
        await office.close()
    stranger.close()
    assert (await office.row(note)).state == "sending"
    await database.close()


async def test_a_stop_does_not_wait_for_an_update_that_hangs(
    server: SandboxServer, clock: ManualClock, postgres_url: str
) -> None:
    """Another transaction holds the chat: the update waits in the inbox, answered after the restart."""
    bot, person, stranger = (
        RunningBot(server, clock, postgres_url),
        server.person(ANA),
        Database(postgres_url),
    )
    await bot.start()
    async with stranger.write() as session:
        await lock_chat(session, ANA)
        await person.send_text("/start")
        await server.until_acknowledged()
        async with asyncio.timeout(8):
            await bot.stop()
    assert person.bot_messages == []
    await bot.restart()
    await bot.settle()
    assert person.last is not None
    assert "what this is" in person.last.text
    await bot.stop()
    await stranger.close()


async def test_a_stop_waits_for_the_work_that_has_begun(
    server: SandboxServer, clock: ManualClock, sqlite_url: str
) -> None:
    """A claim that was cut off half done would hold the database's lock against the next process."""
    bot = RunningBot(server, clock, sqlite_url, tick_every_s=0.05)
    begun, may_end, ended = asyncio.Event(), asyncio.Event(), asyncio.Event()
    claim = bot.companion.tick.claim

    async def slow_claim() -> None:
        begun.set()
        await may_end.wait()
        await claim()
        ended.set()

    bot.companion.tick.claim = slow_claim  # type: ignore[method-assign] # the real one, only later
    await bot.start()
    async with asyncio.timeout(5):
        await begun.wait()
        stopping = asyncio.create_task(bot.stop())
        await asyncio.sleep(0)
        may_end.set()
        await stopping
    assert ended.is_set()


async def test_work_that_a_stop_cuts_off_is_no_error(
    server: SandboxServer,
    clock: ManualClock,
    sqlite_url: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """No traceback in the operator's log: it rolls back, and the next process does it."""
    monkeypatch.setattr(jobs, "_LAST_WORK_S", 0.05)
    begun = asyncio.Event()

    async def endless() -> None:
        begun.set()
        await asyncio.Event().wait()

    bot = RunningBot(server, clock, sqlite_url, chores=((1, endless),))
    await bot.start()
    async with asyncio.timeout(5):
        await begun.wait()
    await bot.stop()
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []


async def test_a_locked_database_is_no_error_of_a_job(
    server: SandboxServer, clock: ManualClock, sqlite_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    """One line each time instead of a traceback."""
    tried = asyncio.Event()

    async def locked() -> None:
        tried.set()
        error = sqlite3.OperationalError("database is locked")
        error.sqlite_errorcode = sqlite3.SQLITE_BUSY
        raise error

    bot = RunningBot(server, clock, sqlite_url, chores=((1, locked),))
    await bot.start()
    async with asyncio.timeout(5):
        await tried.wait()
    await bot.stop()
    assert "another program holds the file): locked waits for its next turn" in caplog.text
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []
