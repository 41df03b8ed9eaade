"""A patient's rows as a document of plain JSON."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

from sqlalchemy import inspect, select

from bot.storage.paging import pages
from bot.storage.portable import FORMAT, VERSION
from bot.storage.portable.columns import LEFT_OUT, parts_of, portable_tables
from bot.storage.tables import Change, Patient

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.storage.tables import Base


async def document_of(session: AsyncSession, patient: Patient, now: datetime) -> dict[str, Any]:
    """Return everything that is kept about the patient, but for what the bot owes or is in the middle of.

    Args:
        session: The open transaction.
        patient: Whose rows.
        now: Aware UTC instant, told in the document.
    """
    tables = {}
    for owner in portable_tables():
        tables[owner.__tablename__] = await _rows(session, owner, patient)
    return {
        "format": FORMAT,
        "version": VERSION,
        "exported_at": now.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "patient": plain(patient),
        "tables": tables,
    }


def plain(row: Base) -> dict[str, Any]:
    """Return one row as it stands in the document."""
    found = {}
    for part in parts_of(type(row)):
        value = getattr(row, part.name)
        found[part.name] = None if value is None else part.write(value)
    if isinstance(row, Change):
        found["before"] = {name: value for name, value in row.before.items() if name not in LEFT_OUT}
    return found


async def _rows(session: AsyncSession, owner: type[Base], patient: Patient) -> list[dict[str, Any]]:
    mapper = inspect(owner)
    key = mapper.attrs[str(mapper.primary_key[0].key)].class_attribute
    query = select(owner).where(mapper.local_table.c.patient_id == patient.id)
    return [plain(row) async for rows in pages(session, query, key) for row in rows]
