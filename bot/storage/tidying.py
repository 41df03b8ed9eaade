"""Lets old rows go, in small bites between which everybody else has the database."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from bot.storage import deliveries, inbox, patients

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.storage.database import Database

KEEP_INBOX = timedelta(days=2)
KEEP_DELIVERIES = timedelta(days=90)
KEEP_STRANGERS = timedelta(days=7)
KEEP_UNFINISHED = timedelta(days=90)
BITE = 500
# Of each minute. A hundred thousand patients leave half a million rows a day, about a bite a minute; after a
# long stop there may be millions.
_AT_MOST_S = 30.0
# A bite is followed by this many times its own length in which others write.
_PAUSE = 3.0


async def tidy(database: Database, now: datetime) -> int:
    """Delete what is old enough, as long as there is more and half a minute isn't over; return how many."""
    end = time.monotonic() + _AT_MOST_S
    gone = 0
    for before, forget in (
        (now - KEEP_INBOX, inbox.forget_done),
        (now - KEEP_DELIVERIES, deliveries.forget_ended),
    ):
        gone += await _in_bites(partial(_forget, database, forget, before), end)
    return gone


async def forget_strangers(database: Database, now: datetime) -> int:
    """Delete the rows of people who wrote once and never enrolled; return how many.

    Their looking for a bot like this is health data by itself. Who agreed or was invited, and stopped
    halfway, has longer to come back.
    """
    before = (now - KEEP_STRANGERS, now - KEEP_UNFINISHED)
    return await _in_bites(partial(_forget_strangers, database, before), time.monotonic() + _AT_MOST_S)


async def _in_bites(bite: Callable[[], Awaitable[tuple[int, int]]], end: float) -> int:
    """Take bites until one isn't full or *end* is over, with pauses; return how many rows are gone.

    Args:
        bite: Takes one; returns how many rows it found, at most `BITE`, and how many of them are gone.
        end: Seconds of time.monotonic.
    """
    total = 0
    while True:
        begin = time.monotonic()
        found, gone = await bite()
        total += gone
        now = time.monotonic()
        if found < BITE or now >= end:
            return total
        await asyncio.sleep(_PAUSE * (now - begin))


async def _forget(
    database: Database, forget: Callable[[AsyncSession, datetime, int], Awaitable[int]], before: datetime
) -> tuple[int, int]:
    async with database.write() as session:
        gone = await forget(session, before, BITE)
    return gone, gone


async def _forget_strangers(database: Database, before: tuple[datetime, datetime]) -> tuple[int, int]:
    # Looked for outside the transaction that writes: there is no index, and it takes a while.
    async with database.read() as session:
        ids = await patients.gone_strangers(session, *before, BITE)
    if not ids:
        return 0, 0
    async with database.write() as session:
        return len(ids), await patients.forget_strangers(session, ids, *before)
