"""What is said after safety words, and about a hold on the doses. The texts stand in domain/safety.py."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from bot.domain import safety
from bot.locale import _
from bot.message import Button, Message, Row, press_data
from bot.telegram_io.questions import crisis_rows, hold_rows

if TYPE_CHECKING:
    from uuid import UUID

    from bot.features.safety.actions import Answer


# "Tell the team": the card says it for a patient who can't.
_SHOW_THE_TEAM = frozenset({safety.Trigger.SURGERY})


def answer(said: Answer) -> Message:
    """Return the safety texts, the most urgent first, with the buttons that belong to them."""
    lines = [
        escape(safety.safety_text(text.trigger, said_today=text.said_today), quote=False)
        for text in said.texts
    ]
    rows: tuple[Row, ...] = ()
    if said.checkin_id is not None:
        rows += crisis_rows(said.checkin_id)
    if any(text.trigger in _SHOW_THE_TEAM for text in said.texts):
        rows += ((Button(_("🪪 Card for the team"), press_data("card.open")),),)
    if said.hold_id is not None:
        lines.append(_(safety.ON_HOLD))
        rows += hold_rows(said.hold_id)
    return Message("\n\n".join(lines), rows)


def resumed() -> Message:
    """Return the answer to "Yes, resume"."""
    return Message(
        _("Noted: a prescriber or pharmacist said it's safe. Reminders follow your plan again."),
        _today_row(),
    )


def not_yet(hold_id: UUID) -> Message:
    """Return the answer to "Not yet": everything stays as it is, and the way on stays in reach."""
    return Message(
        _("Still on hold. I'll ask again at the next reminder; when you know, tap here."),
        ((Button(_(safety.ON_HOLD_RESUME), press_data("safety.resume", hold_id)),), *_today_row()),
    )


def not_about_me() -> Message:
    """Return the answer to "This isn't about me"."""
    return Message(_("All right, it isn't about you: nothing is on hold."), _today_row())


def ended_before() -> Message:
    """Return the answer to a button of a hold that has ended."""
    return Message(_("That hold has ended already; nothing was changed."), _today_row())


def _today_row() -> tuple[Row, ...]:
    return ((Button(_("Today"), press_data("today.open")),),)
