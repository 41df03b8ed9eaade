"""A span of one patient's diary, read from every table that has a part in it; reads only."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select

from bot.domain.checkin import Answers
from bot.domain.checkin_calendar import Rhythm, Timing
from bot.domain.diary import Diary
from bot.domain.dose import DoseState
from bot.domain.regimen import ONE_DAY, dose_dates, planned_dose_mg
from bot.domain.summary import WORDS_SPAN, summarise
from bot.domain.summary_facts import CheckinFact, DoseFact, Plan, checkin_fact
from bot.storage import checkins, doses, events, patients
from bot.storage.tables import Pause

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.domain.event import EventFact
    from bot.domain.pain_change import IntervalOf
    from bot.domain.regimen import DoseStep, Regimen
    from bot.domain.span import Span
    from bot.storage.tables import Checkin, Patient

# Before any diary that this bot can hold.
_EVER = date(2000, 1, 1)
# Words for a change compare 28 days with the 28 before.
_COMPARED = timedelta(days=2 * WORDS_SPAN)
_READ_AT_ONCE = 1000

Answered = tuple[date, dict[str, Any], bool, bool]
"""Local date, stored answers, late, flare."""


@dataclass(frozen=True, slots=True)
class DiaryRows:
    """What the rows of a span say, free of the session: `read` may run in another thread.

    Attributes:
        span: The dates.
        answers: Of check-ins, oldest first: the span, what it is compared with, and the baseline.
    """

    span: Span
    answers: Sequence[Answered]
    doses: Sequence[DoseFact]
    steps: Sequence[DoseStep]
    pauses: Sequence[tuple[date, date | None]]
    events: Sequence[EventFact]
    started_on: date | None
    month_only: bool
    rhythm: Rhythm
    anchor: date
    discreet: bool

    @property
    def has_something(self) -> bool:
        """Tell whether the span holds a dose that was due, an answer or an event."""
        span = self.span
        answered = any(
            span.first <= day <= span.last and (stored or flare) for day, stored, _late, flare in self.answers
        )
        due = any(dose.state not in {DoseState.PLANNED, DoseState.CANCELLED} for dose in self.doses)
        return answered or due or bool(self.events)

    async def read_aside(self, interval_of: IntervalOf | None = None) -> Diary:
        """Return the same as `read`, years of it without holding the event loop up."""
        if len(self.answers) <= _READ_AT_ONCE:
            return self.read(interval_of)
        # A few hundred take 7 ms, and a thread for each of two hundred who ask at once would make the loop
        # wait in line for the interpreter.
        return await asyncio.to_thread(self.read, interval_of)

    def read(self, interval_of: IntervalOf | None = None) -> Diary:
        """Return the diary with its numbers.

        Args:
            interval_of: The interval of rule 6; None: no words about change.
        """
        facts = [_fact(*row) for row in self.answers]
        begun = self.started_on if self.started_on is not None and self.started_on <= self.span.last else None
        plan = Plan(self.rhythm, self.anchor, self.anchor.weekday(), begun)
        return Diary(
            span=self.span,
            summary=summarise(self.doses, facts, span=self.span, plan=plan, interval_of=interval_of),
            checkins=facts,
            doses=self.doses,
            steps=self.steps,
            pauses=self.pauses,
            events=self.events,
            started_on=self.started_on,
            month_only=self.month_only,
            plan=plan,
            discreet=self.discreet,
        )


async def gather(session: AsyncSession, patient: Patient, span: Span) -> DiaryRows:
    """Read the rows of *span*, of what it is compared with, and of the baseline."""
    regimen = await patients.regimen_of(session, patient.id)
    steps = regimen.steps if regimen else ()
    pauses = await _pauses(session, patient, span)
    started_on = patient.started_on or min((step.starts_on for step in steps), default=None)
    return DiaryRows(
        span=span,
        answers=await _answered(session, patient.id, span, started_on),
        doses=await _doses(session, patient.id, span, regimen, pauses),
        steps=steps,
        pauses=pauses,
        events=[
            events.view_of(row) for row in await events.between(session, patient.id, _first(span), span.last)
        ],
        started_on=started_on,
        month_only=patient.started_on is not None and patient.started_precision == "month",
        rhythm=Rhythm(patient.checkin_rhythm),
        anchor=patient.checkin_anchor or span.last,
        discreet=patient.discreet,
    )


async def _answered(
    session: AsyncSession, patient_id: UUID, span: Span, started_on: date | None
) -> Sequence[Answered]:
    """Return the check-ins that a summary looks at: years in between them are left where they are."""
    first = min(span.previous().first, span.last - _COMPARED)
    baseline_ends = min(started_on or _EVER, first - ONE_DAY)
    found: list[Answered] = []
    for begin, end in ((_EVER, baseline_ends), (first, span.last)):
        async for rows in checkins.pages_between(session, patient_id, begin, end):
            found += [_answers(row) for row in rows]
    return found


def _first(span: Span) -> date:
    return min(span.first, span.first_dose)


def _answers(row: Checkin) -> Answered:
    late = row.timing in {Timing.LATE, Timing.BACKFILLED}
    return row.local_date, row.answers or {}, late, row.flare


def _fact(local_date: date, stored: dict[str, Any], late: bool, flare: bool) -> CheckinFact:  # noqa: FBT001 - a row
    fact = checkin_fact(local_date, Answers.from_json(stored), late=late)
    return replace(fact, flare=fact.flare or flare)


async def _doses(
    session: AsyncSession,
    patient_id: UUID,
    span: Span,
    regimen: Regimen | None,
    pauses: Sequence[tuple[date, date | None]],
) -> Sequence[DoseFact]:
    rows = await doses.between(session, patient_id, span.first_dose, span.last_dose)
    facts = [DoseFact(row.dose_date, DoseState(row.state), row.planned_mg, row.taken_mg) for row in rows]
    if regimen is None:
        return facts
    # Of a pause only the dose that was planned when it began has a row; the others are on hold as much.
    known, plan = {fact.dose_date for fact in facts}, replace(regimen, pauses=())
    for first, last in pauses:
        begin, end = max(first, span.first_dose), min(last or span.last_dose, span.last_dose)
        for day in dose_dates(plan, begin, end):
            mg = planned_dose_mg(plan.steps, day)
            if mg is not None and day not in known:
                known.add(day)
                facts.append(DoseFact(day, DoseState.HELD, mg))
    return sorted(facts, key=lambda fact: fact.dose_date)


async def _pauses(session: AsyncSession, patient: Patient, span: Span) -> list[tuple[date, date | None]]:
    """Return the dose dates of pauses and holds that touch the span, also of those that have ended."""
    query = (
        select(Pause)
        .where(
            Pause.patient_id == patient.id,
            Pause.first_date <= span.last_dose,
            or_(Pause.last_date.is_(None), Pause.last_date >= span.first_dose),
        )
        .order_by(Pause.first_date)
    )
    zone = ZoneInfo(patient.zone or "UTC")
    return [(row.first_date, paused_until(row, zone)) for row in (await session.execute(query)).scalars()]


def paused_until(row: Pause, zone: ZoneInfo) -> date | None:
    """Return the last dose date of a pause or hold, or None while it goes on."""
    # The dose of the day on which a pause was ended is due again.
    ended = None if row.ended_at is None else row.ended_at.astimezone(zone).date() - ONE_DAY
    return min((day for day in (row.last_date, ended) if day is not None), default=None)
