"""Changes to the diary: when check-ins come and what they ask, and the weekly summary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.checkin import OPTIONAL
from bot.domain.checkin_calendar import Rhythm
from bot.domain.due import local_date, next_occurrence
from bot.domain.regimen import DAYS_IN_WEEK, ONE_DAY
from bot.features.settings.fields import Changed, Field, Rows
from bot.locale import _
from bot.locale.dates import time_text, weekday_name
from bot.telegram_io.typed_answers import Problem, read_daytime

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from bot.features.settings.plan_changes import Result


def checkin_time(rows: Rows, text: str) -> Result:
    """Set the time of the morning check-in."""
    found = read_daytime(text)
    if isinstance(found, Problem):
        return found
    rows.patient.checkin_time = found
    return Changed(_("Saved: check-ins come at {clock}.").format(clock=time_text(found)))


def checkin_rhythm(rows: Rows, value: str) -> Result:
    """Set how often a check-in comes: "daily", "every_other_day", or a weekday (Monday = 0)."""
    if value.isdecimal() and int(value) < DAYS_IN_WEEK:
        rows.patient.checkin_rhythm = Rhythm.WEEKLY.value
        rows.patient.checkin_anchor = _anchor(rows, lambda day: day.weekday() == int(value))
        return Changed(_("Saved: a check-in every {weekday}.").format(weekday=weekday_name(int(value))))
    if value == Rhythm.EVERY_OTHER_DAY:
        checkin = rows.patient.checkin_time
        first = next_occurrence(checkin, rows.zone, rows.now)[0] if checkin else _today(rows)
        rows.patient.checkin_rhythm = value
        rows.patient.checkin_anchor = _anchor(rows, lambda day: (first - day).days % 2 == 0)
        return Changed(_("Saved: a check-in every other day."))
    rows.patient.checkin_rhythm = Rhythm.DAILY.value
    return Changed(_("Saved: a check-in every day."))


def questions(rows: Rows, value: str) -> Result:
    """Turn an optional question on or off; answers that were given stay."""
    chosen = set(rows.patient.optional_questions) ^ {value}
    rows.patient.optional_questions = [question.value for question in OPTIONAL if question in chosen]
    return Changed(_("Saved."), Field.QUESTIONS)


def summary(rows: Rows, value: str) -> Result:
    """Set the weekly summary's day (Monday = 0), or turn it off."""
    if value == "off":
        rows.patient.summary_weekday = None
        return Changed(_("Saved: no weekly summary. /summary shows it at any time."))
    rows.patient.summary_weekday = int(value) % DAYS_IN_WEEK if value.isdecimal() else 6
    return Changed(_("Saved."), Field.SUMMARY)


def summary_time(rows: Rows, text: str) -> Result:
    """Set the weekly summary's time."""
    found = read_daytime(text)
    if isinstance(found, Problem):
        return found
    rows.patient.summary_time = found
    return Changed(_("Saved."), Field.SUMMARY)


def _today(rows: Rows) -> date:
    return local_date(rows.now, rows.zone)


def _anchor(rows: Rows, fits: Callable[[date], bool]) -> date:
    """Return the first day that fits from the old anchor on: it also says when check-ins began."""
    day = rows.patient.checkin_anchor or _today(rows)
    while not fits(day):
        day += ONE_DAY
    return day
