"""What a span of the diary amounts to, by DOMAIN.md's rules for numbers: nothing is ever imputed."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from bot.domain.checkin import HOURS, Question
from bot.domain.checkin_calendar import Rhythm, is_checkin_date
from bot.domain.dose import adherence
from bot.domain.pain_change import Change, IntervalOf, Values, change_of
from bot.domain.regimen import ONE_DAY
from bot.domain.side_effect import SideEffect, worst
from bot.domain.span import Span, answers_for_a_mean, span_ending
from bot.domain.summary_facts import (
    DAILY_MEASURES,
    Caveat,
    CheckinFact,
    DoseFact,
    Measure,
    Plan,
    Previous,
    Reported,
    Summary,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

HIGH = 7
"""Days with this value or a worse one are counted."""
OFTEN_ENOUGH = Fraction(7, 10)
WORDS_SPAN = 28
CORE_MEASURES = (Question.PAIN, Question.SLEEP)


def summarise(
    doses: Iterable[DoseFact],
    checkins: Iterable[CheckinFact],
    *,
    span: Span,
    plan: Plan,
    interval_of: IntervalOf | None = None,
) -> Summary:
    """Return the summary of *span*.

    Args:
        doses: Doses, in any order, one a dose date; those outside the span don't count.
        checkins: Check-ins, in any order, one a local date: the span, the span before, the last 56 days
            and the baseline, as far as they exist.
        span: The dates.
        plan: Rhythm and start.
        interval_of: The interval of rule 6; None: no words about change.
    """
    diary = sorted(checkins, key=lambda fact: fact.local_date)
    inside = [fact for fact in diary if span.first <= fact.local_date <= span.last]
    measures = _measures(diary, inside, span, plan)
    reported = reported_in(inside, _baseline(diary, plan))
    change = _pain_change(diary, span, plan, interval_of)
    return Summary(
        span=span,
        doses=adherence(dose.state for dose in doses if span.first_dose <= dose.dose_date <= span.last_dose),
        measures=measures,
        side_effects=reported,
        effects_answered=sum(fact.side_effects is not None for fact in inside),
        interference=tuple(
            (fact.local_date, fact.interference) for fact in inside if fact.interference is not None
        ),
        pgic=tuple((fact.local_date, fact.pgic) for fact in inside if fact.pgic is not None),
        flares=tuple(fact.local_date for fact in inside if fact.flare),
        late=sum(fact.late for fact in inside),
        pain_change=change,
        caveats=_caveats(measures, reported, change, diary, plan),
    )


def values_of(question: Question, diary: Iterable[CheckinFact], span: Span) -> Values:
    """Return every (date, value) of *question* inside *span*, in the order of *diary*."""
    return values_of_dates(question, diary, span.first, span.last)


def values_of_dates(question: Question, diary: Iterable[CheckinFact], first: date, last: date) -> Values:
    """Return every (date, value) of *question* from *first* to *last*, in the order of *diary*."""
    return tuple(
        (fact.local_date, fact.values[question])
        for fact in diary
        if question in fact.values and first <= fact.local_date <= last
    )


def exact_mean(values: Values) -> Fraction:
    """Return the unrounded mean of the values.

    Raises:
        ZeroDivisionError: There are none.
    """
    return sum((Fraction(value) for _, value in values), Fraction(0)) / len(values)


def _measures(
    diary: Sequence[CheckinFact], inside: Sequence[CheckinFact], span: Span, plan: Plan
) -> tuple[Measure, ...]:
    """Return pain and sleep always, the other daily questions where they were answered *inside*."""
    return tuple(
        _measure(question, diary, span, plan)
        for question in DAILY_MEASURES
        if question in CORE_MEASURES or any(question in fact.values for fact in inside)
    )


def _measure(question: Question, diary: Sequence[CheckinFact], span: Span, plan: Plan) -> Measure:
    values, before = values_of(question, diary, span), values_of(question, diary, span.previous())
    mean, mean_before = _mean(values, span, plan), _mean(before, span, plan)
    is_scale = question not in HOURS
    previous = None
    if mean is not None and mean_before is not None:
        previous = Previous(rounded(mean_before), len(before), len(_dates(before, span.previous(), plan)))
    return Measure(
        question=question,
        n=len(values),
        of=len(_dates(values, span, plan)),
        needed=answers_for_a_mean(span.days, plan.rhythm),
        mean=None if mean is None else rounded(mean),
        listed=values if mean is None else (),
        worst=max(values, key=lambda pair: (pair[1], pair[0]), default=None) if is_scale else None,
        high_days=sum(value >= HIGH for _, value in values) if is_scale else None,
        previous=previous,
        seldom_answered=_seldom_answered(values, span, plan),
    )


def _dates(values: Values, span: Span, plan: Plan) -> list[date]:
    """Return the span's dates in the rhythm of check-ins, and those with an answer beside it."""
    answered = {day for day, _ in values}
    days = (span.first + ONE_DAY * i for i in range(span.days))
    return [
        day for day in days if day in answered or is_checkin_date(plan.rhythm, plan.anchor, day, plan.weekday)
    ]


