"""A patient who taps and types in the morning check-in, with real updates and real rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from telegram import Update

from bot.features.morning_checkin.handlers import FEATURE
from bot.message import read_press
from bot.storage.tables import Checkin, Patient
from bot.telegram_io.turn import Turn
from tests.features.checkin_patient import MORNING, buttons, enrol

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.message import Message
    from bot.storage.database import Database
    from bot.telegram_io.outgoing import Outgoing
    from tests.features.checkin_patient import Someone

SCREEN = 100


class Talk:
    """A patient who taps and types; remembers the screen as the sender would."""

    def __init__(self, who: Someone) -> None:
        self.who = who
        self.now = MORNING
        self.said: list[Outgoing] = []
        self.toast: str | None = None
        self._next_id = SCREEN

    @property
    def screen(self) -> Message:
        """The newest message or edit of a check-in."""
        message = next(call.message for call in reversed(self.said) if call.keep_for and call.message)
        assert message
        return message

    async def type(self, text: str) -> bool:
        """Type *text* (a command, or words); return whether the feature took it."""
        self._next_id += 1
        message = {
            "message_id": self._next_id,
            "date": 0,
            "chat": {"id": 71, "type": "private"},
            "text": text,
        }
        async with self.who.database.write() as session:
            turn = await self._turn(session, {"update_id": 1, "message": message})
            if text.startswith("/"):
                await FEATURE.commands[text[1:]](turn)
                taken = True
            else:
                assert FEATURE.on_text
                taken = await FEATURE.on_text(turn)
            await self._keep(session, turn)
        return taken

    async def tap(self, button: str, message_id: int | None = None) -> None:
        """Press the screen's button with this text, or one with this data."""
        data = buttons(self.screen).get(button, button)
        press = read_press(data)
        assert press
        query = {
            "id": "1",
            "from": {"id": 71, "is_bot": False, "first_name": "A"},
            "chat_instance": "1",
            "data": data,
            "message": {
                "message_id": message_id or await self._shown_on(),
                "date": 1,
                "chat": {"id": 71, "type": "private"},
                "text": "…",
            },
        }
        async with self.who.database.write() as session:
            turn = await self._turn(session, {"update_id": 1, "callback_query": query})
            await FEATURE.presses[press.verb](turn, press)
            await self._keep(session, turn)

    async def _shown_on(self) -> int:
        async with self.who.database.read() as session:
            shown = select(Checkin.message_id).where(Checkin.message_id.is_not(None))
            return (await session.execute(shown)).scalars().first() or SCREEN

    async def _turn(self, session: AsyncSession, update: dict[str, Any]) -> Turn:
        patient = await session.get(Patient, self.who.patient_id)
        parsed = Update.de_json(update)
        assert patient

        async def plan(_session: AsyncSession, _patient: Patient, _now: datetime) -> None:
            """Nothing here plans."""

        return Turn(session, self.now, parsed, patient, plan)

    async def _keep(self, session: AsyncSession, turn: Turn) -> None:
        self.said, self.toast = turn.outbox.calls, turn.outbox.toast
        for call in self.said:
            if call.keep_for and call.keep_for[0] == "checkin":
                checkin = (
                    await session.execute(select(Checkin).where(Checkin.patient_id == self.who.patient_id))
                ).scalars()
                for row in checkin:
                    if str(row.id) == call.keep_for[1]:
                        self._next_id += call.call == "send"
                        row.message_id = call.message_id or self._next_id


async def begun(database: Database, **values: Any) -> Talk:  # noqa: ANN401 - columns of the patient
    """Return a patient who has opened today's check-in."""
    talk = Talk(await enrol(database, **values))
    await talk.type("/checkin")
    return talk
