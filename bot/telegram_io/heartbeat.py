"""Tells how long nobody listened: Telegram drops button presses that wait over 150 seconds."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.storage import heartbeats

if TYPE_CHECKING:
    from bot.clock import Clock
    from bot.storage.database import Database

LISTENING = "listening"
# Some margin below the 150 seconds.
SILENCE = timedelta(minutes=2)
_WRITE_EVERY_S = 20.0


class Heart:
    """Writes the row "listening" and, after a silence, until when nobody had listened (detail.gap_until).

    Within one process the silence is measured in monotonic time, so that a sandbox's journey in time is none;
    across a restart only the wall clock knows.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._last: float | None = None
        self._written = 0.0

    async def beat(self, monotonic: float) -> None:
        """Note that Telegram has just been listened to."""
        now = self._clock.now()
        first = self._last is None
        silent = not first and monotonic - (self._last or 0.0) > SILENCE.total_seconds()
        self._last = monotonic
        if not first and not silent and monotonic - self._written < _WRITE_EVERY_S:
            return
        self._written = monotonic
        async with self._database.write() as session:
            row, is_first = await heartbeats.locked(session, LISTENING, now)
            if is_first:
                return
            if silent or (first and now - row.at > SILENCE):
                row.detail = {"gap_from": row.at.isoformat(), "gap_until": now.isoformat()}
            row.at = now
