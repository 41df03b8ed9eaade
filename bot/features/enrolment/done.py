"""What the enrolment says at its end, and to somebody who is already enrolled."""

from __future__ import annotations

from datetime import time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.domain.due import due_at
from bot.domain.regimen import is_morning_dose
from bot.features.enrolment.review import choice_of, planned
from bot.locale import _
from bot.locale.dates import clock_text, short_date, time_text, weekday_name
from bot.message import Button, Message, press_data

if TYPE_CHECKING:
    from datetime import date, datetime

    from bot.features.enrolment.draft import Draft
    from bot.message import Row


def set_up(draft: Draft, starts_on: date, now: datetime) -> Message:
    """Return the words after the last tap: what comes next, and where everything can be changed.

    Args:
        draft: The complete draft.
        starts_on: First dose date.
        now: Aware UTC instant.
    """
    checkin = time_text(time.fromisoformat(draft.checkin_time or "09:00"))
    lines = [
        _("✅ <b>You're set up.</b>"),
        _first_dose(draft, starts_on, now),
        _("📝 Check-ins come at {clock}; they make no sound.").format(clock=checkin),
        "",
        _("/today shows your dose, /checkin takes a check-in at any hour, /settings changes everything."),
        _("Routines work better than timers: you can tie the dose to something you do every day."),
    ]
    return Message("\n".join(lines), _rows())


def already_set_up() -> Message:
    """Return the answer to /start from an enrolled patient."""
    return Message(
        _("You're set up, and everything you entered is safe. /today shows your dose."),
        ((Button(_("⚙️ Settings"), press_data("settings.open")),),),
    )


def _first_dose(draft: Draft, starts_on: date, now: datetime) -> str:
    plan = planned(draft, now, starts_on)
    if starts_on == choice_of(draft, now).just_passed:
        return (
            _("💊 Today's dose is yours to log: tap /today when you've taken it. I ask again in a while.")
            if is_morning_dose(plan)
            else _(
                "💊 Tonight's dose is yours to log: tap /today when you've taken it. I ask again in a while."
            )
        )
    zone = ZoneInfo(draft.zone or "UTC")
    due = due_at(plan, starts_on, zone)
    if due is None:
        return _("🔔 Your reminders start on {date}.").format(date=short_date(starts_on))
    there = due.astimezone(zone).date()
    return _("🔔 First reminder: {weekday} {date}, {clock}.").format(
        weekday=weekday_name(there), date=short_date(there), clock=clock_text(due, zone)
    )


def _rows() -> tuple[Row, ...]:
    return (
        (Button(_("🪥 Tie it to a routine"), press_data("settings.field", None, "cue")),),
        (Button(_("⚙️ Settings"), press_data("settings.open")),),
    )
