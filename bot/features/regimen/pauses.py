"""What happens when doses pause and go on: rows, and the reminder that is in front of the patient."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.domain import titration
from bot.domain.delivery import LAST_CALL
from bot.domain.dose import DoseState
from bot.domain.pause import TIME_CHANGE, PauseReason, never_ends_by_itself
from bot.features.regimen.pause_words import is_ahead
from bot.storage import changes, dose_rows, doses, patients, plans
from bot.storage import tables as rows

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from uuid import UUID

    from bot.features.regimen.plan import Plan


@dataclass(frozen=True, slots=True)
class Started:
    """A pause that was started.

    Attributes:
        row: Its row.
        stripped: Message ids whose Taken button must go.
    """

    row: rows.Pause
    stripped: tuple[int, ...]


async def first_date(plan: Plan) -> date:
    """Return the first dose date that a pause can cover: one that is asked and open, or the next."""
    near = await doses.due_between(plan.session, plan.patient.id, plan.now - LAST_CALL, plan.now)
    asked = [row.dose_date for row in near if row.state == DoseState.ASKED]
    return min([*asked, plan.first])


async def ahead(plan: Plan) -> Sequence[rows.Pause]:
    """Return the pauses that are in force or to come (no safety holds), oldest first."""
    return [
        row
        for row in await patients.open_pauses(plan.session, plan.patient.id)
        if not row.is_hold and row.reason != TIME_CHANGE and is_ahead(patients.pause_rule(row), plan)
    ]


async def start(plan: Plan, reason: PauseReason, first: date, last: date | None) -> Started:
    """Pause the doses of *first* to *last* (None: until the patient resumes); both are dose dates.

    A pause for an opioid or surgery has no last day. A dose that was asked about and isn't answered is paused
    too; its pending messages are cancelled.
    """
    row = rows.Pause(
        patient_id=plan.patient.id,
        first_date=first,
        last_date=None if never_ends_by_itself(reason) else last,
        reason=reason.value,
        created_at=plan.now,
    )
    plan.session.add(row)
    await plan.session.flush()
    if not never_ends_by_itself(reason):
        # The others end by a prescriber's or pharmacist's word alone, not by "undo".
        changes.keep_created(plan.session, row, patient_id=plan.patient.id, noun="pause", now=plan.now)
    asked = first < plan.first
    stripped = await dose_rows.hold_asked(plan.session, plan.patient.id, plan.now) if asked else ()
    return Started(row, stripped)


async def own(plan: Plan, pause_id: UUID | None) -> rows.Pause | None:
    """Return the patient's own pause with this id, or None."""
    row = None if pause_id is None else await plan.session.get(rows.Pause, pause_id)
    return row if row is not None and row.patient_id == plan.patient.id and not row.is_hold else None


async def share_with_checkins(plan: Plan, row: rows.Pause, *, on: bool) -> None:
    """Let check-ins pause with the doses, or go on."""
    changes.keep_before(
        plan.session, row, patient_id=plan.patient.id, noun="pause", action="check-ins", now=plan.now
    )
    row.checkins_too = on


async def needs_clearance(plan: Plan) -> bool:
    """Tell whether resuming needs a prescriber's or pharmacist's word: an opioid, surgery, or a hold."""
    held = await patients.open_hold(plan.session, plan.patient.id) is not None
    return held or any(never_ends_by_itself(row.reason) for row in await ahead(plan))


async def resume(plan: Plan, *, cleared: bool) -> Sequence[rows.Pause]:
    """End every pause that is in force or to come (*cleared*: safety holds too), and return them."""
    ended = list(await ahead(plan))
    if cleared:
        opened = await patients.open_pauses(plan.session, plan.patient.id)
        ended += [row for row in opened if row.is_hold]
    await patients.end_pauses(plan.session, ended, plan.now)
    return ended


def steps_passed(plan: Plan, row: rows.Pause) -> titration.Steps:
    """Return the steps whose first day fell into a pause: no dose of theirs has been due yet."""
    return tuple(step for step in plan.steps if row.first_date <= step.starts_on < plan.first)


async def steps_as_before(plan: Plan, row: rows.Pause) -> titration.Steps | None:
    """Return the plan that goes on where it was when the pause began; None where a dose was taken since."""
    since = await doses.between(plan.session, plan.patient.id, row.first_date, plan.first)
    days = (plan.first - row.first_date).days
    if days <= 0 or any(dose.state == DoseState.TAKEN for dose in since):
        return None
    return titration.shifted(plan.steps, row.first_date, days)


async def go_on_as_before(plan: Plan, row: rows.Pause) -> titration.Steps | None:
    """Save `steps_as_before`; None where that can't be."""
    steps = await steps_as_before(plan, row)
    if steps is None or row.ended_at is None or not steps_passed(plan, row):
        return None
    await plans.save_steps(plan.session, plan.patient.id, steps, action="wait", now=plan.now)
    return steps
