"""The way back: what the patient's last action changed, and how it is taken back.

Whoever changes a row that a patient filled in calls `changes.keep_before` (or `keep_created`) with a noun
that is the table's name in the singular; then this module can undo it, whatever feature it belongs to.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import Date, Time, Uuid, inspect, select

from bot.storage import changes, dose_rows, extra_doses, patients, plans, supplies
from bot.storage.sealing import sealed_attributes
from bot.storage.tables import Base, Change, Checkin, Dose, SafetyAnswer
from bot.storage.types import Milligrams, UtcDateTime

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy.ext.asyncio import AsyncSession
    from sqlalchemy.types import TypeEngine

    from bot.storage.tables import Patient

STANDS_FOR = timedelta(minutes=10)
"""How long the last action can be undone."""
# What a message shows isn't part of what the patient said.
_NOT_RESTORED = frozenset({"id", "patient_id", "message_id"})
_READERS: Mapping[type[TypeEngine[Any]], Callable[[str], Any]] = {
    UtcDateTime: datetime.fromisoformat,
    Milligrams: Decimal,
    Date: date.fromisoformat,
    Time: time.fromisoformat,
    Uuid: UUID,
}


@dataclass(frozen=True, slots=True)
class LastAction:
    """What the patient did last.

    Attributes:
        changes: Every row's change that the action made, in no order.
        rows: The rows as they are now, beside their changes; None for one that the action deleted.
    """

    changes: tuple[Change, ...]
    rows: tuple[Any, ...]

    @property
    def at(self) -> datetime:
        """Return when it was (aware, UTC)."""
        return self.changes[0].at

    @property
    def first(self) -> Change:
        """Return the change that gives the action its name."""
        return min(self.changes, key=lambda change: (change.noun, str(change.id)))


async def last_action(session: AsyncSession, patient_id: UUID, now: datetime) -> LastAction | None:
    """Return the newest action of the last ten minutes that wasn't undone, or None."""
    query = (
        select(Change)
        .where(
            Change.patient_id == patient_id,
            Change.undone_at.is_(None),
            Change.at >= now - STANDS_FOR,
            Change.act.is_not(None),
        )
        .order_by(Change.at.desc(), Change.id)
    )
    found = (await session.execute(query)).scalars().all()
    if not found:
        return None
    together = tuple(change for change in found if change.act == found[0].act)
    rows = [await row_of(session, change) for change in together]
    return LastAction(together, tuple(rows))


async def take_back(session: AsyncSession, patient: Patient, last: LastAction, now: datetime) -> None:
    """Let every row say again what it said before the action; the caller plans anew."""
    for change, row in zip(last.changes, last.rows, strict=True):
        if change.noun == plans.PLAN:
            steps = plans.from_json(change.before["steps"])
            undoing = await plans.save_steps(session, patient.id, steps, action="undo", now=now)
            undoing.undone_at = now
        elif isinstance(row, Dose):
            on_hold = await patients.is_held(session, patient.id, row.dose_date)
            await dose_rows.undo_last(session, row, now, on_hold=on_hold)
        elif row is None:
            await _insert(session, change)
        elif not change.before:
            await session.delete(row)
        else:
            _restore(row, change.before)
        change.undone_at = now
    await session.flush()


async def history_of(session: AsyncSession, patient_id: UUID, row_ids: Sequence[UUID]) -> Sequence[Change]:
    """Return what these rows said before each change that stands, the newest change first."""
    query = (
        select(Change)
        .where(Change.patient_id == patient_id, Change.row_id.in_(row_ids), Change.undone_at.is_(None))
        .order_by(Change.at.desc(), Change.id)
    )
    return (await session.execute(query)).scalars().all()


async def row_of(session: AsyncSession, change: Change) -> Base | None:
    """Return the row that the change is about, or None if it is gone or another patient's."""
    table = changes.table_of(change.noun)
    row = None if table is None else await session.get(table, change.row_id)
    is_own = row is not None and getattr(row, "patient_id", None) == change.patient_id
    return row if is_own else None


def _restore(row: Base, before: dict[str, Any]) -> None:
    for name, value in _values(type(row), before).items():
        setattr(row, name, value)
    if isinstance(row, Checkin) and row.state == "done" and row.position:
        # What was finished is shown as finished, not at the question that was being changed.
        row.position = row.position | {"at": None, "rating": None}


async def _insert(session: AsyncSession, change: Change) -> None:
    table = changes.table_of(change.noun)
    if table is None or not change.before:
        return
    row = table(id=change.row_id, patient_id=change.patient_id, **_values(table, change.before))
    session.add(row)
    await session.flush()
    if isinstance(row, SafetyAnswer) and row.trigger == extra_doses.TRIGGER:
        await supplies.follow_extra(session, row)


def _values(table: type[Base], before: dict[str, Any]) -> dict[str, Any]:
    """Return what a snapshot kept as plain JSON in the types of the table's columns."""
    columns, sealed = inspect(table).local_table.c, sealed_attributes(table)
    return {
        name: value if name in sealed else _read(columns[name].type, value)
        for name, value in before.items()
        if name in columns and name not in _NOT_RESTORED
    }


def _read(wanted: TypeEngine[Any], value: Any) -> Any:  # noqa: ANN401 - a column's value
    reader = next((reader for kind, reader in _READERS.items() if isinstance(wanted, kind)), None)
    return value if value is None or reader is None else reader(value)
