"""When Telegram last took a call: of whichever part of the process."""

from __future__ import annotations

import time


class Contact:
    """Remembers the last successful call, in monotonic time."""

    def __init__(self) -> None:
        self._last: float | None = None

    def note(self) -> None:
        """Note that a call has just succeeded."""
        self._last = time.monotonic()

    def age(self, monotonic: float) -> float:
        """Return how many seconds ago the last one was; endless before the first."""
        return float("inf") if self._last is None else monotonic - self._last
