"""How Telegram takes our calls, of whichever part of the process: when last, and whether by this token."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from bot.notices import LogOperator

if TYPE_CHECKING:
    from bot.notices import Operator

# Asking again sooner gives the same answer.
REFUSED_FOR_S = 30.0


class Contact:
    """Remembers the last successful call, in monotonic time; tells the operator of a refused token once."""

    def __init__(self, operator: Operator | None = None) -> None:
        self._operator = operator or LogOperator()
        self._last: float | None = None
        self._refused = False

    def note(self) -> None:
        """Note that a call has just succeeded."""
        self._last = time.monotonic()
        if self._refused:
            self._refused = False
            self._operator.tell("Telegram takes the token again.")

    def refused(self) -> None:
        """Note that Telegram refused the token (401)."""
        if not self._refused:
            self._refused = True
            self._operator.tell(
                "Telegram refuses the token: copy it again from @BotFather into telegram.token and restart. "
                "Until then nothing is sent; nothing is lost."
            )

    def age(self, monotonic: float) -> float:
        """Return how many seconds ago the last one was; endless before the first."""
        return float("inf") if self._last is None else monotonic - self._last
