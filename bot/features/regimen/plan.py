"""The plan as the screens see it: its steps, and the first dose date that is still open."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.domain import titration
from bot.domain.dose import DoseState
from bot.domain.due import LOOK_BACK, local_date, next_dose
from bot.domain.regimen import ONE_DAY, DoseStep, Regimen, is_morning_dose
from bot.domain.start_choice import StartChoice, start_choice
from bot.storage import doses, patients

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.storage.tables import Patient

_STILL_OPEN = frozenset({DoseState.PLANNED, DoseState.CANCELLED, DoseState.HELD})


@dataclass(frozen=True, slots=True)
class Plan:
    """One patient's plan, seen from now.

    Attributes:
        session: The open transaction.
        patient: An active patient.
        regimen: What was prescribed, with its pauses.
        choice: Which dose dates a change can start on; pauses don't count.
        now: Aware UTC instant.
    """

    session: AsyncSession
    patient: Patient
    regimen: Regimen
    choice: StartChoice
    now: datetime

    @property
    def zone(self) -> ZoneInfo:
        """Return the patient's zone."""
        return ZoneInfo(self.patient.zone or "UTC")

    @property
    def today(self) -> date:
        """Return the date of the patient's calendar."""
        return local_date(self.now, self.zone)

    @property
    def steps(self) -> titration.Steps:
        """Return the titration, oldest step first."""
        return titration.in_order(self.regimen.steps)

    @property
    def first(self) -> date:
        """Return the first dose date that is still open: nothing before it can be changed here."""
        return self.choice.next_date

    @property
    def present(self) -> DoseStep | None:
        """Return the step of the doses until now, or None before the first."""
        return titration.present_step(self.regimen.steps, self.first)

    @property
    def coming(self) -> titration.Steps:
        """Return the steps still to come."""
        return titration.coming_steps(self.regimen.steps, self.first)

    @property
    def morning(self) -> bool:
        """Tell whether the dose is taken in the morning."""
        return is_morning_dose(self.regimen)


async def load(session: AsyncSession, patient: Patient, now: datetime) -> Plan | None:
    """Return the patient's plan, or None before enrolment is done."""
    regimen = await patients.regimen_of(session, patient.id)
    if regimen is None or patient.zone is None:
        return None
    return Plan(session, patient, regimen, await _choice(session, patient, regimen, now), now)


async def _choice(session: AsyncSession, patient: Patient, regimen: Regimen, now: datetime) -> StartChoice:
    """Return the dose dates that a change can start on: never one whose dose was asked about or logged."""
    zone = ZoneInfo(patient.zone or "UTC")
    today = local_date(now, zone)
    # Also before the plan's first step: a start can be moved to an earlier evening.
    always = DoseStep(today - LOOK_BACK, titration.NO_AMOUNT)
    open_plan = replace(regimen, pauses=(), steps=(always,))
    choice = start_choice(open_plan, zone, now) or StartChoice(today, today, now, None)
    dose = await doses.on_date(session, patient.id, choice.next_date)
    if dose is None or dose.state in _STILL_OPEN:
        return replace(choice, just_passed=None)
    coming = next_dose(open_plan, zone, choice.next_due_at)
    if coming is None:
        return StartChoice(choice.today, choice.next_date + ONE_DAY, choice.next_due_at, None)
    return StartChoice(choice.today, *coming, None)
