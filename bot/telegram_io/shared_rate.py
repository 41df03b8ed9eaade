"""The pacer of one replica among several: its slots come from the budget row that all of them share."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from typing import TYPE_CHECKING

from bot.storage import budget
from bot.storage.database import is_passing
from bot.telegram_io.rate import CHAT_PER_SECOND, Pacer
from bot.telegram_io.servers_clock import ServersClock

if TYPE_CHECKING:
    from bot.metrics import Metrics
    from bot.storage.database import Database

log = logging.getLogger(__name__)

# So far ahead may all replicas together reserve for bulk: a tap's answer waits no longer than that.
_BULK_AHEAD_S = 0.16
_FEWEST_AHEAD = 4
# A slot this late is given up: a process that was frozen must not use what others have passed.
_SLOT_GOOD_FOR_S = 0.05
# How long the way back of an answer is believed to be, at most.
_LONGEST_LEAD_S = 1.0
_ANSWERS_AHEAD_S = 3600.0
_RETRY_DATABASE_AFTER_S = 1.0


class SharedPacer(Pacer):
    """Hands out slots that were reserved in PostgreSQL, a few at a time.

    Slots are reserved by whoever is about to send, not by the claim: a claim is made for seconds, and an
    answer to a tap would wait behind all of them.
    """

    def __init__(
        self,
        per_second: float,
        *,
        database: Database,
        bot_id: int,
        chat_per_second: float = CHAT_PER_SECOND,
        metrics: Metrics | None = None,
    ) -> None:
        super().__init__(per_second, chat_per_second=chat_per_second, metrics=metrics)
        self._database = database
        self._bot_id = bot_id
        self._ahead = max(_FEWEST_AHEAD, int(per_second * _BULK_AHEAD_S))
        self._reserved: deque[float] = deque()
        self._servers = ServersClock()
        self._lead_s = 0.0
        self._ask_again_at = 0.0
        self._is_open = False
        self._blocking: set[asyncio.Task[None]] = set()

    def block_for(self, seconds: float) -> None:
        """Let no replica send for *seconds*."""
        super().block_for(seconds)
        task = asyncio.create_task(self._tell_all(seconds), name="block all replicas")
        self._blocking.add(task)
        task.add_done_callback(self._blocking.discard)

    async def close(self) -> None:
        """Stop handing out slots; whoever waits is cancelled."""
        await super().close()
        await asyncio.gather(*self._blocking, return_exceptions=True)

    async def _tell_all(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            try:
                async with self._database.statement() as connection:
                    await budget.open_budget(connection, self._bot_id)
                    await budget.block(connection, self._bot_id, left)
            except Exception as error:  # noqa: BLE001 - whatever it is, the block must reach the others
                log.warning("the 429 can't be told to the replicas (%s)", type(error).__name__)
                await asyncio.sleep(_RETRY_DATABASE_AFTER_S)
            else:
                return

    async def _hand_out(self) -> None:
        while True:
            if self._blocked_until > (now := time.monotonic()):
                self._reserved.clear()
                await asyncio.sleep(self._blocked_until - now)
                continue
            if not any(self._lanes):
                await self._until_asked(None)
            elif self._wants_more(now):
                await self._reserve(bulk=not self._lanes[0])
            elif self._reserved[0] > now:
                await asyncio.sleep(self._reserved[0] - now)
            elif now - self._reserved.popleft() <= _SLOT_GOOD_FOR_S:
                # Chosen only now: an answer that has come meanwhile takes the slot.
                chosen, wait = self._choose(now)
                if chosen is None:
                    await self._until_asked(wait)
                else:
                    self._give(chosen, now)

    def _wants_more(self, now: float) -> bool:
        """Tell whether to reserve: for bulk before the last slot is used, as the database takes its time.

        A tap's answer takes the slot that is there.
        """
        if not self._reserved:
            return True
        is_spare_time = self._reserved[0] > now >= self._ask_again_at and not self._lanes[0]
        return is_spare_time and len(self._reserved) < self._ahead // 2

    async def _reserve(self, *, bulk: bool) -> None:
        # Bulk comes one after the other, so there is more of it than waits here.
        count = self._ahead // 2 if bulk else max(1, len(self._lanes[0]))
        within = self._ahead * self._interval if bulk else _ANSWERS_AHEAD_S
        begin = time.monotonic()
        try:
            reserved, blocked_s = await self._ask(count, within)
        except Exception as error:
            if not is_passing(error):
                log.exception("no slot could be reserved")
            else:
                log.warning("no slot can be reserved (%s): waiting", type(error).__name__)
            await asyncio.sleep(_RETRY_DATABASE_AFTER_S)
            return
        now = time.monotonic()
        if reserved is None:
            self._blocked_until = max(self._blocked_until, now + blocked_s)
            self._ask_again_at = now + count * self._interval / 2
            if not self._reserved:
                await asyncio.sleep(self._ask_again_at - now)
            return
        self._servers.learn(begin, reserved.said_at, now)
        self._lead_s = min(_LONGEST_LEAD_S, (now - begin) / 2)
        # Where the database put them, however late it said so: between lie the slots of others.
        self._reserved.extend(self._servers.ours(at) for at in reserved.slots)

    async def _ask(self, count: int, within_s: float) -> tuple[budget.Reserved | None, float]:
        """Ask the database for slots; where it gives none, also for how many seconds nobody may send."""
        async with self._database.statement() as connection:
            if not self._is_open:
                await budget.open_budget(connection, self._bot_id)
                self._is_open = True
            reserved = await budget.reserve(
                connection,
                self._bot_id,
                count,
                interval_s=self._interval,
                within_s=within_s,
                lead_s=self._lead_s,
            )
            blocked_s = 0.0 if reserved else await budget.blocked_for(connection, self._bot_id)
        return reserved, blocked_s


def pacer_for(
    database: Database, bot_id: int, per_second: float, chat_per_second: float, metrics: Metrics
) -> Pacer:
    """Return the keeper of the budget: shared by the replicas on PostgreSQL, this process's own on SQLite."""
    if database.is_sqlite:
        return Pacer(per_second, chat_per_second=chat_per_second, metrics=metrics)
    return SharedPacer(
        per_second, database=database, bot_id=bot_id, chat_per_second=chat_per_second, metrics=metrics
    )
