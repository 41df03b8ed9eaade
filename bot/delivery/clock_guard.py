"""Doubts a wall clock that jumps: nothing is sent or expired until it is known which time is right."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.clock import Clock
    from bot.operator_log import Operator

TOLERANCE_S = 60.0
# A true correction delays reminders by this much, which is still "on time"; a false one has been noticed, or
# taken back by the time service, by then.
HOLD_S = 300.0


def in_doubt(guard: ClockGuard | None) -> bool:
    """Tell whether to send, expire and erase nothing now; without a guard the clock is believed."""
    return guard is not None and guard.holds()


class ClockGuard:
    """Compares the wall clock with the time since boot, which nobody sets and which counts suspended hours.

    After a suspend both agree, and what is late is late. When they drift apart, the wall clock was set: by
    somebody's mistake, or rightly (no battery, a resumed virtual machine). Taps are still answered.

    Args:
        clock: The wall clock.
        boot_s: Returns the seconds since boot.
        operator: Hears of each jump once, and how it ended.
    """

    def __init__(self, clock: Clock, boot_s: Callable[[], float], operator: Operator) -> None:
        self._clock = clock
        self._boot_s = boot_s
        self._operator = operator
        self._trusted = self._offset(boot_s())
        self._doubted = self._trusted
        self._since: float | None = None

    def holds(self) -> bool:
        """Look at both clocks; tell whether to send and expire nothing now."""
        boot_s = self._boot_s()
        offset = self._offset(boot_s)
        if abs(offset - self._trusted) <= TOLERANCE_S:
            if self._since is not None:
                self._end("The clock is back where it was: sending goes on.")
            self._trusted = offset
            return False
        if self._since is None or abs(offset - self._doubted) > TOLERANCE_S:
            self._begin(boot_s, offset)
        if self._since is not None and boot_s - self._since < HOLD_S:
            return True
        self._trusted = offset
        self._end("The clock stays where it jumped to and is believed now: sending goes on.")
        return False

    def _begin(self, boot_s: float, offset: float) -> None:
        jump_s = round(offset - self._trusted)
        self._since, self._doubted = boot_s, offset
        self._operator.tell(
            f"The clock jumped by {jump_s:+} seconds: nothing is sent for {HOLD_S / 60:.0f} minutes, unless "
            "it jumps back. If the time is wrong, mend the machine's time service now."
        )

    def _end(self, words: str) -> None:
        self._since = None
        self._operator.tell(words)

    def _offset(self, boot_s: float) -> float:
        return self._clock.now().timestamp() - boot_s
