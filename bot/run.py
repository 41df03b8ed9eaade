"""Runs the bot until it is told to stop."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
from typing import TYPE_CHECKING

from bot.app import Companion
from bot.backups import Backups
from bot.clock import SystemClock, boot_s
from bot.config import StartError
from bot.delivery.clock_guard import ClockGuard
from bot.operator_chat import OperatorChat
from bot.storage.database import Database
from bot.telegram_io.contact import Contact
from bot.watch import Watch

if TYPE_CHECKING:
    from bot.config import Settings

log = logging.getLogger(__name__)

# How often it is asked whether a backup is due.
_BACKUP_LOOK_S = 300


async def run_bot(settings: Settings) -> None:
    """Run the bot until SIGTERM or SIGINT, then finish what is in flight and return.

    Raises:
        StartError: Something that the operator can mend.
    """
    operator = OperatorChat(settings.access.operator_chat_id)
    companion, watch = _build(settings, operator)
    stopping = stop_signal()
    starting = asyncio.create_task(_start(companion, operator, watch))
    waiting = asyncio.create_task(stopping.wait())
    try:
        await asyncio.wait({starting, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if starting.done():
            await starting
            settle_memory()
            log.info("the bot runs")
            await waiting
            await watch.stopped()
    finally:
        starting.cancel()
        waiting.cancel()
        await asyncio.gather(starting, waiting, return_exceptions=True)
        await operator.stop()
        await companion.stop()


def _build(settings: Settings, operator: OperatorChat) -> tuple[Companion, Watch]:
    if settings.telegram.token is None:
        raise StartError("no token: set telegram.token, or run `ldn-companion sandbox`")
    clock, contact = SystemClock(), Contact(operator)
    database = Database(settings.database.sqlalchemy_url())
    backups = Backups(settings, database, clock, operator)
    watch = Watch(database, clock, operator, contact, port=settings.telegram.listen_port)
    companion = Companion(
        settings,
        token=settings.telegram.token.get_secret_value(),
        base_url=settings.telegram.base_url,
        clock=clock,
        operator=operator,
        guard=ClockGuard(clock, boot_s, operator),
        database=database,
        contact=contact,
        chores=[
            (_BACKUP_LOOK_S, backups.make_if_due),
            (60, watch.look_at_telegram),
            (600, watch.look_at_last_night),
        ],
    )
    return companion, watch


async def _start(companion: Companion, operator: OperatorChat, watch: Watch) -> None:
    await companion.start()
    companion.serve_http()
    operator.start(companion.bot)
    await watch.started()


def settle_memory() -> None:
    """Take what is loaded at the start out of the garbage collector's rounds, which cost 60 ms each."""
    gc.collect()
    gc.freeze()


def stop_signal() -> asyncio.Event:
    """Return an event that SIGTERM and SIGINT set."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    return stopping
