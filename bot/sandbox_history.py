"""Writes a plausible past for the sandbox: "fill 90 days of history"."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.domain import due
from bot.domain.regimen import planned_dose_mg
from bot.storage import checkins, doses, patients
from bot.storage.tables import Checkin, Dose, Regimen

if TYPE_CHECKING:
    from datetime import date
    from random import Random

    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.storage.tables import Patient

_DAYS = 90
_BASELINE_DAYS = 14
_STATES = (("taken", 0.88), ("not_taken", 0.05), ("unknown", 0.07))
_EFFECTS = ("vivid_dreams", "headache", "nausea", "tiredness")


async def write_history(session: AsyncSession, patient: Patient, now: datetime, rng: Random) -> None:
    """Add doses and check-ins for the 90 days before today, where none stand; two weeks are baseline."""
    regimen = await session.get(Regimen, patient.id)
    steps = await patients.dose_steps(session, patient.id)
    if regimen is None or not steps or patient.zone is None:
        return
    zone = ZoneInfo(patient.zone)
    today = due.local_date(now, zone)
    first_dose = today - timedelta(days=_DAYS - _BASELINE_DAYS)
    regimen.anchor = min(regimen.anchor, first_dose)
    steps[0].starts_on = min(steps[0].starts_on, first_dose)
    patient.started_on, patient.started_precision = first_dose, "day"
    await session.flush()
    level = 6.0
    for back in range(_DAYS, 0, -1):
        day = today - timedelta(days=back)
        drift = 0.02 if day >= first_dose else 0.0
        level = min(9.0, max(1.0, level - drift + rng.gauss(0, 0.7)))
        await _dose(session, patient, day, first_dose, zone, rng)
        await _checkin(session, patient, day, level, zone, rng)


async def _dose(  # noqa: PLR0917 - one call
    session: AsyncSession, patient: Patient, day: date, first_dose: date, zone: ZoneInfo, rng: Random
) -> None:
    rules = await patients.regimen_of(session, patient.id)
    due_at = due.due_at(rules, day, zone) if rules else None
    if day < first_dose or due_at is None or await doses.on_date(session, patient.id, day):
        return
    dose_mg = planned_dose_mg(rules.steps, day) if rules else None
    if dose_mg is None:
        return
    state = rng.choices([name for name, _share in _STATES], [share for _name, share in _STATES])[0]
    taken = state == "taken"
    session.add(
        Dose(
            patient_id=patient.id,
            dose_date=day,
            due_at=due_at,
            state=state,
            planned_mg=dose_mg,
            taken_mg=dose_mg if taken else None,
            taken_at=due_at + timedelta(minutes=rng.randint(0, 40)) if taken else None,
            logged_at=due_at + timedelta(minutes=41) if state != "unknown" else None,
        )
    )


async def _checkin(  # noqa: PLR0917 - one call
    session: AsyncSession, patient: Patient, day: date, level: float, zone: ZoneInfo, rng: Random
) -> None:
    if rng.random() < 0.1 or await checkins.on_date(session, patient.id, day):  # noqa: PLR2004
        return
    at = datetime.combine(day, patient.checkin_time or datetime.min.time(), zone)
    effects = {rng.choice(_EFFECTS): rng.choice(("mild", "mild", "moderate"))} if rng.random() < 0.3 else {}  # noqa: PLR2004
    pain = min(10, max(0, round(level + rng.gauss(0, 0.8))))
    sleep = min(10, max(0, round(level + rng.gauss(0, 1.2))))
    session.add(
        Checkin(
            patient_id=patient.id,
            local_date=day,
            state="done",
            timing="on_time",
            answers={"pain": pain, "sleep": sleep, "side_effects": effects},
            opened_at=at,
            answered_at=at,
        )
    )
