"""The calendar and one day of it."""

from __future__ import annotations

from calendar import monthrange
from html import escape
from typing import TYPE_CHECKING

from bot.domain.checkin_calendar import Timing
from bot.domain.checkin_echo import answer_lines
from bot.domain.dose import DoseState
from bot.domain.dose_view import state_words
from bot.domain.event_words import event_line
from bot.domain.regimen import ONE_DAY
from bot.features.history.marks import Mark, marks_of
from bot.locale import N_, _
from bot.locale.dates import clock_text, day_text, month_text
from bot.message import Button, Message, Row, press_data
from bot.storage.events import view_of
from bot.telegram_io.questions import ways_back

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from bot.features.history.actions import Day, Month

_WEEK = 7
# A button needs some text: this letter shows as an empty field.
_EMPTY = "\u2800"
_SHORT_WEEKDAYS = (N_("Mo"), N_("Tu"), N_("We"), N_("Th"), N_("Fr"), N_("Sa"), N_("Su"))
_LEGEND: Mapping[Mark, str] = {
    Mark.TAKEN: N_("taken"),
    Mark.NOT_TAKEN: N_("not taken"),
    Mark.NO_ANSWER: N_("no answer"),
    Mark.HELD: N_("on hold or paused"),
    Mark.CHECKED_IN: N_("check-in"),
}
_DISCREET_LEGEND: Mapping[Mark, str] = {Mark.TAKEN: N_("done"), Mark.NOT_TAKEN: N_("not done")}
_TIMINGS = {Timing.LATE: N_("late"), Timing.BACKFILLED: N_("added later")}
_LONGEST_BUTTON = 40


def month(one: Month, *, discreet: bool) -> Message:
    """Return the calendar of a month; each day opens with a tap."""
    counts = dict.fromkeys(Mark, 0)
    for facts in one.days.values():
        for mark in marks_of(facts):
            counts[mark] += 1
    legend = [
        _("{sign} {meaning}: {count}").format(
            sign=mark, meaning=_legend(mark, discreet=discreet), count=count
        )
        for mark, count in counts.items()
    ]
    lines = [f"<b>{month_text(one.first)}</b>", *legend]
    noted = [str(day.day) for day, facts in one.days.items() if facts.notes]
    if noted:
        lines.append(_("📌 Notes on: {days}").format(days=", ".join(noted)))
    lines.append(_("Tap a day."))
    return Message("\n".join(lines), (_weekdays(), *_weeks(one), _turning(one), *_ways_out()))


def _legend(mark: Mark, *, discreet: bool) -> str:
    return _(_DISCREET_LEGEND.get(mark, _LEGEND[mark]) if discreet else _LEGEND[mark])


def _weekdays() -> Row:
    return tuple(Button(_(name), press_data("history.nothing")) for name in _SHORT_WEEKDAYS)


def _weeks(one: Month) -> tuple[Row, ...]:
    empty = Button(_EMPTY, press_data("history.nothing"))
    length = monthrange(one.first.year, one.first.month)[1]
    cells = [empty] * one.first.weekday()
    for number in range(length):
        day = one.first + number * ONE_DAY
        label = f"{day.day}{''.join(marks_of(one.days[day]))}"
        cells.append(Button(label, press_data("history.day", None, day.isoformat())))
    cells += [empty] * (-len(cells) % _WEEK)
    return tuple(tuple(cells[start : start + _WEEK]) for start in range(0, len(cells), _WEEK))


def _turning(one: Month) -> Row:
    before = (one.first - ONE_DAY).replace(day=1)
    after = one.first + monthrange(one.first.year, one.first.month)[1] * ONE_DAY
    row: list[Button] = []
    if one.has_earlier:
        row.append(Button(f"‹ {month_text(before)}", month_data(before)))
    if one.has_later:
        row.append(Button(f"{month_text(after)} ›", month_data(after)))
    return tuple(row) or (Button(_("This month"), month_data(one.today)),)


def _ways_out() -> tuple[Row, ...]:
    undo = Button(_("↩ Undo"), press_data("undo.open"))
    return ((undo, *ways_back()),)


def month_data(day: date) -> str:
    """Return the callback data that opens the month of *day*."""
    return press_data("history.month", None, f"{day:%Y-%m}")


def day(one: Day, *, discreet: bool, notice: str = "") -> Message:
    """Return one day with its dose, check-in and notes, and all that can be done about them."""
    title = day_text(one.on, year=True)
    lines = [notice] if notice else []
    lines.append(f"<b>{title}</b>")
    lines.append(_dose_line(one, discreet=discreet))
    lines += _extra_lines(one, discreet=discreet)
    lines.append(_checkin_line(one, discreet=discreet))
    rows = (
        *_dose_rows(one, discreet=discreet),
        _checkin_row(one),
        *_event_rows(one, discreet=discreet),
        *_extra_rows(one, discreet=discreet),
        *_day_ways(one),
    )
    return Message("\n".join(lines), rows)


