"""Which stages can be compared, and what comes of it; reads only."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from bot.domain.regimen import ONE_DAY
from bot.domain.span import Span
from bot.domain.stage import Comparison, Stage, StageKind, compare, months, stages
from bot.storage import checkins, diary

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.domain.summary_facts import CheckinFact
    from bot.storage.tables import Patient

MONTHS = "months"
BASELINE = "baseline"
_STEP_PAIRS = 5


@dataclass(frozen=True, slots=True)
class Treatment:
    """What there is to compare.

    Attributes:
        stages: The baseline, where there is one, and every dose step that has begun, oldest first.
        checkins: The whole diary, oldest first.
        today: The last date that counts: today where today's check-in is answered, else yesterday.
    """

    stages: tuple[Stage, ...]
    checkins: Sequence[CheckinFact]
    today: date

    def pairs(self) -> list[tuple[Stage, Stage]]:
        """Return (earlier, later) stages worth a button: before against now first, then step by step."""
        baseline = [stage for stage in self.stages if stage.kind is StageKind.BASELINE]
        steps = [stage for stage in self.stages if stage.kind is StageKind.STEP]
        found = [(baseline[0], steps[-1])] if baseline and steps else []
        return found + list(itertools.pairwise(steps))[::-1][:_STEP_PAIRS]


async def treatment(session: AsyncSession, patient: Patient, today: date) -> Treatment:
    """Read the whole diary of *patient* up to *today* (local)."""
    first = await checkins.first_date(session, patient.id) or today
    rows = await diary.gather(session, patient, Span(first, today, first - ONE_DAY, today - ONE_DAY))
    read = await rows.read_aside()
    answered_today = any(fact.local_date == today and fact.values for fact in read.checkins)
    last = today if answered_today else today - ONE_DAY
    found = stages(read.steps, read.pauses, started_on=read.started_on, diary_from=first, today=last)
    return Treatment(found, read.checkins, last)


def chosen(one: Treatment, args: Sequence[str]) -> Comparison | None:
    """Return the comparison that a button names, or None where its stages are no longer in the plan.

    Args:
        one: What there is.
        args: (MONTHS, last date) or the keys of two stages.
    """
    if len(args) != 2:  # noqa: PLR2004 - a pair
        return None
    if args[0] == MONTHS:
        last = _date(args[1])
        return None if last is None or last > one.today + ONE_DAY else compare(*months(last), one.checkins)
    by_key = {key(stage): stage for stage in one.stages}
    earlier, later = by_key.get(args[0]), by_key.get(args[1])
    if earlier is None or later is None or earlier.first >= later.first:
        return None
    return compare(earlier, later, one.checkins)


def key(stage: Stage) -> str:
    """Return how a button names a stage: a step by the date on which it began."""
    return BASELINE if stage.step is None else stage.step.starts_on.isoformat()


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
