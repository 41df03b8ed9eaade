"""A conversation with the real bot in which every step is held against the model."""

from __future__ import annotations

import re
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Self

from sqlalchemy import create_engine, exists, select
from sqlalchemy.orm import Session

from bot.clock import ManualClock
from bot.features.help import handlers as help_
from bot.message import read_press
from bot.sandbox.server import SandboxServer
from bot.storage.tables import Delivery, Inbox, Patient
from tests.harness import START, RunningBot
from tests.journeys.journey import Journey
from tests.properties import model
from tests.properties.rows import Rows, look

if TYPE_CHECKING:
    from datetime import timedelta
    from pathlib import Path
    from types import TracebackType

    from bot.sandbox.arrivals import Arrival
    from bot.sandbox.chat import Person
    from bot.sandbox.chat_state import ChatButton

_SPEAKS = ("send", "edit")
_HARMLESS = ("not modified", "query is too old")
_WENT_WRONG = help_.something_went_wrong().text[:20]
# A placeholder that nobody filled, or a value that has no words.
_UNFINISHED = re.compile(r"\{\w*\}|\bNone\b(?! for )|Traceback|<\w+\.\w+")


class Conversation:
    """Two patients, the bot, and every button that was ever sent to either of them."""

    def __init__(self, folder: Path) -> None:
        self.clock = ManualClock(START)
        self.server = SandboxServer(self.clock)
        self._file = folder / "talk.sqlite3"
        # Read beside the bot, by the same classes.
        self._engine = create_engine(f"sqlite:///{self._file}")
        self.rows = Rows({})
        self._calls: list[Arrival] = []
        self._seen = 0
        self.pressed: set[str] = set()
        self.steps = 0
        self._stack = AsyncExitStack()
        self._buttons: dict[int, list[ChatButton]] = {}
        self._versions: dict[int, dict[int, int]] = {}

    async def __aenter__(self) -> Self:
        """Start the server and the bot."""
        await self._stack.enter_async_context(self.server)
        self.bot = RunningBot(self.server, self.clock, f"sqlite+aiosqlite:///{self._file}")
        await self.bot.start()
        self._stack.push_async_callback(self.bot.stop)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop them."""
        self._engine.dispose()
        await self._stack.aclose()

    async def enrol(self, name: str) -> Person:
        """Return somebody new who has gone through enrolment tap by tap."""
        person = self.meet(name)
        await Journey(self.bot, person).enrol()
        self._look()
        self.pressed |= {press.verb for tap in person.presses if (press := read_press(tap.data))}
        return person

    def meet(self, name: str) -> Person:
        """Return somebody new who hasn't said anything yet."""
        return self.server.person(first_name=name)

    def buttons(self, person: Person) -> list[ChatButton]:
        """Return every button that was ever sent to *person*, oldest first, also those that are gone."""
        found = self._buttons.setdefault(person.id, [])
        seen = self._versions.setdefault(person.id, {})
        for message in [*person.deleted, *person.bot_messages]:
            for version in message.versions[seen.get(message.id, 0) :]:
                found += [button for button in version.buttons if button.data is not None]
            seen[message.id] = len(message.versions)
        return found

    # What can happen

    async def press(self, person: Person, button: ChatButton) -> None:
        """Let *person* press a button as it once stood there: its own row, an answer, nothing else."""
        parsed = read_press(button.data or "")
        assert parsed is not None, f"the bot's own button can't be read: {button.text}"
        self.pressed.add(parsed.verb)
        before = self.rows
        press = await person.tap(button)
        after = await self._after(person, before)
        model.check_press(parsed, before, after, self.clock.now())
        assert press.answer is not None, f"{parsed.verb} leaves the button's spinner turning"
        assert press.answer.text or self._spoke_to(person), f"{parsed.verb} gave no answer"

    async def press_as_another(self, person: Person, button: ChatButton) -> None:
        """Let *person* send the data of somebody else's button: an answer, and no row of theirs changes."""
        parsed = read_press(button.data or "")
        assert parsed is not None
        before = self.rows
        own = next(one for message in reversed(person.bot_messages) for one in message.buttons)
        press = await person.tap(replace(own, data=button.data))
        await self._after(person, before)
        assert press.answer is not None, f"{parsed.verb} leaves the button's spinner turning"
        assert press.answer.text or self._spoke_to(person), f"{parsed.verb} gave no answer"

    async def say(self, person: Person, text: str) -> None:
        """Let *person* type *text*."""
        before = self.rows
        await person.send_text(text)
        model.check_text(before, await self._after(person, before))
        assert self._spoke_to(person), f"no answer to {text!r}"

    async def share(self, person: Person, latitude: float, longitude: float) -> None:
        """Let *person* share a place, in degrees."""
        before = self.rows
        await person.send_location(latitude, longitude)
        model.check_text(before, await self._after(person, before))
        assert self._spoke_to(person), "no answer to a shared place"

    async def wait(self, length: timedelta) -> None:
        """Let time pass through everything that is due."""
        await self.bot.travel(length)
        self._check_nothing_said()

    async def oversleep(self, length: timedelta) -> None:
        """Let time pass while the bot hears and does nothing: it wakes up late."""
        self.clock.travel_to(self.clock.now() + length)
        await self.bot.settle()
        self._check_nothing_said()

    async def restart(self) -> None:
        """Stop the bot and start it again on the same rows."""
        await self.bot.restart()
        await self.bot.settle()
        self._check_nothing_said()

    # What must be true afterwards

    async def _after(self, person: Person, before: Rows) -> Rows:
        await self.bot.settle()
        self.steps += 1
        after = self._look()
        model.check_others(before, after, person.id)
        self._check_words(person)
        return after

    def _check_nothing_said(self) -> None:
        before, after = self.rows, self._look()
        model.check_nothing_said(before, after)
        assert before.by_key.keys() <= after.by_key.keys(), "rows went while time passed"

    def _look(self) -> Rows:
        with Session(self._engine) as session:
            self.rows = look(session)
            self._check_traffic(session)
        return self.rows

    def _spoke_to(self, person: Person) -> bool:
        return any(call.chat_id == person.id and call.method.startswith(_SPEAKS) for call in self._calls)

    def _new_calls(self) -> list[Arrival]:
        """Return the calls since the last look."""
        new = [arrival for arrival in self.server.arrivals if arrival.number > self._seen]
        self._seen = max((arrival.number for arrival in new), default=self._seen)
        return new

    def _check_words(self, person: Person) -> None:
        for message in person.bot_messages[-3:]:
            assert not message.text.startswith(_WENT_WRONG), message.text
            assert not _UNFINISHED.search(message.text), message.text

    def _check_traffic(self, session: Session) -> None:
        """No update was set aside or forgotten, Telegram refused no message, each patient has a next one."""
        self._calls = self._new_calls()
        refused = [arrival.description for arrival in self._calls if arrival.description is not None]
        assert not [words for words in refused if not any(sign in words for sign in _HARMLESS)], refused
        left = session.execute(select(Inbox.seq).where(Inbox.outcome.is_distinct_from("done"))).all()
        assert not left, "an update was set aside or forgotten"
        waiting = exists().where(Delivery.patient_id == Patient.id, Delivery.state == "pending")
        active = (Patient.state == "active", Patient.blocked_at.is_(None))
        assert not session.execute(select(Patient.id).where(*active, ~waiting)).all(), "nothing is planned"
