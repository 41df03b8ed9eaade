"""Telegram is away for a while, in each of its ways; afterwards the checker looks at every dose."""

from __future__ import annotations

import time as real_time
from datetime import time, timedelta
from functools import partialmethod
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from telegram.ext import ExtBot

from bot.domain.dose import DoseState
from bot.sandbox.errors import ApiError
from bot.sandbox.faults import CUT_AFTER, CUT_BEFORE, Action, SlowReply, server_error
from bot.telegram_io import polling
from bot.telegram_io.rate import CATCH_UP_SLOTS
from tests.faults.burst import enrol_many
from tests.faults.checker import by_dose, check
from tests.features.reminded import DUE, Reminded, enrol
from tests.harness import RunningBot

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.clock import ManualClock
    from bot.sandbox.chat import Person
    from bot.sandbox.server import SandboxServer

# From an hour before the outage to its last minutes.
TIMES = [time(21), *(time(22, minute) for minute in range(0, 60, 5)), time(23, 5), time(23, 20)]
BEGINS, ENDS = DUE - timedelta(minutes=5), DUE + timedelta(minutes=100)


@pytest.fixture
async def bot(server: SandboxServer, clock: ManualClock, sqlite_url: str) -> AsyncIterator[RunningBot]:
    """The bot on SQLite, at its usual pace."""
    running = RunningBot(server, clock, sqlite_url, per_second=25)
    await running.start()
    yield running
    await running.stop()


async def asked_for_again(bot: RunningBot, reminded: Reminded, chat: Person) -> None:
    """The dose stays asked; the next message asks for the tap again, and that one counts."""
    await bot.say(chat, "/help")
    assert (await reminded.dose()).state == DoseState.ASKED
    await bot.travel_to(DUE + timedelta(minutes=20))
    _first, again = reminded.about_doses()
    assert "if you tapped already, please tap again" in again.text
    await reminded.tap("Taken", again)
    assert (await reminded.dose()).state == DoseState.TAKEN


async def test_taps_into_an_outage_of_151_seconds_are_asked_for_again(
    bot: RunningBot, chat: Person, clock: ManualClock
) -> None:
    """Telegram dropped the press: the dose stays asked, the next message asks again; never "not taken"."""
    reminded = await enrol(bot, chat)
    await bot.travel_to(DUE)
    await bot.stop()
    await chat.tap("Taken")
    clock.travel_to(DUE + timedelta(seconds=151))
    bot.companion = bot.build()
    await bot.start()
    await asked_for_again(bot, reminded, chat)


async def test_the_same_when_the_process_lived_through_the_outage(
    bot: RunningBot, chat: Person, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No restart tells it of the silence: its own polling does."""
    reminded = await enrol(bot, chat)
    await bot.travel_to(DUE)
    waited = {"s": 0.0}
    watch = SimpleNamespace(monotonic=lambda: real_time.monotonic() + waited["s"])
    monkeypatch.setattr(polling, "time", watch)
    bot.server.faults.add(server_error(502), "getUpdates")
    bot.server.end_poll(ApiError(502, "Bad Gateway"))
    await chat.tap("Taken")
    clock.travel_to(DUE + timedelta(seconds=151))
    waited["s"] = 151.0
    bot.server.faults.clear()
    await asked_for_again(bot, reminded, chat)


async def test_a_reply_later_than_the_read_timeout_gives_one_copy_worded_as_the_same_dose(
    bot: RunningBot, chat: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Telegram delivered it, and answers too late to be heard."""
    reminded = await enrol(bot, chat)
    send = bot.companion.bot.send_message
    monkeypatch.setattr(ExtBot, "send_message", partialmethod(_impatient, send))
    late = bot.server.faults.add(SlowReply(5), "sendMessage", times=1)
    await bot.travel_to(DUE + timedelta(minutes=10))
    assert late.hits == 1
    first, copy = reminded.about_doses()
    assert first.text.startswith("💊 Time for")
    assert "the same dose as before, don't take two" in copy.text
    assert await check(bot.url, bot.server.arrivals, bot.clock.now() + timedelta(hours=2)) == []


async def _impatient(_bot: object, send: Any, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - PTB's own
    return await send(*arguments, **options, read_timeout=0.3)


async def tick_until(bot: RunningBot, end: timedelta, step: timedelta = timedelta(minutes=1)) -> None:
    """Tick each minute until so long after 22:00; nothing waits for what can't be sent."""
    while bot.clock.now() < DUE + end:
        bot.clock.travel_to(bot.clock.now() + step)
        await bot.companion.tick.claim()
        await bot.companion.sender.idle()


@pytest.mark.parametrize(
    "trouble",
    [
        None,
        pytest.param(server_error(502), marks=pytest.mark.ci),
        CUT_BEFORE,
        pytest.param(CUT_AFTER, marks=pytest.mark.ci),
    ],
)
async def test_after_an_outage_across_the_reminder_hour(bot: RunningBot, trouble: Action | None) -> None:
    """Caught up oldest first, one message per patient, and unreached past the catch-up; no flood."""
    people = await enrol_many(bot, TIMES)
    await bot.travel_to(BEGINS)
    if trouble is None:
        await bot.server.stop()
    else:
        bot.server.faults.add(trouble)
    await tick_until(bot, ENDS - DUE)
    if trouble is None:
        await bot.server.start()
    bot.server.faults.clear()
    await bot.companion.jobs.look()
    number = len(bot.server.arrivals)
    await tick_until(bot, ENDS - DUE + timedelta(minutes=5))
    caught_up = [a for a in list(bot.server.arrivals)[number:] if a.method == "sendMessage" and a.took_effect]
    chats = [arrival.chat_id for arrival in caught_up]
    assert len(chats) == len(set(chats))
    assert set(chats) >= {person.id for person, at in zip(people, TIMES, strict=True) if at >= time(22, 15)}
    oldest_first = [person.id for person in people if person.id in chats]
    # Calls that are under way at once may arrive in any order.
    assert all(
        abs(oldest_first.index(chat or 0) - place) < CATCH_UP_SLOTS for place, chat in enumerate(chats)
    )
    await tick_until(bot, timedelta(hours=10), timedelta(minutes=10))
    assert await check(bot.url, bot.server.arrivals, bot.clock.now()) == []
    assert len(by_dose(bot.server.arrivals)) >= len([at for at in TIMES if at >= time(22, 15)]) + 1
