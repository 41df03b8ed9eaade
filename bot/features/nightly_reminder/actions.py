"""What happens when a patient answers a reminder: the dose's row changes, its pending messages go."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain import delivery as decisions
from bot.domain import dose_log
from bot.domain.dose import DoseState
from bot.domain.pause import SAFETY_TEXTS, PauseReason, never_ends_by_itself
from bot.features.nightly_reminder import facts
from bot.features.nightly_reminder.alert import KIND, Alert, plan_alert
from bot.storage import deliveries, dose_rows, doses, extra_doses, patients

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.domain import dose as rules
    from bot.domain.dose import NotTakenReason
    from bot.domain.dose_view import DoseView
    from bot.storage.tables import Dose, Patient

_EXTRA_STANDS_FOR = timedelta(hours=24)
_DOUBLE_TAP = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Said:
    """What became of something the patient said about a dose.

    Attributes:
        dose: The dose as it now stands.
        outcome: Whether it changed.
        refusal: Why nothing was recorded, or None.
        warning: The 12-hour warning, or None.
        was_held: It was taken while doses are on hold.
        hold_reason: Why doses are on hold at present, or None.
    """

    dose: DoseView
    outcome: dose_log.LogOutcome
    refusal: dose_log.Refusal | None = None
    warning: dose_log.HoursSince | None = None
    was_held: bool = False
    hold_reason: str | None = None


async def take(
    session: AsyncSession,
    patient: Patient,
    row: Dose,
    now: datetime,
    *,
    taken_mg: Decimal | None = None,
    taken_at: datetime | None = None,
) -> Said:
    """Log the dose as taken; a second time changes nothing. None: the planned amount, just now."""
    result = dose_log.log_taken(
        dose_rows.as_rule(row),
        now,
        taken_at=taken_at,
        taken_mg=taken_mg,
        last_taken=await _last_taken(session, row, now),
    )
    return await _save(session, patient, row, result, action="taken", now=now)


async def decline(
    session: AsyncSession, patient: Patient, row: Dose, now: datetime, reason: NotTakenReason | None = None
) -> Said:
    """Log the dose as not taken, or add the reason to one that is."""
    action = dose_rows.REASON_ONLY if row.state == DoseState.NOT_TAKEN else "not taken"
    result = dose_log.log_not_taken(dose_rows.as_rule(row), now, reason)
    return await _save(session, patient, row, result, action=action, now=now)


async def unsure(session: AsyncSession, patient: Patient, row: Dose, now: datetime) -> Said:
    """Log that the patient can't tell whether the dose was taken."""
    result = dose_log.log_unsure(dose_rows.as_rule(row), now)
    return await _save(session, patient, row, result, action="not sure", now=now)


async def correct(
    session: AsyncSession,
    patient: Patient,
    row: Dose,
    now: datetime,
    *,
    taken_at: datetime | None = None,
    taken_mg: Decimal | None = None,
) -> Said:
    """Change time or amount of a dose, or turn another answer into taken; None keeps what is there."""
    result = dose_log.correct_taken(
        dose_rows.as_rule(row),
        now,
        taken_at=taken_at,
        taken_mg=taken_mg,
        last_taken=await _last_taken(session, row, now),
    )
    return await _save(session, patient, row, result, action="correct", now=now)


async def undo(session: AsyncSession, patient: Patient, row: Dose, now: datetime) -> Said:
    """Take back the last thing said about the dose: a correction first, then the answer itself."""
    on_hold = await patients.is_held(session, patient.id, row.dose_date)
    result = await dose_rows.undo_last(session, row, now, on_hold=on_hold)
    return Said(await facts.view(session, patient, row), result.outcome, result.refusal)


async def snooze(
    session: AsyncSession, patient: Patient, row: Dose, length: timedelta, now: datetime
) -> datetime | None:
    """Plan the reminder again after *length* in place of the next re-alert.

    Returns:
        When it comes (aware, UTC); None if that is more than four hours after the due time.
    """
    pending = [
        waiting
        for waiting in await deliveries.pending(session, patient.id, KIND)
        if waiting.subject == str(row.id)
    ]
    # The message that was pressed stands just before the one that waits; without one it was the last.
    pressed = max(Alert.of(pending[0]).re_alert - 1, 0) if pending else 1
    planned = decisions.snooze(pressed, now, length, due_at=row.due_at)
    await deliveries.cancel_pending(session, patient.id, KIND, str(row.id), reason="snoozed")
    if planned is None:
        return None
    await plan_alert(session, row, Alert(planned.re_alert, snoozed=True), planned.at, planned.expires_at)
    return planned.at


async def record_extra_dose(session: AsyncSession, patient: Patient, now: datetime) -> UUID:
    """Record an extra dose, a doubled tap once; return the row's id, for "a mistake: undo"."""
    latest = await extra_doses.latest_since(session, patient.id, now - _DOUBLE_TAP)
    return (latest or await extra_doses.record(session, patient.id, now, now)).id


async def extra_dose_at(session: AsyncSession, patient_id: UUID, now: datetime) -> datetime | None:
    """Return when an extra dose was recorded in the last 24 hours, or None."""
    extra = await extra_doses.latest_since(session, patient_id, now - _EXTRA_STANDS_FOR)
    return None if extra is None else extra.at


async def _save(
    session: AsyncSession,
    patient: Patient,
    row: Dose,
    result: dose_log.LogResult,
    *,
    action: str,
    now: datetime,
) -> Said:
    if result.outcome is dose_log.LogOutcome.RECORDED:
        await dose_rows.save_said(session, row, result.dose, action=action, now=now)
        await deliveries.cancel_pending(session, patient.id, KIND, str(row.id), reason="answered")
    return Said(
        await facts.view(session, patient, row),
        result.outcome,
        result.refusal,
        result.warning,
        result.was_held,
        await _hold_reason(session, patient),
    )


async def _hold_reason(session: AsyncSession, patient: Patient) -> str | None:
    """Return the trigger whose text belongs beside a dose taken all the same: of a hold, or of a pause."""
    pauses = await patients.open_pauses(session, patient.id)
    holds = [pause.reason for pause in pauses if pause.is_hold]
    paused = [SAFETY_TEXTS[PauseReason(one.reason)] for one in pauses if never_ends_by_itself(one.reason)]
    return next(iter([*holds, *paused]), None)


async def _last_taken(session: AsyncSession, row: Dose, now: datetime) -> rules.Dose | None:
    """Return the latest other dose for the 12-hour warning; an extra dose counts as one."""
    last = await doses.last_taken(session, row.patient_id, except_id=row.id)
    rule = None if last is None else dose_rows.as_rule(last)
    extra = await extra_doses.latest_since(session, row.patient_id, now - dose_log.MIN_INTERVAL)
    extra_at = None if extra is None else extra.at
    if extra_at is None or (rule is not None and rule.taken_at is not None and rule.taken_at > extra_at):
        return rule
    return replace(dose_rows.as_rule(row), taken_at=extra_at)
