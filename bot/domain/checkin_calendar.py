"""When a check-in is asked, what comes weekly or monthly, and what a late answer is called."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum, auto

PGIC_FROM = timedelta(days=28)
PGIC_EVERY = timedelta(days=28)
"""A month of 28 days keeps the question on one weekday and in step with the 28-day comparisons."""
PGIC_TRIES = 3
"""Answered check-ins that carry the question before it waits for the next month: not each one for ever."""
BEFORE_NEXT_DOSE = timedelta(hours=4)
LONGEST = timedelta(hours=16)
"""A check-in waits no longer than this, also where the next dose is days away."""
WEEK = 7


class Rhythm(StrEnum):
    """How often the patient is asked for a check-in."""

    DAILY = auto()
    EVERY_OTHER_DAY = auto()
    WEEKLY = auto()


class Timing(StrEnum):
    """How an answer about a local date stands to the date on which it was given."""

    ON_TIME = auto()
    LATE = auto()
    BACKFILLED = auto()
    FUTURE = auto()


def timing(local_date: date, today: date) -> Timing:
    """Return what an answer given on *today* about *local_date* is (both local); FUTURE ones are refused."""
    days = (today - local_date).days
    if days < 0:
        return Timing.FUTURE
    return {0: Timing.ON_TIME, 1: Timing.LATE}.get(days, Timing.BACKFILLED)


def is_checkin_date(rhythm: Rhythm, anchor: date, local_date: date, weekday: int) -> bool:
    """Tell whether the rhythm asks for a check-in on *local_date*.

    Args:
        rhythm: How often.
        anchor: The first check-in's local date, from which every other day is counted.
        local_date: The date in question.
        weekday: The day of a weekly check-in, 0 = Monday.
    """
    if rhythm is Rhythm.WEEKLY:
        return local_date.weekday() == weekday
    return rhythm is Rhythm.DAILY or (local_date - anchor).days % 2 == 0


def interference_due(
    rhythm: Rhythm, anchor: date, local_date: date, weekday: int, summary_weekday: int
) -> bool:
    """Tell whether *local_date* is the week's last check-in: the last one up to the weekly summary's day.

    Args:
        rhythm: How often check-ins are asked.
        anchor: The first check-in's local date.
        local_date: The check-in's date.
        weekday: The day of a weekly check-in, 0 = Monday.
        summary_weekday: The day of the weekly summary, 0 = Monday.
    """
    if not is_checkin_date(rhythm, anchor, local_date, weekday):
        return False
    left = (summary_weekday - local_date.weekday()) % WEEK
    later = (local_date + timedelta(days=day) for day in range(1, left + 1))
    return not any(is_checkin_date(rhythm, anchor, day, weekday) for day in later)


def pgic_due(local_date: date, started_on: date | None, last_asked_on: date | None) -> bool:
    """Tell whether the monthly question belongs into the check-in of *local_date*.

    Args:
        local_date: The check-in's date.
        started_on: Date of the first dose; None before it.
        last_asked_on: Date of the last check-in in which the question was answered or skipped; None if never.
    """
    if started_on is None or local_date - started_on < PGIC_FROM:
        return False
    return last_asked_on is None or local_date - last_asked_on >= PGIC_EVERY


def pgic_left_out(asked_in: int) -> bool:
    """Tell whether the monthly question waits for the next month: *asked_in* check-ins had it, unanswered."""
    return asked_in >= PGIC_TRIES


def checkin_expires_at(due_at: datetime, next_dose_due_at: datetime | None) -> datetime:
    """Return the instant after which a check-in is no longer sent or asked again.

    Args:
        due_at: Aware UTC instant at which it was due.
        next_dose_due_at: Aware UTC instant of the next dose; None if there is none.

    Returns:
        Four hours before the next dose, and at most 16 hours after it was due. A dose due within four
        hours of the check-in is not "the next" one (a morning dose): it leaves the 16 hours.
    """
    latest = due_at + LONGEST
    if next_dose_due_at is None or next_dose_due_at - BEFORE_NEXT_DOSE <= due_at:
        return latest
    return min(latest, next_dose_due_at - BEFORE_NEXT_DOSE)
