"""The history of changed rows: every change keeps the earlier value."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from sqlalchemy import event, func, inspect, select
from sqlalchemy.orm import object_session

from bot.storage.sealing import sealed_attributes
from bot.storage.tables import Base, Change

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.engine import Connection
    from sqlalchemy.ext.asyncio import AsyncSession


CREATED = "created"
"""The action of a change before which the row wasn't there."""

_PENDING = "newest change of each row in this transaction"
_BEFORE = "newest change of each patient before this transaction"
_BEFORE_ALL = datetime.min.replace(tzinfo=UTC)


def table_of(noun: str) -> type[Base] | None:
    """Return the mapped class whose table's name is *noun* in the plural, or None."""
    name = f"{noun.removesuffix('y')}ies" if noun.endswith("y") else f"{noun}s"
    owners = (mapper.class_ for mapper in Base.registry.mappers)
    return next((owner for owner in owners if owner.__tablename__ == name), None)


def snapshot(row: Base) -> dict[str, Any]:
    """Return the row's present values as plain JSON."""
    sealed = sealed_attributes(type(row))
    names = [column.columns[0].key for column in inspect(type(row)).column_attrs]
    plain = {name: _plain(getattr(row, name)) for name in names if name not in {"id", "patient_id", *sealed}}
    return plain | {name: _plain(getattr(row, name)) for name in sealed}


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
        noun: The table's name in the singular.
        now: Aware UTC instant.
        before: The values with which the row counts as not there; None: undoing deletes the row.
    """
    change = keep_before(session, row, patient_id=patient_id, noun=noun, action=CREATED, now=now)
    gone = {key: _plain(value) for key, value in (before or {}).items()}
    change.before = change.before | gone if gone else {}
    return change


def begin_history(session: AsyncSession, row_ids: Iterable[UUID]) -> None:
    """Say that no change of these rows is stored yet: then nobody asks the database for the one before."""
    pending: dict[UUID, datetime] = session.info.setdefault(_PENDING, {})
    pending.update(dict.fromkeys(row_ids, _BEFORE_ALL))


async def latest(session: AsyncSession, row_id: UUID) -> Change | None:
    """Return the newest change of the row that wasn't undone, or None."""
    query = (
        select(Change)
        .where(Change.row_id == row_id, Change.undone_at.is_(None))
        .order_by(Change.at.desc(), Change.id)
        .limit(1)
    )
    return (await session.execute(query)).scalar_one_or_none()


@event.listens_for(Change, "before_insert")
def _after_the_one_before(_mapper: object, connection: Connection, change: Change) -> None:
    """Keep a patient's actions and a row's changes in their order, also at one instant or a clock set back.

    "Undo" takes back the last one: of two at the same instant it would pick either.
    """
    session = object_session(change)
    info: dict[Any, Any] = {} if session is None else session.info
    pending: dict[UUID, datetime] = info.setdefault(_PENDING, {})
    newest = pending.get(change.row_id)
    if newest is None:
        before: dict[UUID, datetime] = info.setdefault(_BEFORE, {})
        if change.patient_id not in before:
            query = select(func.max(Change.at)).where(Change.patient_id == change.patient_id)
            before[change.patient_id] = connection.execute(query).scalar_one_or_none() or _BEFORE_ALL
        newest = before[change.patient_id]
    if change.at <= newest:
        change.at = newest + timedelta(microseconds=1)
    # The inserts of one flush come after all their events.
    pending[change.row_id] = change.at


def _plain(value: Any) -> Any:  # noqa: ANN401 - a column's value
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    return str(value) if isinstance(value, (Decimal, UUID)) else value
