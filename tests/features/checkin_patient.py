"""A patient with rows of their own, for the tests of the morning check-in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from bot.features.morning_checkin import actions, opening
from bot.features.morning_checkin.presses import read_action
from bot.message import Message, Press, read_press
from bot.storage import checkins
from bot.storage.tables import Checkin, Dose, DoseStep, Patient, Regimen

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.features.morning_checkin.actions import Result
    from bot.storage.database import Database

BERLIN = "Europe/Berlin"
# Tuesday, 10 March 2026, 08:30 in Berlin.
MORNING = datetime(2026, 3, 10, 7, 30, tzinfo=UTC)
TODAY = date(2026, 3, 10)
LAST_NIGHT = datetime(2026, 3, 9, 21, 0, tzinfo=UTC)


@dataclass
class Someone:
    """An enrolled patient, and the database that holds them."""

    database: Database
    patient_id: UUID

    async def tap(self, data: str, now: datetime = MORNING) -> Result:
        """Press a walking button by its callback data."""
        press = read_press(data)
        assert press is not None
        async with self.database.write() as session:
            patient, checkin = await self._rows(session, press)
            return await actions.take(session, patient, checkin, read_action(press), now)

    async def _rows(self, session: AsyncSession, press: Press) -> tuple[Patient, Checkin]:
        patient = await session.get(Patient, self.patient_id)
        checkin = await checkins.own(session, press.row_id, self.patient_id)
        assert patient is not None
        assert checkin is not None
        return patient, checkin

    async def act(
        self,
        action: Callable[..., Awaitable[Result]],
        result: Result,
        *args: object,
        now: datetime = MORNING,
        **more: object,
    ) -> Result:
        """Do one of the other actions with the check-in that *result* shows."""
        async with self.database.write() as session:
            patient = await session.get(Patient, self.patient_id)
            checkin = await session.get(Checkin, result.view.checkin_id)
            return await action(session, patient, checkin, *args, now=now, **more)

    async def open(self, now: datetime = MORNING, on: date | None = None) -> Result:
        """Open today's check-in, or that of a date."""
        async with self.database.write() as session:
            patient = await session.get(Patient, self.patient_id)
            assert patient is not None
            if on is None:
                return await opening.open_today(session, patient, now)
            result = await opening.open_on(session, patient, on, now)
            assert result is not None
            return result

    async def row(self, on: date = TODAY) -> Checkin:
        """Return the check-in's row of a local date."""
        async with self.database.read() as session:
            row = await checkins.on_date(session, self.patient_id, on)
            assert row is not None
            return row

    async def add(self, row: Any) -> None:  # noqa: ANN401 - any table's row
        """Store *row* for this patient."""
        row.patient_id = self.patient_id
        async with self.database.write() as session:
            session.add(row)


async def enrol(database: Database, **values: Any) -> Someone:  # noqa: ANN401 - columns of the patient
    """Store an active patient in Berlin: check-in at 9:00, 4.5 mg at 22:00 since 1 March 2026."""
    patient = Patient(
        **{
            "telegram_id": 71,
            "created_at": datetime(2026, 2, 28, 12, tzinfo=UTC),
            "state": "active",
            "zone": BERLIN,
            "checkin_time": time(9),
            "checkin_anchor": date(2026, 3, 1),
            "summary_weekday": 6,
            "optional_questions": [],
        }
        | values
    )
    async with database.write() as session:
        session.add(patient)
        await session.flush()
        session.add(Regimen(patient_id=patient.id, local_time=time(22), anchor=date(2026, 3, 1)))
        session.add(DoseStep(patient_id=patient.id, starts_on=date(2026, 3, 1), dose_mg=Decimal("4.5")))
    return Someone(database, patient.id)


def last_dose(**values: Any) -> Dose:  # noqa: ANN401 - columns of the dose
    """Return Monday evening's dose, asked about and not answered."""
    return Dose(
        **{
            "dose_date": date(2026, 3, 9),
            "due_at": LAST_NIGHT,
            "state": "asked",
            "planned_mg": Decimal("4.5"),
            "message_id": 40,
        }
        | values
    )


def buttons(message: Message) -> dict[str, str]:
    """Return the message's buttons: what they say -> their data."""
    return {button.text: button.data or "" for row in message.rows for button in row}
