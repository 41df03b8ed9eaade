"""Keeps one person's flood from everybody else: each chat is handled at a human pace."""

from __future__ import annotations

import math
import time
from collections import Counter
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

BURST: Final = 30.0
MOST_WAITING: Final = 200


class Flood:
    """A bucket of updates per chat: a burst at once, then so many a second; far too many aren't kept at all.

    Args:
        per_second: Updates of one chat that are handled a second, after the burst; inf: no limit at all.
        monotonic: Seconds that never go back.
    """

    def __init__(self, per_second: float, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._per_second = per_second
        self._monotonic = monotonic
        # Chat -> when its bucket is full again.
        self._full_at: dict[int, float] = {}
        self._waiting: Counter[int] = Counter()

    def admits(self, key: int) -> bool:
        """Count one more update of a chat; False when too many wait already: it isn't kept."""
        if math.isinf(self._per_second):
            return True
        if self._waiting[key] >= MOST_WAITING:
            return False
        self._waiting[key] += 1
        return True

    def wait_s(self, key: int) -> float:
        """Return how many seconds the chat's next update has to wait."""
        now = self._monotonic()
        return max(0.0, self._full_at.get(key, now) - now - (BURST - 1) / self._per_second)

    def handled(self, key: int) -> None:
        """Count one update of a chat that was handled or set aside."""
        if math.isinf(self._per_second):
            return
        now = self._monotonic()
        self._full_at = {chat: at for chat, at in self._full_at.items() if at > now}
        self._full_at[key] = max(now, self._full_at.get(key, now)) + 1 / self._per_second
        self._waiting[key] -= 1

    def emptied(self, key: int) -> None:
        """Note that nothing of a chat waits any more."""
        self._waiting.pop(key, None)
