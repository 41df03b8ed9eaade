"""The operator's own chat in Telegram: hears each trouble once, never a flood, never a patient's word."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from typing import TYPE_CHECKING

from telegram.error import BadRequest, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError

from bot.operator_log import LogOperator
from bot.telegram_io.transport import seconds_to_wait

if TYPE_CHECKING:
    from collections.abc import Callable

    from telegram import Bot

    from bot.operator_log import Operator

log = logging.getLogger(__name__)

SAME_LINE_AFTER_S = 3600.0
MOST_AN_HOUR = 10
_MOST_WAITING = 20
_RETRY_AFTER_S = 30.0
_STOP_WITHIN_S = 2.0
_MORE = "More has happened than is told here in one hour: see the log."


class OperatorChat:
    """Writes every line to the log, and sends it to the operator's chat if one is set.

    What can't be sent (Telegram is away) waits, and arrives when it is back.

    Args:
        chat_id: The chat; None: only the log.
        also: Who else hears each line.
        monotonic: Seconds that never go back.
        retry_after_s: How long to wait while Telegram is away.
    """

    def __init__(
        self,
        chat_id: int | None,
        *,
        also: Operator | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        retry_after_s: float = _RETRY_AFTER_S,
    ) -> None:
        self._chat_id = chat_id
        self._also = also or LogOperator()
        self._monotonic = monotonic
        self._retry_after_s = retry_after_s
        self._said: dict[str, float] = {}
        self._sent: deque[float] = deque()
        self._waiting: deque[str] = deque(maxlen=_MOST_WAITING)
        self._news, self._idle = asyncio.Event(), asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def tell(self, what: str) -> None:
        """Say *what*; the same line within an hour, and the eleventh in one, stand in the log alone."""
        self._also.tell(what)
        now = self._monotonic()
        self._said = {line: at for line, at in self._said.items() if now - at < SAME_LINE_AFTER_S}
        while self._sent and now - self._sent[0] >= SAME_LINE_AFTER_S:
            self._sent.popleft()
        if self._chat_id is None or what in self._said or len(self._sent) > MOST_AN_HOUR:
            return
        self._said[what] = now
        self._sent.append(now)
        self._waiting.append(_MORE if len(self._sent) > MOST_AN_HOUR else what)
        self._news.set()

    def start(self, bot: Bot) -> None:
        """Begin to send, what was told before as well."""
        if self._chat_id is not None:
            self._task = asyncio.create_task(self._run(bot, self._chat_id), name="operator's chat")

    async def stop(self) -> None:
        """Send what waits, for two seconds at most."""
        if self._task is None:
            return
        try:
            async with asyncio.timeout(_STOP_WITHIN_S):
                await self.idle()
        except TimeoutError:
            log.warning("%s lines to the operator could not be sent", len(self._waiting))
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def idle(self) -> None:
        """Wait until nothing waits to be sent."""
        if self._task is not None and self._waiting:
            self._idle.clear()
            await self._idle.wait()

    async def _run(self, bot: Bot, chat_id: int) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            while self._waiting:
                wait_s = await self._send(bot, chat_id, self._waiting[0])
                if wait_s is None:
                    self._waiting.popleft()
                else:
                    await asyncio.sleep(wait_s)
            self._idle.set()

    async def _send(self, bot: Bot, chat_id: int, line: str) -> float | None:
        """Send one line; return how long to wait before it is tried again, None when it is done with."""
        try:
            await bot.send_message(chat_id, line)
        except RetryAfter as error:
            return seconds_to_wait(error)
        except (BadRequest, Forbidden, InvalidToken) as error:
            log.warning(
                "the operator's chat can't be written to (%s): press Start in its chat with the bot, "
                "or correct access.operator_chat_id",
                type(error).__name__,
            )
        except NetworkError:
            return self._retry_after_s
        except TelegramError as error:
            log.warning("a line to the operator was refused (%s)", type(error).__name__)
        return None
