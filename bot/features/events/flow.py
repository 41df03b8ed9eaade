"""How /note moves: shows a screen, and remembers what the next typed words are for."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot.domain.due import local_date
from bot.domain.free_text.dose_words import parse_dose_words
from bot.storage import checkins
from bot.telegram_io.screen import show_screen

if TYPE_CHECKING:
    from uuid import UUID

    from bot.message import Message
    from bot.telegram_io.turn import Turn

FEATURE_NAME = "events"
NOTE, DAY, LAST, WORDS = "note", "day", "last", "words"
"""What the next typed words may be: a new note, its day, its last day, its new words."""
_QUESTION_STANDS = timedelta(minutes=30)
_NUMBER = re.compile(r"\s*\d{1,2}(?:[.,]\d)?\s*")


def today_of(turn: Turn) -> date:
    """Return the patient's local date."""
    return local_date(turn.now, turn.zone)


def show(
    turn: Turn,
    message: Message,
    *,
    awaiting: str | None = None,
    event_id: UUID | None = None,
    kind: str | None = None,
    on: date | None = None,
) -> None:
    """Show a screen in the pressed message; after typed words in a new one, below them.

    Args:
        turn: The update being handled.
        message: The screen.
        awaiting: What the next typed words are for (NOTE, DAY, LAST, WORDS), or None.
        event_id: The event that they are about, or None.
        kind: The kind that was tapped for a new note, or None.
        on: The day of a new note that names none; None: today.
    """
    kept = _kept(turn)
    shown_on = show_screen(turn, message, on=kept.get("message_id"), move=turn.pressed_message_id is None)
    if awaiting is None:
        if kept:
            turn.patient.dialogue = None
        return
    own_words_until = turn.now + _QUESTION_STANDS
    turn.patient.dialogue = {
        "feature": FEATURE_NAME,
        "awaiting": awaiting,
        # The patient's own words: a safety text answers them, and they are kept all the same.
        "own_words_until": own_words_until.isoformat() if awaiting in {NOTE, WORDS} else None,
        "event": None if event_id is None else str(event_id),
        "kind": kind,
        "on": None if on is None else on.isoformat(),
        "message_id": shown_on,
        "asked_at": turn.now.isoformat(),
    }


async def awaited(turn: Turn) -> dict[str, Any] | None:
    """Return our open question if the typed words can be its answer, else None.

    Not after half an hour; not a plain word about the dose; no bare number, which answers the check-in; and
    not when the patient has gone on in the check-in since.
    """
    kept = _kept(turn)
    if not kept or not turn.text.strip() or turn.text.startswith("/"):
        return None
    asked_at = datetime.fromisoformat(kept["asked_at"])
    if turn.now - asked_at > _QUESTION_STANDS:
        return None
    if _NUMBER.fullmatch(turn.text) or parse_dose_words(turn.text):
        return None
    touched_at = await checkins.last_touched(turn.session, turn.patient.id, today_of(turn))
    return None if touched_at is not None and touched_at > asked_at else kept


def _kept(turn: Turn) -> dict[str, Any]:
    kept = turn.patient.dialogue or {}
    return kept if kept.get("feature") == FEATURE_NAME else {}
