"""The screen "More"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.locale import N_, _
from bot.message import Button, Message, Row, press_data
from bot.telegram_io.feature import Section
from bot.telegram_io.questions import in_rows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.telegram_io.feature import Entry

TITLES: Mapping[Section, str] = {
    Section.TREATMENT: N_("Treatment"),
    Section.DIARY: N_("Diary"),
    Section.DATA: N_("My data"),
}


def screen(entries: Sequence[Entry], *, discreet: bool) -> Message:
    """Return the screen with a button for each entry, and what can be typed instead.

    Args:
        entries: In the order of their sections.
        discreet: No label names a medicine.
    """
    lines = [_("<b>More</b>. Tap, or type:")]
    rows: tuple[Row, ...] = ()
    for section in Section:
        inside = [entry for entry in entries if entry.section is section]
        if not inside:
            continue
        commands = " ".join(f"/{entry.command}" for entry in inside if entry.command)
        lines.append(_("{section}: {commands}").format(section=_(TITLES[section]), commands=commands))
        rows += in_rows(
            (Button(_label(entry, discreet=discreet), press_data(entry.verb)) for entry in inside), 2
        )
    back = (
        Button(_("‹ Today"), press_data("today.open")),
        Button(_("‹ Settings"), press_data("settings.open")),
    )
    return Message("\n".join(lines), (*rows, back))


def _label(entry: Entry, *, discreet: bool) -> str:
    return _(entry.discreet_label if discreet and entry.discreet_label else entry.label)
