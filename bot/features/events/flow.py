"""How /note moves: shows a screen, and remembers what the next typed words are for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from bot.telegram_io.dialogue import Dialogue

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from bot.message import Message
    from bot.telegram_io.turn import Turn

FEATURE_NAME = "events"
NOTE, DAY, LAST, WORDS = "note", "day", "last", "words"
"""What the next typed words may be: a new note, its day, its last day, its new words."""
_DIALOGUE = Dialogue(FEATURE_NAME)
_NUMBER = re.compile(r"\s*\d{1,2}(?:[.,]\d)?\s*")


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
    _DIALOGUE.show(
        turn,
        message,
        awaiting=awaiting,
        own_words=awaiting in {NOTE, WORDS},
        event=None if event_id is None else str(event_id),
        kind=kind,
        on=None if on is None else on.isoformat(),
    )


async def awaited(turn: Turn) -> dict[str, Any] | None:
    """Return our open question if the typed words can be its answer, else None.

    A bare number answers the check-in.
    """
    return None if _NUMBER.fullmatch(turn.text) else await _DIALOGUE.awaited_since_checkin(turn)
