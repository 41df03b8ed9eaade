"""Upgrade and rollback: an older release's database comes up, a newer one's is refused untouched."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select, text

from bot.config import StartError
from bot.storage.database import Database
from bot.storage.migrate import current_revision
from bot.storage.tables import Base, Checkin, Patient
from tests.features.reminded import DUE
from tests.harness import RunningBot
from tests.storage import first_release

if TYPE_CHECKING:
    from bot.clock import ManualClock
    from bot.sandbox.server import SandboxServer


async def test_the_first_releases_database_comes_up_in_this_one(
    server: SandboxServer, clock: ManualClock, empty_database_url: str
) -> None:
    """Every table had a row: each is there, readable, and the reminder that was planned goes out."""
    old = Database(empty_database_url)
    await first_release.make(old)
    await old.close()
    chat = server.person(first_release.TELEGRAM_ID)
    await chat.send_text("/help")
    bot = RunningBot(server, clock, empty_database_url)
    await bot.start()
    await bot.settle()
    async with bot.database.read() as session:
        for table in first_release.TABLES:
            count = select(func.count()).select_from(Base.metadata.tables[table])
            assert (await session.execute(count)).scalar_one() >= 1, table
        if bot.database.is_sqlite:
            assert (await session.execute(text("PRAGMA foreign_keys"))).scalar_one() == 1
        patient = (await session.execute(select(Patient))).scalar_one()
        assert patient.cue == "§ after brushing teeth"
        checkin = (await session.execute(select(Checkin).where(Checkin.flare))).scalar_one()
        assert checkin.answers == {"pain": 6, "sleep": 3}
    await bot.travel_to(DUE + timedelta(minutes=1))
    assert "4.5 mg" in chat.messages[-1].text
    await chat.tap("Taken")
    await bot.settle()
    assert await current_revision(bot.database) != first_release.FIRST
    await bot.stop()


async def test_a_newer_releases_database_is_refused_untouched(
    server: SandboxServer, clock: ManualClock, sqlite_url: str
) -> None:
    """Rolling back needs the backup from before the upgrade; the bot says so and changes nothing."""
    newer = Database(sqlite_url)
    async with newer.write() as session:
        await session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    await newer.close()
    bot = RunningBot(server, clock, sqlite_url)
    with pytest.raises(StartError, match=r"newer version of the bot \(revision 9999\)"):
        await bot.start()
    assert await current_revision(bot.database) == "9999"
    await bot.stop()
