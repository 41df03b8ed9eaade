"""Records what became of claimed deliveries, in small groups, each mark with its fence (promise 4)."""

from __future__ import annotations

import asyncio
import logging
import random
from collections import defaultdict
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from itertools import count
from typing import TYPE_CHECKING

from sqlalchemy import select

from bot.delivery.kinds import Kind, Outcome, read_ahead
from bot.domain.delivery import after_failure
from bot.locale import speaking
from bot.storage import claims
from bot.storage.database import is_passing, trouble
from bot.storage.deliveries import lock_patients
from bot.storage.tables import Delivery, Patient

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.clock import Clock
    from bot.metrics import Metrics
    from bot.storage.database import Database

log = logging.getLogger(__name__)

_GROUP = 50
# What came too late is recorded last: no message waits for that. And few at once: an answer to a tap waits
# for the transaction that holds SQLite's file.
_LAST_GROUP = 10
_RETRY_DATABASE_AFTER_S = 1.0
_STOP_WITHIN_S = 1.5


class Retry(StrEnum):
    """It was not sent, for sure: the delivery is pending again."""

    # No attempt is counted: a 429, a stop, a claim that grew old in the queue.
    NOW = "now"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class Mark:
    """What became of one claimed delivery."""

    delivery_id: UUID
    fence: int
    outcome: Outcome | Retry
    reason: str | None = None
    message_id: int | None = None
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True, order=True)
class _Waiting:
    # (whether it is recorded last, its number)
    place: tuple[bool, int]
    mark: Mark = field(compare=False)
    recorded: Callable[[], None] = field(compare=False)


