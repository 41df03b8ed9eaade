"""The bot without Telegram: our own Bot API server, a chat page, and a clock that travels."""

from __future__ import annotations

import asyncio
import random
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import event

from bot.app import Companion
from bot.clock import ShiftedClock
from bot.config import AccessSettings, StartError, TelegramSettings
from bot.run import settle_memory, stop_signal
from bot.sandbox.server import SANDBOX_TOKEN, SandboxServer
from bot.sandbox_history import write_history
from bot.sandbox_persona import Persona, answer_like_a_patient
from bot.sandbox_story import Story
from bot.storage import deliveries, patients
from bot.storage.database import Database

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.engine.interfaces import DBAPIConnection

    from bot.config import Settings
    from bot.sandbox.pace import Pace
    from bot.sandbox.time_machine import Progress

_UNHURRIED = float("inf")
_PER_SECOND = 1000
_WEEK = timedelta(days=7)


def _unseen(_share: float, _label: str) -> None:
    """Report nothing: the whole journey tells how far it is, not each of its stages."""


class CompanionTimeMachine:
    """Moves the sandbox's clock from due message to due message (bot.sandbox.time_machine.TimeMachine)."""

    def __init__(self, clock: ShiftedClock) -> None:
        self._clock = clock
        self._companion: Companion | None = None
        self._server: SandboxServer | None = None

    def attach(self, companion: Companion, server: SandboxServer) -> None:
        """Say whose clock it is; the server needs the machine before the bot exists."""
        self._companion, self._server = companion, server

    async def next_message(self, person_id: int, progress: Progress) -> None:
        """Travel to this person's next message."""
        due = await self.next_due(person_id)
        if due is None:
            await self._ask_to_enrol(person_id)
            return
        await self._travel_to(due, progress)

    async def forward(self, delta: timedelta, progress: Progress) -> None:
        """Travel *delta* ahead, through everything that is due on the way."""
        await self._travel_to(self._clock.now() + delta, progress)

    async def play_week(self, person_id: int, progress: Progress) -> None:
        """Live seven days; after each message this person answers as somebody would."""
        rng = random.Random(person_id)  # noqa: S311 - a story, not a secret
        if await self.next_due(person_id) is None:
            await self._ask_to_enrol(person_id)
            return
        begin = self._clock.now()
        while (due := await self.next_due(person_id)) is not None and due < begin + _WEEK:
            await self._travel_to(due, _unseen)
            await answer_like_a_patient(self.server.person(person_id), Persona(rng), self.settle)
            lived = (due - begin) / _WEEK
            progress(lived, f"day {int(lived * 7) + 1} of 7")
        await self._travel_to(begin + _WEEK, _unseen)
        progress(1.0, "day 7 of 7")

    async def fill_history(self, person_id: int, progress: Progress) -> None:
        """Write 90 plausible days before today."""
        async with self.companion.database.write() as session:
            patient = await patients.by_telegram_id(session, person_id)
            enrolled = patient is not None and patient.state == "active"
        if not enrolled:
            await self._ask_to_enrol(person_id)
            return
        async with self.companion.database.write() as session:
            patient = await patients.get_or_create(session, person_id, self._clock.now())
            await write_history(session, patient, self._clock.now(), random.Random(person_id))  # noqa: S311
            await self.companion.planner.plan_all(session, patient, self._clock.now())
        progress(1.0, "90 days written")
        person = self.server.person(person_id)
        await person.send_text("/summary 90")
        await self.settle()

    async def story(self, person_id: int, progress: Progress, pace: Pace) -> None:
        """Show three months, with a titration, a bad week and what a doctor would see."""
        await Story(self, self.server.person(person_id), progress, pace).tell()

    async def zone_of(self, person_id: int) -> str | None:
        """Return the zone that the bot was told; None also while it starts (an open page asks at once)."""
        if self._companion is None:
            return None
        async with self.companion.database.read() as session:
            patient = await patients.by_telegram_id(session, person_id)
            return patient.zone if patient else None

    async def next_due(self, person_id: int) -> datetime | None:
        """Return when this person's next message is due; None also while the bot starts."""
        if self._companion is None:
            return None
        async with self.companion.database.read() as session:
            patient = await patients.by_telegram_id(session, person_id)
            return await deliveries.next_for(session, patient.id) if patient else None

    def now(self) -> datetime:
        """Return the sandbox's present instant, aware, in UTC."""
        return self._clock.now()

    async def go_to(self, instant: datetime) -> None:
        """Travel to *instant* (aware) through everything that is due on the way, without telling anybody."""
        await self._travel_to(instant, _unseen)

    async def settle(self) -> None:
        """Wait until every tap is handled and everything due is sent."""
        await self.server.until_acknowledged()
        await self.companion.settle()

    @property
    def companion(self) -> Companion:
        """Return the bot."""
        if self._companion is None:
            raise StartError("the sandbox has not started yet")
        return self._companion

    @property
    def server(self) -> SandboxServer:
        """Return the Bot API server."""
        if self._server is None:
            raise StartError("the sandbox has not started yet")
        return self._server

    async def _ask_to_enrol(self, person_id: int) -> None:
        """Type /start for a visitor who would travel before anything is planned: the bot says what to do."""
        await self.server.person(person_id).send_text("/start")
        await self.settle()

    async def _travel_to(self, target: datetime, progress: Progress) -> None:
        begin = self._clock.now()
        whole = max((target - begin).total_seconds(), 1.0)
        await self.settle()
        while True:
            async with self.companion.database.read() as session:
                due = await deliveries.next_of_all(session)
            if due is None or due > target:
                break
            if due > self._clock.now():
                self._clock.travel_to(due)
            await self.settle()
            progress(min(1.0, (due - begin).total_seconds() / whole), f"{due:%a %d %b}")
        if target > self._clock.now():
            self._clock.travel_to(target)
        await self.settle()


