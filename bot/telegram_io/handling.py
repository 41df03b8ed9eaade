"""One kept update: read, its sender found, handed to the features; all in one transaction (promise 5)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from telegram import Update

from bot.locale import speaking
from bot.storage import ahead, patients
from bot.telegram_io.flood import LEFT_OUT
from bot.telegram_io.outgoing import Outgoing
from bot.telegram_io.raw_update import is_id, storable
from bot.telegram_io.turn import Turn, current_turn

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncSession
    from telegram.ext import Application

    from bot.clock import Clock
    from bot.message import Message
    from bot.storage.tables import Delivery, Inbox, Patient
    from bot.telegram_io.incoming_file import Fetched
    from bot.telegram_io.outgoing import Outbox


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
class Handled:
    """What is to be done once the transaction is committed.

    Attributes:
        chat_id: Where *rows* are sent.
        rows: The replies.
        query_id: The pressed button's spinner to end, with what the outbox says.
        outbox: What was said.
        left: A group or channel to leave: its id and type.
    """

    chat_id: int = 0
    rows: Sequence[Delivery] = ()
    query_id: str | None = None
    outbox: Outbox | None = None
    left: tuple[int, str] | None = None


class Handling:
    """Handles one update after the other; what it changes is the caller's transaction."""

    def __init__(
        self,
        *,
        clock: Clock,
        application: Application[Any, Any, Any, Any, Any, Any],
        answers: Answers,
        plan_all: Callable[[AsyncSession, Patient, datetime], Awaitable[None]],
        left_out: Callable[[int], Message],
    ) -> None:
        self._clock = clock
        self._application = application
        self._answers = answers
        self._plan_all = plan_all
        self._left_out = left_out

    async def handle(self, session: AsyncSession, row: Inbox, fetched: Fetched | None) -> Handled:
        """Handle a kept update and mark it done.

        Args:
            session: The transaction, in which the chat is locked.
            row: The update.
            fetched: The file that its first round asked for.

        Raises:
            FileWanted: A file is needed first; nothing was changed.
        """
        now = self._clock.now()
        raw = storable(json.loads(row.payload or "{}"))
        update = Update.de_json(raw, self._application.bot)
        chat, user = update.effective_chat, update.effective_user
        handled = Handled()
        if LEFT_OUT in raw:
            handled = await self._tell_of_left_out(session, row, now)
        elif chat is not None and chat.type != "private":
            handled = Handled(left=(chat.id, chat.type))
        elif user is not None and not user.is_bot and is_id(user.id):
            handled = await self._handle_private(session, update, user.id, row.update_id, fetched)
        row.done_at, row.outcome, row.payload = now, "done", None
        return handled

    async def _handle_private(
        self,
        session: AsyncSession,
        update: Update,
        telegram_id: int,
        update_id: int,
        fetched: Fetched | None,
    ) -> Handled:
        now = self._clock.now()
        patient = await patients.get_or_create(session, telegram_id, now)
        ahead.begin(session)
        member = update.my_chat_member
        # Somebody whom the operator has blocked stays so; the dispatcher leaves the ways out open.
        if patient.barred_at is None:
            left = member is not None and member.new_chat_member.status in {"kicked", "left"}
            patient.blocked_at = (patient.blocked_at or now) if left else None
        if member is not None:
            return Handled()
        if patient.barred_at is None:
            patient.last_seen_at = now
        turn = Turn(session=session, now=now, update=update, patient=patient, plan_all=self._plan_all)
        turn.fetched = fetched
        await self._process(turn)
        await session.flush()
        rows = self._answers.add(session, patient, f"update {update_id}", turn.outbox.calls, now)
        query = update.callback_query
        return Handled(telegram_id, rows, query.id if query else None, turn.outbox)

    async def _tell_of_left_out(self, session: AsyncSession, row: Inbox, now: datetime) -> Handled:
        """Say to a patient that updates of theirs were left out; strangers and the blocked hear nothing."""
        patient = await patients.by_telegram_id(session, row.chat_key)
        if patient is None or patient.state != "active" or patient.barred_at is not None:
            return Handled()
        with speaking(patient.language):
            words = Outgoing("send", self._left_out(row.chat_key))
        rows = self._answers.add(session, patient, f"update {row.update_id}", [words], now)
        return Handled(patient.telegram_id, rows)

    async def _process(self, turn: Turn) -> None:
        token = current_turn.set(turn)
        try:
            with speaking(turn.patient.language):
                await self._application.process_update(turn.update)
        finally:
            current_turn.reset(token)
        if turn.error is not None:
            raise turn.error
