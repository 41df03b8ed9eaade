"""Calls to Telegram that no row remembers: a button's toast, leaving a group. Lost ones harm nobody."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from telegram.error import TelegramError

from bot.locale import _

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from telegram import Bot

    from bot.telegram_io.outgoing import Outbox

log = logging.getLogger(__name__)


class Aside:
    """Makes them beside everything else."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self.calls: set[asyncio.Task[None]] = set()

    def answer_query(self, query_id: str, outbox: Outbox) -> None:
        """End a pressed button's spinner, with the toast if there is one."""
        self._begin(self._answer_query(query_id, outbox))

    def leave(self, chat_id: int, chat_type: str) -> None:
        """Leave a group or channel."""
        self._begin(leave(self._bot, chat_id, chat_type))

    def _begin(self, call: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(call)
        self.calls.add(task)
        task.add_done_callback(self.calls.discard)

    async def _answer_query(self, query_id: str, outbox: Outbox) -> None:
        try:
            await self._bot.answer_callback_query(
                query_id, text=outbox.toast, show_alert=outbox.toast_is_alert
            )
        except TelegramError as error:
            # Too old or cut off: the button's effect stands, only its spinner goes on.
            log.debug("a button's toast didn't arrive (%s)", type(error).__name__)


async def leave(bot: Bot, chat_id: int, chat_type: str) -> None:
    """Say in a group that this is for private chats, and leave; leave a channel without a word."""
    try:
        if chat_type != "channel":
            await bot.send_message(
                chat_id, _("I'm for private chats only, so I'm leaving. Write to me directly.")
            )
        await bot.leave_chat(chat_id)
    except TelegramError as error:
        log.debug("a group could not be left (%s)", type(error).__name__)
