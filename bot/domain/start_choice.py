"""From which evening a plan or a new amount can start: tonight, the next one, or one that just passed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain.due import due_at, local_date, next_dose
from bot.domain.regimen import ONE_DAY, DoseStep, Regimen, needs_day_offset

if TYPE_CHECKING:
    from datetime import date, datetime, time
    from decimal import Decimal
    from zoneinfo import ZoneInfo

STILL_TO_COME = timedelta(hours=4)
"""So long after its time a bedtime can still be ahead; nothing about a dose goes out later than this."""
FURTHEST = timedelta(days=366)
"""A start further away than this is a slip of the finger."""


@dataclass(frozen=True, slots=True)
class StartChoice:
    """The evenings that a plan can start on.

    Attributes:
        today: The dose date that goes with *now*: yesterday's, before a bedtime after midnight.
        next_date: The first dose date whose time is still ahead.
        next_due_at: When that is (aware, UTC).
        just_passed: The dose date whose time passed less than four hours ago, or None.
    """

    today: date
    next_date: date
    next_due_at: datetime
    just_passed: date | None


def daily_plan(local_time: time, day_offset: int, starts_on: date, dose_mg: Decimal) -> Regimen:
    """Return the plain plan of enrolment: this amount every day from *starts_on* (a dose date)."""
    return Regimen(
        local_time=local_time,
        day_offset=day_offset,
        anchor=starts_on,
        steps=(DoseStep(starts_on, dose_mg),),
    )


def start_choice(regimen: Regimen, zone: ZoneInfo, now: datetime) -> StartChoice | None:
    """Return the evenings that *regimen* could start on, seen from *now* (aware).

    Returns:
        None where the plan gives no further dose (a pause without an end).
    """
    coming = next_dose(regimen, zone, now)
    if coming is None:
        return None
    next_date, next_due_at = coming
    return StartChoice(
        today=_evening_of(regimen, zone, now),
        next_date=next_date,
        next_due_at=next_due_at,
        just_passed=_just_passed(regimen, zone, now, next_date),
    )


def can_start_on(choice: StartChoice, starts_on: date) -> bool:
    """Tell whether a plan may start on the dose date *starts_on*: not in the past, not beyond a year."""
    first = choice.just_passed or choice.next_date
    return first <= starts_on <= choice.next_date + FURTHEST


def _evening_of(regimen: Regimen, zone: ZoneInfo, now: datetime) -> date:
    local = now.astimezone(zone)
    after_midnight = regimen.day_offset == 1 and needs_day_offset(local.time())
    return local.date() - ONE_DAY if after_midnight else local_date(now, zone)


def _just_passed(regimen: Regimen, zone: ZoneInfo, now: datetime, next_date: date) -> date | None:
    for days in (1, 2):
        day = next_date - days * ONE_DAY
        due = due_at(regimen, day, zone)
        if due is not None:
            return day if now - due <= STILL_TO_COME else None
    return None
