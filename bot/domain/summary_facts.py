"""The facts a summary is made of, and the plain data it comes to: every n beside its denominator."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum, auto
from types import MappingProxyType
from typing import TYPE_CHECKING

from bot.domain.checkin import Answers, Pgic, Question
from bot.locale import N_

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from decimal import Decimal

    from bot.domain.checkin_calendar import Rhythm
    from bot.domain.dose import Adherence, DoseState
    from bot.domain.pain_change import Change
    from bot.domain.side_effect import Severity, SideEffect
    from bot.domain.span import Span

DAILY_MEASURES = (
    Question.PAIN,
    Question.SLEEP,
    Question.HOURS_SLEPT,
    Question.FATIGUE,
    Question.BRAIN_FOG,
    Question.STIFFNESS,
)


@dataclass(frozen=True, slots=True)
class DoseFact:
    """What is known about one dose."""

    dose_date: date
    state: DoseState
    planned_mg: Decimal
    taken_mg: Decimal | None = None


@dataclass(frozen=True, slots=True)
class CheckinFact:
    """What one check-in says.

    Attributes:
        local_date: Its date.
        values: Answers to the daily questions in numbers (pain, sleep, optional ones); what isn't
            there wasn't answered.
        side_effects: Answer to Q3; None if not answered.
        interference: Weekly answer, or None.
        pgic: Monthly answer, or None.
        flare: "Too unwell today".
        late: Not answered on its own date.
    """

    local_date: date
    values: Mapping[Question, float] = field(default_factory=dict)
    side_effects: Mapping[SideEffect, Severity] | None = None
    interference: int | None = None
    pgic: Pgic | None = None
    flare: bool = False
    late: bool = False


def checkin_fact(local_date: date, answers: Answers, *, late: bool) -> CheckinFact:
    """Return what *answers* say, as a summary counts it.

    Args:
        local_date: The check-in's date.
        answers: As stored.
        late: They were not given on that date.
    """
    given = {question: answers.value(question) for question in DAILY_MEASURES}
    return CheckinFact(
        local_date,
        {question: value for question, value in given.items() if isinstance(value, (int, float))},
        answers.side_effects,
        answers.interference,
        answers.pgic,
        flare=answers.flare,
        late=late,
    )


@dataclass(frozen=True, slots=True)
class Previous:
    """The mean of the span before, which has enough answers of its own."""

    mean: Decimal
    n: int
    of: int


@dataclass(frozen=True, slots=True)
class Measure:
    """One daily question over the span.

    Attributes:
        question: Which.
        n: Days answered.
        of: Check-in dates in the span, also those before the diary began: "5 of 7 days" in a first week.
        needed: How many answers a mean takes; None where there is none: weekly check-ins, spans under a week.
        mean: Rounded half up to one decimal; None if there are too few answers for one.
        listed: Every (date, value), oldest first, in place of a mean; empty if there is a mean.
        worst: The worst day, the latest of equals; None without answers, and for hours slept.
        high_days: Days with 7 or more; None for hours slept.
        previous: The span before; None unless both have a mean.
        seldom_answered: Under 70 % answered since the diary began: "unanswered days may have been the worst".
    """

    question: Question
    n: int
    of: int
    needed: int | None
    mean: Decimal | None
    listed: tuple[tuple[date, float], ...]
    worst: tuple[date, float] | None
    high_days: int | None
    previous: Previous | None
    seldom_answered: bool


@dataclass(frozen=True, slots=True)
class Reported:
    """One side effect over the span: "reported", never "caused by".

    Attributes:
        effect: Which.
        days: Days on which it was reported.
        answered: Days on which Q3 was answered.
        worst: Highest severity.
        baseline_days: Days before the first dose on which it was reported; None without a baseline.
        baseline_answered: Days before the first dose on which Q3 was answered; None without a baseline.
    """

    effect: SideEffect
    days: int
    answered: int
    worst: Severity
    baseline_days: int | None
    baseline_answered: int | None


class Caveat(StrEnum):
    """Lines that belong under the numbers, in this order."""

    FEW_DAYS = auto()
    UNANSWERED = auto()
    NO_BASELINE = auto()
    NO_CAUSE = auto()


CAVEAT_TEXTS: Mapping[Caveat, str] = MappingProxyType(
    {
        Caveat.FEW_DAYS: N_("not enough days for an average"),
        Caveat.UNANSWERED: N_("unanswered days may have been the worst"),
        Caveat.NO_BASELINE: N_("no diary before LDN"),
        Caveat.NO_CAUSE: N_(
            "Fibromyalgia varies, people often start a treatment at a bad time, and people on placebo "
            "improve too. This can't show that LDN caused the change."
        ),
    }
)

DISCREET_CAVEAT_TEXTS: Mapping[Caveat, str] = MappingProxyType(
    dict(CAVEAT_TEXTS)
    | {
        Caveat.NO_BASELINE: N_("no diary before the start"),
        Caveat.NO_CAUSE: N_(
            "Fibromyalgia varies, people often start a treatment at a bad time, and people on placebo "
            "improve too. This can't show what caused the change."
        ),
    }
)
"""The same without the name of the medicine."""


@dataclass(frozen=True, slots=True)
class Summary:
    """All that a summary may say.

    Attributes:
        span: The dates it is about.
        doses: Counts of the span's doses.
        measures: Pain and sleep always, other daily questions if answered in the span.
        side_effects: Those reported, the worst and most frequent first.
        effects_answered: Days on which Q3 was answered.
        interference: Weekly answers, oldest first: listed.
        pgic: Monthly answers, oldest first: listed, never averaged.
        flares: Dates marked "too unwell".
        late: Check-ins that were not answered on their own date.
        pain_change: 28 days against the 28 before; None if that isn't known.
        caveats: Lines that apply.
    """

    span: Span
    doses: Adherence
    measures: tuple[Measure, ...]
    side_effects: tuple[Reported, ...]
    effects_answered: int
    interference: tuple[tuple[date, int], ...]
    pgic: tuple[tuple[date, Pgic], ...]
    flares: tuple[date, ...]
    late: int
    pain_change: Change | None
    caveats: tuple[Caveat, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What the denominators depend on.

    Attributes:
        rhythm: How often check-ins are asked.
        anchor: The first check-in's date; no earlier date counts as unanswered.
        weekday: The day of a weekly check-in, 0 = Monday.
        started_on: Date of the first dose, up to which check-ins are the baseline; None before it.
    """

    rhythm: Rhythm
    anchor: date
    weekday: int
    started_on: date | None
