"""Says how the bot is: /healthz for the container, /metrics for whoever watches it."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from bot.storage import deliveries, inbox

if TYPE_CHECKING:
    from bot.clock import Clock
    from bot.delivery.sender import Sender
    from bot.delivery.tick import Tick
    from bot.metrics import Metrics
    from bot.storage.database import Database
    from bot.telegram_io.contact import Contact

TICK_ALIVE_S = 10.0
# The bot calls Telegram at least once a minute (bot.jobs).
TELEGRAM_ALIVE_S = 180.0
_DATABASE_ANSWERS_WITHIN_S = 3.0


class Health:
    """Looks at one process."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        tick: Tick,
        sender: Sender,
        contact: Contact,
        metrics: Metrics,
    ) -> None:
        self._database = database
        self._clock = clock
        self._tick = tick
        self._sender = sender
        self._contact = contact
        self._metrics = metrics

    async def check(self) -> dict[str, bool]:
        """Tell what works: the database answers, the tick runs, Telegram took a call lately."""
        now = time.monotonic()
        return {
            "database": await self._waiting() is not None,
            "tick": now - self._tick.last_at < TICK_ALIVE_S,
            "telegram": self._contact.age(now) < TELEGRAM_ALIVE_S,
        }

    async def metrics(self) -> bytes:
        """Return the numbers of this process, and what waits in the database, as Prometheus reads them."""
        waiting = await self._waiting()
        now = time.monotonic()
        return self._metrics.render(
            {
                **(waiting or {}),
                "database_up": float(waiting is not None),
                "deliveries_in_flight": self._sender.open,
                "blocked_seconds": self._sender.blocked_for,
                "tick_age_seconds": now - self._tick.last_at,
                "telegram_age_seconds": self._contact.age(now),
            }
        )

    async def _waiting(self) -> dict[str, float] | None:
        """Return what waits, or None when the database doesn't answer in time."""
        now = self._clock.now()
        try:
            async with asyncio.timeout(_DATABASE_ANSWERS_WITHIN_S), self._database.read() as session:
                due = await deliveries.count_due(session, now)
                oldest = await deliveries.next_of_all(session)
                chats = await inbox.open_chats(session)
        except Exception:  # noqa: BLE001 - whatever it is, the database doesn't answer
            return None
        age = 0.0 if oldest is None else max(0.0, (now - oldest).total_seconds())
        return {"deliveries_due": due, "queue_age_seconds": age, "inbox_open": len(chats)}
