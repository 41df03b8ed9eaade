"""The titration as a whole: saved in one go, with a history of what it was before each change."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select

from bot.domain.regimen import DoseStep
from bot.storage import changes, patients, tables
from bot.storage.tables import Change, PlanDraft, Regimen

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncSession

PLAN = "plan"
"""The noun of plan changes in the history; their row_id is the patient's."""
TIMES = "regimen"
"""The noun of changes of times and days; their row_id is the patient's too."""


def to_json(steps: Sequence[DoseStep]) -> list[list[str | None]]:
    """Return steps as plain JSON: date, mg, as typed."""
    return [[step.starts_on.isoformat(), format(step.dose_mg, "f"), step.shown_as] for step in steps]


def from_json(kept: Sequence[Sequence[Any]]) -> tuple[DoseStep, ...]:
    """Return what `to_json` wrote."""
    return tuple(DoseStep(date.fromisoformat(day), Decimal(mg), shown_as) for day, mg, shown_as in kept)


async def save_steps(
    session: AsyncSession, patient_id: UUID, steps: Sequence[DoseStep], *, action: str, now: datetime
) -> Change:
    """Make *steps* the patient's titration and keep what it was; return the change, for its reason."""
    rows = {row.starts_on: row for row in await patients.dose_steps(session, patient_id)}
    before = [DoseStep(row.starts_on, row.dose_mg, row.shown_as) for row in rows.values()]
    change = Change(
        patient_id=patient_id,
        at=now,
        act=changes.act_of(session),
        noun=PLAN,
        row_id=patient_id,
        action=action,
        before={"steps": to_json(before), "after": to_json(steps), "reason": None},
    )
    session.add(change)
    wanted = {step.starts_on: step for step in steps}
    for day, row in rows.items():
        if day not in wanted:
            await session.delete(row)
    for day, step in wanted.items():
        row = rows.get(day) or tables.DoseStep(patient_id=patient_id, starts_on=day)
        row.dose_mg, row.shown_as = step.dose_mg, step.shown_as
        session.add(row)
    await session.flush()
    return change


def keep_times(
    session: AsyncSession, regimen: Regimen, before: dict[str, Any], *, action: str, now: datetime
) -> None:
    """Write down what times and days were *before* they changed, if they did; "undo" leaves them alone."""
    if changes.snapshot(regimen) == before:
        return
    row_id = regimen.patient_id
    session.add(Change(patient_id=row_id, at=now, noun=TIMES, row_id=row_id, action=action, before=before))


async def history(session: AsyncSession, patient_id: UUID, limit: int) -> Sequence[Change]:
    """Return the changes of the plan, its times and days, the newest first, at most *limit*."""
    query = (
        select(Change)
        .where(Change.patient_id == patient_id, Change.noun.in_((PLAN, TIMES)), Change.undone_at.is_(None))
        .order_by(Change.at.desc(), Change.id)
        .limit(limit)
    )
    return (await session.execute(query)).scalars().all()


async def own_change(session: AsyncSession, change_id: UUID | None, patient_id: UUID) -> Change | None:
    """Return the plan change with this id if it is this patient's, else None."""
    change = None if change_id is None else await session.get(Change, change_id)
    is_own = change is not None and change.patient_id == patient_id and change.noun == PLAN
    return change if is_own else None


async def new_draft(
    session: AsyncSession, patient_id: UUID, content: dict[str, Any], now: datetime
) -> PlanDraft:
    """Keep a change that isn't saved yet, in place of an earlier one."""
    await session.execute(delete(PlanDraft).where(PlanDraft.patient_id == patient_id))
    draft = PlanDraft(patient_id=patient_id, created_at=now, content=content)
    session.add(draft)
    await session.flush()
    return draft


async def own_draft(session: AsyncSession, draft_id: UUID | None, patient_id: UUID) -> PlanDraft | None:
    """Return the draft with this id if it is this patient's, else None."""
    draft = None if draft_id is None else await session.get(PlanDraft, draft_id)
    return draft if draft is not None and draft.patient_id == patient_id else None
