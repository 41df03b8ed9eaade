"""How an answer about a dose reaches the chat: one message about a dose carries buttons, the newest."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain.delivery import LAST_CALL, NORMALLY_LATE, ReminderWording
from bot.domain.dose import DoseState
from bot.domain.dose_log import LogOutcome
from bot.features.nightly_reminder import correction, facts, messages, messages_logged, today
from bot.features.nightly_reminder.alert import Alert
from bot.locale import _
from bot.storage import doses

if TYPE_CHECKING:
    from bot.features.nightly_reminder.actions import Said
    from bot.message import Message, Press
    from bot.storage.tables import Dose
    from bot.telegram_io.turn import Turn

OPEN = frozenset({DoseState.PLANNED, DoseState.ASKED})


async def open_dose(turn: Turn, press: Press) -> Dose | None:
    """Return the button's own dose; answer a foreign or vanished one with today's screen and return None."""
    correction.stop_awaiting(turn.patient)
    row = await doses.own(turn.session, press.row_id, turn.patient.id)
    if row is None:
        turn.toast(_("That button is from an older message. Here is today:"), alert=True)
        await show_today(turn, edit=False)
    return row


def show(turn: Turn, row: Dose, message: Message) -> None:
    """Show *message* about the dose: in the pressed message, else as a new one; others lose their buttons."""
    pressed = turn.pressed_message_id
    if row.message_id is not None and row.message_id != pressed:
        turn.strip(row.message_id)
    if pressed is None:
        row.message_id = None
        turn.reply(message, keep_for=("dose", row.id))
    else:
        row.message_id = pressed
        turn.edit(message)


async def show_said(turn: Turn, row: Dose, said: Said) -> None:
    """Show what became of something that the patient said, and plan anew if it changed anything."""
    if said.refusal is not None:
        show(turn, row, messages_logged.refused_message(said.dose, said.refusal, turn.now))
        return
    already = said.outcome is LogOutcome.ALREADY_LOGGED
    if already:
        turn.toast(messages_logged.already_logged(said.dose), alert=True)
    else:
        await turn.plan()
    hold_reason = said.hold_reason if said.was_held else None
    show(
        turn,
        row,
        messages_logged.logged(
            said.dose, turn.now, warning=said.warning, hold_reason=hold_reason, already=already
        ),
    )


async def show_state(turn: Turn, row: Dose) -> None:
    """Show the dose as it stands now: every old button gets this answer at least."""
    view = await facts.view(turn.session, turn.patient, row)
    late = turn.now - view.due_at
    if view.logged_at is not None or view.state is DoseState.CANCELLED:
        show(turn, row, messages_logged.logged(view, turn.now))
    elif view.state is DoseState.HELD or late < timedelta(0):
        await show_today(turn, edit=True)
    elif view.state in OPEN and late <= LAST_CALL:
        wording = ReminderWording.WAS_DUE if late > NORMALLY_LATE else ReminderWording.NORMAL
        show(turn, row, messages.reminder(view, messages.Asking(wording, Alert())))
    else:
        show(turn, row, messages.still_open(view, turn.now))


async def show_today(turn: Turn, *, edit: bool) -> None:
    """Show today's screen, in the pressed message or as a new one."""
    await turn.session.flush()
    screen = today.screen(
        await today.read(turn.session, turn.patient, turn.now), discreet=turn.patient.discreet
    )
    if edit:
        turn.edit(screen)
    else:
        turn.reply(screen)
