"""/export and its buttons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.features.my_data import messages
from bot.features.my_data.drawing import JSON, TABLES
from bot.features.my_data.importing import on_document
from bot.locale import N_
from bot.telegram_io.feature import Entry, Feature, Offer, Section

if TYPE_CHECKING:
    from bot.message import Press
    from bot.telegram_io.turn import Turn


async def on_export(turn: Turn) -> None:
    """Show what can be had."""
    turn.reply(messages.screen(enrolled=turn.is_enrolled))


async def on_open(turn: Turn, _press: Press) -> None:
    """The same, in place of the screen whose button was pressed."""
    turn.edit(messages.screen(enrolled=turn.is_enrolled))


async def on_tables(turn: Turn, _press: Press) -> None:
    """Send the tables."""
    _send(turn, TABLES)


async def on_json(turn: Turn, _press: Press) -> None:
    """Send the one file."""
    _send(turn, JSON)


def _send(turn: Turn, drawing: str) -> None:
    today = turn.today
    discreet = turn.patient.discreet
    turn.reply(messages.file(drawing, today, discreet=discreet, enrolled=turn.is_enrolled))


FEATURE = Feature(
    name="my_data",
    commands={"export": on_export},
    presses={"data.open": on_open, "data.tables": on_tables, "data.json": on_json},
    on_document=on_document,
    entries=(Entry(N_("📁 My files"), "data.open", Section.DATA, command="export"),),
    under_summary=(Offer(N_("My data"), "data.open", place=3),),
)
