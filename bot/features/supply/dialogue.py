"""What the next typed words are for, kept in the patient's row: it survives restarts and reminders."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from bot.domain.free_text.dose_words import parse_dose_words
from bot.telegram_io.screen import show_screen

if TYPE_CHECKING:
    from bot.message import Message
    from bot.telegram_io.turn import Turn

NAME = "supply"
_QUESTION_STANDS = timedelta(minutes=30)


def of(turn: Turn) -> dict[str, Any]:
    """Return what is kept between two updates; empty while another feature is spoken to."""
    kept = turn.patient.dialogue or {}
    return kept if kept.get("feature") == NAME else {}


def awaited(turn: Turn) -> str | None:
    """Return what typed words are for, or None: "taken" is no label, and a question stands half an hour."""
    kept = of(turn)
    if not kept or not turn.text.strip() or turn.text.startswith("/"):
        return None
    if turn.now - datetime.fromisoformat(kept["asked_at"]) > _QUESTION_STANDS or parse_dose_words(turn.text):
        return None
    return str(kept["awaiting"])


def supply_id(turn: Turn) -> UUID | None:
    """Return the strength that the question is about, or None."""
    kept = of(turn).get("supply")
    return None if kept is None else UUID(kept)


def show(
    turn: Turn,
    message: Message,
    *,
    awaiting: str | None = None,
    supply: UUID | None = None,
    move: bool = False,
    **draft: str,
) -> None:
    """Show a screen in the feature's one message, and remember what the next typed words are for.

    Args:
        turn: The update being handled.
        message: The screen.
        awaiting: What typed words are for; None: nothing.
        supply: The strength that the question is about.
        move: Say it as a new message.
        draft: What was said so far.
    """
    kept = of(turn)
    on = show_screen(turn, message, on=kept.get("message_id"), move=move)
    if awaiting is not None:
        turn.patient.dialogue = {
            "feature": NAME,
            "awaiting": awaiting,
            "asked_at": turn.now.isoformat(),
            "message_id": on,
            # Safety words in a label are answered, and the label is kept as well (features/safety).
            "own_words_until": (turn.now + _QUESTION_STANDS).isoformat(),
            **({} if supply is None else {"supply": str(supply)}),
            **draft,
        }
    elif kept:
        turn.patient.dialogue = None
