"""The first calls to Telegram: a bot that starts before its network must not die of it."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from telegram.error import InvalidToken, TelegramError

from bot.config import StartError

if TYPE_CHECKING:
    from telegram.ext import Application
    from telegram.request import BaseRequest

log = logging.getLogger(__name__)

_FIRST_WAIT_S = 0.5
_LONGEST_WAIT_S = 30.0


async def reach_telegram(
    application: Application[Any, Any, Any, Any, Any, Any], poll_request: BaseRequest
) -> None:
    """Open the connections and ask who the bot is; wait as long as the API can't be reached.

    Raises:
        StartError: Telegram refuses the token.
    """
    wait = _FIRST_WAIT_S
    while True:
        try:
            await poll_request.initialize()
            await application.initialize()
        except InvalidToken as error:
            raise StartError(
                "Telegram refuses the token: copy it again from @BotFather into telegram.token"
            ) from error
        except TelegramError as error:
            if wait == _FIRST_WAIT_S:
                log.warning("Telegram can't be reached (%s): trying again", type(error).__name__)
            await asyncio.sleep(wait)
            wait = min(_LONGEST_WAIT_S, wait * 2)
        else:
            if wait > _FIRST_WAIT_S:
                log.warning("Telegram can be reached now")
            return
