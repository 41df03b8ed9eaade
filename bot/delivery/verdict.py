"""What an answer of Telegram means: for the row, for the pace, for the next calls (promise 6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telegram.error import InvalidToken, RetryAfter, TelegramError

from bot.delivery.kinds import Outcome
from bot.delivery.marks import Mark, Retry
from bot.telegram_io.contact import REFUSED_FOR_S
from bot.telegram_io.transport import (
    MaybeSent,
    NeverLeft,
    Refused,
    SendResult,
    Sent,
    TooFast,
    seconds_to_wait,
)

if TYPE_CHECKING:
    from telegram import Bot

    from bot.clock import Clock
    from bot.delivery.claimed import Ready
    from bot.telegram_io.contact import Contact
    from bot.telegram_io.rate import Pacer


class Judge:
    """Judges the calls of one process."""

    def __init__(self, *, bot: Bot, clock: Clock, pacer: Pacer, contact: Contact) -> None:
        self._bot = bot
        self._clock = clock
        self._pacer = pacer
        self._contact = contact

    def judge(self, ready: Ready, result: SendResult) -> Mark:
        """Return what is to be recorded; a 429 or a refused token holds every other call back."""
        delivery_id, fence = ready.claimed.delivery_id, ready.claimed.fence
        match result:
            case Sent(message_id):
                self._contact.note()
                return Mark(delivery_id, fence, Outcome.SENT, None, message_id, self._clock.now())
            case TooFast(seconds):
                self._contact.reached()
                self._pacer.block_for(seconds)
                return Mark(delivery_id, fence, Retry.NOW, "429")
            case NeverLeft(reason):
                self._contact.failed()
                return Mark(delivery_id, fence, Retry.LATER, reason)
            case MaybeSent(reason, repeatable):
                self._contact.failed()
                return Mark(delivery_id, fence, Retry.LATER if repeatable else Outcome.UNCERTAIN, reason)
            case Refused(reason):
                self._contact.reached()
                if reason == "unauthorized":
                    self._contact.refused()
                    self._pacer.block_for(REFUSED_FOR_S)
                    return Mark(delivery_id, fence, Retry.NOW, reason)
                return Mark(delivery_id, fence, Outcome.FAILED, reason)

    async def is_back(self) -> bool:
        """Ask Telegram something harmless; tell whether it answered."""
        try:
            await self._bot.get_me()
        except RetryAfter as error:
            self._pacer.block_for(seconds_to_wait(error))
            self._contact.reached()
        except InvalidToken:
            self._contact.refused()
            self._contact.reached()
        except TelegramError:
            self._contact.probe_failed()
            return False
        else:
            self._contact.note()
        return True
