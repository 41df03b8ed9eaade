"""Updates that wait for the bot: long polling with offsets, one poller at a time, old ones dropped."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bot.sandbox.errors import OTHER_POLLER, ApiError, conflict
from bot.sandbox.signals import Signal

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.clock import Clock

Json = dict[str, Any]

PRESS_LIFETIME = timedelta(seconds=150)
UPDATE_LIFETIME = timedelta(hours=24)
LONGEST_POLL_S = 50.0
_EXPIRED_KEPT = 1000
_NOT_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})


@dataclass(slots=True, eq=False)
class PendingUpdate:
    """One update that the bot has not acknowledged.

    Attributes:
        kind: "message", "callback_query", ...
        body: The whole Update as JSON.
        since: When it happened (aware, UTC).
        replayed: Put in with an id of its own; an offset acknowledges it only once it was delivered.
    """

    update_id: int
    kind: str
    body: Json
    since: datetime
    replayed: bool = False

    def stale(self, now: datetime) -> bool:
        """Tell whether Telegram would have dropped it by *now*."""
        return now - self.since > (PRESS_LIFETIME if self.kind == "callback_query" else UPDATE_LIFETIME)


class UpdateQueue:
    """The bot's updates, in order.

    Attributes:
        allowed: Kinds the bot asked for, or None for Telegram's default.
        arrived: Given when an update was put in.
        left: Given when updates left, acknowledged or dropped.
        polling: Given when a poller begins to wait.
        expired: The last few that grew too old before the bot acknowledged them.
        watch: Called with each new update.
    """

    def __init__(self, clock: Clock, first_update_id: int) -> None:
        self._clock = clock
        self._next_id = first_update_id
        self._pending: deque[PendingUpdate] = deque()
        self._poll: asyncio.Future[None] | None = None
        self.allowed: frozenset[str] | None = None
        self.arrived = Signal()
        self.left = Signal()
        self.polling = Signal()
        self.watch: Callable[[Json], None] | None = None
        self.expired: deque[PendingUpdate] = deque(maxlen=_EXPIRED_KEPT)

    def __len__(self) -> int:
        """Count the updates that are not acknowledged and not stale."""
        self._drop_stale()
        return len(self._pending)

    def put(self, kind: str, body: Json) -> int | None:
        """Add one update.

        Returns:
            Its id, or None when the bot didn't ask for this kind.
        """
        if (kind in _NOT_BY_DEFAULT) if self.allowed is None else (kind not in self.allowed):
            return None
        update_id = self._next_id
        self._next_id += 1
        self._add(PendingUpdate(update_id, kind, {"update_id": update_id, kind: body}, self._clock.now()))
        return update_id

    def put_raw(self, update: Json) -> int:
        """Add an update as it is; without an `update_id` it gets the next one."""
        replayed = "update_id" in update
        if not replayed:
            update = {"update_id": self._next_id, **update}
            self._next_id += 1
        kind = next((key for key in update if key != "update_id"), "unknown")
        update_id = update["update_id"]
        self._add(PendingUpdate(update_id, kind, update, self._clock.now(), replayed))
        return int(update_id)

    def _add(self, update: PendingUpdate) -> None:
        self._pending.append(update)
        if self._poll and not self._poll.done():
            self._poll.set_result(None)
        self.arrived.give()
        if self.watch:
            self.watch(update.body)

    def _drop_stale(self) -> None:
        now = self._clock.now()
        # Oldest first, so a young head means that all are young: a long queue costs nothing.
        if self._pending and now - self._pending[0].since > PRESS_LIFETIME:
            self.expired.extend(update for update in self._pending if update.stale(now))
            self._keep([update for update in self._pending if not update.stale(now)])

    def _keep(self, updates: list[PendingUpdate]) -> None:
        gone = len(updates) < len(self._pending)
        self._pending = deque(updates)
        if gone:
            self.left.give()

    def clear(self) -> None:
        """Drop everything (drop_pending_updates)."""
        self._keep([])

    def head(self, limit: int = 1) -> list[PendingUpdate]:
        """Return the oldest updates that are still worth delivering, at most *limit*."""
        self._drop_stale()
        return [self._pending[index] for index in range(min(limit, len(self._pending)))]

    def remove(self, update: PendingUpdate) -> None:
        """Forget one update that was delivered to the webhook."""
        if update in self._pending:
            self._pending.remove(update)
            self.left.give()

    def acknowledge(self, offset: int) -> None:
        """Forget updates before *offset*; a negative one keeps only that many of the last."""
        if offset < 0:
            self._keep(list(self._pending)[offset:])
            return
        before = len(self._pending)
        while self._pending and self._pending[0].update_id < offset and not self._pending[0].replayed:
            self._pending.popleft()
        if len(self._pending) < before:
            self.left.give()

    async def fetch(self, offset: int, limit: int, timeout_s: float) -> list[Json]:
        """Acknowledge up to *offset*, then return updates, waiting at most *timeout_s* real seconds.

        Raises:
            ApiError: 409, when another poller came or a webhook was set meanwhile.
        """
        self.end_poll(conflict(OTHER_POLLER))
        self.acknowledge(offset)
        if not self.head() and timeout_s > 0:
            await self._wait(min(timeout_s, LONGEST_POLL_S))
        batch = self.head(limit)
        for update in batch:
            update.replayed = False
        return [update.body for update in batch]

    async def _wait(self, timeout_s: float) -> None:
        poll = self._poll = asyncio.get_running_loop().create_future()
        self.polling.give()
        try:
            async with asyncio.timeout(timeout_s):
                await poll
        except TimeoutError:
            pass
        finally:
            if self._poll is poll:
                self._poll = None

    def end_poll(self, reason: ApiError) -> None:
        """End the poll that is waiting, if there is one, with this refusal."""
        if self._poll and not self._poll.done():
            self._poll.set_exception(reason)

    @property
    def polled(self) -> bool:
        """Whether a poller is waiting right now."""
        return self._poll is not None and not self._poll.done()

    def release_poll(self) -> None:
        """Let the poller that waits go with an empty answer."""
        if self._poll and not self._poll.done():
            self._poll.set_result(None)
