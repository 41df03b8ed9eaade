"""/privacy and /delete, and their buttons."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain.due import local_date
from bot.features.privacy import actions, messages
from bot.locale import N_
from bot.locale.dates import short_date
from bot.message import read_press
from bot.storage.erasing import LEAVING
from bot.telegram_io.feature import Entry, Feature, Section

if TYPE_CHECKING:
    from bot.message import Message, Press
    from bot.telegram_io.turn import Turn

_BUTTON_STANDS_S = 600
"""The second step's buttons delete for ten minutes: an old one further up in the chat only asks again."""


async def on_privacy(turn: Turn) -> None:
    """Say what is stored."""
    turn.reply(_privacy(turn))


async def on_delete(turn: Turn) -> None:
    """Begin to leave; somebody who is leaving sees when, and the way back."""
    turn.reply(_leaving(turn) if turn.patient.state == LEAVING else messages.delete_first())


async def on_open(turn: Turn, _press: Press) -> None:
    """Show what is stored."""
    turn.edit(_leaving(turn) if turn.patient.state == LEAVING else _privacy(turn))


async def on_delete_open(turn: Turn, _press: Press) -> None:
    """Show the first step."""
    turn.edit(_leaving(turn) if turn.patient.state == LEAVING else messages.delete_first())


async def on_when(turn: Turn, _press: Press) -> None:
    """Show the second step."""
    turn.edit(messages.delete_when(int(turn.now.timestamp())))


async def on_grace(turn: Turn, press: Press) -> None:
    """Erase in 24 hours."""
    if _is_old(turn, press):
        await on_delete_open(turn, press)
        return
    await actions.leave(turn.session, turn.patient, turn.now, after=actions.GRACE)
    turn.edit(_leaving(turn))


async def on_now(turn: Turn, press: Press) -> None:
    """Erase at once: as soon as these words are sent."""
    if _is_old(turn, press):
        await on_delete_open(turn, press)
        return
    await actions.leave(turn.session, turn.patient, turn.now, after=timedelta(0))
    turn.edit(messages.erasing())


async def on_undo(turn: Turn, _press: Press) -> None:
    """Keep everything."""
    if turn.patient.state == LEAVING and not await actions.come_back(turn.session, turn.patient, turn.now):
        turn.toast(messages.too_late(), alert=True)
        return
    await turn.plan()
    if turn.patient.barred_at is not None:
        turn.edit(messages.kept_while_blocked())
        return
    turn.edit(messages.came_back(enrolled=turn.is_enrolled))


async def on_agree(turn: Turn, _press: Press) -> None:
    """Record the consent to the new text."""
    if turn.is_enrolled:
        actions.agree(turn.patient, turn.now)
        turn.edit(messages.agreed())


async def on_keep(turn: Turn, press: Press) -> None:
    """Go on as before: the press itself ended the silence."""
    if turn.is_enrolled:
        turn.edit(messages.kept())
    else:
        await on_open(turn, press)


async def on_text(turn: Turn) -> bool:
    """Say to somebody who is leaving that nothing is logged any more."""
    if turn.patient.state != LEAVING:
        return False
    turn.reply(_leaving(turn))
    return True


async def ask_consent_again(turn: Turn) -> None:
    """Ask for consent to a changed text: once a day, not into a check-in, never behind a safety text."""
    press = read_press(turn.data)
    is_command = turn.text.startswith("/")
    asks = press is not None and not press.verb.startswith(("checkin.", "privacy."))
    if (is_command or asks) and actions.is_to_be_asked(turn.patient, turn.zone, turn.now):
        turn.patient.consent_asked_at = turn.now
        turn.reply(messages.consent_again())


def _privacy(turn: Turn) -> Message:
    at = turn.patient.consented_at
    agreed = None if at is None else short_date(local_date(at, turn.zone), year=True)
    is_blocked = turn.patient.barred_at is not None
    return messages.privacy(agreed, enrolled=turn.is_enrolled, is_blocked=is_blocked)


def _leaving(turn: Turn) -> Message:
    erase_at = turn.patient.erase_at
    if erase_at is None or erase_at <= turn.now:
        return messages.erasing()
    return messages.leaving(erase_at, turn.zone)


def _is_old(turn: Turn, press: Press) -> bool:
    asked = press.args[0] if press.args else ""
    return not asked.isdecimal() or not 0 <= turn.now.timestamp() - int(asked[:12]) <= _BUTTON_STANDS_S


FEATURE = Feature(
    name="privacy",
    commands={"privacy": on_privacy, "delete": on_delete},
    presses={
        "privacy.open": on_open,
        "privacy.delete": on_delete_open,
        "privacy.when": on_when,
        "privacy.grace": on_grace,
        "privacy.now": on_now,
        "privacy.undo": on_undo,
        "privacy.agree": on_agree,
        "privacy.keep": on_keep,
    },
    on_text=on_text,
    entries=(
        Entry(N_("🔒 What is stored"), "privacy.open", Section.DATA, command="privacy"),
        Entry(N_("🗑 Delete everything"), "privacy.delete", Section.DATA, command="delete"),
    ),
)