def _seldom_answered(values: Values, span: Span, plan: Plan) -> bool:
    """Tell whether under 70 % were answered of those that could be: none before the diary began."""
    asked = [day for day in _dates(values, span, plan) if day >= plan.anchor]
    answered = sum(day >= plan.anchor for day, _ in values)
    return Fraction(answered, max(len(asked), 1)) < OFTEN_ENOUGH


def _mean(values: Values, span: Span, plan: Plan) -> Fraction | None:
    needed = answers_for_a_mean(span.days, plan.rhythm)
    if needed is None or len(values) < needed:
        return None
    return exact_mean(values)


def rounded(mean: Fraction) -> Decimal:
    """Return the mean to one decimal, half up, as patients and pocket calculators round: 6.25 is 6.3."""
    exact = Decimal(mean.numerator) / Decimal(mean.denominator)
    return exact.quantize(Decimal("0.1"), ROUND_HALF_UP)


def _baseline(diary: Iterable[CheckinFact], plan: Plan) -> list[CheckinFact]:
    if plan.started_on is None:
        return []
    return [fact for fact in diary if fact.local_date <= plan.started_on and fact.side_effects is not None]


def reported_in(inside: Iterable[CheckinFact], baseline: Sequence[CheckinFact] = ()) -> tuple[Reported, ...]:
    """Return the side effects reported on the days *inside*, the worst and most frequent first.

    Args:
        inside: The days that count.
        baseline: Days before the first dose, to set beside them; empty: none.
    """
    days = [fact.side_effects for fact in inside if fact.side_effects is not None]
    before = [fact.side_effects for fact in baseline if fact.side_effects is not None]
    found = []
    for effect in SideEffect:
        severities = [effects[effect] for effects in days if effect in effects]
        if (severity := worst(severities)) is None:
            continue
        found.append(
            Reported(
                effect,
                len(severities),
                len(days),
                severity,
                sum(effect in effects for effects in before) if before else None,
                len(before) if before else None,
            )
        )
    return tuple(sorted(found, key=lambda reported: (-reported.worst.rank, -reported.days)))


def _pain_change(
    diary: Sequence[CheckinFact], span: Span, plan: Plan, interval_of: IntervalOf | None
) -> Change | None:
    if interval_of is None:
        return None
    later_span = span_ending(span.last, WORDS_SPAN)
    later = values_of(Question.PAIN, diary, later_span)
    earlier = values_of(Question.PAIN, diary, later_span.previous())
    means = _mean(later, later_span, plan), _mean(earlier, later_span, plan)
    if means[0] is None or means[1] is None:
        return None
    return change_of(means[0], means[1], interval_of(later, earlier))


def _caveats(
    measures: Sequence[Measure],
    reported: Sequence[Reported],
    change: Change | None,
    diary: Sequence[CheckinFact],
    plan: Plan,
) -> tuple[Caveat, ...]:
    start = plan.started_on
    compares = any(measure.previous for measure in measures) or change is not None
    compares = compares or any(effect.baseline_days is not None for effect in reported)
    # An optional question switched on yesterday says nothing about how the diary is kept.
    core = [measure for measure in measures if measure.question in CORE_MEASURES]
    applies = {
        Caveat.FEW_DAYS: plan.rhythm is not Rhythm.WEEKLY and any(measure.mean is None for measure in core),
        Caveat.UNANSWERED: any(measure.seldom_answered for measure in core),
        Caveat.NO_BASELINE: start is not None and all(fact.local_date > start for fact in diary),
        Caveat.NO_CAUSE: compares,
    }
    return tuple(caveat for caveat in Caveat if applies[caveat])
