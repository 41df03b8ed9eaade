"""Claimed deliveries go out here: read the subject again, wait for a slot, call, record what happened.

Three lanes: answers to taps, in their order per chat; what is due, which waits behind them; and last, what
can wait (weekly summaries), which stands in no dose's way.
"""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import nullcontext
from functools import partial
from typing import TYPE_CHECKING

from bot.delivery.answers import AnswerQueue
from bot.delivery.claimed import UNHURRIED_SHARE, Claimed, DueQueue, Ready
from bot.delivery.clock_guard import in_doubt
from bot.delivery.kinds import Outcome
from bot.delivery.marks import Mark, Marker, Retry
from bot.delivery.rendering import Renderer
from bot.delivery.verdict import Judge
from bot.storage.deliveries import FIRST, UNHURRIED
from bot.telegram_io.outgoing import Outgoing
from bot.telegram_io.transport import deliver

if TYPE_CHECKING:
    from collections.abc import Coroutine, Mapping, Sequence
    from uuid import UUID

    from telegram import Bot

    from bot.clock import Clock
    from bot.delivery.clock_guard import ClockGuard
    from bot.delivery.drawing import Studio
    from bot.delivery.kinds import Kind
    from bot.metrics import Metrics
    from bot.storage.claims import Left
    from bot.storage.database import Database
    from bot.storage.tables import Delivery
    from bot.telegram_io.contact import Contact
    from bot.telegram_io.rate import Pacer

log = logging.getLogger(__name__)

# A claim older than this is given back rather than sent under a lease that may run out.
_CLAIM_GOOD_FOR_S = 40.0
_SECONDS_CLAIMED_AHEAD = 2.0
_OVERDUE_AT_ONCE = 200
_STOP_WITHIN_S = 3.5


