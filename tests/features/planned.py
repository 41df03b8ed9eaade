"""A patient in the middle of a titration, for the tests of /dose and /pause."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from bot.storage import patients
from bot.storage.tables import DoseStep, Patient
from tests.features.reminded import Reminded, enrol

if TYPE_CHECKING:
    from typing import Any

    from bot.sandbox.chat import Person
    from tests.harness import RunningBot

TITRATION = (
    (date(2026, 2, 1), "0.5"),
    (date(2026, 2, 20), "1.5"),
    (date(2026, 3, 10), "3"),
    (date(2026, 3, 24), "4.5"),
)
"""0.5 mg in February, 1.5 mg now, 3 mg from Tuesday 10 March, 4.5 mg from Tuesday 24 March."""


async def titrating(
    bot: RunningBot,
    chat: Person,
    steps: tuple[tuple[date, str], ...] = TITRATION,
    **values: Any,  # noqa: ANN401 - columns
) -> Reminded:
    """Return an active patient with these steps, whose next dose is tonight's (3 March, 22:00)."""
    patient = await enrol(bot, chat, **values)
    async with bot.database.write() as session:
        row = (await session.execute(select(Patient))).scalar_one()
        await session.execute(delete(DoseStep))
        for day, mg in steps:
            session.add(DoseStep(patient_id=row.id, starts_on=day, dose_mg=Decimal(mg)))
        await session.flush()
        await bot.companion.planner.plan_all(session, row, bot.clock.now())
    return patient


async def steps_of(bot: RunningBot) -> list[str]:
    """Return the patient's steps as "3.3. 1.5 mg"."""
    async with bot.database.read() as session:
        row = (await session.execute(select(Patient))).scalar_one()
        steps = await patients.dose_steps(session, row.id)
    return [
        f"{step.starts_on.day}.{step.starts_on.month}. {step.shown_as or f'{step.dose_mg} mg'}"
        for step in steps
    ]
