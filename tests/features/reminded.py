"""A patient who is enrolled by rows, for the tests of the nightly reminder: 4.5 mg at 22:00 in London."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from bot.storage import deliveries
from bot.storage.tables import Delivery, Dose, DoseStep, Patient, Regimen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.sandbox.chat import Person
    from bot.sandbox.chat_state import ChatMessage
    from tests.harness import RunningBot

# The fixtures' clock starts on Tuesday, 3 March 2026, at noon; London's clocks show UTC until 29 March.
TUESDAY = date(2026, 3, 3)
DUE = datetime(2026, 3, 3, 22, tzinfo=UTC)


@dataclass
class Reminded:
    """One patient, the bot, and the chat between them."""

    bot: RunningBot
    chat: Person

    async def doses(self) -> Sequence[Dose]:
        """Return every dose, oldest first."""
        async with self.bot.database.read() as session:
            return (await session.execute(select(Dose).order_by(Dose.dose_date))).scalars().all()

    async def dose(self, on: date = TUESDAY) -> Dose:
        """Return the dose of a dose date."""
        return next(dose for dose in await self.doses() if dose.dose_date == on)

    async def pending(self) -> Sequence[Delivery]:
        """Return the reminders that are planned, the next one first."""
        async with self.bot.database.read() as session:
            patient = (await session.execute(select(Patient))).scalar_one()
            return await deliveries.pending(session, patient.id, "reminder")

    async def change(self, **values: Any) -> None:  # noqa: ANN401 - columns of the patient or the regimen
        """Change the patient or the plan as /settings does, and plan anew."""
        async with self.bot.database.write() as session:
            patient = (await session.execute(select(Patient))).scalar_one()
            regimen = await session.get(Regimen, patient.id)
            for name, value in values.items():
                setattr(patient if hasattr(Patient, name) else regimen, name, value)
            await session.flush()
            await self.bot.companion.planner.plan_all(session, patient, self.bot.clock.now())

    async def add(self, row: Any) -> None:  # noqa: ANN401 - any table's row
        """Store *row* for this patient and plan anew."""
        async with self.bot.database.write() as session:
            patient = (await session.execute(select(Patient))).scalar_one()
            row.patient_id = patient.id
            session.add(row)
            await session.flush()
            await self.bot.companion.planner.plan_all(session, patient, self.bot.clock.now())

    async def tap(self, button: str, message: ChatMessage | None = None) -> ChatMessage:
        """Press the newest button with this text or data."""
        return await self.bot.tap(self.chat, button, message)

    async def say(self, text: str) -> ChatMessage:
        """Type *text*."""
        return await self.bot.say(self.chat, text)

    def about_doses(self) -> list[ChatMessage]:
        """Return the bot's messages that are reminders, oldest first."""
        # A discreet reminder has a bell for the pill.
        return [
            message for message in self.chat.bot_messages if message.versions[0].text.startswith(("💊", "🔔"))
        ]


async def enrol(bot: RunningBot, chat: Person, **values: Any) -> Reminded:  # noqa: ANN401 - columns
    """Store an active patient who starts on Tuesday: no check-ins and summaries before a year from now."""
    await chat.send_text("/help")
    await bot.settle()
    async with bot.database.write() as session:
        patient = (await session.execute(select(Patient).where(Patient.telegram_id == chat.id))).scalar_one()
        for name, value in (
            {"state": "active", "zone": "Europe/London", "summary_weekday": None} | values
        ).items():
            setattr(patient, name, value)
        session.add(Regimen(patient_id=patient.id, local_time=time(22), anchor=TUESDAY))
        session.add(DoseStep(patient_id=patient.id, starts_on=TUESDAY, dose_mg=Decimal("4.5")))
        await session.flush()
        await bot.companion.planner.plan_all(session, patient, bot.clock.now())
    return Reminded(bot, chat)


def labels(message: ChatMessage) -> list[str]:
    """Return what stands on the message's buttons."""
    return [button.text for button in message.buttons]
