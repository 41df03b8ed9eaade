"""Deliveries in this process's hands: claimed, waiting for their turn, and then with their words."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.storage.deliveries import FIRST, UNHURRIED

if TYPE_CHECKING:
    from uuid import UUID

    from bot.telegram_io.outgoing import Outgoing


# Deliveries that are read and rendered together, just before they go out: a third of a second's worth.
_BATCH_S = 0.32
_LARGEST_BATCH = 64
UNHURRIED_SHARE = 4
"""What can wait gets this part: of two seconds' claims, of a batch, of the calls in flight."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that this process may send."""

    delivery_id: UUID
    fence: int
    lane: int = FIRST
    claimed_at: float = field(default_factory=time.monotonic)

    def __lt__(self, other: Claimed) -> bool:
        """Tell whether this one goes first."""
        return (self.lane, self.claimed_at) < (other.lane, other.claimed_at)


class DueQueue:
    """Claimed deliveries that wait, what can wait behind all others.

    Args:
        per_second: How many go out in a second.
    """

    def __init__(self, per_second: float) -> None:
        batch = max(1, min(_LARGEST_BATCH, round(per_second * _BATCH_S)))
        self._most = {FIRST: batch, UNHURRIED: max(1, batch // UNHURRIED_SHARE)}
        self._waiting: asyncio.PriorityQueue[Claimed] = asyncio.PriorityQueue()

    def put(self, claimed: Claimed) -> None:
        """Let one wait."""
        self._waiting.put_nowait(claimed)

    async def next_batch(self) -> list[Claimed]:
        """Return the next ones, all of one lane: no dose waits until a summary is read."""
        batch = [await self._waiting.get()]
        lane = batch[0].lane
        while len(batch) < self._most[lane] and not self._waiting.empty():
            another = self._waiting.get_nowait()
            if another.lane != lane:
                self.put(another)
                break
            batch.append(another)
        return batch

    def take_all(self) -> list[Claimed]:
        """Return everything that waits."""
        waiting = []
        while not self._waiting.empty():
            waiting.append(self._waiting.get_nowait())
        return waiting


@dataclass(frozen=True, slots=True)
class Ready:
    """A delivery with its words."""

    claimed: Claimed
    chat_id: int
    outgoing: Outgoing
