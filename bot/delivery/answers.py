"""Replies to taps and texts: each chat's go out one after the other, different chats beside each other."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Sequence

    from bot.delivery.claimed import Ready


class AnswerQueue:
    """Keeps the order: an older screen that came after a newer one would stay.

    Args:
        send: Sends one; it ends when the call has.
        spawn: Makes a task of the work, and owns it.
    """

    def __init__(
        self,
        send: Callable[[Ready], Awaitable[None]],
        spawn: Callable[[Coroutine[None, None, None]], None],
    ) -> None:
        self._send = send
        self._spawn = spawn
        # Of each chat that is being answered.
        self._waiting: dict[int, deque[Ready]] = {}

    def put(self, chat_id: int, answers: Sequence[Ready]) -> None:
        """Send *answers* after all that the chat still waits for."""
        waiting = self._waiting.get(chat_id)
        if waiting is not None:
            waiting.extend(answers)
            return
        self._waiting[chat_id] = deque(answers)
        self._spawn(self._send_all(chat_id))

    async def _send_all(self, chat_id: int) -> None:
        waiting = self._waiting[chat_id]
        try:
            while waiting:
                await self._send(waiting.popleft())
        finally:
            del self._waiting[chat_id]
