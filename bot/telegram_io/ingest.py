"""Updates come in: kept, acknowledged, then handled once and in each patient's order (promise 5)."""

from __future__ import annotations

import asyncio
import logging
import math
from typing import TYPE_CHECKING, Any

from bot.locale import speaking
from bot.operator_log import LogOperator
from bot.storage import inbox, patients
from bot.storage.database import is_passing, lock_chat, trouble
from bot.storage.sealing import SealError
from bot.telegram_io.aside import Aside
from bot.telegram_io.flood import LEFT_OUT, Flood
from bot.telegram_io.handling import Handling
from bot.telegram_io.incoming_file import Fetched, Files, FileWanted
from bot.telegram_io.outgoing import Outgoing
from bot.telegram_io.raw_update import chat_key, id_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncSession
    from telegram.ext import Application

    from bot.clock import Clock
    from bot.message import Message
    from bot.metrics import Metrics
    from bot.operator_log import Operator
    from bot.storage.database import Database
    from bot.storage.tables import Delivery, Patient
    from bot.telegram_io.handling import Answers, Handled

log = logging.getLogger(__name__)

_TRIES = 3
_AT_ONCE = 8
_RETRY_DATABASE_AFTER_S = 1.0
_STOP_WITHIN_S = 2.0


class Ingest:
    """Handles the inbox of one process; any process may handle any update."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        application: Application[Any, Any, Any, Any, Any, Any],
        answers: Answers,
        plan_all: Callable[[AsyncSession, Patient, datetime], Awaitable[None]],
        something_went_wrong: Callable[[], Message],
        left_out: Callable[[int], Message],
        metrics: Metrics,
        operator: Operator | None = None,
        flood: Flood | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._application = application
        self._answers = answers
        self._something_went_wrong = something_went_wrong
        self._metrics = metrics
        self._operator = operator or LogOperator()
        self._flood = flood or Flood(math.inf)
        self._handling = Handling(
            clock=clock,
            application=application,
            answers=answers,
            plan_all=plan_all,
            left_out=lambda key: left_out(self._flood.take_left_out(key)),
        )
        self._at_once = asyncio.Semaphore(_AT_ONCE)
        self._chats: dict[int, asyncio.Task[None]] = {}
        # Chats with news since their worker last looked.
        self._news: set[int] = set()
        self._aside = Aside(application.bot)
        self._files = Files(application.bot)
        # Of chats whose update has to be begun anew with a file: asked for, and fetched.
        self._wanted: dict[int, FileWanted] = {}
        self._fetched: dict[int, Fetched] = {}
        self._stopping = False

    async def receive(self, updates: Sequence[dict[str, Any]]) -> None:
        """Keep the raw updates; when this returns, they may be acknowledged."""
        kept = [(update_id, chat_key(raw), raw) for raw in updates if (update_id := id_of(raw)) is not None]
        if len(kept) < len(updates):
            log.warning("%s updates without a proper id were dropped", len(updates) - len(kept))
        kept = self._without_flood(kept)
        if not kept:
            return
        async with self._database.write() as session:
            await inbox.keep(session, self._application.bot.id, kept, self._clock.now())
        for _update_id, key, _raw in kept:
            self.wake(key)

    def _without_flood(
        self, kept: list[tuple[int, int, dict[str, Any]]]
    ) -> list[tuple[int, int, dict[str, Any]]]:
        """Leave out what comes from a chat that has far too much waiting already; never safety words."""
        fit = [self._flood.sieve(update) for update in kept]
        for update in fit:
            if update is None or LEFT_OUT in update[2]:
                self._metrics.handled("dropped")
        return [update for update in fit if update is not None]

    async def resume(self) -> None:
        """Handle what an earlier process (or a replica that died) kept and didn't finish."""
        async with self._database.read() as session:
            keys = await inbox.open_chats(session)
        for key in keys:
            self.wake(key)

    def wake(self, key: int) -> None:
        """See to it that the chat's updates are being handled."""
        self._news.add(key)
        if not self._stopping and key not in self._chats:
            task = asyncio.create_task(self._work(key), name=f"chat {key}")
            self._chats[key] = task

    async def idle(self) -> None:
        """Wait until every kept update is handled."""
        while self._chats or self._aside.calls:
            await asyncio.gather(*self._chats.values(), *self._aside.calls, return_exceptions=True)

    async def stop(self) -> None:
        """Finish the updates that are being handled; the others wait in the inbox.

        One that takes longer than two seconds (the database is locked) is rolled back, and waits there too.
        """
        self._stopping = True
        tasks = {*self._chats.values(), *self._aside.calls}
        if tasks:
            _done, late = await asyncio.wait(tasks, timeout=_STOP_WITHIN_S)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _work(self, key: int) -> None:
        try:
            more = True
            while (more or key in self._news) and not self._stopping:
                self._news.discard(key)
                if (wait_s := self._flood.wait_s(key)) > 0:
                    await asyncio.sleep(wait_s)
                async with self._at_once:
                    more = await self._next(key)
                if (wanted := self._wanted.pop(key, None)) is not None:
                    self._fetched[key] = await self._files.fetch(wanted)
        finally:
            del self._chats[key]
            self._fetched.pop(key, None)

    async def _next(self, key: int) -> bool:
        """Handle the chat's oldest update; return False when none waits."""
        seq: int | None = None
        try:
            async with self._database.write() as session:
                await lock_chat(session, key)
                row = await inbox.next_open(session, key)
                if row is None:
                    self._flood.emptied(key)
                    return False
                seq = row.seq
                handled = await self._handling.handle(session, row, self._fetched.pop(key, None))
        except FileWanted as wanted:
            self._wanted[key] = wanted
            return True
        except inbox.UnreadableError as error:
            await self._count_failure(key, error.seq, error)
            return True
        except Exception as error:  # noqa: BLE001 - logged where it is counted
            if is_passing(error) or seq is None:
                log.warning("the database has trouble (%s): the update waits", trouble(error))
                await asyncio.sleep(_RETRY_DATABASE_AFTER_S)
            else:
                await self._count_failure(key, seq, error)
            return True
        self._metrics.handled("done")
        self._flood.handled(key)
        self._speak(handled)
        return True

    def _speak(self, handled: Handled) -> None:
        if handled.left is not None:
            self._aside.leave(*handled.left)
        if handled.query_id is not None and handled.outbox is not None:
            self._aside.answer_query(handled.query_id, handled.outbox)
        self._answers.send(handled.chat_id, handled.rows)

    async def _count_failure(self, key: int, seq: int, error: Exception) -> None:
        """Count the try; after three set the update aside and tell the patient that nothing else is lost.

        What can't be opened is set aside at once. Here nothing is read that may be what failed.
        """
        if not isinstance(error, SealError):
            log.error("an update could not be handled", exc_info=error)
        rows: Sequence[Delivery] = ()
        async with self._database.write() as session:
            row = await inbox.unread(session, seq)
            if row is None:
                return
            row.attempts += 1
            set_aside = row.attempts >= _TRIES or isinstance(error, SealError)
            if set_aside:
                row.done_at, row.outcome = self._clock.now(), "set_aside"
                rows = await self._say_sorry(session, key, row.update_id)
        self._metrics.handled("set_aside" if set_aside else "failed")
        if set_aside:
            self._flood.handled(key)
            self._operator.tell(_why_set_aside(row.update_id, error))
            self._answers.send(key, rows)

    async def _say_sorry(self, session: AsyncSession, key: int, update_id: int) -> Sequence[Delivery]:
        patient = await patients.unread(session, key)
        if patient is None:
            return ()
        with speaking(patient.language):
            sorry = Outgoing("send", self._something_went_wrong())
        return self._answers.add(session, patient, f"update {update_id}", [sorry], self._clock.now())


def _why_set_aside(update_id: int, error: Exception) -> str:
    told = "its sender was told and nobody else is affected"
    if isinstance(error, SealError):
        return (
            f"What came in as {update_id} was set aside, as a value can't be opened ({error}); {told}. "
            "A missing key belongs into encryption.old_keys."
        )
    return (
        f"What came in as {update_id} failed {_TRIES} times and was set aside; {told}. "
        "The log says where it failed: report that, please."
    )
