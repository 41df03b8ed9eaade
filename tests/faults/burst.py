"""Many patients whose doses are due together."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from bot.storage.tables import DoseStep, Patient, Regimen
from tests.features.reminded import TUESDAY

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import time

    from bot.sandbox.chat import Person
    from tests.harness import RunningBot


async def enrol_many(bot: RunningBot, times: Sequence[time]) -> list[Person]:
    """Store one patient in London per reminder time, from Tuesday on; no check-ins, no weekly summaries."""
    people = [bot.server.person(opened=True) for _time in times]
    now = bot.clock.now()
    async with bot.database.write() as session:
        for person, local_time in zip(people, times, strict=True):
            patient = Patient(
                telegram_id=person.id,
                created_at=now,
                state="active",
                zone="Europe/London",
                summary_weekday=None,
            )
            session.add(patient)
            await session.flush()
            session.add(Regimen(patient_id=patient.id, local_time=local_time, anchor=TUESDAY))
            session.add(DoseStep(patient_id=patient.id, starts_on=TUESDAY, dose_mg=Decimal("4.5")))
            await session.flush()
            await bot.companion.planner.plan_all(session, patient, now)
    return people
