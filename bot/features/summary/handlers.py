"""Answers /summary and its buttons."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from bot.domain.due import local_date
from bot.domain.span import span_ending
from bot.features.summary import actions, messages
from bot.telegram_io.feature import Feature

if TYPE_CHECKING:
    from bot.features.summary.actions import Overview
    from bot.message import Message, Press
    from bot.telegram_io.turn import Turn


async def on_summary(turn: Turn) -> None:
    """Sum up the usual days, or those typed behind the command."""
    typed = turn.text.split(maxsplit=1)[1:]
    if not typed:
        await on_open(turn)
        return
    span = actions.typed_span(typed[0], _today(turn))
    if span is None:
        turn.reply(messages.not_a_span())
        return
    turn.reply(_message(turn, await actions.overview(turn.session, turn.patient, span)))


async def on_open(turn: Turn, _press: Press | None = None) -> None:
    """Sum up the usual days in a new message."""
    turn.reply(_message(turn, await actions.usual_overview(turn.session, turn.patient, _today(turn))))


async def on_show(turn: Turn, press: Press) -> None:
    """Show another number of days in the same message, ending on the day that the button keeps."""
    chosen = read_choice(press.args, _today(turn))
    if chosen is None:
        await on_open(turn)
        return
    days, last = chosen
    turn.edit(_message(turn, await actions.overview(turn.session, turn.patient, span_ending(last, days))))


def read_choice(args: tuple[str, ...], today: date) -> tuple[int, date] | None:
    """Return the days and the last date that a button names (*today* if none), or None for an invention."""
    try:
        days = int(args[0])
        last = date.fromisoformat(args[1]) if len(args) > 1 else today
    except (IndexError, ValueError):
        return None
    return (days, last) if days in messages.CHOICES and last <= today else None


def _message(turn: Turn, one: Overview) -> Message:
    return messages.summary(one, discreet=turn.patient.discreet)


def _today(turn: Turn) -> date:
    return local_date(turn.now, turn.zone)


FEATURE = Feature(
    name="summary",
    commands={"summary": on_summary},
    presses={"summary.open": on_open, "summary.show": on_show},
)
