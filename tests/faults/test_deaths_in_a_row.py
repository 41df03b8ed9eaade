"""Process after process dies with the same message: it comes in the end, and not for ever."""

from __future__ import annotations

import random
from datetime import date, time, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.delivery import MOST_COPIES
from bot.sandbox.faults import Slow, SlowReply
from tests.journeys.journey import Journey, at
from tests.journeys.killed_bot import KilledBot

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.clock import ManualClock
    from bot.sandbox.chat import Person
    from bot.sandbox.faults import Action
    from bot.sandbox.server import SandboxServer

# Longer than any test: who hangs there is killed.
NEVER_SENT, NEVER_ANSWERED = Slow(60), SlowReply(60)
CHECKIN_AT = at(date(2026, 3, 4), time(9))


@pytest.fixture
async def bot(server: SandboxServer, clock: ManualClock, database_url: str) -> AsyncIterator[KilledBot]:
    """A bot in a process of its own."""
    bot = KilledBot(server, clock, database_url, random.Random(0), kills=0, kill_share=0)
    await bot.start()
    yield bot
    await bot.stop()


@pytest.fixture
async def person(bot: KilledBot) -> Person:
    """Somebody who is enrolled there: check-ins come at 09:00."""
    person = bot.server.person()
    await Journey(bot, person).enrol()
    return person


async def die(bot: KilledBot, hang: Action, method: str, *, times: int) -> None:
    """Let so many processes be killed while this call hangs, more than a minute between them."""
    for _death in range(times):
        await bot.die_with(bot.server.faults.add(hang, method, times=1))
        await bot.settle()
        bot.clock.travel_to(bot.clock.now() + timedelta(seconds=61))


async def test_an_answer_comes_in_the_end(bot: KilledBot, person: Person) -> None:
    """Nobody has to type again because of a few bad moments in a row."""
    said = len(person.bot_messages)
    await person.send_text("/today")
    await die(bot, NEVER_SENT, "sendMessage", times=3)
    await bot.settle()
    assert len(person.bot_messages) == said + 1


async def test_the_next_question_comes_in_the_end(bot: KilledBot, person: Person) -> None:
    """The answer before it is kept, and the screen moves on without another tap."""
    await bot.travel_to(CHECKIN_AT - timedelta(hours=11))
    await person.tap("Taken")
    await bot.travel_to(CHECKIN_AT)
    screen = person.last
    assert screen is not None
    await person.tap("7", screen)
    await die(bot, NEVER_SENT, "editMessageText", times=3)
    await bot.settle()
    assert "Pain 7" in screen.text
    assert "How was your sleep" in screen.text


async def test_a_checkin_comes_in_the_end(bot: KilledBot, person: Person) -> None:
    """It has no re-alert that would ask again."""
    await bot.travel_to(CHECKIN_AT - timedelta(minutes=1))
    said = len(person.bot_messages)
    bot.clock.travel_to(CHECKIN_AT)
    await die(bot, NEVER_SENT, "sendMessage", times=3)
    await bot.settle()
    [checkin] = person.bot_messages[said:]
    assert "Check-in" in checkin.text


async def test_what_kills_every_process_is_given_up_after_five_copies(bot: KilledBot, person: Person) -> None:
    """It may have come each time: a fault of ours must not fill a chat."""
    said = len(person.bot_messages)
    await person.send_text("/today")
    await die(bot, NEVER_ANSWERED, "sendMessage", times=1 + MOST_COPIES)
    await bot.travel_to(bot.clock.now() + timedelta(hours=1))
    assert len(person.bot_messages) == said + 1 + MOST_COPIES
