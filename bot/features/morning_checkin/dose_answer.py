"""Question Q0: what the patient says in the morning about the last due dose, logged on the dose's own row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.domain import dose_log
from bot.domain.checkin import DoseAnswer
from bot.storage import deliveries, dose_rows, doses

if TYPE_CHECKING:
    from datetime import date, datetime
    from decimal import Decimal

    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.storage.tables import Dose, Patient

REMINDER = "reminder"


@dataclass(frozen=True, slots=True)
class DoseSaid:
    """An answer to Q0.

    Attributes:
        dose_date: Which dose it is about.
        answer: What was said.
        taken_mg: The amount that the button named, in mg; None: the planned one.
    """

    dose_date: date
    answer: DoseAnswer
    taken_mg: Decimal | None = None


@dataclass(frozen=True, slots=True)
class DoseLogged:
    """What became of an answer to Q0.

    Attributes:
        answer: What was tapped.
        outcome: Whether the dose's row changed.
        due_at: Aware UTC instant at which the dose was due.
        since: Aware UTC instant at which it was logged before; None if it wasn't.
        warning: The 12-hour warning, or None.
        reminder_message_id: The reminder's message, whose buttons have no use any more; None if unknown.
    """

    answer: DoseAnswer
    outcome: dose_log.LogOutcome
    due_at: datetime
    since: datetime | None
    warning: dose_log.HoursSince | None
    reminder_message_id: int | None


async def is_logged(session: AsyncSession, patient: Patient, dose_date: date) -> bool:
    """Tell whether the patient has already said something about the dose of *dose_date*."""
    row = await doses.on_date(session, patient.id, dose_date)
    return row is not None and row.logged_at is not None


async def log(session: AsyncSession, patient: Patient, said: DoseSaid, now: datetime) -> DoseLogged | None:
    """Log what was *said* on its dose; None if there is no such dose."""
    row = await doses.on_date(session, patient.id, said.dose_date)
    if row is None:
        return None
    result = await _say(session, row, said, now)
    if result.outcome is dose_log.LogOutcome.RECORDED:
        await dose_rows.save_said(session, row, result.dose, action=said.answer.value, now=now)
        await deliveries.cancel_pending(session, patient.id, REMINDER, str(row.id), reason="answered")
    return DoseLogged(said.answer, result.outcome, row.due_at, result.since, result.warning, row.message_id)


async def _say(session: AsyncSession, row: Dose, said: DoseSaid, now: datetime) -> dose_log.LogResult:
    dose = dose_rows.as_rule(row)
    if said.answer is DoseAnswer.NOT_TAKEN:
        return dose_log.log_not_taken(dose, now)
    if said.answer is DoseAnswer.NOT_SURE:
        return dose_log.log_unsure(dose, now)
    last = await doses.last_taken(session, row.patient_id, except_id=row.id)
    return dose_log.log_taken(
        dose,
        now,
        taken_mg=said.taken_mg,
        last_taken=None if last is None else dose_rows.as_rule(last),
    )
