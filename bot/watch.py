"""Watches the bot for its operator: starts and crashes, Telegram out of reach, a night of late reminders."""

from __future__ import annotations

import socket
import time
from datetime import datetime, timedelta
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from bot.storage import heartbeats
from bot.storage.tables import Heartbeat

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.clock import Clock
    from bot.operator_log import Operator
    from bot.storage.database import Database
    from bot.telegram_io.contact import Contact

UNREACHED_AFTER_S = 15 * 60.0
LATE_SHARE = 0.01
CRASHES = 3
CRASHES_WITHIN = timedelta(minutes=15)
_QUIET_AFTER_START = timedelta(minutes=10)
_ONE_NIGHT = timedelta(hours=24)
# Once for each night.
_LATE_AGAIN_AFTER = timedelta(hours=20)
_LATE = "late told"


class Watch:
    """Looks at one process and tells its operator."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        operator: Operator,
        contact: Contact,
        *,
        port: int = 0,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._clock = clock
        self._operator = operator
        self._contact = contact
        self._monotonic = monotonic
        # Replicas on one machine listen on ports of their own: one that runs is no crash of another.
        self._row = f"run {port} {socket.gethostname()}"[:40]
        self._unreached_since: float | None = None

    async def started(self) -> None:
        """Tell that the bot has started, or that it keeps crashing: a loop is told once an hour."""
        now = self._clock.now()
        async with self._database.write() as session:
            row, is_first = await heartbeats.locked(session, self._row, now)
            known: dict[str, Any] = dict(row.detail or {})
            crashed = not is_first and not known.get("clean")
            crashes = [at for at in known.get("crashes", []) if now - _instant(at) < CRASHES_WITHIN]
            crashes += [now.isoformat()] if crashed else []
            loop = len(crashes) >= CRASHES
            told = _instant(known.get("loop_told" if loop else "told"))
            detail = known | {"clean": False, "crashes": crashes}
            if now - told >= (timedelta(hours=1) if loop else _QUIET_AFTER_START) or now < told:
                detail["loop_told" if loop else "told"] = now.isoformat()
                self._operator.tell(_start_line(crashed=crashed, crashes=len(crashes) if loop else 0))
            row.at, row.detail = now, detail

    async def stopped(self) -> None:
        """Note that the bot was stopped, and didn't crash."""
        async with self._database.write() as session:
            row = await session.get(Heartbeat, self._row)
            if row is not None:
                row.detail = dict(row.detail or {}) | {"clean": True}

    async def look_at_telegram(self) -> None:
        """Tell once that Telegram is out of reach for 15 minutes, and that it is back."""
        now = self._monotonic()
        age = self._contact.age(now)
        if self._unreached_since is None and age >= UNREACHED_AFTER_S:
            self._unreached_since = now - age
            self._operator.tell(
                "Telegram can't be reached for 15 minutes: check the network, DNS and proxy. Nothing is "
                "lost; reminders past their time aren't sent, and the check-in asks."
            )
        elif self._unreached_since is not None and age < UNREACHED_AFTER_S:
            minutes = round((now - self._unreached_since) / 60)
            self._unreached_since = None
            self._operator.tell(f"Telegram can be reached again, after {minutes} minutes.")

    async def look_at_last_night(self) -> None:
        """Tell once a night that over 1 % of the reminders of the last 24 hours were late or not sent."""
        from bot.stats import read_stats  # noqa: PLC0415 - brings rich along, which a bot needs for nothing else

        now = self._clock.now()
        stats = await read_stats(self._database, now, _ONE_NIGHT)
        reminders = next((kind for kind in stats.kinds if kind.kind == "reminder"), None)
        bad = 0 if reminders is None else reminders.late + reminders.expired
        if reminders is None or bad <= reminders.due * LATE_SHARE:
            return
        async with self._database.write() as session:
            row, is_first = await heartbeats.locked(session, _LATE, now)
            if not is_first and now - row.at < _LATE_AGAIN_AFTER:
                return
            row.at = now
        self._operator.tell(
            f"Of {reminders.due} reminders in the last 24 hours {reminders.late} were over 15 minutes late "
            f"and {reminders.expired} weren't sent because it was too late: `ldn-companion stats` shows more."
        )


def _start_line(*, crashed: bool, crashes: int) -> str:
    if crashes:
        return (
            f"The bot keeps crashing: {crashes} times in 15 minutes. Its log says why; a backup or the "
            "version before may be needed."
        )
    after = " after it ended without being stopped: its log may say why" if crashed else ""
    return f"The bot (version {version('ldn-companion')}) has started{after}."


def _instant(text: str | None) -> datetime:
    return datetime.fromisoformat(text) if text else datetime.fromisoformat("1970-01-01T00:00:00+00:00")
