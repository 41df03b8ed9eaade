"""One walk through /dose, /pause and a moved time on each sort of database; the details stand beside it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from tests.features.planned import steps_of, titrating
from tests.features.reminded import DUE

if TYPE_CHECKING:
    from bot.sandbox.chat import Person
    from tests.harness import RunningBot


async def test_a_titration_with_a_hold_and_a_pause(bot: RunningBot, chat: Person) -> None:
    """A line is saved, held for a week, paused after the reminder and resumed; each dose keeps its amount."""
    patient = await titrating(bot, chat)
    await patient.say("/dose 750 mcg for 3 days, then 1.5 mg (0.15 ml)")
    await patient.tap("✓ Save this")
    assert (await steps_of(bot))[2:] == ["3.3. 750 mcg", "6.3. 1.5 mg (0.15 ml)"]
    await bot.travel_to(DUE)
    await patient.tap("Took 750 mcg")
    await patient.say("/dose")
    await patient.tap("Stay on 750 mcg longer")
    await patient.tap("A week longer")
    await patient.tap("✓ Save this")
    await patient.say("felt fine <here>")
    assert (await steps_of(bot))[3:] == ["13.3. 1.5 mg (0.15 ml)"]
    await bot.travel_to(DUE + timedelta(days=1))
    await patient.say("/pause")
    await patient.tap("Surgery or dentist")
    await patient.tap("⏸ Pause from tonight (4 Mar)")
    await patient.tap("📝 Pause check-ins too")
    await bot.travel_to(DUE + timedelta(days=1, hours=1))
    await patient.say("/resume")
    await patient.tap("Yes, resume")
    await patient.tap("Taken", patient.about_doses()[-1])
    doses = await patient.doses()
    assert [(dose.state, dose.planned_mg) for dose in doses[:2]] == [("taken", Decimal("0.75"))] * 2
    await patient.say("/settings")
    await patient.tap("🔔 Reminder time")
    assert "so it's left out" in (await patient.say("8 am")).text
