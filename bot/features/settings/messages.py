"""What /settings says first: one overview of everything, with a button for each thing that can be changed."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from bot.domain.checkin import Question
from bot.domain.checkin_calendar import Rhythm
from bot.domain.checkin_words import MEASURE_LABELS
from bot.domain.due import local_date
from bot.domain.free_text.dose_amount import format_mg
from bot.domain.regimen import is_morning_dose, step_on
from bot.features.settings.fields import Field, Rows, open_data, set_data
from bot.locale import _
from bot.locale.dates import time_text, weekday_name
from bot.message import Button, Message, press_data
from bot.telegram_io.questions import in_rows, zone_echo

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.message import Row


def overview(rows: Rows) -> Message:
    """Return the overview. In discreet mode it names no amount and no medicine."""
    patient = rows.patient
    lines = [
        _("<b>Settings</b>"),
        _("🔔 Reminder: {words}").format(words=reminder_words(rows)),
        _("💊 Dose: {words}").format(words=dose_words(rows)) if not patient.discreet else "",
        _("📆 Days: {words}").format(words=rhythm_words(rows)),
        _("📝 Check-in: {words}").format(words=checkin_words(rows)),
        _("➕ Extra questions: {words}").format(words=question_words(rows)),
        _("📊 Weekly summary: {words}").format(words=summary_words(rows)),
        _("🌍 Time zone: {words}").format(words=zone_echo(rows.zone.key, rows.now)),
        _("🪥 Routine: {words}").format(words=escape(patient.cue) if patient.cue else _("none")),
        _("🔁 Second, silent reminder: {words}").format(words=on_off(on=patient.second_re_alert)),
        _("🫥 Discreet mode: {words}").format(words=on_off(on=patient.discreet)),
    ]
    return Message("\n".join(line for line in lines if line), _overview_rows(rows))


def no_plan_yet() -> Message:
    """Return the answer to somebody who isn't enrolled."""
    return Message(_("Please set up first: /start"))


def on_off(*, on: bool) -> str:
    """Return "on" or "off"."""
    return _("on") if on else _("off")


def reminder_words(rows: Rows) -> str:
    """Return the bedtime, with that of days off: "22:00, days off 23:30"."""
    usual = time_text(rows.regimen.local_time)
    other = rows.regimen.time_on_days_off
    if other is None or not rows.regimen.days_off:
        return usual
    return _("{usual}, days off {other}").format(usual=usual, other=time_text(other))


def dose_words(rows: Rows) -> str:
    """Return the amount that the plan gives now, or the first one to come."""
    steps = rows.plan.steps
    step = step_on(steps, local_date(rows.now, rows.zone)) or (steps[0] if steps else None)
    return _("none yet") if step is None else escape(step.shown_as or format_mg(step.dose_mg))


def rhythm_words(rows: Rows) -> str:
    """Return which days have a dose."""
    if rows.regimen.rhythm == "every_other_day":
        return _("every other day")
    return day_names(rows.regimen.weekdays) if rows.regimen.rhythm == "weekdays" else _("every day")


def checkin_words(rows: Rows) -> str:
    """Return when check-ins come: "09:00, every day"."""
    patient = rows.patient
    rhythm = {
        Rhythm.DAILY: _("every day"),
        Rhythm.EVERY_OTHER_DAY: _("every other day"),
        Rhythm.WEEKLY: _("every {weekday}").format(
            weekday=weekday_name(patient.checkin_anchor.weekday() if patient.checkin_anchor else 0)
        ),
    }[Rhythm(patient.checkin_rhythm)]
    clock = time_text(patient.checkin_time) if patient.checkin_time else "–"
    return _("{clock}, {rhythm}").format(clock=clock, rhythm=rhythm)


def question_words(rows: Rows) -> str:
    """Return the optional questions that are on: "fatigue, a note"."""
    chosen = [_(MEASURE_LABELS[Question(name)]) for name in rows.patient.optional_questions]
    return ", ".join(chosen) or _("none")


def summary_words(rows: Rows) -> str:
    """Return when the weekly summary comes: "Sunday 18:00"."""
    weekday = rows.patient.summary_weekday
    if weekday is None:
        return _("off")
    return _("{weekday} {clock}").format(
        weekday=weekday_name(weekday), clock=time_text(rows.patient.summary_time)
    )


def day_names(days: Iterable[int]) -> str:
    """Return weekdays (Monday = 0) as a list: "Monday, Friday"."""
    return ", ".join(weekday_name(day) for day in sorted(days)) or _("none")


def _overview_rows(rows: Rows) -> tuple[Row, ...]:
    patient = rows.patient
    fields = [
        (_("🔔 Reminder time"), open_data(Field.REMINDER_TIME)),
        (_("🏖 Days off"), open_data(Field.DAYS_OFF)),
        (_("🌙 The plan") if patient.discreet else _("💊 Dose plan"), press_data("regimen.open")),
        (_("📆 Which days"), open_data(Field.RHYTHM)),
        (_("📝 Check-in time"), open_data(Field.CHECKIN_TIME)),
        (_("📝 How often"), open_data(Field.CHECKIN_RHYTHM)),
        (_("➕ Extra questions"), open_data(Field.QUESTIONS)),
        (_("📊 Weekly summary"), open_data(Field.SUMMARY)),
        (_("🌍 Time zone"), open_data(Field.ZONE)),
        (_("🪥 Routine"), open_data(Field.CUE)),
        _switch(_("🔁 Second reminder"), Field.SECOND_RE_ALERT, on=patient.second_re_alert),
        _switch(_("🫥 Discreet mode"), Field.DISCREET, on=patient.discreet),
    ]
    buttons = (Button(label, data) for label, data in fields)
    test = Button(_("🧪 Send me a test reminder"), press_data("settings.test"))
    ways_on = (Button(_("‹ Today"), press_data("today.open")), Button(_("More …"), press_data("more.open")))
    return (*in_rows(buttons, 2), (test,), ways_on)


def _switch(label: str, field: Field, *, on: bool) -> tuple[str, str]:
    """Return a button that turns something over: its words say what it will do."""
    text = _("{label}: turn off") if on else _("{label}: turn on")
    return text.format(label=label), set_data(field, "off" if on else "on")


def test_reminder(rows: Rows) -> Message:
    """Return what a reminder looks like, clearly as a test: it has no buttons and changes nothing."""
    clock = time_text(rows.regimen.local_time)
    if rows.patient.discreet:
        reminder = (
            _("🔔 Time for your morning routine.")
            if is_morning_dose(rows.plan)
            else _("🔔 Time for your evening routine.")
        )
    else:
        reminder = _("💊 Time for your LDN, {amount}.").format(amount=dose_words(rows))
    cue = f"\n{escape(rows.patient.cue)}" if rows.patient.cue else ""
    title = _("🧪 <b>This is only a test.</b> Nothing to do now, and nothing is logged.")
    explanation = _("At {clock} a message like this comes, with buttons to answer:").format(clock=clock)
    return Message(f"{title} {explanation}\n\n<blockquote>{reminder}{cue}</blockquote>")
