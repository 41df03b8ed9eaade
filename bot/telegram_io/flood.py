"""Keeps one person's flood from everybody else: each chat is handled at a human pace.

Far too many aren't kept. They are read for safety words first, and the patient is told of it.
"""

from __future__ import annotations

import math
import time
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any, Final

from bot.domain.safety_matching import find_triggers

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.domain.safety import Trigger

    Kept = tuple[int, int, dict[str, Any]]
    """An update to keep: its id, its chat's key, the raw update."""

BURST: Final = 30.0
MOST_WAITING: Final = 200
LEFT_OUT: Final = "ldn_left_out"
"""The key of an update of our own: it stands in the inbox where updates of the chat were left out."""


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
        # Of each chat since nothing waited: how many were left out and not told of, whether a note of that
        # waits, and which safety words were kept beyond the limit.
        self._left_out: Counter[int] = Counter()
        self._noted: set[int] = set()
        self._kept_words: defaultdict[int, set[Trigger]] = defaultdict(set)

    def sieve(self, update: Kept) -> Kept | None:
        """Return what is to be kept of an update: itself, a note that some were left out, or nothing.

        One with safety words is kept however many wait, once for each sort of them: its answer must come.
        """
        update_id, key, raw = update
        if self.admits(key):
            return update
        words = {*find_triggers(_typed_in(raw))} - self._kept_words[key]
        if words:
            self._kept_words[key] |= words
        else:
            self._left_out[key] += 1
            # A group has a negative key, and nobody there to tell.
            if key in self._noted or key <= 0:
                return None
            self._noted.add(key)
            raw = {"update_id": update_id, LEFT_OUT: True}
        self._waiting[key] += 1
        return update_id, key, raw

    def take_left_out(self, key: int) -> int:
        """Return how many of a chat's updates were left out (0: not known here); they are told of now."""
        self._noted.discard(key)
        return self._left_out.pop(key, 0)

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
        self._left_out.pop(key, None)
        self._kept_words.pop(key, None)
        self._noted.discard(key)


def _typed_in(raw: dict[str, Any]) -> str:
    """Return what was typed in a raw update, new or edited; "" where nothing was."""
    for name in ("message", "edited_message"):
        message = raw.get(name)
        if isinstance(message, dict):
            text = message.get("text") or message.get("caption")
            return text if isinstance(text, str) else ""
    return ""
