"""Dates and times of day as a patient reads them, in the language being spoken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.locale import N_, _

if TYPE_CHECKING:
    from datetime import date, datetime, time
    from zoneinfo import ZoneInfo

_WEEKDAYS = (
    N_("Monday"),
    N_("Tuesday"),
    N_("Wednesday"),
    N_("Thursday"),
    N_("Friday"),
    N_("Saturday"),
    N_("Sunday"),
)
_MONTHS = (
    N_("Jan"),
    N_("Feb"),
    N_("Mar"),
    N_("Apr"),
    N_("May"),
    N_("Jun"),
    N_("Jul"),
    N_("Aug"),
    N_("Sep"),
    N_("Oct"),
    N_("Nov"),
    N_("Dec"),
)


def weekday_name(day: date | int) -> str:
    """Return "Tuesday" for a date, or for a weekday's number (Monday = 0)."""
    return _(_WEEKDAYS[day if isinstance(day, int) else day.weekday()])


def short_date(day: date, *, year: bool = False) -> str:
    """Return "24 Nov", with *year* "24 Nov 2026"."""
    text = _("{day} {month}").format(day=day.day, month=_(_MONTHS[day.month - 1]))
    return f"{text} {day.year}" if year else text


def day_text(day: date, *, year: bool = False) -> str:
    """Return "Tuesday 24 Nov", with *year* "Tuesday 24 Nov 2026"."""
    return _("{weekday} {date}").format(weekday=weekday_name(day), date=short_date(day, year=year))


def month_name(day: date) -> str:
    """Return the month of *day* without its year: "Nov"."""
    return _(_MONTHS[day.month - 1])


def month_text(day: date) -> str:
    """Return the month of *day*: "Nov 2026"."""
    return f"{_(_MONTHS[day.month - 1])} {day.year}"


def time_text(local_time: time) -> str:
    """Return a time of day: "22:00"."""
    return f"{local_time:%H:%M}"


def clock_text(instant: datetime, zone: ZoneInfo) -> str:
    """Return what a clock in *zone* shows at *instant*: "22:00"."""
    return f"{instant.astimezone(zone):%H:%M}"
