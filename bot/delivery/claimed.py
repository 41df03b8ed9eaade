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

    Claim = tuple[UUID, int]
    """A delivery's id and the fence of the claim."""

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

    @property
    def claim(self) -> Claim:
        """Return its id and fence."""
        return self.delivery_id, self.fence

    @property
    def age_s(self) -> float:
        """Return for how many seconds this process has had it in hand."""
        return time.monotonic() - self.claimed_at

    def __lt__(self, other: Claimed) -> bool:
        """Tell whether this one goes first."""
        return (self.lane, self.claimed_at) < (other.lane, other.claimed_at)


class InHand:
    """Every claim of this process that isn't recorded yet."""

    def __init__(self) -> None:
        self._all: set[Claim] = set()
        # Of these, the ones that came too late: they are only recorded, and take nobody's room.
        self._too_late: set[Claim] = set()
        # And those whose call has begun or whose mark is made: a stop gives back the others.
        self._past_return: set[Claim] = set()
        self._none = asyncio.Event()
        self._none.set()

    def __len__(self) -> int:
        return len(self._all)

    def __contains__(self, claim: Claim) -> bool:
        return claim in self._all

    def take(self, claim: Claim, *, too_late: bool = False) -> None:
        """Take a claim; *too_late*: only to be recorded."""
        self._all.add(claim)
        if too_late:
            self._too_late.add(claim)
        self._none.clear()

    def pass_return(self, claim: Claim) -> None:
        """Note that its call begins now, or that its mark is made."""
        self._past_return.add(claim)

    def let_go(self, claim: Claim) -> None:
        """Forget a claim that is recorded, or another replica's by now."""
        for claims in (self._all, self._too_late, self._past_return):
            claims.discard(claim)
        if not self._all:
            self._none.set()

    @property
    def to_send(self) -> int:
        """Return how many are to be sent."""
        return len(self._all) - len(self._too_late)

    @property
    def too_late(self) -> int:
        """Return how many are only to be recorded."""
        return len(self._too_late)

    @property
    def returnable(self) -> frozenset[Claim]:
        """Return those that can still be given back: not sent, for sure."""
        return frozenset(self._all - self._past_return)

    async def none(self) -> None:
        """Wait until everything is recorded."""
        await self._none.wait()


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