def _throwaway(path: Path) -> Database:
    """Return a database that doesn't wait for the disk: it is deleted at the end, whatever happens."""
    database = Database(f"sqlite+aiosqlite:///{path}")

    @event.listens_for(database.engine.sync_engine, "connect")
    def hurry(connection: DBAPIConnection, _record: object) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA synchronous=OFF")
        cursor.close()

    return database


def build_companion(
    settings: Settings, server: SandboxServer, clock: ShiftedClock, database: Database
) -> Companion:
    """Return the bot as the sandbox runs it: in a hurry, and with nothing of the operator's own Telegram.

    No webhook is called here, everybody may try it, and an erasure is written down beside *database*.
    """
    own = {
        "telegram": TelegramSettings(),
        "access": AccessSettings(),
        "privacy": settings.privacy.model_copy(update={"tombstones": None}),
    }
    return Companion(
        settings.model_copy(update=own),
        token=SANDBOX_TOKEN,
        base_url=server.base_url,
        clock=clock,
        database=database,
        per_second=_PER_SECOND,
        chat_per_second=_UNHURRIED,
    )


async def run_sandbox(settings: Settings) -> None:
    """Run the sandbox until SIGTERM or SIGINT; what was typed there is gone afterwards.

    Raises:
        StartError: Something that the operator can mend.
    """
    stopping = stop_signal()
    clock = ShiftedClock()
    machine = CompanionTimeMachine(clock)
    server = SandboxServer(clock, time_machine=machine)
    await _listen(server, settings.sandbox.port)
    with tempfile.TemporaryDirectory(prefix="ldn-sandbox-") as folder:
        database = _throwaway(Path(folder) / "sandbox.sqlite3")
        companion = build_companion(settings, server, clock, database)
        try:
            await companion.start()
            # Not before there are tables: a page that is still open from before asks at once.
            machine.attach(companion, server)
            settle_memory()
            server.person()
            _welcome(server.page_url)
            await stopping.wait()
        finally:
            await companion.stop()
            await server.stop()
            await asyncio.sleep(0)


async def _listen(server: SandboxServer, port: int) -> None:
    try:
        await server.start(port)
    except OSError as error:
        raise StartError(
            f"port {port} is taken ({error.strerror}): set sandbox.port to another, or to 0"
        ) from error


def _welcome(page_url: str) -> None:
    print(  # noqa: T201 - the one thing a visitor needs
        f"\nLDN Companion's sandbox: open {page_url} in a browser, and type /start.\n"
        "No Telegram account is needed; nothing leaves this computer. Ctrl+C ends it.\n",
        flush=True,
    )
