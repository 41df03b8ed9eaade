"""Typed words of /note: a new note, its day, its last day, its new words."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from bot.domain.event import EventKind
from bot.domain.free_text.dates import AmbiguousDate, parse_date
from bot.features.events import actions, flow, messages
from bot.locale import _
from bot.storage import events
from bot.telegram_io.typed_answers import echo

if TYPE_CHECKING:
    from bot.storage.tables import Event
    from bot.telegram_io.turn import Turn


async def on_text(turn: Turn) -> bool:
    """Take what was typed for the question that is open; else it is for another feature."""
    kept = await flow.awaited(turn)
    if kept is None:
        return False
    if kept["awaiting"] == flow.NOTE:
        known = {kind.value: kind for kind in EventKind}
        on = date.fromisoformat(kept["on"]) if kept["on"] else None
        await take_note(turn, turn.text, kind=known.get(kept["kind"]), on=on)
        return True
    event = await events.own(turn.session, UUID(kept["event"]), turn.patient.id)
    if event is None or event.withdrawn_at is not None:
        return False
    _take_change(turn, event, kept)
    return True


async def take_note(turn: Turn, text: str, *, kind: EventKind | None, on: date | None) -> None:
    """Record typed words as a note and show it.

    Args:
        turn: The update being handled.
        text: What was typed.
        kind: The kind that was tapped before, or None.
        on: The day of a note that names none; None: today.
    """
    today, discreet = turn.today, turn.patient.discreet
    recorded = await actions.record_words(
        turn.session, turn.patient, text.strip(), kind=kind, today=today, on=on or today, now=turn.now
    )
    message = messages.event(
        recorded.event, today, discreet=discreet, notice=_("Noted."), kind_known=recorded.kind_known
    )
    if recorded.choices:
        message = messages.which_date(recorded.event.id, recorded.choices, message)
    flow.show(turn, message)


def _take_change(turn: Turn, event: Event, kept: dict[str, Any]) -> None:
    if kept["awaiting"] == flow.WORDS:
        actions.change(turn.session, event, turn.now, note=turn.text.strip())
    else:
        day = _typed_day(turn, event, last=kept["awaiting"] == flow.LAST)
        if day is None:
            return
        if kept["awaiting"] == flow.LAST:
            actions.change(turn.session, event, turn.now, last_date=day)
        else:
            actions.move(turn.session, event, day, turn.now)
    today = turn.today
    flow.show(turn, messages.event(event, today, discreet=turn.patient.discreet, notice=_("Changed.")))


def _typed_day(turn: Turn, event: Event, *, last: bool) -> date | None:
    """Return the day that was typed; None when it can't be: then the question is asked again."""
    today = turn.today
    found = parse_date(turn.text, today)
    problem = ""
    if isinstance(found, AmbiguousDate):
        problem = _("That date can be read in two ways. Please name the month: <i>4 March</i>.")
    elif found is None:
        problem = _("I couldn't read {typed} as a date.").format(typed=echo(turn.text))
    elif found > today:
        problem = _("That day is still to come.")
    elif last and found < event.local_date:
        problem = _("The last day can't be before the first one.")
    if not problem and isinstance(found, date):
        return found
    ask = messages.ask_last if last else messages.ask_day
    awaiting = flow.LAST if last else flow.DAY
    flow.show(turn, ask(event, today, problem), awaiting=awaiting, event_id=event.id)
    return None
