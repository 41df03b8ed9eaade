"""Answers /help and /about, and whatever nothing else understood."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telegram.ext import filters

from bot.features.help import messages
from bot.features.help.menu import command_menu
from bot.features.help.messages import left_out, something_went_wrong
from bot.locale import N_
from bot.telegram_io.feature import Entry, Feature, Section

if TYPE_CHECKING:
    from telegram import Update

    from bot.message import Press
    from bot.telegram_io.turn import Turn

__all__ = [
    "FEATURE",
    "command_menu",
    "left_out",
    "on_nothing_understood",
    "on_old_button",
    "on_other",
    "on_stranger",
    "something_went_wrong",
]

# Longer than any answer that a person types to a bot on purpose.
LONG_TEXT = 500


async def on_help(turn: Turn) -> None:
    """Say what each command does, and when to get help."""
    turn.reply(messages.helping(discreet=turn.patient.discreet, enrolled=turn.is_enrolled))


async def on_about(turn: Turn) -> None:
    """Say what is known about LDN."""
    turn.reply(messages.about(enrolled=turn.is_enrolled))


async def on_open(turn: Turn, _press: Press) -> None:
    """Answer the button "Help"."""
    await on_help(turn)


async def on_about_open(turn: Turn, _press: Press) -> None:
    """Answer the button "What is known"."""
    await on_about(turn)


async def on_safety(turn: Turn, _press: Press) -> None:
    """Answer the button "When to get help"."""
    turn.reply(messages.safety(enrolled=turn.is_enrolled))


async def on_nothing_understood(turn: Turn) -> None:
    """Answer a text that no feature made sense of: never silence."""
    message = messages.nothing_understood(
        enrolled=turn.is_enrolled,
        is_command=turn.text.startswith("/"),
        is_long=len(turn.text) > LONG_TEXT,
    )
    turn.reply(message)


async def on_old_button(turn: Turn) -> None:
    """Answer a button that this version doesn't know."""
    turn.toast(messages.old_button_toast())
    turn.reply(messages.old_button(enrolled=turn.is_enrolled))


async def on_other(turn: Turn) -> None:
    """Answer what isn't text; Telegram's own notices (a pinned message, a new chat photo) need no answer."""
    if not filters.StatusUpdate.ALL.check_update(turn.update):
        turn.reply(messages.unreadable(kind_of(turn.update), enrolled=turn.is_enrolled))


async def on_stranger(turn: Turn) -> None:
    """Answer somebody whom the operator hasn't admitted."""
    turn.reply(messages.stranger())


def kind_of(update: Update) -> str:
    """Return what an update that isn't a text brings: a key of messages.UNREADABLE."""
    message = update.effective_message
    if update.edited_message is not None or message is None:
        return "other" if message is None else "edited"
    kinds = {
        "location": message.location or message.venue,
        "voice": message.voice or message.audio or message.video_note,
        "sticker": message.sticker or message.dice,
        "picture": message.photo or message.video or message.animation,
        "file": message.document,
    }
    return next((kind for kind, present in kinds.items() if present), "other")


FEATURE = Feature(
    name="help",
    commands={"help": on_help, "about": on_about},
    presses={
        "help.open": on_open,
        "help.safety": on_safety,
        "help.about": on_about_open,
    },
    entries=(Entry(N_("ℹ️ What is known"), "help.about", Section.DATA, command="about"),),
)