class Sender:
    """The permanent sending task of one process."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        bot: Bot,
        pacer: Pacer,
        kinds: Mapping[str, Kind],
        per_second: float,
        metrics: Metrics,
        contact: Contact,
        studio: Studio | None = None,
        in_flight: int = 16,
        guard: ClockGuard | None = None,
    ) -> None:
        self._guard = guard
        self._bot = bot
        self._pacer = pacer
        self._studio = studio
        self._contact = contact
        self._ahead = max(1, int(per_second * _SECONDS_CLAIMED_AHEAD))
        self._slots = asyncio.Semaphore(in_flight)
        self._unhurried_slots = asyncio.Semaphore(max(1, in_flight // UNHURRIED_SHARE))
        self._due = DueQueue(per_second)
        self._judge = Judge(bot=bot, clock=clock, pacer=pacer, contact=contact)
        self._renderer = Renderer(database, clock, kinds)
        self._marker = Marker(database, clock, kinds, metrics)
        self._answers = AnswerQueue(self._send_answer, self._spawn)
        self._calls: set[asyncio.Task[None]] = set()
        # (id, fence) of what is claimed and not yet recorded.
        self._held: set[tuple[UUID, int]] = set()
        # Of these, the ones that came too late: they are only recorded, and take nobody's room.
        self._too_late: set[tuple[UUID, int]] = set()
        # And those whose call has begun or whose mark is made: a stop gives back the others.
        self._past_return: set[tuple[UUID, int]] = set()
        self._idle = asyncio.Event()
        self._idle.set()
        self._stopping = False
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin sending what is submitted."""
        self._marker.start()
        self._task = asyncio.create_task(self._send_due(), name="sender")

    @property
    def open(self) -> int:
        """Return how many deliveries are claimed and not yet recorded."""
        return len(self._held)

    def holds(self, delivery_id: UUID, fence: int) -> bool:
        """Tell whether this claim is in this process's hands."""
        return (delivery_id, fence) in self._held

    @property
    def blocked_for(self) -> float:
        """Return for how many seconds Telegram's 429 still holds everything back."""
        return self._pacer.blocked_for

    @property
    def room(self) -> int:
        """Return how many more deliveries may be claimed now: what goes out in two seconds."""
        if self._stopping or self._pacer.is_blocked:
            return 0
        if self._contact.is_out:
            # The oldest alone, when it is time to ask whether Telegram is back.
            return int(self._contact.may_probe and not self._held)
        return max(0, self._ahead - self._to_send)

    @property
    def unhurried_room(self) -> int:
        """Return how many that can wait may be claimed now: few, so that the next dose finds a free slot."""
        return 0 if self._contact.is_out else max(0, self._ahead // UNHURRIED_SHARE - self._to_send)

    @property
    def overdue_room(self) -> int:
        """Return how many more that came too late may be claimed now: no more than can be recorded soon."""
        return max(0, _OVERDUE_AT_ONCE - len(self._too_late))

    @property
    def _to_send(self) -> int:
        return len(self._held) - len(self._too_late)

    def submit(self, claims: Sequence[tuple[UUID, int]], *, lane: int = FIRST) -> None:
        """Take claimed deliveries that are due."""
        for delivery_id, fence in claims:
            self._begin(delivery_id, fence)
            self._due.put(Claimed(delivery_id, fence, lane))

    def expire(self, claims: Sequence[tuple[UUID, int]]) -> None:
        """Take claimed deliveries that came too late: they are recorded, not sent."""
        for delivery_id, fence in claims:
            self._begin(delivery_id, fence)
            self._too_late.add((delivery_id, fence))
            self._finish(Mark(delivery_id, fence, Outcome.EXPIRED, "too late"))

    def take_over(self, left: Sequence[Left]) -> None:
        """Take what nobody has in hand: what may have left is uncertain, the rest waits again.

        One that is in this process's hands already (its mark waits to be written) stays there.
        """
        for delivery_id, fence, may_have_left in left:
            if not self.holds(delivery_id, fence):
                self._begin(delivery_id, fence)
                end = Outcome.UNCERTAIN if may_have_left else Retry.NOW
                self._finish(Mark(delivery_id, fence, end, "process died"))

    def answer(self, chat_id: int, rows: Sequence[Delivery]) -> None:
        """Send the replies to one update, in their order and after those of the chat's earlier updates."""
        if not rows:
            return
        ready = [
            Ready(Claimed(row.id, row.fence), chat_id, Outgoing.from_json(row.payload or {})) for row in rows
        ]
        for row in rows:
            self._begin(row.id, row.fence)
        self._answers.put(chat_id, ready)

    async def idle(self) -> None:
        """Wait until everything that was taken is recorded."""
        await self._idle.wait()

    async def stop(self) -> None:
        """Finish what is in flight; give back what hasn't begun."""
        self._stopping = True
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._give_back(self._due.take_all(), Retry.NOW, "stopping")
        self._pacer.let_go()
        if self._calls:
            # What still hangs then is "sending" for the next process, which treats it as uncertain.
            _done, hanging = await asyncio.wait(self._calls, timeout=_STOP_WITHIN_S)
            for call in hanging:
                call.cancel()
            await asyncio.gather(*hanging, return_exceptions=True)
        for claim in self._held - self._past_return:
            self._finish(Mark(*claim, Retry.NOW, "stopping"))
        await self._marker.stop()

    def _begin(self, delivery_id: UUID, fence: int) -> None:
        self._held.add((delivery_id, fence))
        self._idle.clear()

    def _finish(self, mark: Mark) -> None:
        self._past_return.add((mark.delivery_id, mark.fence))
        self._marker.put(mark, partial(self._recorded, mark.delivery_id, mark.fence))

    def _recorded(self, delivery_id: UUID, fence: int) -> None:
        for claims in (self._held, self._too_late, self._past_return):
            claims.discard((delivery_id, fence))
        if not self._held:
            self._idle.set()

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._calls.add(task)
        task.add_done_callback(self._calls.discard)

    async def _send_due(self) -> None:
        while True:
            batch = await self._due.next_batch()
            try:
                await self._send_batch(batch)
            except Exception:
                # Without this task nobody would be reminded any more.
                log.exception("a batch broke on its way; what hadn't left waits again")
                self._give_back(batch, Retry.LATER, "broke")

    async def _send_batch(self, batch: list[Claimed]) -> None:
        """Send all of it; *batch* keeps only what has not been handed on."""
        if in_doubt(self._guard):
            self._give_back(batch, Retry.NOW, "clock jumped")
            return
        if self._contact.is_out and not await self._judge.is_back():
            self._give_back([*batch, *self._due.take_all()], Retry.NOW, "outage")
            return
        ready = await self._render(batch)
        batch[:] = [one.claimed for one in ready]
        for one in ready:
            if one.claimed.lane == UNHURRIED or one.outgoing.attachment is not None:
                # It waits beside: the next one in the queue may be a dose.
                self._spawn(self._send_aside(one))
            else:
                await self._slots.acquire()
                try:
                    await self._pacer.acquire(one.chat_id, bulk=True)
                except BaseException:
                    self._slots.release()
                    raise
                self._spawn(self._send_one(one))
            batch.remove(one.claimed)

    async def _render(self, batch: Sequence[Claimed]) -> Sequence[Ready]:
        rendered = await self._renderer.render(batch)
        for mark in rendered.marks:
            self._finish(mark)
        for claimed in rendered.gone:
            self._recorded(claimed.delivery_id, claimed.fence)
        return rendered.ready

    def _give_back(self, batch: Sequence[Claimed], when: Retry, reason: str) -> None:
        for claimed in batch:
            self._finish(Mark(claimed.delivery_id, claimed.fence, when, reason))

    async def _send_one(self, ready: Ready) -> None:
        try:
            await self._call(ready)
        finally:
            self._slots.release()

    async def _send_aside(self, ready: Ready) -> None:
        unhurried = ready.claimed.lane == UNHURRIED
        content = await self._draw(ready, bulk=True)
        async with self._unhurried_slots if unhurried else nullcontext(), self._slots:
            await self._pacer.acquire(ready.chat_id, bulk=True, unhurried=unhurried)
            await self._call(ready, content)

    async def _draw(self, ready: Ready, *, bulk: bool) -> bytes | None:
        attachment = ready.outgoing.attachment
        if attachment is None or self._studio is None or self._stopping:
            return None
        return await self._studio.draw(ready.chat_id, attachment, bulk=bulk)

    async def _send_answer(self, ready: Ready) -> None:
        content = await self._draw(ready, bulk=False)
        await self._pacer.acquire(ready.chat_id, bulk=False)
        await self._call(ready, content)

    async def _call(self, ready: Ready, content: bytes | None = None) -> None:
        claimed = ready.claimed
        if self._stopping or time.monotonic() - claimed.claimed_at > _CLAIM_GOOD_FOR_S:
            self._finish(Mark(claimed.delivery_id, claimed.fence, Retry.NOW, "claim too old"))
            return
        self._past_return.add((claimed.delivery_id, claimed.fence))
        try:
            mark = self._judge.judge(ready, await deliver(self._bot, ready.chat_id, ready.outgoing, content))
        except Exception:
            # Whatever broke, the row must not hang: Telegram may have it.
            log.exception("a delivery broke on its way")
            mark = Mark(claimed.delivery_id, claimed.fence, Outcome.UNCERTAIN, "broke")
        self._finish(mark)
