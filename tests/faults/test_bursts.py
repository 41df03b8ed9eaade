"""Telegram makes trouble in the middle of a burst: 429, 403, 400, calls that hang. The checker looks on."""

from __future__ import annotations

import asyncio
from datetime import time, timedelta
from functools import partialmethod
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select
from telegram.ext import ExtBot

from bot.domain.dose import DoseState
from bot.sandbox.faults import Action, Slow, SlowReply, flood, refusal
from bot.storage.tables import Delivery, Dose, Patient
from tests.faults.burst import enrol_many
from tests.faults.checker import by_dose, check
from tests.features.reminded import DUE, TUESDAY
from tests.harness import running

if TYPE_CHECKING:
    from bot.clock import ManualClock
    from bot.sandbox.arrivals import Arrival
    from bot.sandbox.server import SandboxServer
    from tests.harness import RunningBot

HANGS_S = 5.0
PATIENCE_S = 0.3


def sends(server: SandboxServer) -> list[Arrival]:
    """Return every call that counts against the limit, in the order of arrival."""
    return [call for call in server.arrivals if call.method.startswith(("send", "edit"))]


async def doses_of(bot: RunningBot) -> dict[int, str]:
    """Return the state of Tuesday's dose of each patient, by chat."""
    async with bot.database.read() as session:
        query = select(Patient.telegram_id, Dose.state).join(Dose, Dose.patient_id == Patient.id)
        rows = (await session.execute(query.where(Dose.dose_date == TUESDAY))).all()
    return {row.telegram_id: row.state for row in rows}


async def test_after_a_429_everything_waits_and_the_tap_is_answered_first(
    server: SandboxServer, clock: ManualClock, database_url: str
) -> None:
    """Told to wait for a second in the middle of a burst: it does, then the tap's answer, then the rest."""
    async with running(server, clock, database_url, per_second=50) as bot:
        people = await enrol_many(bot, [time(22)] * 40)
        told = server.faults.add(flood(1), "sendMessage", times=1, skip=10)
        clock.travel_to(DUE)
        await bot.companion.tick.claim()
        await server.traffic.arrived.until(lambda: told.hits == 1, within=20)
        tapping = next(person for person in people if person.bot_messages)
        await tapping.tap("Taken")
        async with asyncio.timeout(30):
            await bot.settle()
        calls = sends(server)
        refused = next(call for call in calls if call.status == 429)
        # What was on its way already can't be called back.
        after = [call for call in calls if call.monotonic > refused.done + 0.25]
        assert after[0].monotonic >= refused.done + 0.95
        assert after[0].chat_id == tapping.id
        assert len(after) > 5
        async with bot.database.read() as session:
            query = select(Delivery.attempts).where(Delivery.kind == "reminder", Delivery.state == "sent")
            assert set((await session.execute(query)).scalars()) == {1}
        assert len(by_dose(server.arrivals)) == len(people)
        assert await check(bot.url, server.arrivals, clock.now() + timedelta(hours=2)) == []


async def test_403_and_400_in_a_burst_are_unreached_and_end_with_their_cause(
    server: SandboxServer, clock: ManualClock, sqlite_url: str
) -> None:
    """Who blocked the bot and whom Telegram refuses hold nobody up; the next night both are asked again."""
    async with running(server, clock, sqlite_url) as bot:
        people = await enrol_many(bot, [time(22)] * 12)
        blocking, refused = people[3], people[7]
        # Telegram tells of it by an update; this one gets lost, and the 403 is the first that the bot hears.
        blocking.chat.blocked = True
        refusing = server.faults.add(refusal(400, "Bad Request: chat not found"), chat_id=refused.id)
        await bot.travel_to(DUE + timedelta(hours=3))
        states = await doses_of(bot)
        assert {chat for chat, state in states.items() if state == DoseState.UNREACHED} == {
            blocking.id,
            refused.id,
        }
        server.faults.remove(refusing)
        await blocking.unblock()
        await bot.say(blocking, "/today")
        await bot.travel_to(DUE + timedelta(days=1, hours=3))
        assert [len(asked) for asked in by_dose(server.arrivals).values()].count(0) == 0
        assert len(by_dose(server.arrivals)) == 2 * len(people) - 2
        assert await check(bot.url, server.arrivals, clock.now()) == []


@pytest.mark.parametrize("hang", [Slow(HANGS_S), SlowReply(HANGS_S)])
async def test_calls_that_hang_in_a_burst_are_repeated_once_as_the_same_dose(
    server: SandboxServer,
    clock: ManualClock,
    sqlite_url: str,
    monkeypatch: pytest.MonkeyPatch,
    hang: Action,
) -> None:
    """Before the effect or after it: whoever may have got it gets one copy, the others their reminder."""
    async with running(server, clock, sqlite_url, per_second=100) as bot:
        people = await enrol_many(bot, [time(22)] * 30)
        send = bot.companion.bot.send_message
        monkeypatch.setattr(ExtBot, "send_message", partialmethod(_impatient, send))
        hanging = server.faults.add(hang, "sendMessage", times=8, skip=4)
        await bot.travel_to(DUE + timedelta(minutes=10))
        assert hanging.hits >= 2
        async with bot.database.read() as session:
            query = select(Delivery).where(Delivery.state == "uncertain")
            uncertain = len((await session.execute(query)).scalars().all())
        assert 0 < uncertain <= hanging.hits
        seen = by_dose(server.arrivals)
        assert len(seen) == len(people)
        assert sum(len(asked) for asked in seen.values()) <= len(people) + uncertain
        assert await check(bot.url, server.arrivals, clock.now() + timedelta(hours=2)) == []


async def _impatient(_bot: object, send: Any, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - PTB's own
    return await send(*arguments, **options, read_timeout=PATIENCE_S)
