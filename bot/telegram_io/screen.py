"""A screen of a dialogue: one message that is rewritten in place as the patient taps and types through it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.message import Message
    from bot.telegram_io.turn import Turn


def show_screen(turn: Turn, message: Message, *, on: int | None, move: bool = False) -> int | None:
    """Show the dialogue's screen where the patient looks; an earlier message of it loses its buttons.

    After a tap that is the message that was tapped. After typed words it is below them: an edit above would
    look like silence.

    Args:
        turn: The update being handled.
        message: The screen.
        on: The id of the message that shows the dialogue now, or None.
        move: Say it as a new message also after a tap, e.g. because the words before it must be seen.

    Returns:
        The id of the message that shows it now; None when it is a new one, whose id Telegram has yet to give.
    """
    pressed = turn.pressed_message_id
    if on is not None and pressed is not None and pressed != on:
        turn.strip(on)
    if not move and pressed is not None and not turn.pressed_a_picture:
        turn.edit(message)
        return pressed
    before = on if pressed is None else pressed
    if before is not None:
        turn.strip(before)
    turn.reply(message)
    return None
