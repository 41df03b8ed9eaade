"""What was prescribed: dose steps (a titration), the rhythm of dose dates, times of day, pauses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from decimal import Decimal

DoseRhythm = Literal["daily", "every_other_day", "weekdays"]

EVERY_DAY = frozenset(range(7))
NOON = 12
FIRST_HOUR_OF_MORNING = 6
ONE_DAY = timedelta(days=1)
DAYS_IN_WEEK = 7


@dataclass(frozen=True, slots=True)
class DoseStep:
    """From this date, this many mg.

    Attributes:
        starts_on: First dose date of the step.
        dose_mg: Milligrams.
        shown_as: The amount as the patient typed it where that isn't plain mg ("500 mcg"), else None.
    """

    starts_on: date
    dose_mg: Decimal
    shown_as: str | None = None


@dataclass(frozen=True, slots=True)
class Pause:
    """Dose dates on which no dose is due.

    Attributes:
        first_date: First paused dose date.
        last_date: Last paused dose date, or None until the patient resumes.
        reason: One word of ours ("opioid", "surgery", "other"), never a patient's text.
    """

    first_date: date
    last_date: date | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Regimen:
    """One patient's plan: one oral dose on each dose date.

    Attributes:
        local_time: Wall time of the dose in the patient's zone.
        day_offset: Days from the dose date to the wall date of `local_time`: 1 for a bedtime after
            midnight, which belongs to the evening before, else 0.
        rhythm: Which dates are dose dates.
        weekdays: Weekdays of the dose dates (Monday = 0); counts only in the rhythm "weekdays".
        anchor: First dose date; every other day is counted from it.
        time_on_days_off: Wall time on `days_off`, or None where it is the same.
        days_off: Weekdays of the dose dates that `time_on_days_off` is for.
        steps: The titration, in any order, with distinct start dates.
        pauses: Pauses, in any order; they may overlap.
    """

    local_time: time
    day_offset: int = 0
    rhythm: DoseRhythm = "daily"
    weekdays: frozenset[int] = EVERY_DAY
    anchor: date
    time_on_days_off: time | None = None
    days_off: frozenset[int] = frozenset()
    steps: tuple[DoseStep, ...]
    pauses: tuple[Pause, ...] = ()


def step_on(steps: Sequence[DoseStep], dose_date: date) -> DoseStep | None:
    """Return the dose step in force on *dose_date*, or None before the first step.

    Args:
        steps: The titration, in any order, with distinct start dates.
        dose_date: Local date that the plan gives the dose.
    """
    begun = [step for step in steps if step.starts_on <= dose_date]
    return max(begun, key=lambda step: step.starts_on, default=None)


def planned_dose_mg(steps: Sequence[DoseStep], dose_date: date) -> Decimal | None:
    """Return the dose planned for *dose_date*, or None before the first step.

    Args:
        steps: The titration, in any order, with distinct start dates.
        dose_date: Local date that the plan gives the dose.

    Returns:
        Milligrams.
    """
    step = step_on(steps, dose_date)
    return step.dose_mg if step else None


def step_before(steps: Sequence[DoseStep], step: DoseStep) -> DoseStep | None:
    """Return the step that *step* replaces, or None for the first one."""
    earlier = [other for other in steps if other.starts_on < step.starts_on]
    return max(earlier, key=lambda other: other.starts_on, default=None)


def step_left(regimen: Regimen, dose_date: date, planned_mg: Decimal) -> DoseStep | None:
    """Return the step before, if the dose of *dose_date* is the first one of a new amount; else None.

    Args:
        regimen: The plan.
        dose_date: Local date that the plan gives the dose.
        planned_mg: What the plan said for it, in mg, when it was asked about.
    """
    step = step_on(regimen.steps, dose_date)
    before = step_before(regimen.steps, step) if step else None
    if step is None or before is None or before.dose_mg == planned_mg:
        return None
    return before if next_dose_date(regimen, step.starts_on) == dose_date else None


def pause_on(pauses: Sequence[Pause], dose_date: date) -> Pause | None:
    """Return a pause that covers *dose_date* (of several the one that lasts longest), or None."""
    covering = [
        pause
        for pause in pauses
        if pause.first_date <= dose_date and (pause.last_date is None or dose_date <= pause.last_date)
    ]
    return max(covering, key=lambda pause: pause.last_date or date.max, default=None)


def is_in_rhythm(regimen: Regimen, dose_date: date) -> bool:
    """Tell whether the rhythm alone, without start date and pauses, gives *dose_date* a dose."""
    if regimen.rhythm == "every_other_day":
        return (dose_date - regimen.anchor).days % 2 == 0
    if regimen.rhythm == "weekdays":
        return dose_date.weekday() in regimen.weekdays
    return True


def is_dose_date(regimen: Regimen, dose_date: date) -> bool:
    """Tell whether a dose is due for *dose_date*: a step has begun, the rhythm fits, nothing pauses it."""
    return (
        step_on(regimen.steps, dose_date) is not None
        and is_in_rhythm(regimen, dose_date)
        and pause_on(regimen.pauses, dose_date) is None
    )


def next_dose_date(regimen: Regimen, on_or_after: date) -> date | None:
    """Return the first dose date on or after *on_or_after*.

    Returns:
        A local date, or None where no dose will come: no steps, no weekdays, or a pause without an end.
    """
    if not regimen.steps:
        return None
    day = max(on_or_after, min(step.starts_on for step in regimen.steps))
    out_of_rhythm = 0
    while out_of_rhythm < DAYS_IN_WEEK:
        pause = pause_on(regimen.pauses, day)
        if pause is not None:
            if pause.last_date is None:
                return None
            day, out_of_rhythm = pause.last_date, 0
        elif is_in_rhythm(regimen, day):
            return day
        else:
            out_of_rhythm += 1
        day += ONE_DAY
    return None


def dose_dates(regimen: Regimen, first: date, last: date) -> Iterator[date]:
    """Yield the dose dates from *first* to *last*, both included, in order."""
    day = next_dose_date(regimen, first)
    while day is not None and day <= last:
        yield day
        day = next_dose_date(regimen, day + ONE_DAY)


def needs_day_offset(local_time: time) -> bool:
    """Tell whether a dose at *local_time* (00:00-05:59) may belong to the evening before: ask once."""
    return local_time.hour < FIRST_HOUR_OF_MORNING


def local_time_on(regimen: Regimen, dose_date: date) -> time:
    """Return the wall time of the dose of *dose_date*, in the patient's zone."""
    if regimen.time_on_days_off is not None and dose_date.weekday() in regimen.days_off:
        return regimen.time_on_days_off
    return regimen.local_time


def wall_date(regimen: Regimen, dose_date: date) -> date:
    """Return the local date on which the dose of *dose_date* is taken (a day later after midnight).

    The offset of the regimen is that of its usual time. A time on days off that lies on the other side of
    midnight follows from it: 23:00 on work days and 00:30 on days off are both the evening of the dose date.
    """
    local_time = local_time_on(regimen, dose_date)
    if needs_day_offset(local_time) == needs_day_offset(regimen.local_time):
        return dose_date + timedelta(days=regimen.day_offset)
    after_midnight = needs_day_offset(local_time) and regimen.local_time.hour >= NOON
    return dose_date + timedelta(days=int(after_midnight))


def is_morning_dose(regimen: Regimen) -> bool:
    """Tell whether the usual dose is taken before noon of its own dose date (not a late bedtime)."""
    return regimen.local_time.hour < NOON and regimen.day_offset == 0
