"""Where the clock of a server stands in this process's time."""

from __future__ import annotations

import math

# Seconds by which two clocks may drift apart in one: more than NTP ever corrects at once.
_DRIFT = 0.001


class ServersClock:
    """Learns from questions and answers, as narrowly as the quickest of them told (Marzullo's intersection).

    The server read its clock between the question and the answer; how far from either, one of them alone
    doesn't say. All seconds of this process are time.monotonic()'s.
    """

    def __init__(self) -> None:
        # Ours minus theirs lies between these.
        self._earliest, self._latest = -math.inf, math.inf
        self._learnt_at = 0.0

    def learn(self, asked_at: float, said: float, answered_at: float) -> None:
        """Learn that between *asked_at* and *answered_at* the server's clock said *said* (seconds)."""
        drift = _DRIFT * max(0.0, answered_at - self._learnt_at)
        earliest = max(self._earliest - drift, asked_at - said)
        latest = min(self._latest + drift, answered_at - said)
        if earliest > latest:
            # One of the clocks was set, or this machine slept.
            earliest, latest = asked_at - said, answered_at - said
        self._earliest, self._latest, self._learnt_at = earliest, latest, answered_at

    def ours(self, theirs: float) -> float:
        """Return the instant in this process's time at which the server's clock says *theirs*."""
        return theirs + (self._earliest + self._latest) / 2
