"""What is said about dates. The unasked message names nothing in discreet mode."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from bot.domain.dated import DATED_LABELS, DatedKind, occurrence
from bot.domain.regimen import ONE_DAY
from bot.locale import _, ngettext
from bot.locale.dates import day_text, short_date
from bot.message import Button, Message, Row, press_data
from bot.telegram_io.questions import in_rows, with_notice

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from bot.storage.tables import DatedReminder

_EVERY = (1, 3, 6, 12)
_MOST_LISTED = 12


def listed(rows: Sequence[DatedReminder], today: date) -> Message:
    """Return every date to come, each with its button."""
    coming = [(day, row) for row in rows if (day := occurrence(row.first_date, row.every_months, today))]
    coming.sort(key=lambda pair: (pair[0], pair[1].created_at))
    text = _("<b>Dates</b>. I remind you at noon the day before, and at 8:00 on the day.")
    lines = [f"• {_day(day, today)}: {_what(row)}{_repeats(row)}" for day, row in coming[:_MOST_LISTED]]
    buttons = (
        Button(f"{short_date(day)}: {_plain(row)}", press_data("dates.one", row.id))
        for day, row in coming[:_MOST_LISTED]
    )
    new = (Button(_("New date"), press_data("dates.new"), style="primary"),)
    body = "\n".join(lines) or _("No dates yet.")
    return Message(f"{text}\n\n{body}", (*in_rows(buttons, 1), new, _more()))


def one(row: DatedReminder, today: date, notice: str = "") -> Message:
    """Return one date with what can be changed."""
    day = occurrence(row.first_date, row.every_months, today)
    when = _("over") if day is None else _day(day, today)
    rows = (
        (
            Button(_("Another date"), press_data("dates.ask", row.id, "date")),
            Button(_("Words"), press_data("dates.ask", row.id, "words")),
        ),
        (
            Button(_("How often"), press_data("dates.ask", row.id, "every")),
            Button(_("Delete"), press_data("dates.delete", row.id)),
        ),
        back(),
    )
    return with_notice(Message(f"<b>{_what(row)}</b>: {when}{_repeats(row)}", rows), notice)


def deleted(row: DatedReminder) -> Message:
    """Return that a date is gone, and the way back."""
    undo = (Button(_("Undo"), press_data("dates.restore", row.id)),)
    return Message(_("Deleted: {what}.").format(what=_what(row)), (undo, back()))


def ask_kind() -> Message:
    """Return the question what it is."""
    buttons = (Button(_(label), press_data("dates.kind", None, kind)) for kind, label in DATED_LABELS.items())
    return Message(_("What shall I remind you of?"), (*in_rows(buttons, 2), back()))


def ask_date(problem: str = "") -> Message:
    """Return the question when it is."""
    return with_notice(
        Message(_("On which date? Type it, like 14 March or next Tuesday."), (back(),)), problem
    )


def ask_words(row: DatedReminder) -> Message:
    """Return the question for a few words of the patient's own."""
    none = (Button(_("No words"), press_data("dates.no_words", row.id)),)
    text = _("Type a few words for it, like <i>10:30, bring the letter</i>.")
    return Message(text, (none, back()))


def ask_every(row: DatedReminder, problem: str = "") -> Message:
    """Return the question how often it comes again."""
    once = Button(_("Once"), press_data("dates.every", row.id, 0))
    buttons = [once, *(Button(_months(count), press_data("dates.every", row.id, count)) for count in _EVERY)]
    text = _("Once, or again and again? Tap, or type every how many months.")
    return with_notice(Message(text, (*in_rows(buttons, 2), back())), problem)


def which_date(choices: Sequence[date]) -> Message:
    """Return the question which of two dates was meant."""
    buttons = tuple(
        Button(short_date(day, year=True), press_data("dates.on", None, day.isoformat())) for day in choices
    )
    return Message(_("Which date do you mean?"), (buttons, back()))


def reminder(
    today_rows: Sequence[DatedReminder], tomorrow: Sequence[DatedReminder], *, discreet: bool
) -> Message:
    """Return the unasked message about what is today and tomorrow."""
    parts = []
    for when, rows in ((_("Today"), today_rows), (_("Tomorrow"), tomorrow)):
        if rows:
            names = _("something you noted") if discreet else "; ".join(_what(row) for row in rows)
            parts.append(f"📅 {when}: {names}.")
    return Message("\n".join(parts), ((Button(_("See dates"), press_data("dates.open")),),))


def back() -> Row:
    """Return the row that leads back to the list."""
    return (Button(_("‹ Back"), press_data("dates.open")),)


def _plain(row: DatedReminder) -> str:
    return (
        row.words[:30] if row.kind == DatedKind.OTHER and row.words else _(DATED_LABELS[DatedKind(row.kind)])
    )


def _what(row: DatedReminder) -> str:
    """Return what it is with the patient's words, as HTML."""
    label = _(DATED_LABELS[DatedKind(row.kind)])
    if not row.words:
        return label
    words = escape(row.words)
    return words if row.kind == DatedKind.OTHER else f"{label}, {words}"


def _repeats(row: DatedReminder) -> str:
    return "" if row.every_months is None else f" ({_months(row.every_months).lower()})"


def _months(count: int) -> str:
    return ngettext("Every month", "Every {n} months", count).format(n=count)


def _day(day: date, today: date) -> str:
    text = day_text(day, year=day.year != today.year)
    if day == today:
        return _("today, {day}").format(day=text)
    return _("tomorrow, {day}").format(day=text) if day == today + ONE_DAY else text


def _more() -> Row:
    return (Button(_("‹ Back"), press_data("more.open")),)
