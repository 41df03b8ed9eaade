"""What the patient has, read from the rows: every screen and every warning is made from this."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.domain import supply as rules
from bot.domain.delivery import LAST_CALL
from bot.domain.dose import OPEN_STATES, DoseState
from bot.domain.due import local_date, next_dose
from bot.domain.regimen import ONE_DAY, DoseStep, step_on
from bot.domain.supply import UNCOUNTED_FROM, EntryKind, Forecast
from bot.storage import doses, patients, supplies

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date, datetime
    from decimal import Decimal
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.domain.regimen import Regimen
    from bot.storage.tables import Dose, Patient, Supply, SupplyEntry

_LOOK_BACK_DAYS = 35


@dataclass(frozen=True, slots=True)
class Strength:
    """One strength.

    Attributes:
        row: Its row.
        number: 1 for the first one: what it is called in discreet mode.
        left: What is left by the ledger; below zero where the count must be off.
        forecast: How long it lasts by the plan.
        uses: How many make one dose, by mg.
        entries: The ledger, oldest line first.
        unanswered: Doses since the last count that nobody answered for, oldest first.
    """

    row: Supply
    number: int
    left: Decimal
    forecast: Forecast
    uses: Mapping[Decimal, Decimal]
    entries: Sequence[SupplyEntry]
    unanswered: Sequence[Dose]

    @property
    def basis(self) -> SupplyEntry | None:
        """Return the newest line that the patient wrote: a count or a refill."""
        own = [entry for entry in self.entries if entry.kind != EntryKind.TAKEN]
        return own[-1] if own else None

    @property
    def written(self) -> int:
        """Return how many lines the patient wrote: a refill's button says it, so that it counts once."""
        return sum(1 for entry in self.entries if entry.kind != EntryKind.TAKEN)

    @property
    def last_refill(self) -> Decimal | None:
        """Return how many came the last time, or None."""
        got = [entry.amount for entry in self.entries if entry.kind == EntryKind.GOT]
        return got[-1] if got else None


@dataclass(frozen=True, slots=True)
class Stock:
    """All of it.

    Attributes:
        strengths: The first one typed in first.
        steps: The amounts of the plan from today on, the present one first.
        warn_days: Days before it runs out; None: no warning.
        today: The patient's local date.
        discreet: No label and no amount of a dose is named.
        paused: The plan gives no dose from now on, until the patient resumes.
    """

    strengths: Sequence[Strength]
    steps: Sequence[DoseStep]
    warn_days: int | None
    today: date
    discreet: bool
    paused: bool

    def find(self, supply_id: UUID | None) -> Strength | None:
        """Return the strength with this id, or None."""
        return next((one for one in self.strengths if one.row.id == supply_id), None)


async def read(session: AsyncSession, patient: Patient, now: datetime) -> Stock:
    """Return what the patient has at *now*."""
    await session.flush()
    zone = ZoneInfo(patient.zone or "UTC")
    today = local_date(now, zone)
    regimen = await patients.regimen_of(session, patient.id)
    coming = None if regimen is None else next_dose(regimen, zone, now)
    return Stock(
        strengths=await _strengths(session, patient, regimen, coming, now),
        steps=[] if regimen is None else _steps(regimen, today),
        warn_days=patient.supply_warn_days,
        today=today,
        discreet=patient.discreet,
        paused=regimen is not None and coming is None,
    )


async def _strengths(
    session: AsyncSession,
    patient: Patient,
    regimen: Regimen | None,
    coming: tuple[date, datetime] | None,
    now: datetime,
) -> Sequence[Strength]:
    rows = await supplies.in_use(session, patient.id)
    if not rows:
        return []
    ledgers = {row.id: await supplies.entries_of(session, row.id) for row in rows}
    uses = await supplies.uses_of(session, patient.id)
    left = {key: rules.left(supplies.as_rules(entries)) for key, entries in ledgers.items()}
    first, answered = await _still_to_take(session, patient, coming, now)
    found: Mapping[UUID, Forecast] = {}
    if regimen is not None and first is not None:
        found = rules.forecasts(regimen, left, supplies.by_amount(uses), first, answered)
    today = local_date(now, ZoneInfo(patient.zone or "UTC"))
    recent = await doses.between(session, patient.id, today - ONE_DAY * _LOOK_BACK_DAYS, today)
    return [
        Strength(
            row=row,
            number=number,
            left=left[row.id],
            forecast=found.get(row.id, Forecast()),
            uses={use.dose_mg: use.amount for use in uses if use.supply_id == row.id},
            entries=ledgers[row.id],
            unanswered=_unanswered(recent, ledgers[row.id], now),
        )
        for number, row in enumerate(rows, 1)
    ]


async def _still_to_take(
    session: AsyncSession, patient: Patient, coming: tuple[date, datetime] | None, now: datetime
) -> tuple[date | None, Collection[date]]:
    """Return the first dose date that still takes from the supply, and those after it that don't."""
    last = await doses.last_due(session, patient.id, now)
    first = None if coming is None else coming[0]
    if last is not None and last.state in OPEN_STATES and last.due_at > now - LAST_CALL:
        first = last.dose_date
    if first is None:
        return None, ()
    ahead = await doses.between(session, patient.id, first, first + ONE_DAY * 7)
    settled = (DoseState.TAKEN, DoseState.NOT_TAKEN)
    return first, {dose.dose_date for dose in ahead if dose.state in settled}


def _unanswered(recent: Sequence[Dose], entries: Sequence[SupplyEntry], now: datetime) -> Sequence[Dose]:
    counts = [entry.at for entry in entries if entry.kind == EntryKind.CORRECTED]
    if not counts:
        return []
    return [
        dose
        for dose in recent
        if dose.state in OPEN_STATES and max(counts) < dose.due_at <= now - UNCOUNTED_FROM
    ]


def _steps(regimen: Regimen, today: date) -> Sequence[DoseStep]:
    present = step_on(regimen.steps, today)
    coming = sorted(
        (step for step in regimen.steps if step.starts_on > today), key=lambda step: step.starts_on
    )
    found: list[DoseStep] = []
    for step in [*([present] if present else []), *coming]:
        if step.dose_mg not in {one.dose_mg for one in found}:
            found.append(step)
    return found
