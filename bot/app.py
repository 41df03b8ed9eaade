"""The composition root: the only place that wires the parts together."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import time
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from uuid import uuid4

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from telegram import BotCommand
from telegram.error import InvalidToken, TelegramError
from telegram.ext import ExtBot
from telegram.request import HTTPXRequest

from bot.config import StartError
from bot.delivery.drawing import Drawer, Studio
from bot.delivery.planner import Planner
from bot.delivery.replies import REPLY, ReplyKind, add_replies
from bot.delivery.sender import Sender
from bot.delivery.tick import Tick
from bot.features.enrolment import handlers as enrolment
from bot.features.help import handlers as help_
from bot.features.more import handlers as more
from bot.features.morning_checkin import handlers as morning_checkin
from bot.features.morning_checkin.delivery import CheckinKind
from bot.features.nightly_reminder import handlers as nightly_reminder
from bot.features.nightly_reminder.delivery import ReminderKind
from bot.features.safety import handlers as safety
from bot.features.settings import handlers as settings_feature
from bot.features.summary import handlers as summary
from bot.features.summary.delivery import WeeklySummaryKind
from bot.storage import claims, inbox
from bot.storage.database import Database, DatabaseError
from bot.storage.migrate import migrate
from bot.telegram_io.dispatch import Routes, build_application
from bot.telegram_io.heartbeat import Heart
from bot.telegram_io.ingest import Ingest
from bot.telegram_io.polling import ALLOWED_UPDATES, Poller
from bot.telegram_io.rate import CHAT_PER_SECOND, Pacer
from bot.web.server import WebServer, build_web

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.clock import Clock
    from bot.config import Settings
    from bot.delivery.kinds import Kind
    from bot.storage.tables import Delivery, Patient
    from bot.telegram_io.outgoing import Outgoing

log = logging.getLogger(__name__)

# httpx grows slower with more connections; these were the fastest (ARCHITECTURE.md, promise 7).
_CONNECTIONS = 16
_TICK_ALIVE_S = 10.0
_LISTENING_ALIVE_S = 120.0
_KEEP_INBOX = timedelta(days=2)
FEATURES = (
    enrolment.FEATURE,
    settings_feature.FEATURE,
    safety.FEATURE,
    nightly_reminder.FEATURE,
    morning_checkin.FEATURE,
    summary.FEATURE,
    help_.FEATURE,
)


class Companion:
    """One running bot process: built, started, stopped."""

    def __init__(
        self,
        settings: Settings,
        *,
        token: str,
        base_url: str,
        clock: Clock,
        database: Database,
        per_second: float | None = None,
        chat_per_second: float = CHAT_PER_SECOND,
        tick_every_s: float = 1.0,
    ) -> None:
        self.settings = settings
        self.clock = clock
        self.database = database
        self.owner = f"{socket.gethostname()[:12]}-{os.getpid()}-{uuid4().hex[:8]}"
        self._tick_every_s = tick_every_s
        self._token_url = f"{base_url}{token}"
        self._on_loopback = base_url.startswith("http://")
        kinds: dict[str, Kind] = {
            "reminder": ReminderKind(settings.reminders),
            "checkin": CheckinKind(),
            "weekly_summary": WeeklySummaryKind(),
        }
        self.planner = Planner(kinds, always_planned=("reminder", "checkin"))
        self.bot = ExtBot(
            token, base_url=base_url, request=self._request(), get_updates_request=self._request()
        )
        rate = per_second or settings.telegram.messages_per_second
        self.pacer = Pacer(rate, chat_per_second=chat_per_second)
        drawers: dict[str, Drawer] = {}
        self.studio = Studio(database, clock, drawers)
        self.sender = Sender(
            database=database,
            clock=clock,
            bot=self.bot,
            pacer=self.pacer,
            kinds=kinds | {REPLY: ReplyKind()},
            per_second=rate,
            studio=self.studio,
            in_flight=_CONNECTIONS,
        )
        self.tick = Tick(database=database, clock=clock, sender=self.sender, owner=self.owner)
        self.application = build_application(self.bot, self._routes())
        self.ingest = Ingest(
            database=database,
            clock=clock,
            application=self.application,
            answers=self,
            plan_all=self.planner.plan_all,
            something_went_wrong=help_.something_went_wrong,
        )
        self._poll_request = self._request()
        self._scheduler = AsyncIOScheduler(timezone=UTC)
        self._tasks: list[asyncio.Task[None]] = []
        self._heart = Heart(database, clock)
        self._web: WebServer | None = None

    async def start(self) -> None:
        """Open everything and begin; return when the bot listens.

        Raises:
            StartError: Something that the operator can mend.
        """
        try:
            self.database.lock()
            await migrate(self.database)
        except DatabaseError as error:
            raise StartError(str(error)) from error
        await self._reach_telegram()
        self.sender.start()
        await self.ingest.resume()
        await self._listen()
        self._scheduler.add_job(
            # Not the instance: APScheduler would call it in a thread and drop the coroutine.
            self.tick.claim,
            "interval",
            seconds=self._tick_every_s,
            id="tick",
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )
        self._scheduler.add_job(self._sweep, "interval", seconds=60, id="sweep", misfire_grace_time=None)
        # What a replica kept and didn't live to handle.
        self._scheduler.add_job(
            self.ingest.resume, "interval", seconds=30, id="resume", misfire_grace_time=None
        )
        self._scheduler.add_job(self._tidy, "interval", hours=1, id="tidy", misfire_grace_time=None)
        self._scheduler.start()
        self._tasks.append(asyncio.create_task(self._watch_tick(), name="watchdog"))
        self._tasks.append(asyncio.create_task(self._introduce(), name="introduce"))

    async def stop(self) -> None:
        """Finish what is in flight, give back the rest, close everything; takes a few seconds at most."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
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

    async def health(self) -> dict[str, bool]:
        """Tell what works: the database answers, the tick runs, Telegram was reached lately."""
        try:
            async with asyncio.timeout(3), self.database.read() as session:
                await inbox.open_chats(session)
        except Exception:  # noqa: BLE001 - whatever it is, the database doesn't answer
            database = False
        else:
            database = True
        now = time.monotonic()
        listening = self.settings.telegram.mode == "webhook" or self._heart.age(now) < _LISTENING_ALIVE_S
        return {"database": database, "tick": now - self.tick.last_at < _TICK_ALIVE_S, "telegram": listening}

    def add(
        self, session: AsyncSession, patient: Patient, subject: str, calls: Sequence[Outgoing], now: datetime
    ) -> list[Delivery]:
        """Write replies down, claimed by this process (bot.telegram_io.ingest.Answers)."""
        return add_replies(session, patient, subject, calls, owner=self.owner, now=now)

    def send(self, chat_id: int, rows: Sequence[Delivery]) -> None:
        """Send replies that were committed (bot.telegram_io.ingest.Answers)."""
        self.sender.answer(chat_id, rows)

    def _request(self) -> HTTPXRequest:
        # A proxy of the surroundings must not come between the bot and a server on this machine.
        kwargs: dict[str, Any] = {"trust_env": False} if self._on_loopback else {}
        return HTTPXRequest(
            connection_pool_size=_CONNECTIONS,
            connect_timeout=5,
            read_timeout=10,
            write_timeout=10,
            pool_timeout=5,
            httpx_kwargs=kwargs,
        )

    def _routes(self) -> Routes:
        access = self.settings.access
        allowed = frozenset(access.allowed_ids)
        return Routes(
            features=(*FEATURES, more.build(FEATURES)),
            enrolment=enrolment.FEATURE,
            always_open=frozenset({help_.FEATURE.name, safety.FEATURE.name}),
            on_safety_words=safety.answer_safety,
            on_nothing_understood=help_.on_nothing_understood,
            on_old_button=help_.on_old_button,
            on_other=help_.on_other,
            is_admitted=lambda telegram_id: access.mode == "open" or telegram_id in allowed,
            on_stranger=help_.on_stranger,
        )

    async def _reach_telegram(self) -> None:
        """Wait for the API: a bot that starts before its network must not die of it."""
        wait = 0.5
        while True:
            try:
                await self._poll_request.initialize()
                await self.application.initialize()
            except InvalidToken as error:
                raise StartError(
                    "Telegram refuses the token: copy it again from @BotFather into telegram.token"
                ) from error
            except TelegramError as error:
                log.warning("Telegram can't be reached (%s): trying again", type(error).__name__)
                await asyncio.sleep(wait)
                wait = min(30.0, wait * 2)
            else:
                return

    async def _listen(self) -> None:
        telegram = self.settings.telegram
        if telegram.mode == "polling":
            poller = Poller(
                request=self._poll_request, token_url=self._token_url, ingest=self.ingest, heart=self._heart
            )
            self._tasks.append(asyncio.create_task(poller.run(), name="poller"))
            return
        secret = telegram.secret_token.get_secret_value() if telegram.secret_token else ""
        await self.bot.set_webhook(
            telegram.webhook_url or "", secret_token=secret, allowed_updates=list(ALLOWED_UPDATES)
        )

    def serve_http(self) -> WebServer:
        """Listen for the webhook (in that mode) and for /healthz.

        Raises:
            StartError: The port is taken.
        """
        telegram = self.settings.telegram
        webhook = telegram.mode == "webhook"
        app = build_web(
            receive=self.ingest.receive,
            health=self.health,
            webhook_path=(urlsplit(str(telegram.webhook_url)).path or "/") if webhook else None,
            secret_token=telegram.secret_token.get_secret_value() if telegram.secret_token else None,
        )
        try:
            self._web = WebServer(app, telegram.listen_host, telegram.listen_port)
        except OSError as error:
            raise StartError(
                f"{telegram.listen_host}:{telegram.listen_port} can't be listened on ({error.strerror}): "
                "set telegram.listen_port to a free port"
            ) from error
        self._web.start()
        return self._web

    async def _introduce(self) -> None:
        """Show the command menu; the bot works without it as well."""
        try:
            await self.bot.set_my_commands([BotCommand(name, words) for name, words in help_.command_menu()])
        except TelegramError as error:
            log.warning("the command menu could not be set (%s)", type(error).__name__)

    async def _sweep(self) -> None:
        repaired = await self.planner.sweep(self.database, self.clock.now())
        if repaired:
            log.warning("%s patients were without a planned message; planned again", repaired)

    async def _tidy(self) -> None:
        async with self.database.write() as session:
            await inbox.forget_done(session, self.clock.now() - _KEEP_INBOX)

    async def _watch_tick(self) -> None:
        """Re-arm the tick when it fell asleep: APScheduler waits for the old time when a clock jumps back."""
        while True:
            await asyncio.sleep(2)
            if time.monotonic() - self.tick.last_at > max(3.0, 3 * self._tick_every_s):
                self._scheduler.reschedule_job("tick", trigger="interval", seconds=self._tick_every_s)
