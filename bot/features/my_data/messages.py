"""The screens around a patient's own files."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.domain.due import local_date
from bot.domain.free_text.dose_amount import format_mg
from bot.domain.regimen import step_on
from bot.features.my_data.drawing import JSON, TABLES, attachment
from bot.locale import _, ngettext
from bot.locale.dates import time_text
from bot.message import Button, Message, press_data

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from bot.domain.regimen import Regimen
    from bot.message import Row
    from bot.storage.tables import Patient


_MOST_MISTAKES = 5


def screen(*, enrolled: bool) -> Message:
    """Return what can be had, and how it is taken to another bot."""
    lines = [
        _("<b>My data</b>"),
        _("Everything I keep about you, as a file. I make it when you tap, and keep no copy."),
        _("• <b>Tables</b>: a zip of CSV files for a spreadsheet."),
        _("• <b>One file</b>: JSON. Another operator's bot of this kind can take it in: send it the file."),
        _("<i>The files name your medicine and hold your answers in plain words.</i>"),
    ]
    rows: tuple[Row, ...] = (
        (
            Button(_("Tables (CSV)"), press_data("data.tables")),
            Button(_("One file (JSON)"), press_data("data.json")),
        ),
    )
    return Message("\n".join(lines), (*rows, *(_back() if enrolled else ())))


def _back() -> tuple[Row, ...]:
    return (
        (Button(_("‹ Summary"), press_data("summary.open")), Button(_("‹ More"), press_data("more.open"))),
    )


def file(drawing: str, today: date, *, discreet: bool, enrolled: bool) -> Message:
    """Return one of the files, with its words below it."""
    text = {
        TABLES: _(
            "Your tables, up to {date}. Dates are year-month-day, times with a zone are UTC. "
            "This chat has the file until you delete it."
        ),
        JSON: _(
            "Everything, up to {date}. To move: start the other bot, agree there, and send it this file. "
            "This chat has it until you delete it."
        ),
    }[drawing].format(date=today.isoformat())
    return Message(
        text, _back() if enrolled else (), attachment=attachment(drawing, today, discreet=discreet)
    )


def not_arrived() -> Message:
    """Return what is said when Telegram doesn't give the file."""
    return Message(_("I couldn't get the file from Telegram. Nothing was changed; please send it once more."))


def not_while_leaving() -> Message:
    """Return what somebody hears who is leaving."""
    rows = ((Button(_("Undo: keep everything"), press_data("privacy.undo")),),)
    return Message(_("Everything here is to be deleted, so I take no file in. Undo that first."), rows)


def agree_first() -> Message:
    """Return what is said before consent."""
    return Message(
        _("I can take this file in once you have agreed. /start shows the question; then send it again.")
    )


def not_empty() -> Message:
    """Return what is said where another diary stands already."""
    return Message(
        _(
            "Your diary here has entries already, and I don't mix two diaries. Nothing was changed. To begin "
            "with the file instead: /delete everything here, /start anew, agree, and send it."
        )
    )


def too_large(most_bytes: int) -> Message:
    """Return what is said to a file that can't be one of ours."""
    return Message(
        _("The file is larger than {megabytes} MB: I can't take it in. Nothing was changed.").format(
            megabytes=most_bytes // 1_000_000
        )
    )


def mistaken(sentences: Sequence[str]) -> Message:
    """Return what is wrong with a file, the first mistakes one by one."""
    shown = [f"• {escape(sentence)}" for sentence in sentences[:_MOST_MISTAKES]]
    rest = len(sentences) - len(shown)
    lines = [
        _("I took nothing from this file, and nothing was changed:"),
        *shown,
        ngettext("… and {count} more mistake.", "… and {count} more mistakes.", rest).format(count=rest)
        if rest
        else "",
        _("Please send the file as /export gave it, unchanged."),
    ]
    return Message("\n".join(line for line in lines if line))


def taken_in(rows: int, regimen: Regimen, patient: Patient, now: datetime) -> Message:
    """Return what the bot has now, to be looked over.

    Args:
        rows: How many entries the file had.
        regimen: The plan in it.
        patient: Whose settings are those of the file.
        now: Aware UTC instant.
    """
    today = local_date(now, ZoneInfo(patient.zone or "UTC"))
    step = step_on(regimen.steps, today) or regimen.steps[0]
    amount = escape(step.shown_as or format_mg(step.dose_mg))
    count = ngettext("{count} entry", "{count} entries", rows).format(count=rows)
    plan = _("Reminder at {clock} ({zone})") if patient.discreet else _("{amount} at {clock} ({zone})")
    lines = [
        _("✅ <b>Your diary is here</b>: {entries} taken in from the file.").format(entries=count),
        plan.format(amount=amount, clock=time_text(regimen.local_time), zone=escape(patient.zone or "")),
        _("Is that still so? /today shows your dose, /settings and /dose change it.")
        if not patient.discreet
        else _("Is that still so? /today shows it, /settings changes it."),
        _("<b>Does the other bot still remind you?</b> Stop it there: two bots ask twice."),
        _("The file stays in this chat until you delete it."),
    ]
    return Message("\n".join(lines), ((Button(_("‹ Today"), press_data("today.open")),),))
