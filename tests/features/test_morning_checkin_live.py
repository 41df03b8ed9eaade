"""The check-in through the running bot: updates over HTTP, real deliveries, one message edited in place."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from bot.storage import patients
from bot.storage.tables import DoseStep, Regimen

if TYPE_CHECKING:
    from bot.sandbox.chat import Person
    from tests.harness import RunningBot

NINE = datetime(2026, 3, 4, 8, 0, tzinfo=UTC)


async def _enrol(bot: RunningBot, chat: Person) -> None:
    """Enrol in Berlin on 3 March: check-in at 9:00, a dose at 22:00 from 4 March on."""
    # Telegram lets a bot write only to those who wrote first.
    await bot.say(chat, "/help")
    async with bot.database.write() as session:
        patient = await patients.get_or_create(session, chat.id, bot.clock.now())
        patient.state, patient.zone, patient.checkin_time = "active", "Europe/Berlin", time(9)
        session.add(Regimen(patient_id=patient.id, local_time=time(22), anchor=date(2026, 3, 4)))
        session.add(DoseStep(patient_id=patient.id, starts_on=date(2026, 3, 4), dose_mg=Decimal("4.5")))
        await session.flush()
        await bot.companion.planner.plan_all(session, patient, bot.clock.now())


async def test_a_week_of_check_ins_arrives_and_is_answered(bot: RunningBot, chat: Person) -> None:
    """One silent message each morning at 9:00; four taps at most; one message in the end."""
    await _enrol(bot, chat)
    for day in range(7):
        await bot.travel_to(NINE + timedelta(days=day))
        message = chat.last
        assert message
        assert "Check-in for" in message.text
        taps = 0
        while "Thank you" not in message.text:
            label = (
                "Taken"
                if "Did you take" in message.text
                else "None"
                if "any of these" in message.text
                else "4"
            )
            message = await bot.tap(chat, label, message)
            taps += 1
        # Sunday, the week's last check-in, has one question more.
        assert taps <= (5 if day == 4 else 4)


async def test_a_check_in_opened_by_hand_isnt_sent_again(bot: RunningBot, chat: Person) -> None:
    """Answered at 8:50: nothing arrives at 9:00, and tomorrow's does."""
    await _enrol(bot, chat)
    await bot.travel_to(NINE - timedelta(minutes=10))
    await bot.say(chat, "/checkin")
    await bot.say(chat, "pain 3, sleep 2, no side effects")
    before = len(chat.bot_messages)
    await bot.travel_to(NINE + timedelta(hours=1))
    assert len(chat.bot_messages) == before
    await bot.travel_to(NINE + timedelta(days=1))
    assert chat.last
    assert "Check-in for Thursday 5 Mar" in chat.last.text
