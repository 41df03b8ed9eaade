"""One replica polls, the others wait for its place: an advisory lock in PostgreSQL, held by a session."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from sqlalchemy import text

from bot.storage.database import is_passing

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.storage.database import Database

log = logging.getLogger(__name__)

# "LDNP", so that no other program's lock is met; the second key is the bot's.
_LOCK_CLASS = 0x4C444E50
# Together under 15 s: a leader that fell silent loses its session after the first, and somebody tries
# every second of the second. A killed one loses it at once.
SILENT_FOR_S = 10
_LOOK_EVERY_S = 2.0
_ANSWERS_WITHIN_S = 5.0


async def run_as_leader(database: Database, bot_id: int, work: Callable[[], Awaitable[None]]) -> None:
    """Run *work* while this replica holds the place; wait for it as long as another does.

    On SQLite there is one process, and it has the place. Ends only by cancellation, or when *work* does.
    """
    if database.is_sqlite:
        await _work_on(work)
        return
    while True:
        try:
            async with database.engine.connect() as pooled:
                connection = await pooled.execution_options(isolation_level="AUTOCOMMIT")
                try:
                    if await _take_place(connection, bot_id):
                        log.info("this replica polls")
                        await _work_while_held(connection, work)
                        return
                finally:
                    # The session ends with its lock and its settings; the pool gets none of them back.
                    await connection.invalidate()
        except Exception as error:
            if not is_passing(error) and not isinstance(error, TimeoutError):
                log.exception("the poller's place can't be asked for")
            else:
                log.warning("the poller's place was lost or can't be asked for (%s)", type(error).__name__)
        await asyncio.sleep(_LOOK_EVERY_S)


async def _work_on(work: Callable[[], Awaitable[None]]) -> None:
    """Begin *work* again when it breaks: without it the bot would be deaf until somebody restarts it."""
    while True:
        try:
            await work()
        except Exception:
            log.exception("polling broke: it begins again")
            await asyncio.sleep(_LOOK_EVERY_S)
        else:
            return


async def _take_place(connection: AsyncConnection, bot_id: int) -> bool:
    # A frozen leader's session is ended by PostgreSQL; a vanished machine's by TCP.
    await connection.execute(text(f"SET idle_session_timeout = '{SILENT_FOR_S}s'"))
    for setting, seconds in (("tcp_keepalives_idle", 4), ("tcp_keepalives_interval", 2)):
        await connection.execute(text(f"SET {setting} = {seconds}"))
    await connection.execute(text("SET tcp_keepalives_count = 3"))
    # The second key is 32 bits wide.
    lock = {"lock_class": _LOCK_CLASS, "bot": bot_id & 0x7FFF_FFFF}
    return bool(
        (await connection.execute(text("SELECT pg_try_advisory_lock(:lock_class, :bot)"), lock)).scalar_one()
    )


async def _work_while_held(connection: AsyncConnection, work: Callable[[], Awaitable[None]]) -> None:
    """Return when *work* ends; raise when the session did."""
    working = asyncio.ensure_future(work())
    try:
        while not working.done():
            await asyncio.wait({working}, timeout=_LOOK_EVERY_S)
            async with asyncio.timeout(_ANSWERS_WITHIN_S):
                await connection.execute(text("SELECT 1"))
        await working
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
