"""The one job that runs every second: claim what is due and hand it to the sender (promise 3)."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

from bot.storage import claims
from bot.storage.database import is_passing

if TYPE_CHECKING:
    from bot.clock import Clock
    from bot.delivery.sender import Sender
    from bot.storage.database import Database

log = logging.getLogger(__name__)

_OVERDUE_AT_ONCE = 200


class Tick:
    """Claims for one process."""

    def __init__(self, *, database: Database, clock: Clock, sender: Sender, owner: str) -> None:
        self._database = database
        self._clock = clock
        self._sender = sender
        self._owner = owner
        self.last_at = time.monotonic()

    async def claim(self) -> None:
        """Claim what can be sent in two seconds, never more; return at once."""
        try:
            await self._claim()
        except Exception as error:
            if not is_passing(error):
                raise
            log.warning("the database can't be asked what is due (%s): trying again", type(error).__name__)
        else:
            self.last_at = time.monotonic()

    async def _claim(self) -> None:
        now = self._clock.now()
        async with self._database.read() as session:
            if not await claims.something_to_do(session, now, self._owner):
                return
            left = await claims.left_behind(session, self._owner, _OVERDUE_AT_ONCE)
        room = self._sender.room
        async with self._database.write() as session:
            overdue = await claims.claim_overdue(session, now, self._owner, _OVERDUE_AT_ONCE)
            due = await claims.claim_due(session, now, self._owner, room) if room else []
        self._sender.take_over(left)
        self._sender.expire(overdue)
        self._sender.submit(due)
