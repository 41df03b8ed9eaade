"""What runs by itself: the tick, the sweep, the tidying, the look at Telegram, and the watchdog over them."""

from __future__ import annotations

import asyncio
import logging
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from telegram.error import InvalidToken, TelegramError

from bot.delivery import zone_rules
from bot.delivery.clock_guard import in_doubt
from bot.domain.consent import practice
from bot.storage import erasing, patients, tidying
from bot.storage.database import is_passing, trouble

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from telegram import Bot

    from bot.clock import Clock
    from bot.delivery.clock_guard import ClockGuard
    from bot.delivery.planner import Planner
    from bot.delivery.tick import Tick
    from bot.storage.database import Database
    from bot.storage.tombstones import Tombstones
    from bot.telegram_io.contact import Contact
    from bot.telegram_io.ingest import Ingest

    Chore = tuple[int, Callable[[], Awaitable[object]]]
    """Something to be done every so many seconds."""

log = logging.getLogger(__name__)

# Ticks lie on whole seconds, as most due times do: what is due then goes out then.
_ON_WHOLE_SECONDS = datetime(2026, 1, 1, tzinfo=UTC)
_LOOK_AFTER_S = 60.0
_SILENT_AT_ONCE = 100
_WATCH_EVERY_S = 2.0
# A tick that is this late has fallen asleep.
_ASLEEP_AFTER_S = 3.0
# What a stop gives the work that has begun.
_LAST_WORK_S = 2.0


class Jobs:
    """The scheduled work of one process."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        bot: Bot,
        tick: Tick,
        planner: Planner,
        ingest: Ingest,
        contact: Contact,
        tombstones: Tombstones,
        tick_every_s: float,
        guard: ClockGuard | None = None,
        chores: Sequence[Chore] = (),
    ) -> None:
        self._database = database
        self._clock = clock
        self._bot = bot
        self._tick = tick
        self._planner = planner
        self._ingest = ingest
        self._contact = contact
        self._tombstones = tombstones
        self._tick_every_s = tick_every_s
        self._guard = guard
        self._chores = chores
        self.scheduler = AsyncIOScheduler(timezone=UTC)
        self._running: set[asyncio.Future[object]] = set()
        self._stopping = False
        self._watchdog: asyncio.Task[None] | None = None
        self._zones: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin."""
        self.scheduler.add_job(
            self._counted(self._tick.claim),
            "interval",
            seconds=self._tick_every_s,
            start_date=_ON_WHOLE_SECONDS,
            id="tick",
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )
        for seconds, job in (*self._own_chores(), *self._chores):
            self.scheduler.add_job(
                self._counted(job),
                "interval",
                seconds=seconds,
                name=getattr(job, "__name__", "chore"),
                misfire_grace_time=None,
            )
        self.scheduler.start()
        self._watchdog = asyncio.create_task(self._watch_tick(), name="watchdog")
        self._zones = asyncio.create_task(self._compare_zones(), name="zone rules")

    def _own_chores(self) -> Sequence[Chore]:
        return (
            (10, self._sweep),
            (10, self.erase),
            # What a replica kept and didn't live to handle.
            (30, self._ingest.resume),
            (60, self._tidy),
            (30, self.look),
            (30, self._tick.find_lost),
            (900, self._remember_zones),
            (3600, self.ask_the_silent),
            (3600, self.forget_strangers),
        )

    async def stop(self) -> None:
        """Begin nothing more, and wait for what has begun.

        APScheduler would cut it off and not wait: a transaction left half done holds the database's lock
        against the marks of what was sent, and against the next process.
        """
        self._stopping = True
        if self.scheduler.running:
            self.scheduler.pause()
            # What was handed out in this very moment begins first: cut off before, it would be an error, too.
            await asyncio.sleep(0)
            await self._wait_for_running()
            self.scheduler.shutdown(wait=False)
            # What took too long is cut off now, and rolls back.
            await self._wait_for_running()
        tasks = [task for task in (self._watchdog, self._zones) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _counted(self, job: Callable[[], Awaitable[object]]) -> Callable[[], Awaitable[None]]:
        """Return *job* as one that a stop waits for, and that APScheduler doesn't call in a thread."""

        async def run() -> None:
            task = asyncio.ensure_future(job())
            self._running.add(task)
            # Not here: whoever is cut off still has to roll back.
            task.add_done_callback(self._running.discard)
            try:
                await task
            except asyncio.CancelledError:
                # APScheduler would write an error with a traceback into the log of each stop that takes long.
                if not self._stopping:
                    raise
            except Exception as error:
                if not is_passing(error):
                    raise
                name = getattr(job, "__name__", "a job").strip("_")
                log.warning("the database has trouble (%s): %s waits for its next turn", trouble(error), name)

        return run

    async def _wait_for_running(self) -> None:
        if self._running:
            await asyncio.wait(self._running, timeout=_LAST_WORK_S)

    async def _sweep(self) -> None:
        if in_doubt(self._guard):
            return
        repaired = await self._planner.sweep(self._database, self._clock.now())
        if repaired:
            log.warning("%s patients were without a planned message; planned again", repaired)

    async def erase(self) -> None:
        """Erase whoever left and whose time has come."""
        # What a wrong clock erased too early would be gone.
        if in_doubt(self._guard):
            return
        try:
            await erasing.erase_due(self._database, self._tombstones, self._clock.now())
        except OSError as error:
            log.error("nobody was erased: the file of erasures can't be written (%s)", error.strerror)  # noqa: TRY400

    async def ask_the_silent(self) -> None:
        """Plan the question whether to keep the diary for whoever said nothing for many months."""
        now = self._clock.now()
        before = practice().silent_before(now)
        if before is None or in_doubt(self._guard):
            return
        async with self._database.read() as session:
            ids = await patients.silent(session, before, _SILENT_AT_ONCE)
        for patient_id in ids:
            await self._planner.plan_each(self._database, [patient_id], now)

    async def _compare_zones(self) -> None:
        """Move what is pending where a new tzdata says that clocks will show another time."""
        try:
            await zone_rules.replan(self._database, self._planner, self._clock.now())
        except Exception:
            # The next start compares again.
            log.exception("the zones' rules could not be compared")

    async def _remember_zones(self) -> None:
        await zone_rules.remember(self._database, self._clock.now())

    async def _tidy(self) -> None:
        """Let old rows go, however many there are."""
        if in_doubt(self._guard):
            return
        await tidying.tidy(self._database, self._clock.now())

    async def forget_strangers(self) -> None:
        """Let go of people who wrote once and never enrolled."""
        if in_doubt(self._guard):
            return
        await tidying.forget_strangers(self._database, self._clock.now())

    async def look(self) -> None:
        """Ask Telegram who we are when nothing else was asked for a minute: /healthz lives on that."""
        if self._contact.age(time.monotonic()) < _LOOK_AFTER_S and not self._contact.is_out:
            return
        try:
            await self._bot.get_me()
        except InvalidToken:
            self._contact.refused()
        except TelegramError as error:
            log.warning("Telegram can't be reached (%s)", type(error).__name__)
        else:
            self._contact.note()

    async def _watch_tick(self) -> None:
        """Re-arm the tick when it fell asleep: APScheduler waits for the old time when a clock jumps back."""
        while True:
            await asyncio.sleep(_WATCH_EVERY_S)
            if time.monotonic() - self._tick.last_at > max(_ASLEEP_AFTER_S, 3 * self._tick_every_s):
                self.scheduler.reschedule_job(
                    "tick",
                    trigger="interval",
                    seconds=self._tick_every_s,
                    start_date=_ON_WHOLE_SECONDS,
                )
