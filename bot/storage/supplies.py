"""Supplies: strengths, how many make a dose, the ledger, and how it follows the doses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from bot.domain import supply as rules
from bot.domain.dose import DoseState
from bot.domain.supply import EntryKind
from bot.storage import doses
from bot.storage.tables import Supply, SupplyEntry, SupplyUse

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from decimal import Decimal
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.storage.tables import Dose, SafetyAnswer


async def own(session: AsyncSession, supply_id: UUID | None, patient_id: UUID) -> Supply | None:
    """Return the strength with this id if it is this patient's and in use, else None."""
    row = None if supply_id is None else await session.get(Supply, supply_id)
    return row if row is not None and row.patient_id == patient_id and row.removed_at is None else None


async def in_use(session: AsyncSession, patient_id: UUID) -> Sequence[Supply]:
    """Return the strengths that the patient has, the first one typed in first."""
    query = (
        select(Supply)
        .where(Supply.patient_id == patient_id, Supply.removed_at.is_(None))
        .order_by(Supply.created_at, Supply.id)
    )
    return (await session.execute(query)).scalars().all()


async def uses_of(session: AsyncSession, patient_id: UUID) -> Sequence[SupplyUse]:
    """Return how many of which strength in use make one dose of which amount."""
    query = (
        select(SupplyUse)
        .join(Supply, Supply.id == SupplyUse.supply_id)
        .where(SupplyUse.patient_id == patient_id, Supply.removed_at.is_(None))
    )
    return (await session.execute(query)).scalars().all()


def by_amount(uses: Sequence[SupplyUse]) -> Mapping[Decimal, Mapping[UUID, Decimal]]:
    """Return for each amount in mg how much of which strength makes one dose of it."""
    found: dict[Decimal, dict[UUID, Decimal]] = {}
    for use in uses:
        if use.amount > 0:
            found.setdefault(use.dose_mg, {})[use.supply_id] = use.amount
    return found


async def entries_of(session: AsyncSession, supply_id: UUID) -> Sequence[SupplyEntry]:
    """Return a strength's ledger, oldest line first."""
    query = (
        select(SupplyEntry).where(SupplyEntry.supply_id == supply_id).order_by(SupplyEntry.at, SupplyEntry.id)
    )
    return (await session.execute(query)).scalars().all()


def as_rules(entries: Sequence[SupplyEntry]) -> Sequence[rules.Entry]:
    """Return the ledger for the rules in domain/supply.py."""
    return [rules.Entry(EntryKind(row.kind), row.amount, row.at) for row in entries]


async def follow_dose(session: AsyncSession, dose: Dose, *, mg_before: Decimal | None) -> None:
    """Let the ledger say what the dose's row says now: a taken dose uses up, anything else gives back.

    Called in the transaction that changes the row. A dose that stays taken with the same amount keeps its
    lines: what made a dose then isn't rewritten by what makes one now.

    Args:
        session: The open transaction.
        dose: The dose's row as it stands now.
        mg_before: The amount that was taken before the change; None: it wasn't taken.
    """
    query = select(SupplyEntry).where(SupplyEntry.dose_id == dose.id)
    lines = (await session.execute(query)).scalars().all()
    taken_mg = dose.taken_mg if dose.state == DoseState.TAKEN else None
    at = dose.taken_at or dose.due_at
    if lines and taken_mg is not None and taken_mg == mg_before:
        for line in lines:
            line.at = at
        return
    for line in lines:
        await session.delete(line)
    if taken_mg is None:
        return
    await _use_up(session, dose.patient_id, taken_mg, at, dose_id=dose.id)


async def follow_extra(session: AsyncSession, extra: SafetyAnswer) -> None:
    """Let the ledger count an extra dose; taken back, its lines go with its row.

    Nobody is asked how much it was while there is a safety text to read: it counts as one more of the dose
    that was due last. A count by hand corrects it.
    """
    dose = await doses.last_due(session, extra.patient_id, extra.at)
    dose = dose or await doses.next_due(session, extra.patient_id, extra.at)
    mg = None if dose is None else dose.taken_mg or dose.planned_mg
    if mg is not None:
        await _use_up(session, extra.patient_id, mg, extra.at, extra_id=extra.id)


async def _use_up(
    session: AsyncSession,
    patient_id: UUID,
    mg: Decimal,
    at: datetime,
    *,
    dose_id: UUID | None = None,
    extra_id: UUID | None = None,
) -> None:
    need = by_amount(await uses_of(session, patient_id)).get(mg, {})
    session.add_all(
        SupplyEntry(
            patient_id=patient_id,
            supply_id=supply_id,
            kind=EntryKind.TAKEN.value,
            amount=amount,
            at=at,
            dose_id=dose_id,
            extra_id=extra_id,
        )
        for supply_id, amount in need.items()
    )
