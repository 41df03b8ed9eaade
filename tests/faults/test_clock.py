"""Clocks that jump, a machine that sleeps: nobody is reminded at a wrong hour, and no reminder gets lost."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

import pytest
from apscheduler.schedulers import base as scheduler

from bot import jobs
from bot.delivery.clock_guard import HOLD_S, ClockGuard
from bot.domain.dose import DoseState
from tests.features.reminded import DUE, Reminded, enrol
from tests.harness import RunningBot

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.clock import ManualClock
    from bot.sandbox.chat import Person
    from bot.sandbox.server import SandboxServer


class Machine:
    """A machine with two clocks: the wall clock, which can be set, and the time since boot, which can't."""

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self.boot_s = 5000.0

    def pass_time(self, delta: timedelta) -> None:
        """Let *delta* pass, awake or suspended."""
        self.boot_s += delta.total_seconds()
        self.clock.travel_to(self.clock.now() + delta)

    def set_clock(self, delta: timedelta) -> None:
        """Let somebody set the wall clock."""
        self.clock.travel_to(self.clock.now() + delta)


@pytest.fixture
def machine(clock: ManualClock) -> Machine:
    """The machine that the bot runs on."""
    return Machine(clock)


@pytest.fixture
async def bot(machine: Machine, server: SandboxServer, sqlite_url: str) -> AsyncIterator[RunningBot]:
    """The bot with its guard."""
    told: list[str] = []
    running = RunningBot(server, machine.clock, sqlite_url)
    running.told = told
    running.options["guard"] = ClockGuard(machine.clock, lambda: machine.boot_s, running)
    running.companion = running.build()
    await running.start()
    yield running
    await running.stop()


async def tick(bot: RunningBot) -> None:
    """Tick once, and wait for what it claimed."""
    await bot.companion.tick.claim()
    await bot.companion.sender.idle()


def first_words(reminded: Reminded) -> list[str]:
    """Return how each reminder begins."""
    return [message.text.splitlines()[0] for message in reminded.about_doses()]


@pytest.mark.parametrize("jump", [timedelta(hours=1), timedelta(days=1)])
async def test_a_clock_that_jumps_ahead_and_back_sends_and_expires_nothing(
    bot: RunningBot, chat: Person, machine: Machine, jump: timedelta
) -> None:
    """Half an hour before the dose the clock is wrong for two minutes; the reminder comes at its time."""
    reminded = await enrol(bot, chat)
    machine.pass_time(DUE - timedelta(minutes=30) - machine.clock.now())
    await tick(bot)
    machine.set_clock(jump)
    for _second in range(4):
        machine.pass_time(timedelta(seconds=30))
        await tick(bot)
    assert reminded.about_doses() == []
    machine.set_clock(-jump)
    await tick(bot)
    assert (await reminded.dose()).state == DoseState.PLANNED
    machine.pass_time(DUE - machine.clock.now())
    await tick(bot)
    assert first_words(reminded) == ["💊 Time for your LDN, 4.5 mg."]
    assert [words.split(":")[0] for words in bot.told] == [
        f"The clock jumped by +{jump.total_seconds():.0f} seconds",
        "The clock is back where it was",
    ]


@pytest.mark.parametrize("jump", [timedelta(hours=1), timedelta(days=1)])
async def test_a_clock_that_jumps_back_and_stays_is_believed_after_a_while(
    bot: RunningBot, chat: Person, machine: Machine, jump: timedelta
) -> None:
    """The dose of tonight, asked about before, isn't asked about again when its hour comes twice."""
    reminded = await enrol(bot, chat)
    machine.pass_time(DUE - machine.clock.now())
    await tick(bot)
    await reminded.tap("Taken")
    machine.set_clock(-jump)
    await tick(bot)
    machine.pass_time(timedelta(seconds=HOLD_S))
    await tick(bot)
    assert len(bot.told) == 2
    for _half_hour in range(int(jump / timedelta(minutes=30)) + 8):
        machine.pass_time(timedelta(minutes=30))
        await tick(bot)
    assert len(reminded.about_doses()) == 1
    assert (await reminded.dose()).state == DoseState.TAKEN


async def test_a_true_correction_delays_a_reminder_by_minutes(
    bot: RunningBot, chat: Person, machine: Machine
) -> None:
    """A machine without a battery ran an hour behind; it is 22:00 all at once."""
    reminded = await enrol(bot, chat)
    machine.pass_time(DUE - timedelta(hours=1) - machine.clock.now())
    await tick(bot)
    machine.set_clock(timedelta(hours=1))
    await tick(bot)
    assert reminded.about_doses() == []
    machine.pass_time(timedelta(seconds=HOLD_S))
    await tick(bot)
    assert first_words(reminded) == ["💊 Time for your LDN, 4.5 mg."]


async def test_taps_are_answered_while_the_clock_is_in_doubt(
    bot: RunningBot, chat: Person, machine: Machine
) -> None:
    """Somebody waits there."""
    machine.set_clock(timedelta(days=1))
    await tick(bot)
    assert "what this is" in (await bot.say(chat, "/start")).text


async def test_a_small_step_is_no_jump(bot: RunningBot, machine: Machine) -> None:
    """The time service corrects seconds all the time."""
    for seconds in (20, -40, 55, 0.5):
        machine.set_clock(timedelta(seconds=seconds))
        machine.pass_time(timedelta(seconds=1))
        await tick(bot)
    assert bot.told == []


async def test_after_ten_hours_of_sleep_the_night_is_unreached_and_nobody_is_rung_up(
    bot: RunningBot, chat: Person, machine: Machine
) -> None:
    """A suspend moves both clocks: past the catch-up nothing is sent; the next dose comes at its time."""
    reminded = await enrol(bot, chat)
    machine.pass_time(DUE - timedelta(minutes=5) - machine.clock.now())
    await tick(bot)
    machine.pass_time(timedelta(hours=10))
    await tick(bot)
    assert reminded.about_doses() == []
    assert (await reminded.dose()).state == DoseState.UNREACHED
    assert bot.told == []
    machine.pass_time(DUE + timedelta(days=1) - machine.clock.now())
    await tick(bot)
    assert first_words(reminded) == ["💊 Time for your LDN, 4.5 mg."]


class SetBack(datetime):
    """The wall clock as APScheduler reads it, an hour back when `by` says so."""

    by = timedelta(0)

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override] # all that is asked of it
        """Return what the clock on the wall shows."""
        return datetime.now(tz) - cls.by  # noqa: TID251 - APScheduler's own reading


async def test_the_tick_goes_on_within_seconds_after_the_wall_clock_went_back_an_hour(
    server: SandboxServer, clock: ManualClock, sqlite_url: str, chat: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """APScheduler would sleep until the old time; the watchdog doesn't, and the reminder comes."""
    monkeypatch.setattr(scheduler, "datetime", SetBack)
    monkeypatch.setattr(jobs, "_WATCH_EVERY_S", 0.1)
    monkeypatch.setattr(jobs, "_ASLEEP_AFTER_S", 0.5)
    bot = RunningBot(server, clock, sqlite_url, tick_every_s=0.1)
    await bot.start()
    await enrol(bot, chat)
    monkeypatch.setattr(SetBack, "by", timedelta(hours=1))
    await asyncio.sleep(0.3)  # the tick that was armed before has run
    fell_asleep = bot.companion.tick.last_at
    clock.travel_to(DUE)
    await chat.wait_for_text("Time for your LDN", timeout_s=10)
    assert bot.companion.tick.last_at > fell_asleep
    await bot.stop()
