"""Changes to the plan's times and days: bedtime, days off, rhythm, time zone. Amounts: features/regimen."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain.dose_log import MIN_INTERVAL
from bot.domain.due import local_date, next_dose
from bot.domain.places import is_zone
from bot.domain.regimen import ONE_DAY, needs_day_offset
from bot.domain.spacing import least_gap
from bot.features.settings import screens
from bot.features.settings.fields import Asked, Changed, Field, Rows
from bot.features.settings.reminder_changes import cue_after_moving
from bot.locale import _
from bot.locale.dates import time_text
from bot.telegram_io.questions import zone_echo
from bot.telegram_io.typed_answers import Choices, Problem, read_daytime, read_time, read_zone

if TYPE_CHECKING:
    from datetime import time

    from bot.domain.regimen import Regimen as Plan

Result = Changed | Asked | Problem | Choices

WEEKEND = (5, 6)
ALL_DAYS = range(7)


def reminder_time(rows: Rows, text: str) -> Result:
    """Set the bedtime; one after midnight asks which evening it belongs to."""
    found = read_time(text, evening=True)
    if isinstance(found, Problem):
        return found
    if needs_day_offset(found):
        return Asked(screens.evening(found))
    return _set_bedtime(rows, found, 0)


def evening(rows: Rows, value: str) -> Result:
    """Set a bedtime after midnight ("0030-1": it counts for the evening before, "0030-0": it doesn't)."""
    clock, _dash, offset = value.partition("-")
    found = read_time(clock, evening=True)
    if isinstance(found, Problem):
        return found
    return _set_bedtime(rows, found, 1 if offset == "1" and needs_day_offset(found) else 0)


def _set_bedtime(rows: Rows, local_time: time, day_offset: int) -> Result:
    moved = replace(rows.plan, local_time=local_time, day_offset=day_offset)
    problem = _too_close(moved, rows)
    if problem is not None:
        return problem
    rows.regimen.local_time, rows.regimen.day_offset = local_time, day_offset
    notice = _("Saved: the reminder comes at {clock}.").format(clock=time_text(local_time))
    return Changed(" ".join(filter(None, (notice, cue_after_moving(rows, moved)))))


def _too_close(plan: Plan, rows: Rows) -> Problem | None:
    """Return why the plan's times can't be: two of them would come under 12 hours apart each week."""
    gap = least_gap(replace(plan, pauses=()), local_date(rows.now, rows.zone))
    if gap is None or gap >= MIN_INTERVAL:
        return None
    text = _(
        "With the time on days off, two would come only {hours} hours apart; at least 12 are needed. Nothing "
        "was changed. See “Days off” in /settings."
    )
    return Problem(text.format(hours=gap // timedelta(hours=1)))


def days_off(rows: Rows, value: str) -> Result:
    """Turn one weekday (Monday = 0) into a day off, or back."""
    days = _toggled(rows.regimen.days_off, value)
    problem = _too_close(replace(rows.plan, days_off=frozenset(days)), rows)
    if problem is not None:
        return problem
    rows.regimen.days_off = days
    return Changed(_("Saved."), Field.DAYS_OFF)


def days_off_time(rows: Rows, text: str) -> Result:
    """Set the bedtime on days off; "same" makes it the usual one."""
    if text == "same":
        rows.regimen.time_on_days_off = None
        return Changed(_("Saved: the same reminder time on all days."), Field.DAYS_OFF)
    found = read_time(text, evening=True)
    if isinstance(found, Problem):
        return found
    days = frozenset(rows.regimen.days_off or WEEKEND)
    problem = _too_close(replace(rows.plan, time_on_days_off=found, days_off=days), rows)
    if problem is not None:
        return problem
    rows.regimen.time_on_days_off = found
    _choose_weekend(rows)
    notice = _("Saved: on days off the reminder comes at {clock}.").format(clock=time_text(found))
    return Changed(notice, Field.DAYS_OFF)


def days_off_checkin(rows: Rows, text: str) -> Result:
    """Set the check-in's time on days off; "same" makes it the usual one."""
    if text == "same":
        rows.patient.checkin_time_on_days_off = None
        return Changed(_("Saved: the same check-in time on all days."), Field.DAYS_OFF)
    found = read_daytime(text)
    if isinstance(found, Problem):
        return found
    rows.patient.checkin_time_on_days_off = found
    _choose_weekend(rows)
    notice = _("Saved: on days off the check-in comes at {clock}.").format(clock=time_text(found))
    return Changed(notice, Field.DAYS_OFF)


def rhythm(rows: Rows, value: str) -> Result:
    """Set which days have a dose; "every_other_1" counts from the day after the next dose."""
    if value == "weekdays":
        rows.regimen.rhythm = value
        return Changed(_("Saved: a dose on the chosen weekdays. Choose them:"), Field.WEEKDAYS)
    if value in {"every_other_0", "every_other_1"}:
        _every_other_day(rows, later=value.endswith("1"))
        return Changed(_("Saved: a dose every other day."))
    rows.regimen.rhythm = "daily"
    return Changed(_("Saved: a dose every day."))


def weekdays(rows: Rows, value: str) -> Result:
    """Turn one weekday (Monday = 0) into a day with a dose, or back; one always stays."""
    days = _toggled(rows.regimen.weekdays, value)
    if not days:
        return Problem(_("At least one weekday needs a dose; nothing was changed."))
    rows.regimen.weekdays, rows.regimen.rhythm = days, "weekdays"
    return Changed(_("Saved."), Field.WEEKDAYS)


def zone(rows: Rows, text: str) -> Result:
    """Find a zone; it is set only when the patient has seen its local time."""
    found = read_zone(text)
    return Asked(screens.zone_sure(found, rows)) if isinstance(found, str) else found


def zone_confirmed(rows: Rows, zone_name: str) -> Result:
    """Set the zone whose local time the patient has seen."""
    if not is_zone(zone_name):
        return zone(rows, zone_name)
    rows.patient.zone, rows.patient.away_zone = zone_name, None
    return Changed(_("Saved: {zone}.").format(zone=zone_echo(zone_name, rows.now)))


def _every_other_day(rows: Rows, *, later: bool) -> None:
    """Count every other day so that the next dose (or the one after it) is one.

    The anchor moves by a day at most: it also says when the plan began.
    """
    daily = replace(rows.plan, rhythm="daily")
    coming = next_dose(daily, rows.zone, rows.now)
    if coming is not None:
        first = coming[0] + ONE_DAY if later else coming[0]
        rows.regimen.anchor += ONE_DAY * ((first - rows.regimen.anchor).days % 2)
    rows.regimen.rhythm = "every_other_day"


def _toggled(days: list[int], value: str) -> list[int]:
    day = int(value) if value.isdecimal() and int(value) in ALL_DAYS else None
    return sorted(set(days) ^ ({day} if day is not None else set()))


def _choose_weekend(rows: Rows) -> None:
    if not rows.regimen.days_off:
        rows.regimen.days_off = list(WEEKEND)
