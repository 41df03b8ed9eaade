"""Small words that all messages about doses share: names of doses, and the buttons that decline one."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain.dose_view import planned_amount
from bot.domain.due import is_morning, local_date
from bot.domain.regimen import DAYS_IN_WEEK, FIRST_HOUR_OF_MORNING
from bot.locale import _
from bot.locale.dates import short_date, weekday_name

if TYPE_CHECKING:
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from bot.domain.dose_view import DoseView


def is_evening(dose: DoseView) -> bool:
    """Tell whether the dose belongs to an evening where the patient is, also after midnight."""
    return not is_morning(dose.due_at, dose.zone)


def routine(dose: DoseView) -> str:
    """Return what the reminder is about: "LDN, 4.5 mg" or, discreetly, "evening routine"."""
    if dose.discreet:
        return _("evening routine") if is_evening(dose) else _("morning routine")
    if dose.before_mg is not None:
        return _("LDN")
    return _("LDN, {amount}").format(amount=planned_amount(dose))


def not_tonight(dose: DoseView) -> str:
    """Return the button that says that the dose isn't taken."""
    return _("Not tonight") if is_evening(dose) else _("Not today")


def not_taken(dose: DoseView) -> str:
    """Return the button that says so about a dose whose time has passed."""
    return _("Not done") if dose.discreet else _("Not taken")


def dose_name(dose: DoseView, now: datetime, *, only_older: bool = False, by_day: bool = False) -> str:
    """Return "tonight's dose", "Tuesday's dose" or "the dose of 24 Nov"; discreetly "routine" for "dose".

    Args:
        dose: The dose.
        now: Aware UTC instant.
        only_older: Return "" for the dose of the present evening (or morning).
        by_day: Name the weekday also then.
    """
    is_present = _evening_of(now, dose.zone) == _evening_of(dose.due_at, dose.zone)
    if is_present and only_older:
        return ""
    if is_present and not by_day:
        return _present_name(dose)
    age = abs((local_date(now, dose.zone) - dose.dose_date).days)
    if age < DAYS_IN_WEEK:
        text = _("{day}'s routine") if dose.discreet else _("{day}'s dose")
        return text.format(day=weekday_name(dose.dose_date))
    text = _("the routine of {date}") if dose.discreet else _("the dose of {date}")
    return text.format(date=short_date(dose.dose_date))


def _evening_of(instant: datetime, zone: ZoneInfo) -> date:
    """Return the date that people count *instant* to: the small hours belong to the day before."""
    return (instant.astimezone(zone).replace(tzinfo=None) - timedelta(hours=FIRST_HOUR_OF_MORNING)).date()


def _present_name(dose: DoseView) -> str:
    if is_evening(dose):
        return _("tonight's routine") if dose.discreet else _("tonight's dose")
    return _("today's routine") if dose.discreet else _("today's dose")


def capital(text: str) -> str:
    """Return *text* with a capital letter at its start."""
    return text[:1].upper() + text[1:]
