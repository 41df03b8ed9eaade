"""What is said about travel: every instant by both clocks. No medicine and no amount is named."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.domain.spacing import Gap
from bot.domain.zone_choice import place_name
from bot.locale import _, ngettext
from bot.locale.dates import clock_text, day_text, short_date, weekday_name
from bot.message import Button, Message, Row, press_data
from bot.telegram_io import questions
from bot.telegram_io.questions import in_rows, with_notice
from bot.telegram_io.spacing import spacing_words, swap_row

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from bot.features.travel.preview import Away, Preview
    from bot.storage.tables import ZoneChange


def overview(
    zone: str, now: datetime, back: ZoneChange | None, away: Away | None, notice: str = ""
) -> Message:
    """Return which clock the reminders follow, so that a wrong one is seen at once.

    Args:
        zone: The patient's zone.
        now: Aware UTC instant.
        back: The planned way back, or None.
        away: Where the patient is who keeps this clock, or None.
        notice: What is said above.
    """
    lines = [
        _("<b>Travel</b>. Your reminders follow the clock of <b>{place}</b>: it's {when} there.").format(
            place=_place(zone), when=_when(now, zone)
        ),
        _("Your device's own clock says: {now}. If the two differ, tell me where you are.").format(
            now=questions.device_time(now)
        ),
    ]
    rows: tuple[Row, ...] = ((Button(_("I'm somewhere else"), press_data("travel.ask")),),)
    if away is not None:
        text = _("You're in <b>{there}</b> and keep the clock of {home}. Next reminders:")
        text = text.format(there=_place(away.zone), home=_place(zone))
        lines.append(text + _reminders(away.reminders, zone, away.zone))
        rows = (_home(zone), _move(away.zone), *rows)
    if back is not None:
        lines.append(
            _("From {day} on: the clock of {place}.").format(
                day=day_text(back.local_date), place=_place(back.zone)
            )
        )
        rows += ((Button(_("Forget that date"), press_data("travel.forget", back.id)),),)
    return with_notice(Message("\n\n".join(lines), (*rows, _back())), notice)


def ask_place(problem: str = "") -> Message:
    """Return the question where the patient is."""
    text = _("Where are you, or where are you going? Type a city, or share your location once.")
    share = (Button(_("📍 Share my location once"), press_data("travel.share")),)
    return with_notice(Message(text, (share, (Button(_("‹ Back"), press_data("travel.open")),))), problem)


def which_place(text: str, options: Sequence[tuple[str, str]]) -> Message:
    """Return the question which of several places was meant; options are (label, zone)."""
    buttons = (Button(label, press_data("travel.to", None, zone)) for label, zone in options)
    return Message(text, (*in_rows(buttons, 1), (Button(_("‹ Back"), press_data("travel.open")),)))


def same_clock(zone: str, now: datetime) -> Message:
    """Return that nothing has to change: the clocks agree."""
    text = _("It's {when} there too: your reminders already fit. Nothing was changed.")
    return Message(text.format(when=_when(now, zone)), (_back(),))


def choice(home: str, there: str, now: datetime, keep: Preview, move: Preview) -> Message:
    """Return the question which clock to follow, with the next reminders as real instants by both."""
    text = "\n\n".join(
        [
            _("<b>{there}</b>: it's {when} there, {home_when} in {home}.").format(
                there=_place(there), when=_when(now, there), home=_place(home), home_when=_when(now, home)
            ),
            _("<b>Keep the clock of {home}</b>. Next reminders:").format(home=_place(home))
            + _planned(keep, home, there),
            _("<b>Move to the clock of {there}</b>. Next reminders:").format(there=_place(there))
            + _planned(move, there, home),
            _("Check-ins and quiet hours follow the same clock. Nothing is changed until you tap."),
        ]
    )
    rows = (
        (Button(_("Keep {place}").format(place=place_name(home)), press_data("travel.keep", None, there)),),
        _move(there),
        (Button(_("‹ Back"), press_data("travel.open")),),
    )
    return Message(text, rows)


def moved(there: str, home: str, move: Preview) -> Message:
    """Return that the clock has changed, and the question when the patient goes back."""
    text = _("Done: your reminders follow the clock of {there}. Next:").format(there=_place(there))
    text += _planned(move, there, home)
    text += "\n\n" + _("When are you back in {home}? Type the date, and I change back by myself.").format(
        home=_place(home)
    )
    rows = (*swap_row(move.spacing), (Button(_("I'll tell you then"), press_data("travel.open")),), _back())
    return Message(text, rows)


def which_date(choices: Sequence[date], home: str) -> Message:
    """Return the question which of two dates was meant."""
    buttons = tuple(
        Button(short_date(one, year=True), press_data("travel.back_on", None, one.isoformat(), home))
        for one in choices
    )
    return Message(_("Which date do you mean?"), (buttons, _back()))


def back_planned(row: ZoneChange) -> str:
    """Return that the way back is planned, for above the overview."""
    text = _("Noted: from the morning of {day} on I follow the clock of {place} again.")
    return text.format(day=day_text(row.local_date), place=_place(row.zone))


def changed_back(row: ZoneChange, now: datetime, next_at: datetime | None, left_out: date | None) -> Message:
    """Return what is said at noon of the day on which the clock changed by itself.

    Args:
        row: The change.
        now: Aware UTC instant.
        next_at: When the next reminder is due, or None.
        left_out: The dose date that is left out since two would be too close, or None.
    """
    text = _(
        "🧭 As you planned, your reminders follow the clock of {place} again since this morning: {when}."
    )
    text = text.format(place=_place(row.zone), when=_when(now, row.zone))
    if left_out is not None:
        text += " " + _("None for {day}: it would come under 12 hours after the one before.").format(
            day=day_text(left_out)
        )
    if next_at is not None:
        text += " " + _("Next reminder: {when}.").format(when=_when(next_at, row.zone))
    rows = ((Button(_("I'm still away"), press_data("travel.ask")),),)
    return Message(text, rows, silent=True)


def _planned(preview: Preview, first: str, second: str) -> str:
    """Return the next reminders by both clocks, and what is unusual about the gap before them."""
    text = _reminders(preview.reminders, first, second)
    if preview.spacing.left_out is not None:
        text += f"\n{spacing_words(preview.spacing)}"
    if preview.gap is not None:
        text += f"\n{_gap_words(*preview.gap)}"
    return text


def _gap_words(kind: Gap, hours: int) -> str:
    since = ngettext("{n} hour", "{n} hours", hours).format(n=hours)
    text = (
        _("⚠️ Only {hours} after the last one logged: under 12 hours. Check with a pharmacist first.")
        if kind is Gap.SHORT
        else _("⚠️ That's {hours} after the last one logged: over 36 hours. Ask a pharmacist if unsure.")
    )
    return text.format(hours=since)


def _reminders(reminders: Sequence[datetime], first: str, second: str) -> str:
    """Return instants by both clocks, one per line."""
    lines = [
        "• "
        + _("{when} = {other} in {place}").format(
            when=_when(at, first), other=_when(at, second), place=_place(second)
        )
        for at in reminders
    ] or ["• " + _("none planned")]
    return "\n" + "\n".join(lines)


def _home(home: str) -> Row:
    return (Button(_("I'm back in {place}").format(place=place_name(home)), press_data("travel.home")),)


def _move(there: str) -> Row:
    words = _("Move to {place}").format(place=place_name(there))
    return (Button(words, press_data("travel.move", None, there)),)


def _when(instant: datetime, zone: str) -> str:
    there = ZoneInfo(zone)
    return _("{weekday} {clock}").format(
        weekday=weekday_name(instant.astimezone(there).date()), clock=clock_text(instant, there)
    )


def _place(zone: str) -> str:
    return escape(place_name(zone))


def _back() -> Row:
    return (Button(_("‹ Back"), press_data("more.open")),)
