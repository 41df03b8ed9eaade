"""A delivery in this process's hands: claimed, and then with its words."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.storage.deliveries import FIRST

if TYPE_CHECKING:
    from uuid import UUID

    from bot.telegram_io.outgoing import Outgoing


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


@dataclass(frozen=True, slots=True)
class Ready:
    """A delivery with its words."""

    claimed: Claimed
    chat_id: int
    outgoing: Outgoing
