"""Erases everything about a patient, and does it again where a restored backup brought it back."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import load_only

from bot.storage import heartbeats
from bot.storage.database import lock_chat
from bot.storage.dialects import on_sqlite
from bot.storage.tables import Delivery, Heartbeat, Inbox, Patient

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.storage.database import Database
    from bot.storage.tombstones import Tombstones

log = logging.getLogger(__name__)

LEAVING = "leaving"
"""The state of a patient who is to be erased: nothing is sent any more."""
MARK = "erasures"
"""The heartbeat that says how many erasures this database knows of."""
_AT_ONCE = 20
_PAGE = 1000


async def erase_due(database: Database, tombstones: Tombstones, now: datetime) -> int:
    """Erase the leaving patients whose time has come; return how many are gone.

    Who still has an update waiting (it may be "undo") or an answer on the way is left for the next call.

    Raises:
        OSError: The tombstone can't be written; then that patient and the later ones are still there.
    """
    query = select(Patient.id).where(Patient.erase_at <= now).order_by(Patient.erase_at).limit(_AT_ONCE)
    async with database.read() as session:
        due = (await session.execute(query)).scalars().all()
    gone = 0
    for patient_id in due:
        async with database.write() as session:
            patient = await _locked(session, patient_id)
            is_due = patient is not None and patient.erase_at is not None and patient.erase_at <= now
            if patient is None or not is_due or await _is_busy(session, patient):
                continue
            await erase(session, patient, tombstones, now)
            gone += 1
    if gone:
        await database.empty_log()
    return gone


async def erase(session: AsyncSession, patient: Patient, tombstones: Tombstones, now: datetime) -> None:
    """Erase every row about the patient in this transaction; the tombstone stands before it commits.

    Raises:
        OSError: The tombstone can't be written.
    """
    await asyncio.to_thread(tombstones.add, patient.id, now)
    is_sqlite = on_sqlite(session)
    if is_sqlite:
        # What is deleted is overwritten in the file, not only unlinked.
        await session.execute(text("PRAGMA secure_delete=ON"))
    await session.execute(delete(Inbox).where(Inbox.chat_key == patient.telegram_id))
    # Everything else that is the patient's goes along: ON DELETE CASCADE.
    await session.execute(delete(Patient).where(Patient.id == patient.id))
    if is_sqlite:
        await session.execute(text("PRAGMA secure_delete=OFF"))
    await _set_mark(session, await asyncio.to_thread(tombstones.names), now)
    log.info("a patient who left was erased")


async def erase_again(database: Database, tombstones: Tombstones, now: datetime) -> int:
    """Erase who was erased before and came back with a restored backup; return how many.

    Costs nothing where the database knows of as many erasures as the file: then it isn't a restored one.

    Raises:
        OSError: A tombstone's file can't be read.
    """
    names = await asyncio.to_thread(tombstones.names)
    async with database.read() as session:
        mark = await session.get(Heartbeat, MARK)
        known = (mark.detail or {}).get("count") if mark is not None else 0
    if known == len(names):
        return 0
    if isinstance(known, int) and known > len(names):
        log.warning(
            "the database knows of %s erasures, %s of %s: if it was lost, put your copy back and restart",
            known,
            tombstones.path,
            len(names),
        )
    gone = 0
    async for page in _all_ids(database):
        for patient_id in await asyncio.to_thread(tombstones.among, page):
            async with database.write() as session:
                patient = await _locked(session, patient_id)
                if patient is not None:
                    await erase(session, patient, tombstones, now)
                    gone += 1
    async with database.write() as session:
        await _set_mark(session, names, now)
    if gone:
        await database.empty_log()
    return gone


async def _locked(session: AsyncSession, patient_id: UUID) -> Patient | None:
    """Return the patient, with nobody else handling the chat's updates meanwhile."""
    telegram_id = (
        await session.execute(select(Patient.telegram_id).where(Patient.id == patient_id))
    ).scalar_one_or_none()
    if telegram_id is None:
        return None
    await lock_chat(session, telegram_id)
    # Nothing else is read: what can't be read can be erased.
    needed = load_only(Patient.telegram_id, Patient.erase_at)
    return await session.get(Patient, patient_id, options=[needed], populate_existing=True)


async def _is_busy(session: AsyncSession, patient: Patient) -> bool:
    waiting = select(func.count()).where(Inbox.chat_key == patient.telegram_id, Inbox.done_at.is_(None))
    sending = select(func.count()).where(Delivery.patient_id == patient.id, Delivery.state == "sending")
    return bool(
        (await session.execute(waiting)).scalar_one() or (await session.execute(sending)).scalar_one()
    )


async def _all_ids(database: Database) -> AsyncIterator[list[UUID]]:
    last = None
    while True:
        query = select(Patient.id).order_by(Patient.id).limit(_PAGE)
        async with database.read() as session:
            page = (
                await session.execute(query if last is None else query.where(Patient.id > last))
            ).scalars()
            ids = list(page)
        if not ids:
            return
        yield ids
        last = ids[-1]


async def _set_mark(session: AsyncSession, names: frozenset[str], now: datetime) -> None:
    row, _is_first = await heartbeats.locked(session, MARK, now)
    row.at, row.detail = now, {"count": len(names)}
