"""The small screens of /settings: one question each, with the choices as buttons and "Back" below."""

from __future__ import annotations

from datetime import time
from html import escape
from types import MappingProxyType
from typing import TYPE_CHECKING

from bot.domain.checkin import OPTIONAL
from bot.domain.checkin_calendar import Rhythm
from bot.domain.checkin_words import MEASURE_LABELS
from bot.domain.zone_choice import zones_showing
from bot.features.settings import messages
from bot.features.settings.fields import Field, Rows, open_data, set_data
from bot.features.settings.reminder_changes import NO_CUE, cues
from bot.locale import _
from bot.locale.dates import time_text, weekday_name
from bot.message import Button, Message, press_data
from bot.telegram_io import questions

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from bot.message import Row

BEDTIMES = (time(21), time(21, 30), time(22), time(22, 30), time(23), time(23, 30), time(0), time(8))
MORNINGS = (time(8), time(8, 30), time(9), time(9, 30), time(10), time(11), time(12), time(14))
SUMMARY_TIMES = (time(10), time(12), time(16), time(17), time(18), time(19), time(20), time(20, 30))


def screen(field: Field, rows: Rows) -> Message:
    """Return the screen of a field, as things stand now."""
    return _SCREENS[field](rows)


def asked_screen(text: str, options: Iterable[tuple[str, str]], back: str) -> Message:
    """Return a question with one button a row: (label, callback data) of each, and where "Back" leads."""
    buttons = (Button(label, data) for label, data in options)
    return Message(text, (*questions.in_rows(buttons, 1), (Button(_("‹ Back"), back),)))


def evening(local_time: time) -> Message:
    """Return the question which evening a bedtime after midnight belongs to."""
    clock = time_text(local_time)
    options = (
        (_("Yes, the evening before"), set_data(Field.EVENING, f"{local_time:%H%M}-1")),
        (_("No, that same day"), set_data(Field.EVENING, f"{local_time:%H%M}-0")),
    )
    return asked_screen(questions.evening_question(clock), options, open_data(Field.REMINDER_TIME))


def zone_sure(zone: str, rows: Rows) -> Message:
    """Return the question whether the zone's local time is the patient's."""
    options = (
        (_("Yes"), press_data("settings.zone", None, zone)),
        (_("No, another zone"), open_data(Field.ZONE)),
    )
    return asked_screen(questions.zone_confirmation(zone, rows.now), options, open_data())


def zone_choices(text: str, options: Iterable[tuple[str, str]]) -> Message:
    """Return the question which of several places was meant: (label, zone) of each."""
    return asked_screen(
        text, ((label, set_data(Field.ZONE, zone)) for label, zone in options), open_data(Field.ZONE)
    )


def clock_picker(rows: Rows) -> Message:
    """Return the question what the clock shows."""
    choices = questions.clock_rows(rows.now, lambda offset: press_data("settings.place", None, offset))
    return _with_back(questions.clock_question(), choices, open_data(Field.ZONE))


def place_picker(offset: int, rows: Rows) -> Message:
    """Return the question in which of the places with such a clock the patient's time is kept."""
    zones = zones_showing(offset, rows.now)
    choices = questions.zone_buttons(zones, lambda zone: press_data("settings.zone", None, zone))
    return _with_back(questions.place_question(offset, rows.now), choices, press_data("settings.clock"))


def _reminder_time(rows: Rows) -> Message:
    text = _("The reminder comes at <b>{words}</b>. Tap a new time, or type one such as <i>10:45 pm</i>.")
    return _with_back(
        text.format(words=messages.reminder_words(rows)), _times(Field.REMINDER_TIME, BEDTIMES), open_data()
    )


def _rhythm(rows: Rows) -> Message:
    options = (
        (_("Every day"), set_data(Field.RHYTHM, "daily")),
        (_("Every other day, with the next dose"), set_data(Field.RHYTHM, "every_other_0")),
        (_("Every other day, from the day after it"), set_data(Field.RHYTHM, "every_other_1")),
        (_("On chosen weekdays …"), set_data(Field.RHYTHM, "weekdays")),
    )
    text = _("Which days does your prescription give a dose? Now: <b>{words}</b>.")
    return asked_screen(text.format(words=messages.rhythm_words(rows)), options, open_data())


def _weekdays(rows: Rows) -> Message:
    choices = _day_switches(Field.WEEKDAYS, rows.regimen.weekdays)
    text = _("A dose comes on the days with a check mark. Tap a day to change it.")
    return _with_back(text, choices, open_data(Field.RHYTHM))


def _days_off(rows: Rows) -> Message:
    checkin = rows.patient.checkin_time_on_days_off
    text = _(
        "Which days are your days off, and which times do they have?\n"
        "Days off: <b>{days}</b>\nReminder: <b>{reminder}</b>\nCheck-in: <b>{checkin}</b>"
    ).format(
        days=messages.day_names(rows.regimen.days_off),
        reminder=_or_same(rows.regimen.time_on_days_off),
        checkin=_or_same(checkin),
    )
    times = (
        Button(_("🔔 Reminder time"), open_data(Field.DAYS_OFF_TIME)),
        Button(_("📝 Check-in time"), open_data(Field.DAYS_OFF_CHECKIN)),
    )
    return _with_back(text, (*_day_switches(Field.DAYS_OFF, rows.regimen.days_off), times), open_data())


