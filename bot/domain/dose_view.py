"""One dose as messages see it, and what is known about it in words."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from bot.domain.dose import DoseState, reason_label
from bot.domain.due import local_date
from bot.domain.free_text.dose_amount import format_mg
from bot.locale import _
from bot.locale.dates import clock_text, weekday_name

if TYPE_CHECKING:
    from datetime import date, datetime
    from decimal import Decimal
    from uuid import UUID
    from zoneinfo import ZoneInfo

    from bot.domain.dose import NotTakenReason


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseView:
    """One dose as the messages see it.

    Attributes:
        id: The row's id, for the buttons.
        dose_date: Local date that the plan gives the dose.
        due_at: Aware UTC instant.
        zone: The patient's zone.
        state: What is known about it.
        planned_mg: What the plan says, in mg.
        planned_as: The same as the patient typed it, where that isn't plain mg; else None.
        before_mg: On the day a dose step starts: the amount until then, in mg; else None.
        before_as: The same as typed, or None.
        taken_mg: In mg; None unless taken.
        taken_at: Aware UTC instant; None unless taken at a known time.
        logged_at: Aware UTC instant of the patient's answer; None without one.
        reason: Why it was not taken, or None.
        cue: The routine that the patient ties the dose to, as typed, or None.
        discreet: No amounts and no "LDN" in anything that is sent.
    """

    id: UUID
    dose_date: date
    due_at: datetime
    zone: ZoneInfo
    state: DoseState
    planned_mg: Decimal
    planned_as: str | None = None
    before_mg: Decimal | None = None
    before_as: str | None = None
    taken_mg: Decimal | None = None
    taken_at: datetime | None = None
    logged_at: datetime | None = None
    reason: NotTakenReason | None = None
    cue: str | None = None
    discreet: bool = False


def amount(dose_mg: Decimal | None, shown_as: str | None = None) -> str:
    """Return an amount, safe in HTML: as typed ("500 mcg"), else "4.5 mg" without trailing zeros."""
    if shown_as:
        return escape(shown_as)
    return "" if dose_mg is None else format_mg(dose_mg)


def planned_amount(dose: DoseView) -> str:
    """Return what the plan says for the dose."""
    return amount(dose.planned_mg, dose.planned_as)


def clock(dose: DoseView, instant: datetime) -> str:
    """Return when the dose was taken: "22:04", with the weekday where that isn't the day it was due."""
    time = clock_text(instant, dose.zone)
    day = local_date(instant, dose.zone)
    if day == local_date(dose.due_at, dose.zone):
        return time
    return _("{time} ({day})").format(time=time, day=weekday_name(day))


def state_words(dose: DoseView) -> str:
    """Return what is known about the dose, without naming it: "✅ Taken 4.5 mg at 22:04"."""
    if dose.state is DoseState.TAKEN:
        return _taken_words(dose)
    if dose.logged_at is None:
        return {
            DoseState.HELD: _("On hold."),
            DoseState.CANCELLED: _("No longer in your plan."),
        }.get(dose.state, _("No answer logged."))
    at = clock_text(dose.logged_at, dose.zone)
    if dose.state is DoseState.NOT_TAKEN:
        text = _("Not done (logged at {time}).") if dose.discreet else _("Not taken (logged at {time}).")
    else:
        text = _("Not sure (logged at {time}).")
    line = text.format(time=at)
    if dose.reason is None:
        return line
    return _("{line} Reason: {reason}.").format(
        line=line, reason=reason_label(dose.reason, discreet=dose.discreet)
    )


def _taken_words(dose: DoseView) -> str:
    if dose.taken_at is None:
        text = (
            _("✅ Done; the time isn't known.")
            if dose.discreet
            else _("✅ Taken {amount}; the time isn't known.")
        )
    else:
        text = _("✅ Done at {time}") if dose.discreet else _("✅ Taken {amount} at {time}")
    when = "" if dose.taken_at is None else clock(dose, dose.taken_at)
    return text.format(amount=taken_amount(dose), time=when)


def taken_amount(dose: DoseView) -> str:
    """Return the amount taken, as the patient types such amounts: "4.5 mg", "500 mcg"."""
    if dose.taken_mg == dose.planned_mg:
        return amount(dose.taken_mg, dose.planned_as)
    return amount(dose.taken_mg, dose.before_as if dose.taken_mg == dose.before_mg else None)
