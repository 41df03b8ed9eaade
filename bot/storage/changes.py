"""The history of changed rows: every change keeps the earlier value."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from sqlalchemy import inspect, select

from bot.storage.tables import Base, Change

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession


CREATED = "created"
"""The action of a change before which the row wasn't there."""


def snapshot(row: Base) -> dict[str, Any]:
    """Return the row's present values as plain JSON."""
    return {
        column.key: _plain(getattr(row, column.key))
        for column in inspect(type(row)).column_attrs
        if column.key not in {"id", "patient_id"}
    }


def act_of(session: AsyncSession) -> UUID:
    """Return the id of the patient's action: a transaction handles one update, and all it changes is one."""
    act: UUID = session.info.setdefault("act", uuid4())
    return act


def keep_before(
    session: AsyncSession, row: Base, *, patient_id: UUID, noun: str, action: str, now: datetime
) -> Change:
    """Write down what *row* says now, before *action* changes it. Call it before assigning."""
    change = Change(
        patient_id=patient_id,
        at=now,
        act=act_of(session),
        noun=noun,
        row_id=row.id,  # type: ignore[attr-defined] # every row with a history has an id
        action=action,
        before=snapshot(row),
    )
    session.add(change)
    return change


def keep_created(
    session: AsyncSession,
    row: Base,
    *,
    patient_id: UUID,
    noun: str,
    now: datetime,
    before: dict[str, Any] | None = None,
) -> Change:
    """Write down that *row* was just made. Call it after the row has its id: `session.flush()`.

    Args:
        session: The open transaction.
        row: The new row.
        patient_id: Whose it is.
        noun: The table's name without its "s".
        now: Aware UTC instant.
        before: The values with which the row counts as not there; None: undoing deletes the row.
    """
    change = keep_before(session, row, patient_id=patient_id, noun=noun, action=CREATED, now=now)
    gone = {key: _plain(value) for key, value in (before or {}).items()}
    change.before = change.before | gone if gone else {}
    return change


async def latest(session: AsyncSession, row_id: UUID) -> Change | None:
    """Return the newest change of the row that wasn't undone, or None."""
    query = (
        select(Change)
        .where(Change.row_id == row_id, Change.undone_at.is_(None))
        .order_by(Change.at.desc(), Change.id)
        .limit(1)
    )
    return (await session.execute(query)).scalar_one_or_none()


def _plain(value: Any) -> Any:  # noqa: ANN401 - a column's value
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    return str(value) if isinstance(value, (Decimal, UUID)) else value
