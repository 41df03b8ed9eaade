"""How Telegram takes our calls, of whichever part of the process: when last, and whether by this token."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from bot.operator_log import LogOperator

if TYPE_CHECKING:
    from bot.operator_log import Operator

# Asking again sooner gives the same answer.
REFUSED_FOR_S = 30.0
_LONGEST_PROBE_WAIT_S = 30.0


class Contact:
    """Remembers the last successful call, in monotonic time; tells the operator of a refused token once."""

    def __init__(self, operator: Operator | None = None) -> None:
        self._operator = operator or LogOperator()
        self._last: float | None = None
        self._refused = False
        self._is_out = False
        self._probes = 0
        self._probe_at = 0.0

    def note(self) -> None:
        """Note that a call has just succeeded."""
        self._last = time.monotonic()
        self.reached()
        if self._refused:
            self._refused = False
            self._operator.tell("Telegram takes the token again.")

    def reached(self) -> None:
        """Note that Telegram answered, whatever it said."""
        self._is_out, self._probes, self._probe_at = False, 0, 0.0

    def failed(self) -> None:
        """Note that a call got no answer of Telegram's: cut, too slow, 5xx, no connection."""
        self._is_out = True

    def probe_failed(self) -> None:
        """Note that a question that only asks whether Telegram is back got no answer either."""
        self._probes += 1
        self._probe_at = time.monotonic() + min(_LONGEST_PROBE_WAIT_S, 2.0 ** min(self._probes, 6) / 2)

    @property
    def is_out(self) -> bool:
        """Tell whether nothing has answered since a call failed.

        Then a harmless question goes first: a message into an outage may or may not arrive, and only one copy
        of it may follow.
        """
        return self._is_out

    @property
    def may_probe(self) -> bool:
        """Tell whether it is time to ask again: at once, then after 1, 2, 4 … 30 seconds."""
        return time.monotonic() >= self._probe_at

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
