"""Updates come in: kept, acknowledged, then handled once and in each patient's order (promise 5)."""

from __future__ import annotations

import asyncio
import json
import logging
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from telegram import Update
from telegram.error import TelegramError

from bot.locale import _, speaking
from bot.notices import LogOperator
from bot.storage import inbox, patients
from bot.storage.database import is_passing, lock_chat, trouble
from bot.telegram_io.flood import Flood
from bot.telegram_io.incoming_file import Fetched, Files, FileWanted
from bot.telegram_io.outgoing import Outbox, Outgoing
from bot.telegram_io.raw_update import chat_key, id_of, is_id, storable
from bot.telegram_io.turn import Turn, current_turn

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncSession
    from telegram.ext import Application

    from bot.clock import Clock
    from bot.message import Message
    from bot.metrics import Metrics
    from bot.notices import Operator
    from bot.storage.database import Database
    from bot.storage.tables import Delivery, Inbox, Patient

log = logging.getLogger(__name__)

_TRIES = 3
_AT_ONCE = 8
_RETRY_DATABASE_AFTER_S = 1.0
_STOP_WITHIN_S = 2.0


class Answers(Protocol):
    """Where replies go: rows in the update's transaction, sent right after its commit."""

    def add(
        self, session: AsyncSession, patient: Patient, subject: str, calls: Sequence[Outgoing], now: datetime
    ) -> list[Delivery]:
        """Write the replies down, claimed by this process."""
        ...

    def send(self, chat_id: int, rows: Sequence[Delivery]) -> None:
        """Send them."""
        ...


@dataclass(frozen=True, slots=True)
class _Handled:
    chat_id: int = 0
    rows: Sequence[Delivery] = ()
    query_id: str | None = None
    outbox: Outbox | None = None


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
        metrics: Metrics,
        operator: Operator | None = None,
        flood: Flood | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._application = application
        self._answers = answers
        self._plan_all = plan_all
        self._something_went_wrong = something_went_wrong
        self._metrics = metrics
        self._operator = operator or LogOperator()
        self._flood = flood or Flood(math.inf)
        self._at_once = asyncio.Semaphore(_AT_ONCE)
        self._chats: dict[int, asyncio.Task[None]] = {}
        # Chats with news since their worker last looked.
        self._news: set[int] = set()
        self._side_calls: set[asyncio.Task[None]] = set()
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
        """Leave out what comes from a chat that has far too much waiting already."""
        fit = [update for update in kept if self._flood.admits(update[1])]
        for _dropped in range(len(kept) - len(fit)):
            self._metrics.handled("dropped")
        return fit

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
        while self._chats or self._side_calls:
            await asyncio.gather(*self._chats.values(), *self._side_calls, return_exceptions=True)

    async def stop(self) -> None:
        """Finish the updates that are being handled; the others wait in the inbox.

        One that takes longer than two seconds (the database is locked) is rolled back, and waits there too.
        """
        self._stopping = True
        tasks = {*self._chats.values(), *self._side_calls}
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
                handled = await self._handle(session, row)
        except FileWanted as wanted:
            self._wanted[key] = wanted
            return True
        except Exception as error:
            if is_passing(error) or seq is None:
                log.warning("the database has trouble (%s): the update waits", trouble(error))
                await asyncio.sleep(_RETRY_DATABASE_AFTER_S)
            else:
                log.exception("an update could not be handled")
                await self._count_failure(key, seq)
            return True
        self._metrics.handled("done")
        self._flood.handled(key)
        self._speak(handled)
        return True

    async def _handle(self, session: AsyncSession, row: Inbox) -> _Handled:
        now = self._clock.now()
        raw = storable(json.loads(row.payload or "{}"))
        update = Update.de_json(raw, self._application.bot)
        chat, user = update.effective_chat, update.effective_user
        handled = _Handled()
        if chat is not None and chat.type != "private":
            self._leave(chat.id, chat.type)
        elif user is not None and not user.is_bot and is_id(user.id):
            handled = await self._handle_private(session, update, user.id, row.update_id)
        row.done_at, row.outcome, row.payload = now, "done", None
        return handled

    async def _handle_private(
        self, session: AsyncSession, update: Update, telegram_id: int, update_id: int
    ) -> _Handled:
        now = self._clock.now()
        patient = await patients.get_or_create(session, telegram_id, now)
        member = update.my_chat_member
        if patient.barred_at is not None:
            return _Handled()
        left = member is not None and member.new_chat_member.status in {"kicked", "left"}
        patient.blocked_at = (patient.blocked_at or now) if left else None
        if member is not None:
            return _Handled()
        patient.last_seen_at = now
        turn = Turn(session=session, now=now, update=update, patient=patient, plan_all=self._plan_all)
        turn.fetched = self._fetched.pop(telegram_id, None)
        token = current_turn.set(turn)
        try:
            with speaking(patient.language):
                await self._application.process_update(update)
        finally:
            current_turn.reset(token)
        if turn.error is not None:
            raise turn.error
        await session.flush()
        rows = self._answers.add(session, patient, f"update {update_id}", turn.outbox.calls, now)
        query = update.callback_query
        return _Handled(telegram_id, rows, query.id if query else None, turn.outbox)

    def _speak(self, handled: _Handled) -> None:
        if handled.query_id is not None and handled.outbox is not None:
            self._aside(self._answer_query(handled.query_id, handled.outbox))
        self._answers.send(handled.chat_id, handled.rows)

    def _aside(self, work) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001 - a coroutine
        task = asyncio.create_task(work)
        self._side_calls.add(task)
        task.add_done_callback(self._side_calls.discard)

    async def _answer_query(self, query_id: str, outbox: Outbox) -> None:
        try:
            await self._application.bot.answer_callback_query(
                query_id, text=outbox.toast, show_alert=outbox.toast_is_alert
            )
        except TelegramError as error:
            # Too old or cut off: the button's effect stands, only its spinner goes on.
            log.debug("a button's toast didn't arrive (%s)", type(error).__name__)

    def _leave(self, chat_id: int, chat_type: str) -> None:
        self._aside(leave(self._application.bot, chat_id, chat_type))

    async def _count_failure(self, key: int, seq: int) -> None:
        """Count the try; after three set the update aside and tell the patient that nothing else is lost."""
        async with self._database.write() as session:
            row = await inbox.next_open(session, key)
            if row is None or row.seq != seq:
                return
            row.attempts += 1
            set_aside = row.attempts >= _TRIES
            if set_aside:
                self._flood.handled(key)
            self._metrics.handled("set_aside" if set_aside else "failed")
            if not set_aside:
                return
            now = self._clock.now()
            row.done_at, row.outcome = now, "set_aside"
            self._operator.tell(
                f"What came in as {row.update_id} failed {_TRIES} times and was set aside; its sender was "
                "told and nobody else is affected. The log says where it failed: report that, please."
            )
            patient = await patients.by_telegram_id(session, key)
            if patient is None:
                return
            with speaking(patient.language):
                sorry = Outgoing("send", self._something_went_wrong())
            rows = self._answers.add(session, patient, f"update {row.update_id}", [sorry], now)
        self._answers.send(key, rows)


async def leave(bot: Any, chat_id: int, chat_type: str) -> None:  # noqa: ANN401 - PTB's bot
    """Say in a group that this is for private chats, and leave; leave a channel without a word."""
    try:
        if chat_type != "channel":
            await bot.send_message(
                chat_id, _("I'm for private chats only, so I'm leaving. Write to me directly.")
            )
        await bot.leave_chat(chat_id)
    except TelegramError as error:
        log.debug("a group could not be left (%s)", type(error).__name__)
