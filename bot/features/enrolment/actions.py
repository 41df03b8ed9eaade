"""What happens in an enrolment: the draft is kept after every answer; the last tap starts the plan."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, time
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bot.domain.consent import CONSENT_VERSION
from bot.domain.due import next_occurrence
from bot.domain.free_text.dates import Precision
from bot.domain.start_choice import can_start_on
from bot.features.enrolment.draft import Draft, Step, next_step
from bot.features.enrolment.review import choice_of, dose_steps, first_day
from bot.storage.tables import DoseStep, Regimen

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.storage.tables import Patient

FEATURE_NAME = "enrolment"
_PRECISIONS = {len("2026"): Precision.YEAR, len("2026-03"): Precision.MONTH, len("2026-03-12"): Precision.DAY}


@dataclass(frozen=True, slots=True)
class Progress:
    """Where an enrolment stands.

    Attributes:
        step: The step on the screen.
        draft: What was answered so far.
        message_id: The message that shows it, or None where that isn't known.
    """

    step: Step
    draft: Draft
    message_id: int | None


def progress_of(patient: Patient) -> Progress:
    """Return where the patient's enrolment stands; a new patient stands at its beginning."""
    kept: dict[str, Any] = patient.dialogue or {}
    if kept.get("feature") != FEATURE_NAME:
        kept = {}
    agreed = patient.consent_version == CONSENT_VERSION
    draft = replace(Draft.from_json(kept.get("draft", {})), agreed=agreed)
    draft = replace(draft, read=draft.read or agreed)
    step = kept.get("step")
    return Progress(
        step=Step(step) if step in set(Step) else next_step(draft),
        draft=draft,
        message_id=kept.get("message_id"),
    )


def keep(patient: Patient, progress: Progress) -> None:
    """Keep where the enrolment stands, through a restart and for days."""
    patient.dialogue = {
        "feature": FEATURE_NAME,
        "step": progress.step.value,
        "draft": progress.draft.to_json(),
        "message_id": progress.message_id,
    }


def agree(patient: Patient, draft: Draft, now: datetime) -> Draft:
    """Record the consent to the present text; a second tap keeps the first one's time."""
    if patient.consent_version != CONSENT_VERSION:
        patient.consented_at = now
        patient.consent_version = CONSENT_VERSION
    return replace(draft, read=True, agreed=True)


def finish(session: AsyncSession, patient: Patient, draft: Draft, starts_on: date, now: datetime) -> bool:
    """Make the patient active with the plan of the draft.

    Args:
        session: The open transaction.
        patient: An enrolling patient.
        draft: Complete but for the start.
        starts_on: First dose date.
        now: Aware UTC instant.

    Returns:
        False, with nothing changed, where an answer is missing or that evening is over.
    """
    if next_step(draft) is not Step.REVIEW or not can_start_on(choice_of(draft, now), starts_on):
        return False
    zone, reminder, checkin, mg = draft.zone, draft.reminder_time, draft.checkin_time, draft.dose_mg
    if zone is None or reminder is None or checkin is None or mg is None:
        return False
    session.add_all(_plan_rows(patient, draft, starts_on, time.fromisoformat(reminder)))
    patient.zone = zone
    patient.checkin_time = time.fromisoformat(checkin)
    patient.checkin_anchor = next_occurrence(patient.checkin_time, ZoneInfo(zone), now)[0]
    _set_started(patient, draft.started)
    patient.state = "active"
    patient.dialogue = None
    return True


def _plan_rows(patient: Patient, draft: Draft, starts_on: date, local_time: time) -> list[Regimen | DoseStep]:
    regimen = Regimen(
        patient_id=patient.id, local_time=local_time, day_offset=draft.day_offset or 0, anchor=starts_on
    )
    steps = [
        DoseStep(
            patient_id=patient.id, starts_on=step.starts_on, dose_mg=step.dose_mg, shown_as=step.shown_as
        )
        for step in dose_steps(draft, starts_on)
    ]
    return [regimen, *steps]


def _set_started(patient: Patient, started: str | None) -> None:
    """Keep the first dose ever: a month or year as its first day; "no" leaves it open."""
    if started is None or started == "no":
        return
    patient.started_on = first_day(started)
    patient.started_precision = _PRECISIONS[len(started)].value
