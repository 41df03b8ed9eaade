"""What the next typed words are for in /supply, and about which strength."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from bot.telegram_io.dialogue import Dialogue

if TYPE_CHECKING:
    from bot.message import Message
    from bot.telegram_io.turn import Turn

NAME = "supply"
_DIALOGUE = Dialogue(NAME)


def of(turn: Turn) -> dict[str, Any]:
    """Return what is kept between two updates; empty while another feature is spoken to."""
    return _DIALOGUE.kept(turn)


def awaited(turn: Turn) -> str | None:
    """Return what typed words are for, or None."""
    kept = _DIALOGUE.awaited(turn)
    return None if kept is None else str(kept["awaiting"])


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
    **draft: str,
) -> None:
    """Show a screen in the feature's one message, and remember what the next typed words are for.

    Args:
        turn: The update being handled.
        message: The screen.
        awaiting: What typed words are for; None: nothing.
        supply: The strength that the question is about.
        draft: What was said so far.
    """
    if supply is not None:
        draft["supply"] = str(supply)
    # Safety words in a label are answered, and the label is kept as well (features/safety).
    _DIALOGUE.show(turn, message, awaiting=awaiting, own_words=True, **draft)
