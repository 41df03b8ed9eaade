"""Any update that could ever come: no exception reaches the top, no row breaks, the others go on."""

from __future__ import annotations

import asyncio
import json
import logging
import random
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Integer, create_engine, text

from bot.sandbox.server import SandboxServer
from bot.storage.tables import Base
from tests.harness import RunningBot
from tests.journeys.journey import Journey
from tests.properties.updates import BODIES, TYPES, any_update
from tests.properties.words import COMMANDS, TYPED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.clock import ManualClock

_AT_ONCE = 50


def test_there_is_a_body_for_every_type_of_update() -> None:
    """What PTB's next version brings is generated as well, or this fails."""
    assert set(BODIES) == set(TYPES)


@pytest.mark.usefixtures("quiet")
async def test_any_update_leaves_the_bot_working(clock: ManualClock, sqlite_url: str) -> None:
    """Two hundred; `make soak` tries 100,000."""
    await feed(clock, sqlite_url, seed=1, count=200)


@pytest.mark.ci
@pytest.mark.usefixtures("quiet")
async def test_any_update_leaves_the_bot_working_on_postgresql(clock: ManualClock, postgres_url: str) -> None:
    """PostgreSQL refuses what SQLite takes: a NUL in a text, a number beyond 64 bits."""
    await feed(clock, postgres_url, seed=2, count=60)


@pytest.mark.usefixtures("quiet")
async def test_any_update_that_telegram_answers_a_poll_with_leaves_the_bot_working(
    clock: ManualClock, sqlite_url: str
) -> None:
    """As they come in real life: JSON over HTTP, through the poller, with its offset and the inbox."""
    await feed(clock, sqlite_url, seed=3, count=100, over_http=True)


@pytest.mark.soak
@pytest.mark.usefixtures("silent")
@pytest.mark.parametrize("seed", range(100, 110))
async def test_a_hundred_thousand_updates_leave_the_bot_working(
    clock: ManualClock, sqlite_url: str, seed: int
) -> None:
    """Ten times 10,000."""
    await feed(clock, sqlite_url, seed, count=10_000)


@pytest.fixture
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    """Don't keep the log of each update that is set aside."""
    caplog.set_level("CRITICAL")


@pytest.fixture
def silent() -> Iterator[None]:
    """Log nothing: to write and read each traceback takes half the time, and the short forms do it."""
    logging.disable()
    yield
    logging.disable(logging.NOTSET)


async def feed(clock: ManualClock, url: str, seed: int, count: int, *, over_http: bool = False) -> None:
    """Let *count* generated updates come, and somebody's /today among them every fifty.

    Over HTTP come those that JSON can hold, under ids that Telegram counts; else all, straight to the inbox.
    """
    unhandled: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: unhandled.append(context))
    chance = random.Random(seed)
    came = 0
    async with SandboxServer(clock, accept_unknown_chats=True) as server:
        bot = RunningBot(server, clock, url)
        await bot.start()
        try:
            ana, ben = server.person(), server.person()
            for person in (ana, ben):
                await Journey(bot, person).enrol()
            presses = [b.data for m in ana.bot_messages for v in m.versions for b in v.buttons if b.data]
            for first in range(0, count, _AT_ONCE):
                numbers = range(first, min(first + _AT_ONCE, count))
                updates = [any_update(chance, number, presses, (*COMMANDS, *TYPED)) for number in numbers]
                if over_http:
                    for update in filter(can_be_sent, updates):
                        del update["update_id"]
                        server.world.updates.put_raw(update)
                        came += 1
                else:
                    await bot.companion.ingest.receive(updates)
                said = len(ben.bot_messages)
                await ben.send_text("/today")
                await bot.settle()
                assert len(ben.bot_messages) > said, f"Ben got no answer after {first + _AT_ONCE} updates"
                presses += [b.data for m in ana.bot_messages[-5:] for b in m.buttons if b.data]
        finally:
            await bot.stop()
    assert not unhandled, unhandled[:3]
    check_rows(url, at_least=came)


def can_be_sent(update: dict[str, Any]) -> bool:
    """Tell whether JSON in UTF-8 can say it."""
    try:
        json.dumps(update, allow_nan=False, ensure_ascii=False).encode()
    except ValueError:
        return False
    return True


def check_rows(url: str, *, at_least: int) -> None:
    """Look at the tables: every update is done, each value is of its column's type, nothing is orphaned."""
    engine = create_engine(url.replace("+aiosqlite", ""))
    with engine.connect() as connection:
        waiting = connection.execute(text("SELECT count(*) FROM inbox WHERE done_at IS NULL")).scalar_one()
        assert waiting == 0
        assert connection.execute(text("SELECT count(*) FROM inbox")).scalar_one() >= at_least
        if engine.dialect.name == "sqlite":
            assert connection.execute(text("PRAGMA integrity_check")).scalars().all() == ["ok"]
            assert not connection.execute(text("PRAGMA foreign_key_check")).all()
            for table in Base.metadata.sorted_tables:
                for column in table.columns:
                    if isinstance(column.type, Integer):
                        kinds = connection.execute(
                            text(f"SELECT DISTINCT typeof({column.name}) FROM {table.name}")  # noqa: S608 - our own names
                        ).scalars()
                        assert set(kinds) <= {"integer", "null"}, (table.name, column.name)
    engine.dispose()
