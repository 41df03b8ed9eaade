"""The inbox: updates, kept before they are acknowledged, in the order of receipt."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import load_only

from bot.storage.database import is_passing
from bot.storage.dialects import insert_new
from bot.storage.sealing import place_of, ring
from bot.storage.tables import Inbox

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncSession


async def keep(
    session: AsyncSession, bot_id: int, updates: Sequence[tuple[int, int, dict[str, Any]]], now: datetime
) -> None:
    """Write down (update id, chat key, raw update), in their order; one known already stays as it is."""
    rows = [
        {
            "bot_id": bot_id,
            "update_id": update_id,
            "chat_key": chat_key,
            "received_at": now,
            "payload": _sealed(raw, bot_id, update_id),
            "attempts": 0,
        }
        for update_id, chat_key, raw in updates
    ]
    await session.execute(insert_new(session, Inbox), rows)


def _sealed(raw: dict[str, Any], bot_id: int, update_id: int) -> str | None:
    """Return the update to store; None where it is nested too deeply to be written: it will be set aside."""
    try:
        # As ASCII: half an emoji (a lone surrogate) has no UTF-8, and would end the poller.
        words = json.dumps(raw, separators=(",", ":"))
    except RecursionError:
        return None
    return ring().seal(words, place_of("inbox", "payload", bot_id, update_id))


class UnreadableError(Exception):
    """The oldest update is no text at all; SQLite keeps whatever a failing disk gives it.

    Attributes:
        seq: Its number.
    """

    def __init__(self, seq: int) -> None:
        super().__init__(f"update number {seq} can't be read")
        self.seq = seq


async def next_open(session: AsyncSession, chat_key: int) -> Inbox | None:
    """Return the chat's oldest update that waits to be handled, or None.

    Raises:
        UnreadableError: There is one, and it can't be read.
    """
    waiting = Inbox.chat_key == chat_key, Inbox.done_at.is_(None)
    try:
        query = select(Inbox).where(*waiting).order_by(Inbox.seq).limit(1)
        return (await session.execute(query)).scalar_one_or_none()
    except DBAPIError as error:
        if is_passing(error):
            raise
        oldest = select(Inbox.seq).where(*waiting).order_by(Inbox.seq).limit(1)
        raise UnreadableError((await session.execute(oldest)).scalar_one()) from error


async def unread(session: AsyncSession, seq: int) -> Inbox | None:
    """Return an update that still waits, without its content: perhaps just that can't be read."""
    query = (
        select(Inbox)
        .where(Inbox.seq == seq, Inbox.done_at.is_(None))
        .options(load_only(Inbox.update_id, Inbox.attempts))
    )
    return (await session.execute(query)).scalar_one_or_none()


async def open_chats(session: AsyncSession) -> Sequence[int]:
    """Return the chats that have updates waiting."""
    query = select(Inbox.chat_key).where(Inbox.done_at.is_(None)).distinct()
    return (await session.execute(query)).scalars().all()


async def forget_done(session: AsyncSession, before: datetime, limit: int = 500) -> int:
    """Delete up to *limit* updates handled before an instant; Telegram repeats none after 24 hours."""
    old = select(Inbox.seq).where(Inbox.done_at < before).limit(limit)
    result = await session.execute(delete(Inbox).where(Inbox.seq.in_(old)))
    return result.rowcount  # type: ignore[attr-defined,no-any-return]
