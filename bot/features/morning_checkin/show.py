"""Shows a check-in after an action: its screen, what pops up, and a safety text where one is due."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.features.morning_checkin import messages
from bot.features.morning_checkin.actions import Note
from bot.locale import N_, _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.features.morning_checkin.actions import Result
    from bot.telegram_io.turn import Turn

_NOTES = {
    Note.CLOSED: N_("This check-in is finished. Tap Change to change it."),
    Note.FIRST_QUESTION: N_("This is the first question."),
    Note.DOSE_LOGGED_BEFORE: N_("That dose is already logged. You can change it under /today."),
}


def show(
    turn: Turn, result: Result, *, said: Sequence[str] = (), echo: bool = True, anew: bool = False
) -> None:
    """Show the check-in in its one message; *said* stands above the question (Telegram HTML).

    A command is answered *anew*, further down, and so is a typed text that can't be taken: a screen edited in
    place above it would look like silence.
    A note pops up on a pressed button; after a typed text it stands in the message.
    """
    view = result.view
    # The safety text first: nothing stands before it.
    for alert in result.alerts:
        turn.reply(messages.safety(alert, view.checkin_id))
    lines = [*said, *messages.dose_lines(result.dose, turn.zone)]
    if result.note is not Note.NOTHING and turn.data:
        turn.toast(_(_NOTES[result.note]))
    elif result.note is not Note.NOTHING:
        lines.append(_(_NOTES[result.note]))
        anew = True
    message = messages.screen(
        view, discreet=turn.patient.discreet, said=lines, yesterday=result.yesterday, echo=echo
    )
    on = result.message_id
    if anew and on is not None and turn.pressed_message_id is None:
        turn.strip(on)
        on = None
    turn.show(message, on=on, keep_for=("checkin", view.checkin_id))
    if result.dose is not None and result.dose.reminder_message_id is not None:
        turn.strip(result.dose.reminder_message_id)
