"""Gathers the diary of a span and sums it up; reads only."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from bot.domain.checkin import Answers
from bot.domain.checkin_calendar import Rhythm, Timing
from bot.domain.comparison import interval_of
from bot.domain.dose import DoseState
from bot.domain.free_text.span import parse_span
from bot.domain.regimen import step_on
from bot.domain.span import Span, span_between, span_ending, usual_days
from bot.domain.summary import summarise
from bot.domain.summary_facts import CheckinFact, DoseFact, Plan, Summary, checkin_fact
from bot.storage import checkins, doses, patients

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.domain.regimen import DoseStep
    from bot.storage.tables import Checkin, Patient

# Before any diary that this bot can hold.
_EVER = date(2000, 1, 1)
_NUMBER_OF_DAYS = re.compile(r"\d+|.*\b(day|week|month|year|d|w)s?")


@dataclass(frozen=True, slots=True)
class Overview:
    """A span in numbers, with what must always stand beside them.

    Attributes:
        summary: The numbers.
        started_on: Date of the first dose, as told or as planned; None where there is no plan.
        month_only: Only the month of the start is known; started_on is its first day.
        step: The dose step on the span's last dose date, or None before the first.
    """

    summary: Summary
    started_on: date | None
    month_only: bool
    step: DoseStep | None


async def overview(session: AsyncSession, patient: Patient, span: Span) -> Overview:
    """Sum up *span* of the patient's diary."""
    regimen = await patients.regimen_of(session, patient.id)
    steps = regimen.steps if regimen else ()
    started_on = patient.started_on or min((step.starts_on for step in steps), default=None)
    summary = summarise(
        await _doses(session, patient, span),
        # The baseline may lie years back, the spans to compare with lie in between: a row a day at most.
        [_fact(row) for row in await checkins.between(session, patient.id, _EVER, span.last)],
        span=span,
        plan=_plan(patient, started_on, span),
        interval_of=interval_of,
    )
    return Overview(
        summary=summary,
        started_on=started_on,
        month_only=patient.started_on is not None and patient.started_precision == "month",
        step=step_on(steps, span.last_dose),
    )


async def usual_overview(session: AsyncSession, patient: Patient, last: date) -> Overview:
    """Sum up the patient's usual days ending on *last*, and the doses ending the night before."""
    days = usual_days(Rhythm(patient.checkin_rhythm))
    return await overview(session, patient, span_ending(last, days))


def typed_span(words: str, today: date) -> Span | None:
    """Return the span that a patient typed after /summary, or None where it can't be read or lies ahead.

    Args:
        words: "30", "last 30 days", "1 May to 20 May".
        today: The patient's local date.
    """
    typed = parse_span(words, today)
    if typed is None:
        return None
    if _NUMBER_OF_DAYS.fullmatch(words.strip().lower()):
        return span_ending(typed.last, typed.days)
    return span_between(typed.first, typed.last, today)


def has_answers(one: Overview) -> bool:
    """Tell whether the patient said anything in the span: a dose, a check-in, a flare."""
    summary = one.summary
    return bool(
        summary.doses.known
        or summary.effects_answered
        or summary.flares
        or any(measure.n for measure in summary.measures)
    )


def _plan(patient: Patient, started_on: date | None, span: Span) -> Plan:
    anchor = patient.checkin_anchor or span.last
    begun = started_on if started_on is not None and started_on <= span.last else None
    return Plan(Rhythm(patient.checkin_rhythm), anchor, anchor.weekday(), begun)


def _fact(row: Checkin) -> CheckinFact:
    answers = Answers.from_json(row.answers or {})
    fact = checkin_fact(row.local_date, answers, late=row.timing in {Timing.LATE, Timing.BACKFILLED})
    return replace(fact, flare=fact.flare or row.flare)


async def _doses(session: AsyncSession, patient: Patient, span: Span) -> list[DoseFact]:
    rows = await doses.between(session, patient.id, span.first_dose, span.last_dose)
    return [DoseFact(row.dose_date, DoseState(row.state), row.planned_mg, row.taken_mg) for row in rows]
