"""What the operator hears in a chat of their choice: each trouble once, in time, without content."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update

from bot.operator_chat import MOST_AN_HOUR, OperatorChat
from bot.sandbox.faults import blocked, server_error
from bot.storage.tables import Delivery, Heartbeat
from bot.telegram_io.contact import Contact
from bot.watch import Watch
from tests.features.reminded import DUE, enrol
from tests.harness import RunningBot, Told, running

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.clock import ManualClock
    from bot.sandbox.chat import Person
    from bot.sandbox.server import SandboxServer


class Stopwatch:
    """Monotonic time that stands until it is set."""

    def __init__(self) -> None:
        self.s = 1000.0

    def __call__(self) -> float:
        """Return the seconds."""
        return self.s


@pytest.fixture
async def bot(server: SandboxServer, clock: ManualClock, sqlite_url: str) -> AsyncIterator[RunningBot]:
    """The bot on SQLite."""
    async with running(server, clock, sqlite_url) as bot:
        yield bot


async def test_a_line_arrives_once_an_hour_and_never_in_a_flood(bot: RunningBot, chat: Person) -> None:
    """What is told before the start arrives as well; a repeated line doesn't; a flood ends in one hint."""
    await chat.send_text("/help")
    await bot.settle()
    watch, heard, before = Stopwatch(), Told(), len(chat.messages)
    operator = OperatorChat(chat.id, also=heard, monotonic=watch)
    operator.tell("one")
    operator.start(bot.companion.bot)
    for line in ("one", *(f"line {number}" for number in range(30))):
        operator.tell(line)
        await operator.idle()
    said = [message.text for message in chat.messages[before:]]
    assert said[:2] == ["one", "line 0"]
    assert len(said) == MOST_AN_HOUR + 1
    assert said[-1].startswith("More has happened")
    assert len(heard.lines) == 32
    watch.s += 3601
    operator.tell("one")
    await operator.stop()
    assert chat.messages[-1].text == "one"


async def test_what_cant_be_sent_waits_and_a_closed_chat_ends_nothing(bot: RunningBot, chat: Person) -> None:
    """A line told in an outage arrives after it; a chat that refuses costs nothing but the line."""
    await chat.send_text("/help")
    await bot.settle()
    operator = OperatorChat(chat.id, also=Told(), retry_after_s=0.01)
    operator.start(bot.companion.bot)
    bot.server.faults.add(server_error(), "sendMessage", times=2)
    operator.tell("after the outage")
    await operator.idle()
    assert chat.messages[-1].text == "after the outage"
    bot.server.faults.add(blocked(), "sendMessage", chat_id=chat.id, times=1)
    operator.tell("into the void")
    operator.tell("and on")
    await operator.stop()
    assert chat.messages[-1].text == "and on"


async def test_a_start_is_told_and_a_crash_loop_once(bot: RunningBot, clock: ManualClock) -> None:
    """Stopped and started: a start. Ended three times without being stopped: a loop, told once an hour."""
    told = Told()
    watch = Watch(bot.database, clock, told, Contact())
    await watch.started()
    await watch.stopped()
    assert len(told.lines) == 1
    assert "has started." in told.lines[0]
    clock.travel_to(clock.now() + timedelta(minutes=11))
    for _crash in range(6):
        await watch.started()
        clock.travel_to(clock.now() + timedelta(seconds=20))
    assert [line.split(" (")[0].split(":")[0] for line in told.lines[1:]] == [
        "The bot",
        "The bot keeps crashing",
    ]


async def test_telegram_out_of_reach_is_told_after_15_minutes(bot: RunningBot, clock: ManualClock) -> None:
    """Once, and once when it is back, with how long it took."""
    told, contact, seconds = Told(), Contact(), Stopwatch()
    contact.note()
    noted = 0.0
    contact.age = lambda monotonic: monotonic - noted  # type: ignore[method-assign]
    watch = Watch(bot.database, clock, told, contact, monotonic=seconds)
    for at in (899.0, 900.0, 1500.0):
        seconds.s = at
        await watch.look_at_telegram()
    assert len(told.lines) == 1
    noted = 1800.0
    seconds.s = 1801.0
    await watch.look_at_telegram()
    assert told.lines[1:] == ["Telegram can be reached again, after 30 minutes."]


async def test_a_night_of_late_reminders_is_told_once(
    bot: RunningBot, chat: Person, clock: ManualClock
) -> None:
    """One late reminder of one: over 1 %. In time: nothing."""
    await enrol(bot, chat)
    await bot.travel_to(DUE)
    told = Told()
    watch = Watch(bot.database, clock, told, Contact())
    await watch.look_at_last_night()
    assert told.lines == []
    async with bot.database.write() as session:
        await session.execute(
            update(Delivery).where(Delivery.state == "sent").values(sent_at=DUE + timedelta(minutes=16))
        )
    for hour in (1, 2, 3):
        clock.travel_to(DUE + timedelta(hours=hour))
        await watch.look_at_last_night()
    assert len(told.lines) == 1
    assert told.lines[0].startswith("Of 2 reminders in the last 24 hours 1 were over 15 minutes late")
    async with bot.database.read() as session:
        assert await session.get(Heartbeat, "late told") is not None