def _dose_line(one: Day, *, discreet: bool) -> str:
    name = _("Routine") if discreet else _("Dose")
    if one.dose is None:
        words = _("none planned")
    elif one.dose.state is DoseState.PLANNED:
        words = _("planned for {time}").format(time=clock_text(one.dose.due_at, one.zone))
    else:
        words = state_words(one.dose)
    changed = _(" (changed)") if one.dose is not None and one.dose.id in one.changed else ""
    return _("{what}: {words}").format(what=name, words=words) + changed


def _extra_lines(one: Day, *, discreet: bool) -> list[str]:
    text = _("Done twice: recorded for {time}.") if discreet else _("Extra dose: recorded for {time}.")
    return [text.format(time=clock_text(row.at, one.zone)) for row in one.extras]


def _checkin_line(one: Day, *, discreet: bool) -> str:
    if one.checkin is None:
        return _("Check-in: none")
    marks = [_(_TIMINGS[Timing(one.checkin.timing)])] if one.checkin.timing in set(_TIMINGS) else []
    if one.checkin.id in one.changed:
        marks.append(_("changed"))
    about = _(" ({marks})").format(marks=", ".join(marks)) if marks else ""
    said = answer_lines(one.answers, discreet=discreet)
    if one.answers.flare:
        said.append(_("too unwell for questions"))
    return _("Check-in{about}: {answers}").format(about=about, answers=escape(" · ".join(said)))


def _dose_rows(one: Day, *, discreet: bool) -> tuple[Row, ...]:
    dose = one.dose
    if dose is None:
        return ()
    if dose.logged_at is not None:
        return (
            (
                # A check-in stands beside it: "Correct" alone was pressed to correct that.
                Button(
                    _("Correct it") if discreet else _("Correct the dose"),
                    press_data("dose.correct", dose.id),
                ),
                Button(_("Undo the answer"), press_data("dose.undo", dose.id)),
            ),
        )
    took = _("It was done") if discreet else _("I took it")
    took_at = _("It was done at …") if discreet else _("I took it at …")
    if dose.state in {DoseState.HELD, DoseState.CANCELLED}:
        return ((Button(took, press_data("dose.to_taken", dose.id)),),)
    if dose.due_at > one.now:
        return ((Button(_("Open it in Today"), press_data("today.open")),),)
    not_taken = _("Not done") if discreet else _("Not taken")
    return (
        (
            Button(took, press_data("dose.to_taken", dose.id), style="success"),
            Button(took_at, press_data("dose.time", dose.id)),
        ),
        (
            Button(not_taken, press_data("dose.not_tonight", dose.id)),
            Button(_("I can't tell"), press_data("today.unsure", dose.id)),
        ),
    )


def _checkin_row(one: Day) -> Row:
    if one.checkin is None:
        return (Button(_("📝 Fill in the check-in"), press_data("checkin.day", None, one.on.isoformat())),)
    return (
        Button(_("📝 Open the check-in"), press_data("checkin.day", None, one.on.isoformat())),
        Button(_("Withdraw the check-in"), press_data("history.withdraw", one.checkin.id)),
    )


def _event_rows(one: Day, *, discreet: bool) -> tuple[Row, ...]:
    rows: list[Row] = []
    for event in one.events:
        line = event_line(view_of(event), one.today, discreet=discreet)
        line += _(" (changed)") if event.id in one.changed else ""
        short = line if len(line) <= _LONGEST_BUTTON else f"{line[: _LONGEST_BUTTON - 1]}…"
        rows.append((Button(short, press_data("event.show", event.id)),))
    return tuple(rows)


def _extra_rows(one: Day, *, discreet: bool) -> tuple[Row, ...]:
    note = Button(_("📌 New note"), press_data("event.menu", None, one.on.isoformat()))
    label = _("I did it twice") if discreet else _("I took an extra dose")
    data = (
        press_data("today.extra")
        if one.on == one.today
        else press_data("history.extra", None, one.on.isoformat())
    )
    withdraw = tuple(
        (
            Button(
                _("Withdraw: {time}").format(time=clock_text(row.at, one.zone)),
                press_data("history.extra_undo", row.id, one.on.isoformat()),
            ),
        )
        for row in one.extras
    )
    return ((note, Button(label, data)), *withdraw)


def _day_ways(one: Day) -> tuple[Row, ...]:
    before = Button(f"‹ {day_text(one.on - ONE_DAY)}", _day_data(one.on - ONE_DAY))
    after = Button(f"{day_text(one.on + ONE_DAY)} ›", _day_data(one.on + ONE_DAY))
    turning = (before, after) if one.on < one.today else (before,)
    third: Row = (Button(f"‹ {month_text(one.on)}", month_data(one.on)),)
    if one.changed:
        third = (
            *third,
            Button(_("Before the changes"), press_data("history.before", None, one.on.isoformat())),
        )
    return (turning, (*third, Button(_("↩ Undo"), press_data("undo.open"))))


def _day_data(on: date) -> str:
    return press_data("history.day", None, on.isoformat())


def still_to_come() -> str:
    """Return what pops up on a day that lies ahead."""
    return _("That day is still to come.")
