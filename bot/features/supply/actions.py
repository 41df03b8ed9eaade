"""What changes the ledger: a refill, a count, how many make a dose, a dose answered from here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from bot.domain import dose_log
from bot.domain.dose import OPEN_STATES
from bot.domain.supply import EntryKind
from bot.locale import _
from bot.storage import changes, deliveries, dose_rows, doses
from bot.storage.tables import SupplyEntry, SupplyUse

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.features.supply.stock import Strength
    from bot.storage.tables import Patient

_REMINDER = "reminder"


async def got(session: AsyncSession, one: Strength, amount: Decimal, now: datetime) -> None:
    """Add what came."""
    await _write(session, one, EntryKind.GOT, amount, now)


async def counted(session: AsyncSession, one: Strength, amount: Decimal, now: datetime) -> None:
    """Write down what is there: what came before no longer matters."""
    await _write(session, one, EntryKind.CORRECTED, amount, now)


def remove(session: AsyncSession, one: Strength, now: datetime) -> None:
    """Stop counting a strength; "undo" brings it back."""
    row = one.row
    changes.keep_before(session, row, patient_id=row.patient_id, noun="supply", action="remove", now=now)
    row.removed_at = now


async def use(session: AsyncSession, one: Strength, mg: Decimal, amount: Decimal) -> None:
    """Keep how many make one dose of *mg* from now on; doses that were logged keep what they took."""
    query = select(SupplyUse).where(SupplyUse.supply_id == one.row.id)
    rows = (await session.execute(query)).scalars().all()
    row = next((row for row in rows if row.dose_mg == mg), None)
    if row is None:
        row = SupplyUse(patient_id=one.row.patient_id, supply_id=one.row.id, dose_mg=mg)
        session.add(row)
    row.amount = amount
    await session.flush()


async def say_dose(
    session: AsyncSession, patient: Patient, dose_id: UUID | None, now: datetime, *, taken: bool
) -> str:
    """Log a dose that nobody answered for, as the morning's question does; return what to say."""
    row = await doses.own(session, dose_id, patient.id)
    if row is None:
        return _("That day is no longer there.")
    rule = dose_rows.as_rule(row)
    if rule.state not in OPEN_STATES:
        return _("That day was answered already.")
    result = dose_log.log_taken(rule, now) if taken else dose_log.log_not_taken(rule, now)
    if result.outcome is not dose_log.LogOutcome.RECORDED:
        return _("That day was answered already.")
    action = "taken" if taken else "not taken"
    await dose_rows.save_said(session, row, result.dose, action=action, now=now)
    await deliveries.cancel_pending(session, patient.id, _REMINDER, str(row.id), reason="answered")
    return _("Saved.")


async def _write(
    session: AsyncSession, one: Strength, kind: EntryKind, amount: Decimal, now: datetime
) -> None:
    row = SupplyEntry(
        patient_id=one.row.patient_id,
        supply_id=one.row.id,
        kind=kind.value,
        amount=amount,
        at=now,
    )
    session.add(row)
    await session.flush()
    changes.keep_created(session, row, patient_id=row.patient_id, noun="supply_entry", now=now)
