"""What stands on the page for the doctor (rule 8): facts with their denominators, no claim, no statistics."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from bot.domain.regimen import ONE_DAY, step_on
from bot.domain.safety import Trigger
from bot.domain.side_effect import Severity, SideEffect, worst
from bot.domain.span import Span, span_ending
from bot.domain.summary import CORE_MEASURES, WORDS_SPAN, summarise

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from bot.domain.checkin import Question
    from bot.domain.diary import Diary
    from bot.domain.regimen import DoseStep, Regimen
    from bot.domain.summary_facts import CheckinFact, Measure

Paper = Literal["a4", "us-letter"]

ONE_PAGE_DAYS = 90
"""A longer span may take two pages."""
PRIVATE_TRIGGERS = frozenset({Trigger.SUICIDE})
"""What a patient wrote in a bad night goes on a page for others only if they type it there themselves."""


@dataclass(frozen=True, slots=True)
class PauseFact:
    """Dose dates without doses.

    Attributes:
        first: The first one.
        last: The last one; None: it goes on.
        reason: A word of ours.
        is_hold: A safety hold, not the patient's own pause.
    """

    first: date
    last: date | None
    reason: str
    is_hold: bool


@dataclass(frozen=True, slots=True)
class DoctorPage:
    """All that the page says.

    Attributes:
        diary: The span, with what lies before the first dose.
        regimen: When doses are due; None: no plan.
        made_on: The patient's local date.
        safety: (local date, trigger) of safety texts in the span, oldest first.
        pauses: Pauses and holds that touch the span.
        identification: As far as the patient typed it, or "".
        questions: The patient's own, or "".
        paper: Its size.
    """

    diary: Diary
    regimen: Regimen | None
    made_on: date
    safety: Sequence[tuple[date, Trigger]]
    pauses: Sequence[PauseFact]
    identification: str
    questions: str
    paper: Paper


@dataclass(frozen=True, slots=True)
class Level:
    """One question now and before the treatment.

    Attributes:
        question: Which.
        now: The last 28 days of the span.
        before: The last 28 days before the first dose; None: no diary before it.
    """

    question: Question
    now: Measure
    before: Measure | None


def levels(diary: Diary) -> tuple[Level, ...]:
    """Return pain and sleep problems, and optional questions that were answered in the last 28 days."""
    now = _measures(diary, span_ending(diary.span.last, min(WORDS_SPAN, diary.span.days)))
    before: dict[Question, Measure] = {}
    if diary.started_on is not None and any(fact.local_date <= diary.started_on for fact in diary.checkins):
        before = _measures(diary, span_ending(diary.started_on, WORDS_SPAN))
    return tuple(
        Level(question, measure, before.get(question))
        for question, measure in now.items()
        if measure.n or question in CORE_MEASURES
    )


def _measures(diary: Diary, span: Span) -> dict[Question, Measure]:
    summary = summarise((), diary.checkins, span=span, plan=diary.plan)
    return {measure.question: measure for measure in summary.measures}


@dataclass(frozen=True, slots=True)
class Column:
    """Check-ins on one dose, or before the first.

    Attributes:
        step: The dose step; None: before LDN.
        answered: Days on which the side effects were answered.
        reported: (days, worst severity) of each side effect that was reported.
    """

    step: DoseStep | None
    answered: int
    reported: dict[SideEffect, tuple[int, Severity]]


def effects_by_step(diary: Diary) -> tuple[Column, ...]:
    """Return a column for the time before LDN and for each dose step of the span, oldest first.

    A check-in tells of the past 24 hours: it belongs to the dose of the evening before.
    """
    groups: dict[DoseStep | None, list[CheckinFact]] = {}
    for fact in diary.checkins:
        step = step_on(diary.steps, fact.local_date - ONE_DAY)
        is_baseline = diary.started_on is not None and fact.local_date <= diary.started_on
        if is_baseline or (step is not None and diary.span.first <= fact.local_date <= diary.span.last):
            groups.setdefault(None if is_baseline else step, []).append(fact)
    columns = [_column(step, facts) for step, facts in groups.items()]
    answered = [column for column in columns if column.answered]
    return tuple(sorted(answered, key=lambda column: column.step is not None))


def _column(step: DoseStep | None, facts: Iterable[CheckinFact]) -> Column:
    days = [fact.side_effects for fact in facts if fact.side_effects is not None]
    reported: dict[SideEffect, tuple[int, Severity]] = {}
    for effect in SideEffect:
        severities = [effects[effect] for effects in days if effect in effects]
        severity = worst(severities)
        if severity is not None:
            reported[effect] = (len(severities), severity)
    return Column(step, len(days), reported)


def severe_days(diary: Diary) -> tuple[tuple[date, tuple[SideEffect, ...]], ...]:
    """Return the days of the span with a severe side effect, oldest first."""
    found = []
    for fact in diary.checkins:
        effects = tuple(
            effect for effect, severity in (fact.side_effects or {}).items() if severity is Severity.SEVERE
        )
        if effects and diary.span.first <= fact.local_date <= diary.span.last:
            found.append((fact.local_date, effects))
    return tuple(found)


def pages_allowed(diary: Diary) -> int:
    """Return how many pages the span may take."""
    return 1 if diary.span.days <= ONE_PAGE_DAYS else 2
