"""A strict pacer: never more than the allowed messages a second, answers to taps before bulk (promise 7)."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.metrics import Metrics

# A lone chat may get this many at once, then one a second: Telegram's own advice.
CHAT_BURST = 5
CHAT_PER_SECOND = 1.0
# How many slots may be caught up on after a gap so short: the event loop was late, or the next batch was.
# After a longer rest it is one, so that the oldest arrives first.
CATCH_UP_SLOTS = 4
_AFTER_A_REST = 1
# Of the time that one slot more than a second's takes beyond the second: so much may arrive unevenly.
_UNEVEN = 0.9


@dataclass(slots=True)
class Waiting:
    """Whoever asked for a slot."""

    chat_id: int
    slot: asyncio.Future[None]
    bulk: bool


class Pacer:
    """Hands out slots for calls that count: sends and edits.

    Slots lie on a fixed grid, so that nothing bursts; a slot is given away only when it has come, so that a
    tap's answer overtakes every bulk message that still waits, and a dose every summary.
    """

    def __init__(
        self,
        per_second: float,
        *,
        chat_per_second: float = CHAT_PER_SECOND,
        metrics: Metrics | None = None,
    ) -> None:
        self._metrics = metrics
        self._interval = 1.0 / per_second
        self._chat_interval = 1.0 / chat_per_second
        self._lanes: tuple[deque[Waiting], ...] = (deque(), deque(), deque())
        self._next_slot = 0.0
        # The slots of the last second and a bit: catching up makes no second fuller than this.
        self._given: deque[float] = deque(maxlen=int(per_second) + 1)
        self._window_s = 1 + _UNEVEN * (((int(per_second) + 1) / per_second) - 1)
        self._blocked_until = 0.0
        # Per chat: the instant at which its allowance would be full again (GCRA).
        self._chats: dict[int, float] = {}
        self._arrived = asyncio.Event()
        self._let_go = False
        self._task: asyncio.Task[None] | None = None

    async def acquire(self, chat_id: int, *, bulk: bool, unhurried: bool = False) -> None:
        """Wait for a slot to call Telegram for *chat_id*.

        Args:
            chat_id: Whom the call is for.
            bulk: Nobody waits for it: it comes after answers to taps.
            unhurried: Of bulk, what comes after all other bulk that waits.
        """
        if self._let_go:
            return
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._hand_out(), name="pacer")
        waiting = Waiting(chat_id, asyncio.get_running_loop().create_future(), bulk)
        self._lanes[bulk + unhurried].append(waiting)
        self._arrived.set()
        await waiting.slot

    def block_for(self, seconds: float) -> None:
        """Let nothing go out for *seconds*: Telegram said 429, and that is meant for the whole bot."""
        self._blocked_until = max(self._blocked_until, time.monotonic() + seconds)

    @property
    def blocked_for(self) -> float:
        """Return for how many seconds Telegram's 429 still holds everything back."""
        return max(0.0, self._blocked_until - time.monotonic())

    @property
    def is_blocked(self) -> bool:
        """Tell whether Telegram's 429 still holds everything back."""
        return self.blocked_for > 0

    def let_go(self) -> None:
        """Give everyone who waits a slot at once: the process stops, and they will give their work back."""
        self._let_go = True
        for lane in self._lanes:
            while lane:
                waiting = lane.popleft()
                if not waiting.slot.done():
                    waiting.slot.set_result(None)

    async def close(self) -> None:
        """Stop handing out slots; whoever waits is cancelled."""
        for lane in self._lanes:
            while lane:
                lane.popleft().slot.cancel()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _hand_out(self) -> None:
        self._give_up_slots(_AFTER_A_REST)
        while True:
            now = time.monotonic()
            start = max(self._next_slot, self._blocked_until, self._window_free_at)
            if start > now:
                await asyncio.sleep(start - now)
                continue
            chosen, wait = self._choose(now)
            if chosen is None:
                await self._until_asked(wait)
                if time.monotonic() - now > CATCH_UP_SLOTS * self._interval:
                    self._give_up_slots(_AFTER_A_REST)
                continue
            self._give_up_slots(CATCH_UP_SLOTS)
            self._next_slot += self._interval
            self._given.append(now)
            self._give(chosen, now)

    def _give_up_slots(self, but: int) -> None:
        """Let slots that passed be gone, *but* so many."""
        self._next_slot = max(self._next_slot, time.monotonic() - but * self._interval)

    @property
    def _window_free_at(self) -> float:
        return self._given[0] + self._window_s if len(self._given) == self._given.maxlen else 0.0

    def _give(self, chosen: Waiting, now: float) -> None:
        self._chats[chosen.chat_id] = max(self._chats.get(chosen.chat_id, now), now) + self._chat_interval
        chosen.slot.set_result(None)
        if self._metrics is not None:
            self._metrics.slot(bulk=chosen.bulk)

    def _choose(self, now: float) -> tuple[Waiting | None, float | None]:
        """Return who goes next, or None and the seconds until a chat's allowance is back (None: nobody)."""
        wait: float | None = None
        for lane in self._lanes:
            for position, waiting in enumerate(lane):
                if waiting.slot.cancelled():
                    del lane[position]
                    return self._choose(now)
                over = self._chats.get(waiting.chat_id, 0.0) - now - (CHAT_BURST - 1) * self._chat_interval
                if over <= 0:
                    del lane[position]
                    return waiting, None
                wait = over if wait is None else min(wait, over)
        self._forget_full_allowances(now)
        return None, wait

    def _forget_full_allowances(self, now: float) -> None:
        if len(self._chats) > 1000:  # noqa: PLR2004 - any size that keeps the sweep rare
            self._chats = {chat: full_at for chat, full_at in self._chats.items() if full_at > now}

    async def _until_asked(self, wait: float | None) -> None:
        self._arrived.clear()
        try:
            await asyncio.wait_for(self._arrived.wait(), wait)
        except TimeoutError:
            return
