"""The database is full, locked, slow, restarted: one clear line, no half row, and it goes on afterwards."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import time, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import create_async_engine

from bot.storage import database as database_module
from tests.faults.burst import enrol_many
from tests.faults.checker import by_dose, check
from tests.features.reminded import DUE, enrol
from tests.harness import RunningBot

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from bot.clock import ManualClock
    from bot.sandbox.server import SandboxServer


async def tick(bot: RunningBot) -> None:
    """Tick once, and wait for what it claimed."""
    await bot.companion.tick.claim()
    await bot.companion.sender.idle()


async def test_a_full_disk_loses_nothing_and_goes_on_when_there_is_room(
    server: SandboxServer,
    clock: ManualClock,
    sqlite_url: str,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """What was typed waits at Telegram, the operator reads why, no row breaks, all is answered later."""
    bot, person = RunningBot(server, clock, sqlite_url), server.person()
    await bot.start()
    reminded = await enrol(bot, person)
    limit = {"pages": 1}

    def limit_pages(connection: Any, *_others: object) -> None:  # noqa: ANN401 - the driver's own type
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA max_page_count={limit['pages']}")
        cursor.close()

    event.listen(bot.database.engine.sync_engine, "checkout", limit_pages)
    long_words = "words " * 600
    for _message in range(8):
        await person.send_text(long_words)
    async with asyncio.timeout(10):
        # A log line wakes nobody.
        while "the disk is full: make room" not in caplog.text:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    clock.travel_to(DUE)
    await bot.companion.tick.claim()
    limit["pages"] = 1_000_000
    await server.until_acknowledged(timeout_s=20)
    await bot.settle()
    assert len(reminded.about_doses()) == 1
    assert len([m for m in person.bot_messages if "💊" not in m.text]) >= 8
    await bot.stop()
    with sqlite3.connect(tmp_path / "test.sqlite3") as file:
        assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert file.execute("SELECT count(*) FROM inbox WHERE done_at IS NULL").fetchone() == (0,)
    file.close()


async def test_a_locked_file_is_waited_for(
    server: SandboxServer,
    clock: ManualClock,
    sqlite_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A backup tool holds it for half a minute across the reminder hour: thirty ticks, then it is sent."""
    monkeypatch.setattr(database_module, "BUSY_TIMEOUT_MS", 1)
    bot = RunningBot(server, clock, sqlite_url)
    await bot.start()
    person = server.person()
    reminded = await enrol(bot, person)
    stranger = sqlite3.connect(tmp_path / "test.sqlite3", isolation_level=None)
    stranger.execute("BEGIN IMMEDIATE")
    clock.travel_to(DUE)
    await person.send_text("/today")
    for _second in range(30):
        await tick(bot)
        clock.travel_to(clock.now() + timedelta(seconds=1))
    assert reminded.about_doses() == []
    stranger.execute("ROLLBACK")
    stranger.close()
    await server.until_acknowledged(timeout_s=20)
    await bot.settle()
    assert len(reminded.about_doses()) == 1
    assert (await reminded.tap("Taken", reminded.about_doses()[0])).text
    assert await check(sqlite_url, server.arrivals, clock.now() + timedelta(hours=2)) == []
    await bot.stop()


async def test_a_slow_disk_makes_reminders_late_and_nothing_worse(
    server: SandboxServer, clock: ManualClock, sqlite_url: str
) -> None:
    """Each commit takes its time: twenty reminders still go out once each."""
    bot = RunningBot(server, clock, sqlite_url)
    await bot.start()
    people = await enrol_many(bot, [time(22)] * 20)

    def slowly(connection: Any) -> None:  # noqa: ANN401 - SQLAlchemy's own
        connection.exec_driver_sql(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 100000) "
            "SELECT count(*) FROM n"
        )

    event.listen(bot.database.engine.sync_engine, "commit", slowly)
    await bot.travel_to(DUE)
    assert len(by_dose(server.arrivals)) == len(people)
    assert await check(sqlite_url, server.arrivals, clock.now() + timedelta(hours=2)) == []
    await bot.stop()


async def test_postgresql_restarted_in_the_middle_of_a_burst_loses_nothing(
    server: SandboxServer, clock: ManualClock, postgres_url: str, postgres: str
) -> None:
    """Every session is cut while reminders go out, and none is let in for a while; then it goes on."""
    bot = RunningBot(server, clock, postgres_url, per_second=100)
    await bot.start()
    people = await enrol_many(bot, [time(22)] * 30)
    clock.travel_to(DUE)
    admin = create_async_engine(postgres, isolation_level="AUTOCOMMIT")
    name = postgres_url.partition("?")[0].rsplit("/", 1)[1]
    await bot.companion.tick.claim()
    await server.traffic.arrived.until(lambda: len(by_dose(server.arrivals)) >= 5, within=10)
    async with admin.connect() as connection:
        await connection.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false"))
        await connection.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"),
            {"name": name},
        )
        await bot.companion.tick.claim()
        await connection.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true"))
    await admin.dispose()
    async with asyncio.timeout(30):
        await bot.settle()
        await bot.travel(timedelta(minutes=5))
    assert len(by_dose(server.arrivals)) == len(people)
    assert await check(postgres_url, server.arrivals, clock.now() + timedelta(hours=2)) == []
    await bot.stop()
