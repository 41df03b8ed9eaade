"""The rows of a file into the database: ids are kept where they are free, the others changed everywhere."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from sqlalchemy import delete, func, inspect, select

from bot.storage import changes
from bot.storage.portable.columns import portable_tables
from bot.storage.tables import Change, Checkin, Delivery, Dose, Event, Patient, PlanDraft

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.storage.portable.checking import Incoming, Values
    from bot.storage.tables import Base

_AT_ONCE = 50
"""Rows that are sealed and stored without letting anybody else run."""
_ASKED_AT_ONCE = 500
_UNTOUCHED = ("planned", "cancelled")


async def is_empty(session: AsyncSession, patient: Patient) -> bool:
    """Tell whether the patient's diary has no entry yet: then another one can take its place.

    A dose that was asked about counts as one: with the file's rows it would be asked about again.
    """
    entries = (
        select(func.count()).where(Checkin.patient_id == patient.id, Checkin.state != "planned"),
        select(func.count()).where(Dose.patient_id == patient.id, Dose.state.not_in(_UNTOUCHED)),
        select(func.count()).where(Event.patient_id == patient.id),
    )
    return not [count for query in entries if (count := (await session.execute(query)).scalar_one())]


async def take_in(session: AsyncSession, patient: Patient, incoming: Incoming) -> int:
    """Put the file's rows and settings in the place of the patient's; the caller plans anew.

    Args:
        session: The open transaction.
        patient: Whose diary is empty.
        incoming: A file without mistakes.

    Returns:
        How many rows.
    """
    owners: list[type[Base]] = [Delivery, PlanDraft, *reversed(portable_tables())]
    for owner in owners:
        of_patient = inspect(owner).local_table.c.patient_id == patient.id
        # What is on its way keeps its row: its end must be recorded.
        gone = delete(owner).where(of_patient)
        await session.execute(gone.where(Delivery.state == "pending") if owner is Delivery else gone)
    new_ids = await _new_ids(session, incoming)
    if incoming.patient_id is not None:
        new_ids[incoming.patient_id] = patient.id
    words = {str(old): str(new) for old, new in new_ids.items()}
    for name, value in incoming.patient.items():
        setattr(patient, name, value)
    patient.state, patient.dialogue = "active", None
    named = {row["row_id"] for owner, rows in incoming.rows if owner is Change for row in rows}
    changes.begin_history(session, [new_ids.get(row_id, row_id) for row_id in named])
    count = 0
    for owner, rows in incoming.rows:
        # A row's history is stored in its order: see storage/changes.py.
        ordered = sorted(rows, key=lambda row: row["at"]) if owner is Change else rows
        for some in _slices(ordered, _AT_ONCE):
            session.add_all(_made(owner, row, patient.id, new_ids, words) for row in some)
            await session.flush()
            await asyncio.sleep(0)
            count += len(some)
    return count


async def _new_ids(session: AsyncSession, incoming: Incoming) -> dict[UUID, UUID]:
    """Return a new id for each of the file's that somebody else's row has already."""
    new: dict[UUID, UUID] = {}
    for owner, rows in incoming.rows:
        ids = {row["id"] for row in rows if "id" in row}
        if ids:
            new |= await _taken(session, owner, list(ids))
        if owner is Change:
            # Rows that are gone are only known to their history.
            for noun in {row["noun"] for row in rows}:
                named = [row["row_id"] for row in rows if row["noun"] == noun]
                table = changes.table_of(noun)
                if table is not None and "id" in inspect(table).local_table.c:
                    new |= {
                        old: new.get(old, one) for old, one in (await _taken(session, table, named)).items()
                    }
    return new


async def _taken(session: AsyncSession, owner: type[Base], ids: Sequence[UUID]) -> dict[UUID, UUID]:
    column = inspect(owner).local_table.c.id
    found: dict[UUID, UUID] = {}
    for some in _slices(ids, _ASKED_AT_ONCE):
        taken = (await session.execute(select(column).where(column.in_(some)))).scalars()
        found |= {old: uuid4() for old in taken}
    return found


def _made(
    owner: type[Base], row: Values, patient_id: UUID, new_ids: Mapping[UUID, UUID], words: Mapping[str, str]
) -> Base:
    values = {
        name: new_ids.get(value, value) if isinstance(value, UUID) else value for name, value in row.items()
    }
    if owner is Change:
        values["before"] = _replaced(values["before"], words)
    return owner(patient_id=patient_id, **values)


def _replaced(value: Any, words: Mapping[str, str]) -> Any:  # noqa: ANN401 - JSON
    """Return the JSON with each id in it that has changed."""
    if isinstance(value, str):
        return words.get(value, value)
    if isinstance(value, dict):
        return {name: _replaced(part, words) for name, part in value.items()}
    return [_replaced(part, words) for part in value] if isinstance(value, list) else value


def _slices(rows: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    for start in range(0, len(rows), size):
        yield rows[start : start + size]
