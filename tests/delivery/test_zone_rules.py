"""A new tzdata moves what is pending: rows are updated, not added (promise 2)."""

from __future__ import annotations

import asyncio
import shutil
import zoneinfo
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from bot.delivery import zone_rules
from bot.storage.tables import Heartbeat
from tests.features.reminded import DUE, enrol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from bot.sandbox.chat import Person
    from tests.harness import RunningBot


@pytest.fixture
def new_rules(tmp_path: Path) -> Iterator[Callable[[str, str], None]]:
    """Let the machine's zone files say of one zone what another's say, until the test is over."""

    def replace(zone: str, rules_of: str) -> None:
        target = tmp_path / "zoneinfo" / zone
        target.parent.mkdir(parents=True)
        with (files("tzdata") / "zoneinfo").joinpath(rules_of).open("rb") as source, target.open("wb") as to:
            shutil.copyfileobj(source, to)
        zoneinfo.reset_tzpath([str(tmp_path / "zoneinfo")])
        zoneinfo.ZoneInfo.clear_cache()

    yield replace
    zoneinfo.reset_tzpath()
    zoneinfo.ZoneInfo.clear_cache()


async def _compared(bot: RunningBot, since: datetime) -> None:
    """Wait until the start has compared the zones' rules."""
    async with asyncio.timeout(10):
        while True:
            async with bot.database.read() as session:
                at = (
                    await session.execute(select(Heartbeat.at).where(Heartbeat.name == zone_rules.ZONE_RULES))
                ).scalar_one_or_none()
            if at is not None and at >= since:
                return
            await asyncio.sleep(0.01)


async def test_new_rules_of_a_zone_move_the_pending_reminder(
    bot: RunningBot, chat: Person, new_rules: Callable[[str, str], None]
) -> None:
    """London stays an hour ahead all year, says the new tzdata: tonight's 22:00 is an hour earlier."""
    one = await enrol(bot, chat)
    await bot.restart()
    await _compared(bot, bot.clock.now())
    (before,) = [row for row in await one.pending() if row.ordinal == 0]
    assert before.due_at == DUE
    new_rules("Europe/London", "Etc/GMT-1")
    bot.clock.travel_to(bot.clock.now() + timedelta(minutes=1))
    await bot.restart()
    await _compared(bot, bot.clock.now())
    (after,) = [row for row in await one.pending() if row.ordinal == 0]
    assert (after.id, after.due_at) == (before.id, datetime(2026, 3, 3, 21, tzinfo=UTC))
    assert len(await one.doses()) == 1
    await bot.travel_to(datetime(2026, 3, 3, 21, tzinfo=UTC))
    assert [message.date for message in one.about_doses()] == [datetime(2026, 3, 3, 21, tzinfo=UTC)]


async def test_the_same_rules_plan_nobody_anew(bot: RunningBot, chat: Person) -> None:
    """A start with a hundred thousand patients costs a look at their zones."""
    await enrol(bot, chat)
    now = bot.clock.now()
    await zone_rules.remember(bot.database, now)
    assert await zone_rules.replan(bot.database, bot.companion.planner, now) == 0
    later = now + timedelta(days=200)
    assert await zone_rules.replan(bot.database, bot.companion.planner, later) == 0
