"""The screens around a patient's own files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.features.my_data.drawing import JSON, TABLES, attachment
from bot.locale import _
from bot.message import Button, Message, press_data

if TYPE_CHECKING:
    from datetime import date

    from bot.message import Row


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