def _days_off_time(_rows: Rows) -> Message:
    same = (Button(_("The same as on other days"), set_data(Field.DAYS_OFF_TIME, "same")),)
    text = _("When shall the reminder come on days off? Tap or type a time.")
    return _with_back(text, (*_times(Field.DAYS_OFF_TIME, BEDTIMES), same), open_data(Field.DAYS_OFF))


def _days_off_checkin(_rows: Rows) -> Message:
    same = (Button(_("The same as on other days"), set_data(Field.DAYS_OFF_CHECKIN, "same")),)
    text = _("When shall the check-in come on days off? Tap or type a time.")
    return _with_back(text, (*_times(Field.DAYS_OFF_CHECKIN, MORNINGS), same), open_data(Field.DAYS_OFF))


def _checkin_time(rows: Rows) -> Message:
    text = _("Check-ins come at <b>{words}</b>, without a sound. Tap a new time, or type one.")
    return _with_back(
        text.format(words=messages.checkin_words(rows)), _times(Field.CHECKIN_TIME, MORNINGS), open_data()
    )


def _checkin_rhythm(rows: Rows) -> Message:
    every = (
        (Button(_("Every day"), set_data(Field.CHECKIN_RHYTHM, Rhythm.DAILY)),),
        (Button(_("Every other day"), set_data(Field.CHECKIN_RHYTHM, Rhythm.EVERY_OTHER_DAY)),),
    )
    weekly = (
        Button(_("Every {weekday}").format(weekday=weekday_name(day)), set_data(Field.CHECKIN_RHYTHM, day))
        for day in range(7)
    )
    text = _("How often shall I ask? Now: <b>{words}</b>.").format(words=messages.checkin_words(rows))
    return _with_back(text, (*every, *questions.in_rows(weekly, 2)), open_data())


def _questions(rows: Rows) -> Message:
    chosen = rows.patient.optional_questions
    buttons = (
        Button(
            _checked(_(MEASURE_LABELS[question]), on=question in chosen), set_data(Field.QUESTIONS, question)
        )
        for question in OPTIONAL
    )
    text = _("These questions are asked too when they have a check mark. Tap one to change it.")
    return _with_back(text, questions.in_rows(buttons, 2), open_data())


def _summary(rows: Rows) -> Message:
    weekday = rows.patient.summary_weekday
    chosen = () if weekday is None else (weekday,)
    others = (
        Button(_("🕕 Time"), open_data(Field.SUMMARY_TIME)),
        Button(_("Turn off"), set_data(Field.SUMMARY, "off")),
    )
    text = _("The weekly summary: <b>{words}</b>. Tap a day.").format(words=messages.summary_words(rows))
    return _with_back(text, (*_day_switches(Field.SUMMARY, chosen), others), open_data())


def _summary_time(_rows: Rows) -> Message:
    text = _("When shall the weekly summary come? Tap or type a time from 8:00 to 20:59.")
    return _with_back(text, _times(Field.SUMMARY_TIME, SUMMARY_TIMES), open_data(Field.SUMMARY))


def _zone(rows: Rows) -> Message:
    now = questions.zone_echo(rows.zone.key, rows.now)
    ways = questions.zone_rows(share=press_data("settings.share"), clock=press_data("settings.clock"))
    text = _("Now: <b>{zone}</b>. Your device's own clock says: {device}.").format(
        zone=now, device=questions.device_time(rows.now)
    )
    return _with_back(f"{text}\n\n{questions.zone_question()}", ways, open_data())


def _cue(rows: Rows) -> Message:
    buttons = [(Button(_(cue), set_data(Field.CUE, f"#{number}")),) for number, cue in enumerate(cues(rows))]
    off = (Button(_("No routine"), set_data(Field.CUE, NO_CUE)),)
    text = _(
        "Routines work better than timers. What do you do every day at that time? "
        "Tap, or type it in a few words. "
        "Now: <b>{cue}</b>."
    ).format(cue=escape(rows.patient.cue) if rows.patient.cue else _("none"))
    return _with_back(text, (*buttons, off), open_data())


def _or_same(local_time: time | None) -> str:
    return _("as on other days") if local_time is None else time_text(local_time)


def _times(field: Field, times: Iterable[time]) -> tuple[Row, ...]:
    buttons = (Button(time_text(one), set_data(field, f"{one:%H%M}")) for one in times)
    return questions.in_rows(buttons, 4)


def _day_switches(field: Field, chosen: Collection[int]) -> tuple[Row, ...]:
    buttons = (
        Button(_checked(weekday_name(day), on=day in chosen), set_data(field, day)) for day in range(7)
    )
    return questions.in_rows(buttons, 3)


def _checked(label: str, *, on: bool) -> str:
    return f"✓ {label}" if on else label


def _with_back(text: str, choices: Iterable[Row], back: str) -> Message:
    return Message(text, (*choices, (Button(_("‹ Back"), back),)))


_SCREENS: Mapping[Field, Callable[[Rows], Message]] = MappingProxyType(
    {
        Field.REMINDER_TIME: _reminder_time,
        Field.RHYTHM: _rhythm,
        Field.WEEKDAYS: _weekdays,
        Field.DAYS_OFF: _days_off,
        Field.DAYS_OFF_TIME: _days_off_time,
        Field.DAYS_OFF_CHECKIN: _days_off_checkin,
        Field.CHECKIN_TIME: _checkin_time,
        Field.CHECKIN_RHYTHM: _checkin_rhythm,
        Field.QUESTIONS: _questions,
        Field.SUMMARY: _summary,
        Field.SUMMARY_TIME: _summary_time,
        Field.ZONE: _zone,
        Field.CUE: _cue,
    }
)
