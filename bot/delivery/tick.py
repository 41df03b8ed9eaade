"""The one job that runs every second: claim what is due and hand it to the sender (promise 3)."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

from bot.delivery.clock_guard import in_doubt
from bot.storage import claims
from bot.storage.database import is_passing, trouble
from bot.storage.deliveries import FIRST, UNHURRIED

if TYPE_CHECKING:
    from bot.clock import Clock
    from bot.delivery.clock_guard import ClockGuard
    from bot.delivery.sender import Sender
    from bot.storage.database import Database

log = logging.getLogger(__name__)

_LEFT_AT_ONCE = 200
_MOST_OWN_CLAIMS = 2000


class Tick:
    """Claims for one process."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        sender: Sender,
        owner: str,
        guard: ClockGuard | None = None,
    ) -> None:
        self._guard = guard
        self._in_trouble = False
        self._database = database
        self._clock = clock
        self._sender = sender
        self._owner = owner
        self.last_at = time.monotonic()
        # Claims of ours that nobody here had in hand when they were last looked for.
        self._unheld: frozenset[claims.Left] = frozenset()

    async def claim(self) -> None:
        """Claim what can be sent in two seconds, never more; return at once."""
        if in_doubt(self._guard):
            self.last_at = time.monotonic()
            return
        try:
            await self._claim()
        except Exception as error:
            if not is_passing(error):
                raise
            if not self._in_trouble:
                log.warning("the database can't be asked what is due (%s): trying again", trouble(error))
            self._in_trouble = True
        else:
            if self._in_trouble:
                log.warning("the database answers again")
            self._in_trouble = False
            self.last_at = time.monotonic()

    async def find_lost(self) -> int:
        """Take over rows that say "sending" under our name, but that nobody here has in hand.

        A claim or a reply that was committed, and whose sending never began or whose mark could not be
        written, would else wait for a restart (PostgreSQL's leases end by themselves). It must be seen
        twice: just after its commit a reply is not yet in the sender's hands.

        Returns:
            How many were taken over.
        """
        async with self._database.read() as session:
            own = await claims.own_claims(session, self._owner, _MOST_OWN_CLAIMS)
        unheld = frozenset(one for one in own if not self._sender.holds(one.delivery_id, one.fence))
        lost = sorted(unheld & self._unheld)
        self._unheld = unheld.difference(lost)
        if lost:
            log.warning("%s messages were neither sent nor given back; taken over", len(lost))
            self._sender.take_over(lost)
        return len(lost)

    async def _claim(self) -> None:
        now = self._clock.now()
        async with self._database.read() as session:
            if not await claims.something_to_do(session, now, self._owner):
                return
            left = await claims.left_behind(session, self._owner, _LEFT_AT_ONCE)
        room = self._sender.room
        async with self._database.write() as session:
            overdue = await claims.claim_overdue(session, now, self._owner, self._sender.overdue_room)
            due = await claims.claim_due(session, now, self._owner, room, lane=FIRST) if room else []
            left_over = min(room - len(due), self._sender.unhurried_room)
            waiting = (
                await claims.claim_due(session, now, self._owner, left_over, lane=UNHURRIED)
                if left_over > 0
                else []
            )
        self._sender.take_over(left)
        self._sender.expire(overdue)
        self._sender.submit(due)
        self._sender.submit(waiting, lane=UNHURRIED)
