"""The running bot for tests: the real Application, real HTTP to the sandbox's Bot API, a still clock."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot.app import Companion
from bot.config_reading import load_settings
from bot.sandbox.server import SANDBOX_TOKEN, SandboxServer
from bot.storage import deliveries
from bot.storage.database import Database
from bot.storage.sealing import Keyring

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.clock import ManualClock
    from bot.sandbox.chat import Person
    from bot.sandbox.chat_state import ChatMessage

KEY = b"the key of the tests, 32 bytes.."
KEYRING = Keyring([KEY])
# A Tuesday at noon in UTC, far from any change of clocks in Europe.
START = datetime(2026, 3, 3, 12, tzinfo=UTC)


class RunningBot:
    """One bot process inside the test's event loop, and the people who talk to it."""

    def __init__(
        self,
        server: SandboxServer,
        clock: ManualClock,
        url: str,
        *,
        environ: dict[str, str] | None = None,
        **options: Any,  # noqa: ANN401
    ) -> None:
        # LDN_ variables.
        self.environ = environ or {}
        self.server = server
        self.clock = clock
        self.url = url
        # What the operator was told.
        self.told: list[str] = []
        self.options = {"per_second": 1000, "chat_per_second": float("inf"), "tick_every_s": 3600.0} | options
        self.companion = self.build()

    def build(self) -> Companion:
        """Make a process that isn't started yet."""
        return Companion(
            load_settings(None, self.environ),
            token=SANDBOX_TOKEN,
            base_url=self.server.base_url,
            clock=self.clock,
            database=Database(self.url),
            operator=self,
            keyring=KEYRING,
            **self.options,
        )

    def tell(self, what: str) -> None:
        """Hear what the operator hears (bot.operator_log.Operator)."""
        self.told.append(what)

    @property
    def database(self) -> Database:
        """Return the bot's database."""
        return self.companion.database

    async def start(self) -> None:
        """Start the bot; it polls afterwards."""
        await self.companion.start()

    async def stop(self) -> None:
        """Stop it as SIGTERM does."""
        await self.companion.stop()

    async def restart(self) -> None:
        """Stop it, and start a new one on the same rows."""
        await self.stop()
        self.companion = self.build()
        await self.start()

    async def settle(self) -> None:
        """Wait until every update is handled and every due message is sent."""
        await self.server.until_acknowledged(timeout_s=30)
        await self.companion.settle()

    async def travel_to(self, instant: datetime) -> None:
        """Go to *instant* through each message that is due on the way."""
        await self.settle()
        while True:
            async with self.database.read() as session:
                due = await deliveries.next_of_all(session)
            if due is None or due > instant:
                break
            self.clock.travel_to(max(due, self.clock.now()))
            await self.settle()
        self.clock.travel_to(max(instant, self.clock.now()))
        await self.settle()

    async def travel(self, delta: timedelta) -> None:
        """Go *delta* ahead through each message that is due on the way."""
        await self.travel_to(self.clock.now() + delta)

    async def say(self, person: Person, text: str) -> ChatMessage:
        """Let *person* type *text*; return the bot's newest message afterwards."""
        await person.send_text(text)
        await self.settle()
        return self._last(person)

    async def tap(self, person: Person, button: str, message: ChatMessage | None = None) -> ChatMessage:
        """Let *person* press the button with this text or data; return the bot's newest message."""
        await person.tap(button, message)
        await self.settle()
        return self._last(person)

    def _last(self, person: Person) -> ChatMessage:
        assert person.last is not None, "the bot said nothing"
        return person.last


@asynccontextmanager
async def running(
    server: SandboxServer,
    clock: ManualClock,
    url: str,
    **options: Any,  # noqa: ANN401
) -> AsyncIterator[RunningBot]:
    """Run a bot, and stop it also when the test fails."""
    bot = RunningBot(server, clock, url, **options)
    await bot.start()
    try:
        yield bot
    finally:
        await bot.stop()


class Told:
    """The operator, who remembers."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def tell(self, what: str) -> None:
        """Hear a line."""
        self.lines.append(what)
