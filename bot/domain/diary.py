"""A span of a diary as plain facts: what a summary, a chart and the doctor's page are made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain.regimen import step_on

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from bot.domain.checkin_calendar import Rhythm
    from bot.domain.event import EventFact
    from bot.domain.regimen import DoseStep
    from bot.domain.span import Span
    from bot.domain.summary_facts import CheckinFact, DoseFact, Plan, Summary

LONGEST_CHART = 366
"""Days: with more of them a phone has less than a pixel for each."""


@dataclass(frozen=True, slots=True)
class Diary:
    """A span of one patient's diary.

    Attributes:
        span: The dates it is about.
        summary: Its numbers.
        checkins: Check-ins, oldest first, with the days before the span that running means look at.
        doses: The doses of the span.
        steps: The titration.
        pauses: (first, last dose date) of pauses and holds; None: until today.
        events: Events that touch the span.
        started_on: Date of the first dose, as told or as planned; None where there is no plan.
        month_only: Only the month of the start is known; started_on is its first day.
        plan: How often check-ins are asked and since when: what the denominators depend on.
        discreet: No amounts, no name of the medicine, none of the patient's words.
    """

    span: Span
    summary: Summary
    checkins: Sequence[CheckinFact]
    doses: Sequence[DoseFact]
    steps: Sequence[DoseStep]
    pauses: Sequence[tuple[date, date | None]]
    events: Sequence[EventFact]
    started_on: date | None
    month_only: bool
    plan: Plan
    discreet: bool

    @property
    def rhythm(self) -> Rhythm:
        """Return how often check-ins are asked."""
        return self.plan.rhythm

    @property
    def step(self) -> DoseStep | None:
        """Return the dose step on the span's last dose date, or None before the first."""
        return step_on(self.steps, self.span.last_dose)

    @property
    def first(self) -> date:
        """Return the first date of the chart: the span's doses begin the evening before its check-ins."""
        return min(self.span.first, self.span.first_dose)

    @property
    def last(self) -> date:
        """Return the last date of the chart."""
        return max(self.span.last, self.span.last_dose)

    @property
    def days(self) -> int:
        """Return how many dates the chart has."""
        return (self.last - self.first).days + 1

    def column(self, day: date) -> int:
        """Return the column of *day*, 0 for the first; below 0 or beyond the last one if it lies outside."""
        return (day - self.first).days

    def shows(self, day: date) -> bool:
        """Tell whether *day* has a column."""
        return self.first <= day <= self.last

    def dates(self) -> list[date]:
        """Return every date of the chart."""
        return [self.first + timedelta(days=number) for number in range(self.days)]
