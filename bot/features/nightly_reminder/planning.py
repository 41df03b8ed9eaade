"""Which doses there are: the next one is created, moved, held or cancelled as the plan says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4
from zoneinfo import ZoneInfo

from bot.domain import delivery as decisions
from bot.domain import due
from bot.domain import regimen as plan_rules
from bot.domain.dose import DoseEvent, DoseState
from bot.features.nightly_reminder.alert import KIND, Alert, plan_alert
from bot.storage import deliveries, dose_rows, doses, patients
from bot.storage.tables import Dose

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.storage.tables import Patient, Pause

FARTHEST_BACK = timedelta(days=35)
"""After a longer outage than this the older dose dates stay unwritten."""
_MOST_EARLY_ANSWERS = 14


@dataclass(frozen=True, slots=True)
class _Plan:
    """What all steps of planning need."""

    session: AsyncSession
    patient: Patient
    regimen: plan_rules.Regimen
    zone: ZoneInfo
    on_hold: bool
    catch_up: timedelta
    now: datetime


async def plan_doses(session: AsyncSession, patient: Patient, now: datetime, *, catch_up: timedelta) -> None:
    """Give the patient the next dose with its reminder, and bring the open ones in line with the plan.

    Idempotent. Doses that were asked about or answered are never moved.
    """
    await patients.lock(session, patient.id)
    regimen = await patients.regimen_of(session, patient.id)
    if regimen is None or patient.zone is None:
        await deliveries.cancel_pending(session, patient.id, KIND, reason="no plan")
        return
    on_hold = await patients.open_hold(session, patient.id) is not None
    plan = _Plan(session, patient, regimen, ZoneInfo(patient.zone), on_hold, catch_up, now)
    await _review_open(plan)
    await _write_down_skipped(plan)
    await _create_next(plan)


async def _review_open(plan: _Plan) -> None:
    """Move, hold, release or cancel what nobody was asked about yet."""
    for row in await doses.open_ones(plan.session, plan.patient.id):
        if row.state == DoseState.ASKED:
            continue
        if row.state == DoseState.HELD and row.due_at <= plan.now - decisions.LAST_CALL:
            continue
        wanted = due.due_at(plan.regimen, row.dose_date, plan.zone)
        if wanted is None:
            await _take_out(plan, row)
        elif row.state == DoseState.PLANNED:
            row.due_at = _moved(plan, row, wanted)
            await _bring_up(plan, row)
        elif wanted > plan.now:
            dose_rows.advance(row, DoseEvent.RELEASE)
            row.due_at = wanted
            await _bring_up(plan, row)
        elif not plan.on_hold:
            # The hold ended while tonight's dose can still be taken.
            dose_rows.advance(row, DoseEvent.RELEASE)
            await _ask_late(plan, row, plan.now)


async def _take_out(plan: _Plan, row: Dose) -> None:
    if row.state == DoseState.HELD:
        return
    paused = plan_rules.pause_on(plan.regimen.pauses, row.dose_date)
    dose_rows.advance(row, DoseEvent.HOLD if paused else DoseEvent.CANCEL)
    reason = "paused" if paused else "not in the plan"
    await deliveries.cancel_pending(plan.session, plan.patient.id, KIND, str(row.id), reason=reason)


def _moved(plan: _Plan, row: Dose, wanted: datetime) -> datetime:
    """Return when the planned dose is due now that the time, the zone or the plan may have changed.

    A new time that has already passed tonight starts with the next dose: tonight's stays where it was, if
    that is still the same evening where the patient is now.
    """
    if wanted > plan.now:
        return wanted
    wall_date = plan_rules.wall_date(plan.regimen, row.dose_date)
    if row.due_at <= plan.now or due.local_date(row.due_at, plan.zone) == wall_date:
        return row.due_at
    return wanted


async def _bring_up(plan: _Plan, row: Dose) -> None:
    """Give a planned dose the amount of the plan and one pending reminder at its due time."""
    step = plan_rules.step_on(plan.regimen.steps, row.dose_date)
    if step is not None:
        row.planned_mg, row.planned_as = step.dose_mg, step.shown_as
    rows = await deliveries.of_subject(plan.session, plan.patient.id, KIND, str(row.id))
    waiting = [delivery for delivery in rows if delivery.state in deliveries.OPEN]
    expires_at = row.due_at + plan.catch_up
    if not waiting and expires_at <= plan.now:
        dose_rows.advance(row, DoseEvent.MISS_WINDOW)
    elif not waiting:
        await plan_alert(plan.session, row, Alert(), row.due_at, expires_at)
    for delivery in waiting:
        # One that was tried and certainly not sent keeps its backoff, unless the dose moved.
        moved = delivery.due_at != row.due_at and not Alert.of(delivery).late_first
        if delivery.state == "pending" and moved:
            delivery.due_at, delivery.run_at, delivery.expires_at = row.due_at, row.due_at, expires_at


async def _ask_late(plan: _Plan, row: Dose, at: datetime) -> None:
    """Ask at *at* about a planned dose whose time has passed while it can still be taken."""
    last_call = row.due_at + decisions.LAST_CALL
    await plan_alert(plan.session, row, Alert(re_alert=1, late_first=True), min(at, last_call), last_call)


async def _write_down_skipped(plan: _Plan) -> None:
    """Write down the doses that fell due while nothing planned them: no dose date goes uncounted."""
    newest = await doses.newest_date(plan.session, plan.patient.id)
    today = due.local_date(plan.now, plan.zone)
    first = plan.regimen.anchor if newest is None else newest + plan_rules.ONE_DAY
    ended = await patients.ended_pauses(plan.session, plan.patient.id)
    for dose_date in plan_rules.dose_dates(plan.regimen, max(first, today - FARTHEST_BACK), today):
        due_at = due.due_at(plan.regimen, dose_date, plan.zone)
        if due_at is None or due_at > plan.now or _was_paused(ended, dose_date, due_at):
            continue
        if newest is not None:
            await _bring_up(plan, _new_dose(plan, dose_date, due_at))
        elif plan.now - due_at <= decisions.LAST_CALL:
            # The very first dose, tonight's, is still to come: the patient has just been told to log it.
            row = _new_dose(plan, dose_date, due_at)
            await _ask_late(plan, row, plan.now + decisions.RE_ALERT)


def _was_paused(ended: Sequence[Pause], dose_date: date, due_at: datetime) -> bool:
    return any(
        pause.ended_at is not None
        and pause.first_date <= dose_date
        and due_at <= pause.ended_at
        and (pause.last_date is None or dose_date <= pause.last_date)
        for pause in ended
    )


async def _create_next(plan: _Plan) -> None:
    """Create the next dose that nobody has answered early, or revive the one that the plan has again."""
    after = plan.now
    for _attempt in range(_MOST_EARLY_ANSWERS):
        coming = due.next_dose(plan.regimen, plan.zone, after)
        if coming is None:
            return
        dose_date, after = coming
        row = await doses.on_date(plan.session, plan.patient.id, dose_date)
        if row is None:
            await _bring_up(plan, _new_dose(plan, dose_date, after))
            return
        if row.state == DoseState.CANCELLED:
            # The only way back from cancelled but the patient's own word: the plan contains it again.
            row.state, row.due_at = DoseState.PLANNED.value, after
            await _bring_up(plan, row)
            return
        if row.state == DoseState.PLANNED:
            return


def _new_dose(plan: _Plan, dose_date: date, due_at: datetime) -> Dose:
    step = plan_rules.step_on(plan.regimen.steps, dose_date)
    if step is None:
        raise ValueError("a dose date lies on or after the first step")
    row = Dose(
        id=uuid4(),
        patient_id=plan.patient.id,
        dose_date=dose_date,
        due_at=due_at,
        state=DoseState.PLANNED.value,
        planned_mg=step.dose_mg,
        planned_as=step.shown_as,
    )
    plan.session.add(row)
    return row