class Marker:
    """Writes marks on a connection of its own, never together with a claim."""

    def __init__(self, database: Database, clock: Clock, kinds: Mapping[str, Kind], metrics: Metrics) -> None:
        self._database = database
        self._clock = clock
        self._kinds = kinds
        self._metrics = metrics
        # What the transaction under way would have counted: a rolled-back one counts nothing.
        self._tally: list[Callable[[], None]] = []
        self._marks: asyncio.PriorityQueue[_Waiting] = asyncio.PriorityQueue()
        self._numbers = count()
        self._task: asyncio.Task[None] | None = None
        self._random = random.Random()  # noqa: S311 - spreads retries

    def start(self) -> None:
        """Begin recording."""
        self._task = asyncio.create_task(self._record(), name="marker")

    def put(self, mark: Mark, recorded: Callable[[], None]) -> None:
        """Have *mark* recorded; *recorded* is called after the commit."""
        is_last = mark.outcome is Outcome.EXPIRED
        self._marks.put_nowait(_Waiting((is_last, next(self._numbers)), mark, recorded))

    async def stop(self) -> None:
        """Record what waits, then end; what the database doesn't take in time is "sending" for the next."""
        try:
            async with asyncio.timeout(_STOP_WITHIN_S):
                await self._marks.join()
        except TimeoutError:
            log.warning("the database doesn't take the last marks: the next process takes them over")
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _record(self) -> None:
        while True:
            group = await self._next_group()
            await self._commit_until_done([waiting.mark for waiting in group])
            for waiting in group:
                waiting.recorded()
                self._marks.task_done()

    async def _next_group(self) -> list[_Waiting]:
        group = [await self._marks.get()]
        is_last = group[0].place[0]
        while len(group) < (_LAST_GROUP if is_last else _GROUP) and not self._marks.empty():
            another = self._marks.get_nowait()
            if another.place[0] != is_last:
                self._marks.put_nowait(another)
                self._marks.task_done()
                break
            group.append(another)
        return group

    async def _commit_until_done(self, marks: Sequence[Mark]) -> None:
        """Commit the group; wait while the database has trouble; one by one when a mark's follow-up fails."""
        while True:
            self._tally.clear()
            try:
                async with self._database.write() as session:
                    await lock_patients(session, [mark.delivery_id for mark in marks])
                    await self._apply(session, marks)
            except Exception as error:
                if is_passing(error):
                    log.warning("the database doesn't take marks (%s): waiting", trouble(error))
                    await asyncio.sleep(_RETRY_DATABASE_AFTER_S)
                elif len(marks) > 1:
                    for mark in marks:
                        await self._commit_until_done([mark])
                    return
                else:
                    log.exception("what follows from a delivery failed; the sweep repairs it")
                    await self._apply_unread(marks[0])
                    return
            else:
                for note in self._tally:
                    note()
                return

    async def _apply_unread(self, mark: Mark) -> None:
        """Record an end whose rows can't be read, or from which nothing may follow: the bare facts."""
        self._tally.clear()
        try:
            async with self._database.write() as session:
                if await self._sort(session, [mark]):
                    facts = await claims.keep_unread(
                        session,
                        mark.delivery_id,
                        message_id=mark.message_id,
                        sent_at=mark.sent_at,
                        blocked_at=self._clock.now() if mark.reason == "blocked" else None,
                    )
                    self._count(mark, *facts)
        except Exception:
            # Nobody has it in hand any more; then somebody takes it over.
            log.exception("a mark could not be written")
            return
        for note in self._tally:
            note()

    async def _apply(self, session: AsyncSession, marks: Sequence[Mark]) -> None:
        """Write a group of marks with as few statements as a group of one needs."""
        ended = await self._sort(session, marks)
        if not ended:
            return
        query = (
            select(Delivery, Patient)
            .join(Patient, Patient.id == Delivery.patient_id)
            .where(Delivery.id.in_(ended))
        )
        rows = {row.Delivery.id: (row.Delivery, row.Patient) for row in await session.execute(query)}
        await read_ahead(session, self._kinds, rows.values())
        for delivery_id, mark in ended.items():
            await self._end(session, mark, *rows[delivery_id])

    async def _sort(self, session: AsyncSession, marks: Sequence[Mark]) -> dict[UUID, Mark]:
        """Write what the marks say; return those that are an end and whose claims were still ours."""
        settled = await self._settle(session, marks)
        ended: dict[UUID, Mark] = {}
        for mark in marks:
            if (mark.delivery_id, mark.fence) not in settled:
                self._tally.append(self._metrics.stale)
            elif isinstance(mark.outcome, Retry):
                self._tally.append(partial(self._metrics.retried, mark.reason))
            else:
                ended[mark.delivery_id] = mark
        return ended

    async def _end(self, session: AsyncSession, mark: Mark, delivery: Delivery, patient: Patient) -> None:
        if isinstance(mark.outcome, Retry):  # a Retry is no end
            return
        self._count(mark, delivery.kind, delivery.due_at)
        now = self._clock.now()
        delivery.message_id, delivery.sent_at = mark.message_id, mark.sent_at
        if mark.reason == "blocked" and patient.blocked_at is None:
            patient.blocked_at = now
        with speaking(patient.language):
            await self._kinds[delivery.kind].after(session, delivery, patient, mark.outcome, now)
        delivery.payload = None

    def _count(self, mark: Mark, kind: str, due_at: datetime) -> None:
        late_s = (mark.sent_at - due_at).total_seconds() if mark.sent_at else None
        self._tally.append(partial(self._metrics.ended, kind, mark.outcome.value, mark.reason, late_s))

    async def _settle(self, session: AsyncSession, marks: Sequence[Mark]) -> frozenset[tuple[UUID, int]]:
        """Write all ends, those alike in one statement; return (id, fence) of what was still ours."""
        later = [mark.delivery_id for mark in marks if mark.outcome is Retry.LATER]
        attempts = await claims.attempts_of(session, later) if later else {}
        alike: defaultdict[tuple[str, str | None, datetime | None], list[Mark]] = defaultdict(list)
        for mark in marks:
            run_at = None
            if mark.outcome is Retry.LATER:
                wait = after_failure(attempts.get(mark.delivery_id, 1), self._random)
                run_at = self._clock.now() + wait
            alike[mark.outcome, mark.reason, run_at].append(mark)
        settled: set[tuple[UUID, int]] = set()
        for (outcome, reason, run_at), group in alike.items():
            ours = [(mark.delivery_id, mark.fence) for mark in group]
            settled |= await claims.settle_claims(session, ours, **_values(outcome, reason, run_at))
        return frozenset(settled)


def _values(outcome: str, reason: str | None, run_at: datetime | None) -> dict[str, object]:
    """Return what the rows are to say."""
    if outcome == Retry.NOW:
        return {"state": "pending", "outcome": reason, "attempts": claims.ONE_ATTEMPT_LESS}
    if outcome == Retry.LATER:
        return {"state": "pending", "outcome": reason, "run_at": run_at}
    return {"state": outcome, "outcome": reason}
