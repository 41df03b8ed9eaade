"""One update being handled: the transaction, the instant, the patient, and what will be said.

A handler changes rows through `turn.session` and speaks through `turn.reply`, `turn.edit` and `turn.toast`.
Nothing leaves before the transaction that holds both is committed (promise 5).
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from telegram import Message as TelegramMessage
from telegram.ext import CallbackContext, ExtBot

from bot.domain.due import local_date
from bot.telegram_io.incoming_file import Fetched, FileWanted
from bot.telegram_io.outgoing import Outbox, Outgoing

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import date, datetime
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncSession
    from telegram import Update

    from bot.message import Message
    from bot.storage.tables import Patient

# Ids of messages in one private chat grow one by one; further up, an edit would go unseen.
_STILL_IN_SIGHT = 3


@dataclass(slots=True)
class Turn:
    """One update of one person in a private chat.

    Attributes:
        session: The open transaction; committed after the handler returns, rolled back when it raises.
        now: The instant of handling (aware, UTC).
        update: The parsed update.
        patient: The person's row; created by the first update.
        plan_all: Plans the patient's next delivery of every kind; `plan` calls it.
        outbox: What is said after the commit.
        error: The exception that PTB caught and hands back.
        fetched: The file that the handler asked for, in the second round.
    """

    session: AsyncSession
    now: datetime
    update: Update
    patient: Patient
    plan_all: Callable[[AsyncSession, Patient, datetime], Awaitable[None]]
    outbox: Outbox = field(default_factory=Outbox)
    error: BaseException | None = None
    fetched: Fetched | None = None

    @property
    def zone(self) -> ZoneInfo:
        """Return the patient's zone; UTC before enrolment has asked for it."""
        return ZoneInfo(self.patient.zone or "UTC")

    @property
    def today(self) -> date:
        """Return the local date at the patient's."""
        return local_date(self.now, self.zone)

    @property
    def is_enrolled(self) -> bool:
        """Tell whether buttons lead anywhere: enrolled, not leaving, not blocked by the operator."""
        return self.patient.state == "active" and self.patient.barred_at is None

    @property
    def text(self) -> str:
        """Return what was typed (or written under a picture), "" when nothing was."""
        message = self.update.effective_message
        return (message.text or message.caption or "") if message else ""

    @property
    def data(self) -> str:
        """Return the callback data of the pressed button, "" when none was pressed."""
        query = self.update.callback_query
        return (query.data or "") if query else ""

    @property
    def pressed_message_id(self) -> int | None:
        """Return the id of the message whose button was pressed."""
        query = self.update.callback_query
        return query.message.message_id if query and query.message else None

    @property
    def pressed_a_picture(self) -> bool:
        """Tell whether the pressed button stands under a picture or a document, which no text can replace."""
        query = self.update.callback_query
        pressed = query.message if query else None
        return isinstance(pressed, TelegramMessage) and bool(pressed.photo or pressed.document)

    def has_in_sight(self, message_id: int) -> bool:
        """Tell whether the patient, who has just typed, still sees the message *message_id*."""
        typed = self.update.effective_message
        return typed is not None and 0 < typed.message_id - message_id <= _STILL_IN_SIGHT

    def reply(self, message: Message, *, keep_for: tuple[str, UUID] | None = None) -> None:
        """Say *message* as a new message; the row *keep_for* will remember its id."""
        kept = None if keep_for is None else (keep_for[0], str(keep_for[1]))
        self.outbox.calls.append(Outgoing("send", message, keep_for=kept))

    def edit(
        self, message: Message, *, message_id: int | None = None, keep_for: tuple[str, UUID] | None = None
    ) -> None:
        """Rewrite the message of the pressed button, or *message_id*; say it anew when there is neither."""
        target = message_id or self.pressed_message_id
        if target is None:
            self.reply(message, keep_for=keep_for)
            return
        if message.attachment is None and self.pressed_a_picture and target == self.pressed_message_id:
            self.strip(target)
            self.reply(message, keep_for=keep_for)
            return
        kept = None if keep_for is None else (keep_for[0], str(keep_for[1]))
        self.outbox.calls.append(Outgoing("edit", message, message_id=target, keep_for=kept))

    def strip(self, message_id: int) -> None:
        """Take the buttons off the message *message_id*."""
        self.outbox.calls.append(Outgoing("strip", message_id=message_id))

    def show(self, message: Message, *, on: int | None, keep_for: tuple[str, UUID]) -> None:
        """Show a screen that lives in one message: edit it while it is in sight, else move it down.

        Args:
            message: The screen.
            on: The id of the message that shows it now, or None.
            keep_for: The row that remembers the screen's message.
        """
        pressed = self.pressed_message_id
        if pressed is not None and (on is None or pressed == on):
            self.edit(message, keep_for=keep_for)
        elif on is not None and pressed is None and self.has_in_sight(on):
            self.edit(message, message_id=on, keep_for=keep_for)
        else:
            if on is not None:
                self.strip(on)
            self.reply(message, keep_for=keep_for)

    def fetch(self, file_id: str, read: Callable[[bytes], Any]) -> Fetched:
        """Return the file that the patient sent, as *read* understood it in another thread.

        The first time this ends the turn with nothing changed; it begins anew when the file is there. So no
        transaction is open while Telegram sends it.

        Args:
            file_id: Telegram's id of it.
            read: Gets the content; raises nothing and touches no row.

        Raises:
            FileWanted: It isn't there yet.
        """
        if self.fetched is None:
            raise FileWanted(file_id, read)
        return self.fetched

    async def plan(self) -> None:
        """Plan the patient's next deliveries anew: after enrolment and after any change of times or plan."""
        await self.session.flush()
        await self.plan_all(self.session, self.patient, self.now)

    def toast(self, text: str, *, alert: bool = False) -> None:
        """Let *text* (at most 200 characters) pop up on the pressed button."""
        self.outbox.toast = text
        self.outbox.toast_is_alert = alert


current_turn: ContextVar[Turn] = ContextVar("current_turn")


class TurnContext(CallbackContext[ExtBot[None], dict[Any, Any], dict[Any, Any], dict[Any, Any]]):
    """PTB's context, with our turn: `async def handler(update: Update, context: TurnContext)`."""

    @property
    def turn(self) -> Turn:
        """Return the turn of the update that is being handled."""
        return current_turn.get()
