"""The sandbox's server: Telegram's Bot API and the chat page, on loopback, in the running event loop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from bot.sandbox.bot_api import TOKEN_SHAPE, BotApi
from bot.sandbox.chat import Person
from bot.sandbox.group import Group
from bot.sandbox.guard import guarded
from bot.sandbox.page_api import PageApi
from bot.sandbox.profile import Profile
from bot.sandbox.serving import Serving, loopback_socket
from bot.sandbox.world import World

if TYPE_CHECKING:
    from collections import deque
    from types import TracebackType

    from starlette.types import Receive, Scope, Send

    from bot.clock import Clock
    from bot.sandbox.arrivals import Arrival, Traffic
    from bot.sandbox.chat_state import ChatKind
    from bot.sandbox.errors import ApiError
    from bot.sandbox.faults import FaultPlan
    from bot.sandbox.time_machine import TimeMachine

SANDBOX_TOKEN = "1000001:SANDBOX-loopback-only-no-real-bot-has-this"  # noqa: S105 - it opens nothing
FIRST_PERSON_ID = 5_000_000_001
FIRST_GROUP_ID = -1_001


class SandboxServer:
    """A strict Bot API server for one bot, with the people who talk to it.

    State stays in memory. `stop` and `start` again is an outage: what was there before is there after.

    Args:
        clock: Dates messages; presses older than 150 s and updates older than 24 h by it are dropped.
        token: The one token that is known; any other gets 401.
        time_machine: Moves the clock for the chat page's time bar, or None for no time bar.
        first_update_id: Where update ids begin, None for anywhere (as a bot with an inbox needs it after a
            restart of the sandbox).
        first_message_id: Where message ids begin.
        accept_unknown_chats: Take an unknown positive chat id for a person who wrote before.
        seed: Of the faults' randomness.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        token: str = SANDBOX_TOKEN,
        time_machine: TimeMachine | None = None,
        first_update_id: int | None = None,
        first_message_id: int = 1,
        accept_unknown_chats: bool = False,
        name: str = "LDN Companion",
        username: str = "ldn_sandbox_bot",
        seed: int = 0,
    ) -> None:
        if not TOKEN_SHAPE.fullmatch(token):
            raise ValueError("a bot token looks like 123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11")
        self.clock = clock
        self.token = token
        self.world = World(
            clock,
            Profile(int(token.partition(":")[0]), name, username),
            first_update_id=first_update_id,
            first_message_id=first_message_id,
            accept_unknown_chats=accept_unknown_chats,
            seed=seed,
        )
        self._people: dict[int, Person] = {}
        self._groups = 0
        self.port = 0
        self._host = "127.0.0.1"
        self._serving = Serving(guarded(self._route))
        self._bot_api = BotApi(self.world, token, self._serving.cut)
        self._page = PageApi(self, time_machine)
        self._page_app = self._page.app()

    async def start(self, port: int = 0, host: str = "127.0.0.1") -> None:
        """Listen.

        Args:
            port: 0 for any free one, which `port` then names; after a stop, 0 takes the same one again.
            host: A loopback address.

        Raises:
            ValueError: The host isn't loopback.
            OSError: The port is taken.
        """
        listener = loopback_socket(host, port or self.port)
        self.port = listener.getsockname()[1]
        self._host = f"[{host}]" if ":" in host else host
        self._bot_api.closing.clear()
        await self._serving.start(listener)
        self.world.webhook.resume()

    async def stop(self) -> None:
        """Stop listening and cut every connection; the state stays."""
        self._bot_api.closing.set()
        self.world.updates.release_poll()
        await self._page.close()
        await self.world.webhook.pause()
        await self._serving.stop()

    async def __aenter__(self) -> Self:
        """Start on any free port."""
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        await self.stop()

    async def _route(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope["path"]
        if path.startswith("/bot"):
            await self._bot_api(scope, receive, send)
        elif path.startswith("/file/bot"):
            await self._bot_api.download(scope, receive, send)
        else:
            await self._page_app(scope, receive, send)

    def set_time_machine(self, machine: TimeMachine) -> None:
        """Give the chat page's time bar something to move the clock with."""
        self._page.time_bar.machine = machine

    @property
    def page_url(self) -> str:
        """Where a browser finds the chat page."""
        return f"http://{self._host}:{self.port}/"

    @property
    def base_url(self) -> str:
        """What python-telegram-bot takes as base_url; it ends in "/bot"."""
        return f"http://{self._host}:{self.port}/bot"

    @property
    def base_file_url(self) -> str:
        """What python-telegram-bot takes as base_file_url."""
        return f"http://{self._host}:{self.port}/file/bot"

    @property
    def faults(self) -> FaultPlan:
        """What is to go wrong."""
        return self.world.faults

    @property
    def traffic(self) -> Traffic:
        """Calls and updates, with a signal for waiting."""
        return self.world.traffic

    @property
    def arrivals(self) -> deque[Arrival]:
        """Every call that reached the server, oldest first."""
        return self.world.traffic.arrivals

    @property
    def pending_updates(self) -> int:
        """How many updates the bot has not acknowledged."""
        return len(self.world.updates)

    async def until_acknowledged(self, timeout_s: float = 5.0) -> None:
        """Return when the bot has acknowledged every update; TimeoutError after so many real seconds."""
        await self.world.updates.left.until(lambda: not len(self.world.updates), within=timeout_s)

    async def until_polled(self, timeout_s: float = 5.0) -> None:
        """Return when a poller waits for updates; TimeoutError after so many real seconds."""
        await self.world.updates.polling.until(lambda: self.world.updates.polled, within=timeout_s)

    def end_poll(self, error: ApiError) -> None:
        """End the long poll that waits now with this refusal."""
        self.world.updates.end_poll(error)

    @property
    def people(self) -> list[Person]:
        """Everybody who was made with `person`."""
        return list(self._people.values())

    def person(
        self,
        user_id: int | None = None,
        *,
        first_name: str = "Ana",
        language_code: str | None = "en",
        opened: bool = False,
    ) -> Person:
        """Return the person with this id, made if new.

        Args:
            user_id: Any positive number, also beyond 32 bits; None for somebody new.
            first_name: What the bot is told.
            language_code: IETF tag of the person's app, or None when the app tells none.
            opened: The person has written before, so the bot may write first.
        """
        if user_id is None:
            user_id = max(self._people, default=FIRST_PERSON_ID - 1) + 1
        if user_id in self._people:
            return self._people[user_id]
        user: dict[str, Any] = {"id": user_id, "is_bot": False, "first_name": first_name}
        if language_code:
            user["language_code"] = language_code
        chat = self.world.open_chat(user_id, "private", {"first_name": first_name}, opened=opened)
        person = self._people[user_id] = Person(self.world, chat, user)
        return person

    async def group(self, person: Person, title: str = "Family", kind: ChatKind = "group") -> Group:
        """Let *person* start a group (or "supergroup", "channel") and bring the bot in."""
        self._groups += 1
        chat_id = FIRST_GROUP_ID - self._groups - (10**12 if kind != "group" else 0)
        group = Group(self.world, self.world.open_chat(chat_id, kind, {"title": title}))
        await group.add_bot(person)
        return group
