"""Dated reminders: a blood test, an appointment, a prescription; once, or every few months."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from enum import StrEnum, auto

from bot.locale import N_

MONTHS_IN_YEAR = 12
MOST_MONTHS = 24
LONGEST_WORDS = 200


class DatedKind(StrEnum):
    """What a patient is reminded of."""

    BLOOD_TEST = auto()
    APPOINTMENT = auto()
    PRESCRIPTION = auto()
    OTHER = auto()


DATED_LABELS = {
    DatedKind.BLOOD_TEST: N_("Blood test"),
    DatedKind.APPOINTMENT: N_("Appointment"),
    DatedKind.PRESCRIPTION: N_("Prescription"),
    DatedKind.OTHER: N_("Something else"),
}


def occurrence(first: date, every_months: int | None, on_or_after: date) -> date | None:
    """Return when a dated reminder is due next.

    Args:
        first: Its first date. The 31st of a shorter month is that month's last day, and the 31st again later.
        every_months: The distance; None: it is due once.
        on_or_after: The patient's local date.

    Returns:
        A local date, or None where it is over.
    """
    if first >= on_or_after:
        return first
    if every_months is None:
        return None
    between = (on_or_after.year - first.year) * MONTHS_IN_YEAR + on_or_after.month - first.month
    times = max(0, between // every_months)
    while (day := _months_after(first, times * every_months)) < on_or_after:
        times += 1
    return day


def _months_after(first: date, months: int) -> date:
    year, month = divmod(first.year * MONTHS_IN_YEAR + first.month - 1 + months, MONTHS_IN_YEAR)
    return date(year, month + 1, min(first.day, monthrange(year, month + 1)[1]))
