"""Claimed deliveries go out here: read the subject again, wait for a slot, call, record what happened.

Three lanes: answers to taps, in their order per chat; what is due, which waits behind them; and last, what
can wait (weekly summaries), which stands in no dose's way.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import nullcontext
from functools import partial
from typing import TYPE_CHECKING

from bot.delivery.answers import AnswerQueue
from bot.delivery.calling import Caller
from bot.delivery.claimed import UNHURRIED_SHARE, Claimed, DueQueue, InHand, Ready
from bot.delivery.clock_guard import in_doubt
from bot.delivery.kinds import Outcome
from bot.delivery.marks import Mark, Marker, Retry
from bot.delivery.rendering import Renderer
from bot.delivery.verdict import Judge
from bot.operator_log import LogOperator
from bot.storage.claims import PROCESS_DIED
from bot.storage.deliveries import FIRST, UNHURRIED
from bot.telegram_io.outgoing import Outgoing

if TYPE_CHECKING:
    from collections.abc import Coroutine, Mapping, Sequence
    from uuid import UUID

    from telegram import Bot

    from bot.clock import Clock
    from bot.delivery.claimed import Claim
    from bot.delivery.clock_guard import ClockGuard
    from bot.delivery.drawing import Studio
    from bot.delivery.kinds import Kind
    from bot.metrics import Metrics
    from bot.operator_log import Operator
    from bot.storage.claims import Left
    from bot.storage.database import Database
    from bot.storage.tables import Delivery
    from bot.telegram_io.contact import Contact
    from bot.telegram_io.rate import Pacer

log = logging.getLogger(__name__)

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
        operator: Operator | None = None,
        studio: Studio | None = None,
        in_flight: int = 16,
        guard: ClockGuard | None = None,
    ) -> None:
        self._guard = guard
        self._pacer = pacer
        self._studio = studio
        self._contact = contact
        self._ahead = max(1, int(per_second * _SECONDS_CLAIMED_AHEAD))
        self._slots = asyncio.Semaphore(in_flight)
        self._unhurried_slots = asyncio.Semaphore(max(1, in_flight // UNHURRIED_SHARE))
        self._due = DueQueue(per_second)
        self._in_hand = InHand()
        self._judge = Judge(bot=bot, clock=clock, pacer=pacer, contact=contact)
        self._renderer = Renderer(database, clock, kinds, operator or LogOperator())
        self._caller = Caller(bot=bot, renderer=self._renderer, judge=self._judge, in_hand=self._in_hand)
        self._marker = Marker(database, clock, kinds, metrics)
        self._answers = AnswerQueue(self._send_answer, self._spawn)
        self._calls: set[asyncio.Task[None]] = set()
        self._stopping = False
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin sending what is submitted."""
        self._marker.start()
        self._task = asyncio.create_task(self._send_due(), name="sender")

    @property
    def open(self) -> int:
        """Return how many deliveries are claimed and not yet recorded."""
        return len(self._in_hand)

    def holds(self, delivery_id: UUID, fence: int) -> bool:
        """Tell whether this claim is in this process's hands."""
        return (delivery_id, fence) in self._in_hand

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
            return int(self._contact.may_probe and not self._in_hand)
        return max(0, self._ahead - self._in_hand.to_send)

    @property
    def unhurried_room(self) -> int:
        """Return how many that can wait may be claimed now: few, so that the next dose finds a free slot."""
        few = self._ahead // UNHURRIED_SHARE - self._in_hand.to_send
        return 0 if self._contact.is_out else max(0, few)

    @property
    def overdue_room(self) -> int:
        """Return how many more that came too late may be claimed now: no more than can be recorded soon."""
        return max(0, _OVERDUE_AT_ONCE - self._in_hand.too_late)

    def submit(self, claims: Sequence[Claim], *, lane: int = FIRST) -> None:
        """Take claimed deliveries that are due."""
        for claim in claims:
            self._in_hand.take(claim)
            self._due.put(Claimed(*claim, lane))

    def expire(self, claims: Sequence[Claim]) -> None:
        """Take claimed deliveries that came too late: they are recorded, not sent."""
        for claim in claims:
            self._in_hand.take(claim, too_late=True)
            self._finish(Mark(*claim, Outcome.EXPIRED, "too late"))

    def take_over(self, left: Sequence[Left]) -> None:
        """Take what nobody has in hand: what may have left is uncertain, the rest waits again.

        One that is in this process's hands already (its mark waits to be written) stays there.
        """
        for delivery_id, fence, may_have_left in left:
            if not self.holds(delivery_id, fence):
                self._in_hand.take((delivery_id, fence))
                end = Outcome.UNCERTAIN if may_have_left else Retry.NOW
                self._finish(Mark(delivery_id, fence, end, PROCESS_DIED))

    def answer(self, chat_id: int, rows: Sequence[Delivery]) -> None:
        """Send the replies to one update, in their order and after those of the chat's earlier updates."""
        if not rows:
            return
        ready = [
            Ready(Claimed(row.id, row.fence), chat_id, Outgoing.from_json(row.payload or {})) for row in rows
        ]
        for one in ready:
            self._in_hand.take(one.claimed.claim)
        self._answers.put(chat_id, ready)

    async def idle(self) -> None:
        """Wait until everything that was taken is recorded."""
        await self._in_hand.none()

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
        for claim in self._in_hand.returnable:
            self._finish(Mark(*claim, Retry.NOW, "stopping"))
        await self._marker.stop()

    def _finish(self, mark: Mark) -> None:
        claim = mark.delivery_id, mark.fence
        self._in_hand.pass_return(claim)
        self._marker.put(mark, partial(self._in_hand.let_go, claim))

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
            self._in_hand.let_go(claimed.claim)
        return rendered.ready

    def _give_back(self, batch: Sequence[Claimed], when: Retry, reason: str) -> None:
        for claimed in batch:
            self._finish(Mark(*claimed.claim, when, reason))

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
        if self._stopping:
            self._give_back([claimed], Retry.NOW, "stopping")
            return
        mark = await self._caller.call(ready, content)
        if mark is None:
            self._in_hand.let_go(claimed.claim)
        else:
            self._finish(mark)
