"""The composition root: the only place that wires the parts together."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from typing import TYPE_CHECKING
from uuid import uuid4

from telegram import BotCommand
from telegram.error import BadRequest, TelegramError
from telegram.ext import ExtBot

from bot import parts
from bot.config import StartError
from bot.delivery.drawing import Studio
from bot.delivery.planner import Planner
from bot.delivery.replies import REPLY, ReplyKind, add_replies
from bot.delivery.sender import Sender
from bot.delivery.tick import Tick
from bot.health import Health
from bot.jobs import Jobs
from bot.metrics import Metrics
from bot.storage import claims, inbox
from bot.storage.database import Database, DatabaseError
from bot.storage.erasing import erase_again
from bot.storage.keys import open_keyring
from bot.storage.migrate import migrate
from bot.storage.moving import refuse_half_moved
from bot.storage.sealing import use
from bot.telegram_io.contact import Contact
from bot.telegram_io.dispatch import build_application
from bot.telegram_io.flood import Flood
from bot.telegram_io.heartbeat import Heart
from bot.telegram_io.ingest import Ingest
from bot.telegram_io.leader import run_as_leader
from bot.telegram_io.polling import ALLOWED_UPDATES, Poller
from bot.telegram_io.rate import CHAT_PER_SECOND
from bot.telegram_io.reach import reach_telegram
from bot.telegram_io.request import LeanRequest, proxy_of_surroundings
from bot.telegram_io.shared_rate import pacer_for
from bot.web.server import WebServer, serve

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.clock import Clock
    from bot.config import Settings
    from bot.delivery.clock_guard import ClockGuard
    from bot.delivery.kinds import Kind
    from bot.jobs import Chore
    from bot.operator_log import Operator
    from bot.storage.sealing import Keyring
    from bot.storage.tables import Delivery, Patient
    from bot.telegram_io.outgoing import Outgoing

log = logging.getLogger(__name__)

# Calls in flight for bulk: enough for 25 a second if each takes 640 ms; paid broadcasts need more.
_FEWEST_IN_FLIGHT = 16
_MOST_IN_FLIGHT = 128
_SECONDS_IN_FLIGHT = 0.3
# Connections that bulk never takes: an answer to a tap doesn't wait for one.
_FOR_ANSWERS = 8
# A chat's updates are handled faster than it may be written to: taps that edit nothing are free.
_UPDATES_PER_MESSAGE = 4


class Companion:
    """One running bot process: built, started, stopped.

    Args:
        settings: What the operator has set; the sandbox leaves out what is for the live bot.
        token: Of the bot; its number before the colon is the bot's id.
        base_url: Of the Bot API server, ending in /bot.
        clock: Tells the present; the sandbox and the tests travel with it.
        database: Not locked and not migrated yet: `start` does both.
        keyring: The keys that seal; None: those of the settings or of the key file.
        per_second: Messages a second to all chats; None: as it is set.
        chat_per_second: Messages a second to one chat, after a burst.
        tick_every_s: Real seconds between two looks at what is due.
        guard: Doubts a clock that jumps; None: the clock is believed.
        operator: Hears of trouble; None: the log alone.
        contact: Knows when Telegram was reached last, where somebody else asks it, too.
        chores: What else is done every so many seconds.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        token: str,
        base_url: str,
        clock: Clock,
        database: Database,
        keyring: Keyring | None = None,
        per_second: float | None = None,
        chat_per_second: float = CHAT_PER_SECOND,
        tick_every_s: float = 1.0,
        guard: ClockGuard | None = None,
        operator: Operator | None = None,
        contact: Contact | None = None,
        chores: Sequence[Chore] = (),
    ) -> None:
        self.settings, self.clock, self.database = settings, clock, database
        self._keyring, self._guard = keyring, guard
        self.owner = f"{socket.gethostname()[:12]}-{os.getpid()}-{uuid4().hex[:8]}"
        self._token_url, self._bot_id = f"{base_url}{token}", int(token.split(":", maxsplit=1)[0])
        self._per_second = per_second or settings.telegram.messages_per_second
        self._in_flight = _in_flight(self._per_second)
        self._tombstones = parts.tombstones(settings, database)
        parts.promise(settings)
        self.metrics, self.contact = Metrics(self._per_second), contact or Contact(operator)
        self.bot = self._bot(token, base_url)
        self.pacer = pacer_for(database, self._bot_id, self._per_second, chat_per_second, self.metrics)
        self.studio = Studio(database, clock, parts.drawers())
        kinds = parts.kinds(settings)
        self.planner = Planner(kinds, always_planned=parts.ALWAYS_PLANNED)
        self.sender = self._sender(kinds, operator)
        self.tick = Tick(database=database, clock=clock, sender=self.sender, owner=self.owner, guard=guard)
        self.application = build_application(self.bot, parts.routes(settings))
        self.ingest = self._ingest(operator, Flood(_UPDATES_PER_MESSAGE * chat_per_second))
        self._poll_request = self._request()
        self.jobs = self._jobs(tick_every_s, chores)
        self.health = self._health()
        self._heart = Heart(database, clock)
        self._tasks: list[asyncio.Task[None]] = []
        self._web: WebServer | None = None

    async def start(self) -> None:
        """Open everything and begin; return when the bot listens.

        Raises:
            StartError: Something that the operator can mend.
        """
        await self._open_database()
        await self._erase_again()
        await reach_telegram(self.application, self._poll_request)
        self.contact.note()
        self.sender.start()
        await self.ingest.resume()
        await self._listen()
        self.jobs.start()
        self._tasks.append(asyncio.create_task(self._introduce(), name="introduce"))

    async def _open_database(self) -> None:
        encryption = self.settings.encryption
        try:
            self.database.lock()
            await migrate(self.database)
            await refuse_half_moved(self.database)
            use(self._keyring or await open_keyring(self.database, encryption, self.clock.now()))
        except DatabaseError as error:
            raise StartError(str(error)) from error

    async def _erase_again(self) -> None:
        """Erase whoever left after the backup that was restored, before anything is sent."""
        try:
            await erase_again(self.database, self._tombstones, self.clock.now())
        except OSError as error:
            raise StartError(
                f"{self._tombstones.path} or its key can't be read ({error.strerror}): put both back, "
                "or give the bot's user the right to read them"
            ) from error

    async def stop(self) -> None:
        """Finish what is in flight, give back the rest, close everything; takes a few seconds at most."""
        await self.jobs.stop()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._web is not None:
            await self._web.stop()
        await self.ingest.stop()
        await self.sender.stop()
        self.studio.close()
        await self.pacer.close()
        await self._poll_request.shutdown()
        await self.application.shutdown()
        # Its connections are open as well when Telegram refused the token.
        await self.bot.shutdown()
        await self.database.close()

    async def settle(self) -> None:
        """Do everything that is due now, and wait for it: the sandbox and the tests travel with this."""
        while True:
            await self.ingest.idle()
            await self.tick.claim()
            await self.sender.idle()
            async with self.database.read() as session:
                due = await claims.something_to_do(session, self.clock.now(), self.owner)
                if not due and not await inbox.open_chats(session):
                    return

    def add(
        self, session: AsyncSession, patient: Patient, subject: str, calls: Sequence[Outgoing], now: datetime
    ) -> list[Delivery]:
        """Write replies down, claimed by this process (bot.telegram_io.handling.Answers)."""
        return add_replies(session, patient, subject, calls, owner=self.owner, now=now)

    def send(self, chat_id: int, rows: Sequence[Delivery]) -> None:
        """Send replies that were committed (bot.telegram_io.handling.Answers)."""
        self.sender.answer(chat_id, rows)

    def _request(self) -> LeanRequest:
        return LeanRequest(self._in_flight + _FOR_ANSWERS, proxy=proxy_of_surroundings(self._token_url))

    def _bot(self, token: str, base_url: str) -> ExtBot[None]:
        return ExtBot(
            token,
            base_url=base_url,
            base_file_url=f"{base_url.removesuffix('bot')}file/bot",
            request=self._request(),
            get_updates_request=self._request(),
        )

    def _sender(self, kinds: dict[str, Kind], operator: Operator | None) -> Sender:
        return Sender(
            database=self.database,
            clock=self.clock,
            bot=self.bot,
            pacer=self.pacer,
            kinds=kinds | {REPLY: ReplyKind()},
            per_second=self._per_second,
            studio=self.studio,
            metrics=self.metrics,
            contact=self.contact,
            operator=operator,
            in_flight=self._in_flight,
            guard=self._guard,
        )

    def _ingest(self, operator: Operator | None, flood: Flood) -> Ingest:
        return Ingest(
            database=self.database,
            clock=self.clock,
            application=self.application,
            answers=self,
            plan_all=self.planner.plan_all,
            something_went_wrong=parts.something_went_wrong,
            left_out=parts.left_out,
            metrics=self.metrics,
            operator=operator,
            flood=flood,
        )

    def _jobs(self, tick_every_s: float, chores: Sequence[Chore]) -> Jobs:
        return Jobs(
            database=self.database,
            clock=self.clock,
            bot=self.bot,
            tick=self.tick,
            planner=self.planner,
            ingest=self.ingest,
            contact=self.contact,
            tombstones=self._tombstones,
            tick_every_s=tick_every_s,
            guard=self._guard,
            chores=chores,
        )

    def _health(self) -> Health:
        return Health(
            database=self.database,
            clock=self.clock,
            tick=self.tick,
            sender=self.sender,
            contact=self.contact,
            metrics=self.metrics,
        )

    async def _listen(self) -> None:
        telegram = self.settings.telegram
        if telegram.mode == "polling":
            poller = Poller(
                request=self._poll_request,
                token_url=self._token_url,
                ingest=self.ingest,
                heart=self._heart,
                contact=self.contact,
            )
            self._tasks.append(
                asyncio.create_task(run_as_leader(self.database, self._bot_id, poller.run), name="poller")
            )
            return
        secret = telegram.secret_token.get_secret_value() if telegram.secret_token else ""
        try:
            await self.bot.set_webhook(
                telegram.webhook_url or "", secret_token=secret, allowed_updates=list(ALLOWED_UPDATES)
            )
        except BadRequest as error:  # a mistyped name, a port that Telegram doesn't call
            mend = "correct it, or set telegram.mode to polling"
            raise StartError(f"Telegram refuses telegram.webhook_url ({error.message}): {mend}") from error

    def serve_http(self) -> WebServer:
        """Listen for the webhook (in that mode), /healthz and /metrics.

        Raises:
            StartError: The port is taken.
        """
        self._web = serve(
            self.settings.telegram,
            receive=self.ingest.receive,
            health=self.health.check,
            metrics=self.health.metrics,
        )
        return self._web

    async def _introduce(self) -> None:
        """Show the command menu; the bot works without it as well."""
        try:
            await self.bot.set_my_commands([BotCommand(name, words) for name, words in parts.command_menu()])
        except TelegramError as error:
            log.warning("the command menu could not be set (%s)", type(error).__name__)


def _in_flight(per_second: float) -> int:
    return min(_MOST_IN_FLIGHT, max(_FEWEST_IN_FLIGHT, int(per_second * _SECONDS_IN_FLIGHT)))
