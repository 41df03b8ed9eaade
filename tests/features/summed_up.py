"""A patient with two weeks of diary, whose numbers were computed by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from bot.storage.tables import Checkin, Dose, DoseStep, Patient, Regimen

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.storage.database import Database

TUESDAY = date(2026, 11, 24)
# 12:00 in Lisbon, where winter time is UTC.
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)

# 5 + 6 + 7 + 8 + 4 + 3 = 33 on six days: mean 5.5; the worst is the 8 of 21 Nov; 7 or more on two days.
PAIN: Sequence[int | None] = (5, 6, 7, 8, 4, None, 3)
# 6 + 6 + 5 + 7 + 5 + 8 = 37 on six days: mean 6.1666..., so 6.2.
SLEEP: Sequence[int | None] = (6, 6, 5, 7, 5, None, 8)
SIDE_EFFECTS: Sequence[dict[str, str] | None] = (
    {"headache": "mild"},
    {"headache": "moderate", "vivid_dreams": "mild"},
    {},
    {},
    {},
    None,
    {},
)
# 6 + 6 + 6 + 7 + 7 + 6 + 6 = 44 on seven days: mean 6.2857..., so 6.3.
PAIN_BEFORE: Sequence[int | None] = (6, 6, 6, 7, 7, 6, 6)
STATES = ("taken", "taken", "not_taken", "taken", "unknown", "taken", "taken")


async def somebody(database: Database, **changes: object) -> Patient:
    """Keep an active patient in Lisbon on 4.5 mg, on LDN since 3 May 2026; *changes* are columns."""
    columns: dict[str, object] = {
        "telegram_id": 5_000_000_001,
        "created_at": NOON,
        "state": "active",
        "zone": "Europe/Lisbon",
        "checkin_time": time(8),
        "checkin_anchor": date(2026, 11, 11),
        "started_on": date(2026, 5, 3),
        "started_precision": "day",
    }
    patient = Patient(**(columns | changes))
    async with database.write() as session:
        session.add(patient)
        await session.flush()
        session.add(Regimen(patient_id=patient.id, local_time=time(22), anchor=date(2026, 5, 20)))
        session.add(DoseStep(patient_id=patient.id, starts_on=date(2026, 5, 20), dose_mg=Decimal("4.5")))
    return patient


async def keep_two_weeks(database: Database, patient: Patient) -> None:
    """Keep the check-ins of 11 to 24 November and the doses of 17 to 23 November."""
    async with database.write() as session:
        for day, pain in enumerate(PAIN_BEFORE):
            session.add(checkin(patient, date(2026, 11, 11) + timedelta(days=day), {"pain": pain}))
        for day, (pain, sleep, effects) in enumerate(zip(PAIN, SLEEP, SIDE_EFFECTS, strict=True)):
            answers = {"pain": pain, "sleep": sleep, "side_effects": effects}
            session.add(checkin(patient, date(2026, 11, 18) + timedelta(days=day), answers))
        for day, state in enumerate(STATES):
            session.add(dose(patient, date(2026, 11, 17) + timedelta(days=day), state))


def checkin(patient: Patient, local_date: date, answers: Mapping[str, Any], **columns: object) -> Checkin:
    """Return a check-in with what was answered (None wasn't)."""
    said = {name: value for name, value in answers.items() if value is not None}
    at = datetime.combine(local_date, time(8), UTC)
    return Checkin(patient_id=patient.id, local_date=local_date, answers=said, opened_at=at, **columns)


def dose(patient: Patient, dose_date: date, state: str) -> Dose:
    """Return a dose of 4.5 mg at 22:00."""
    due_at = datetime.combine(dose_date, time(22), UTC)
    return Dose(
        patient_id=patient.id, dose_date=dose_date, due_at=due_at, state=state, planned_mg=Decimal("4.5")
    )
