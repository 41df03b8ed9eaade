"""Who may use the bot: admitted by an invitation, blocked by the operator."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import load_only

from bot.storage import patients
from bot.storage.tables import Patient

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncSession


async def overview(session: AsyncSession) -> Sequence[Patient]:
    """Return every patient, the oldest first, with ids, states and dates alone."""
    query = (
        select(Patient)
        .options(
            load_only(
                Patient.telegram_id,
                Patient.state,
                Patient.created_at,
                Patient.last_seen_at,
                Patient.barred_at,
                Patient.blocked_at,
                raiseload=True,
            )
        )
        .order_by(Patient.created_at)
    )
    return (await session.execute(query)).scalars().all()


async def bar(session: AsyncSession, who: str, *, barred: bool, now: datetime) -> bool:
    """Block a patient, or let one in again who was; False where there is no such patient.

    Somebody blocked counts as one who has blocked the bot, too: to them nothing is sent.

    Args:
        session: An open transaction.
        who: The row's id, or the Telegram id.
        barred: Whether to block.
        now: Aware UTC instant.
    """
    patient = await _find(session, who)
    if patient is None:
        return False
    patient.barred_at = patient.blocked_at = now if barred else None
    return True


async def _find(session: AsyncSession, who: str) -> Patient | None:
    try:
        return await session.get(Patient, UUID(who))
    except ValueError:
        telegram_id = int(who) if who.isascii() and who.isdigit() and len(who) < 19 else None  # noqa: PLR2004 - 64 bits
    return None if telegram_id is None else await patients.by_telegram_id(session, telegram_id)
