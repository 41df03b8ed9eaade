"""Changes to check-ins, the weekly summary, and how the bot behaves."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from bot.domain.checkin import OPTIONAL
from bot.domain.checkin_calendar import Rhythm
from bot.domain.due import local_date, next_occurrence
from bot.domain.regimen import DAYS_IN_WEEK, ONE_DAY, is_morning_dose
from bot.features.settings.fields import Changed, Field, Rows
from bot.locale import N_, _
from bot.locale.dates import time_text, weekday_name
from bot.telegram_io.typed_answers import Problem, read_daytime

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from bot.domain.regimen import Regimen as Plan
    from bot.features.settings.plan_changes import Result

LONGEST_CUE = 100
NO_CUE = "-"
_EVENING_CUES = (N_("after brushing teeth"), N_("with my evening tea"), N_("when I plug in my phone"))
_MORNING_CUES = (N_("after brushing teeth"), N_("with my morning tea"), N_("when I unplug my phone"))


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


def discreet(rows: Rows, value: str) -> Result:
    """Turn discreet mode on or off."""
    rows.patient.discreet = value == "on"
    if rows.patient.discreet:
        return Changed(_("Discreet mode is on: no amounts and no names of medicines in messages."))
    return Changed(_("Discreet mode is off."))


def second_re_alert(rows: Rows, value: str) -> Result:
    """Turn the second, silent re-alert on or off."""
    rows.patient.second_re_alert = value == "on"
    if rows.patient.second_re_alert:
        return Changed(_("A second, silent reminder comes when there's no answer."))
    return Changed(_("The second reminder is off."))


def cues(rows: Rows) -> Sequence[str]:
    """Return routines to offer, marked for translation: a morning dose isn't tied to an evening."""
    return _MORNING_CUES if is_morning_dose(rows.plan) else _EVENING_CUES


def cue_after_moving(rows: Rows, moved: Plan) -> str | None:
    """Let the routine follow a dose that moves between evening and morning; return what to say, or None.

    One of ours becomes its counterpart. The patient's own words stay, since nobody else knows what they fit.

    Args:
        rows: The rows, with the plan as it was.
        moved: The plan as it is now.
    """
    kept, morning = rows.patient.cue, is_morning_dose(moved)
    if kept is None or morning == is_morning_dose(rows.plan):
        return None
    ours = zip(_EVENING_CUES, _MORNING_CUES, strict=True)
    for old, new in ours if morning else ((new, old) for old, new in ours):
        if kept == _(old):
            rows.patient.cue = _(new)
            return None if old == new else _("Its routine is now: {words}.").format(words=_(new))
    return _("Its routine is still: {words}. Change it if it no longer fits.").format(words=escape(kept))


def cue(rows: Rows, text: str) -> Result:
    """Tie the dose to a routine in the patient's words, or to one of ours ("#0"); "-" takes it off."""
    offered = {f"#{number}": _(cue) for number, cue in enumerate(cues(rows))}
    words = offered.get(text, " ".join(text.split()))
    if words == NO_CUE:
        rows.patient.cue = None
        return Changed(_("Saved: no routine."))
    if len(words) > LONGEST_CUE:
        return Problem(
            _("That's too long for a reminder. Please put it in a few words; nothing was changed.")
        )
    if not words:
        return Problem(_("Please type a few words, such as: after brushing teeth."))
    rows.patient.cue = words
    return Changed(_("Saved: the reminder will mention your routine."))


def _today(rows: Rows) -> date:
    return local_date(rows.now, rows.zone)


def _anchor(rows: Rows, fits: Callable[[date], bool]) -> date:
    """Return the first day that fits from the old anchor on: it also says when check-ins began."""
    day = rows.patient.checkin_anchor or _today(rows)
    while not fits(day):
        day += ONE_DAY
    return day
