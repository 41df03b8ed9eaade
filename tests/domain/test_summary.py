"""The numbers of a summary, compared with hand-computed ones."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.checkin import Answers, Pgic, Question
from bot.domain.checkin_calendar import Rhythm
from bot.domain.dose import DoseState
from bot.domain.pain_change import Change, Values
from bot.domain.side_effect import Severity, SideEffect
from bot.domain.span import Span, span_ending
from bot.domain.summary import summarise
from bot.domain.summary_facts import (
    Caveat,
    CheckinFact,
    DoseFact,
    Measure,
    Plan,
    Reported,
    Summary,
    checkin_fact,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

SUNDAY = date(2026, 11, 29)
ONE_DAY = timedelta(days=1)
PLAN = Plan(Rhythm.DAILY, anchor=date(2026, 9, 1), weekday=0, started_on=date(2026, 10, 1))


def diary(last: date, pains: Sequence[int | None]) -> list[CheckinFact]:
    """Return check-ins ending on *last*, sleep like pain; None leaves the day out."""
    first = last - ONE_DAY * (len(pains) - 1)
    return [
        CheckinFact(first + ONE_DAY * i, {Question.PAIN: pain, Question.SLEEP: pain})
        for i, pain in enumerate(pains)
        if pain is not None
    ]


def of_week(checkins: list[CheckinFact], plan: Plan = PLAN, days: int = 7) -> Summary:
    return summarise([], checkins, span=span_ending(SUNDAY, days), plan=plan)


def pain(summary: Summary) -> Measure:
    (measure,) = (measure for measure in summary.measures if measure.question is Question.PAIN)
    return measure


def test_a_full_week() -> None:
    """Mean 39 ÷ 7 = 5.571…, worst 8 on Wednesday, three days with 7 or more."""
    measure = pain(of_week(diary(SUNDAY, [7, 5, 8, 4, 7, 4, 4])))
    assert (measure.n, measure.of, measure.mean) == (7, 7, Decimal("5.6"))
    assert measure.worst == (date(2026, 11, 25), 8)
    assert (measure.high_days, measure.listed, measure.seldom_answered) == (3, (), False)


def test_a_mean_is_rounded_half_up() -> None:
    """25 ÷ 4 = 6.25 is 6.3, as a pocket calculator's owner rounds, not 6.2 as bankers do."""
    assert pain(of_week(diary(SUNDAY, [None, None, None, 6, 6, 6, 7]))).mean == Decimal("6.3")


def test_four_answers_of_seven_make_a_mean_and_three_are_listed() -> None:
    """Fewer than four: the values themselves, oldest first."""
    four = pain(of_week(diary(SUNDAY, [None, None, None, 1, 2, 3, 4])))
    assert (four.n, four.of, four.mean, four.listed) == (4, 7, Decimal("2.5"), ())
    three = of_week(diary(SUNDAY, [None, 9, None, None, None, 2, 3]))
    assert pain(three).mean is None
    assert pain(three).listed == (
        (date(2026, 11, 24), 9),
        (date(2026, 11, 28), 2),
        (date(2026, 11, 29), 3),
    )
    assert Caveat.FEW_DAYS in three.caveats


@pytest.mark.parametrize(("answered", "seldom"), [(4, True), (5, False), (7, False), (0, True)])
def test_under_seventy_percent_answered_says_that_the_rest_may_be_the_worst(
    answered: int, *, seldom: bool
) -> None:
    """4 of 7 is 57 %, 5 of 7 is 71 %."""
    summary = of_week(diary(SUNDAY, [5] * answered))
    assert pain(summary).seldom_answered is seldom
    assert (Caveat.UNANSWERED in summary.caveats) is seldom


def test_exactly_seventy_percent_is_enough() -> None:
    """7 of 10 days: no more than that was asked for."""
    assert not pain(of_week(diary(SUNDAY, [5] * 7), days=10)).seldom_answered


def test_an_empty_week_says_so_and_invents_nothing() -> None:
    """Pain and sleep are named with 0 of 7; there is no worst day."""
    summary = of_week([])
    assert [measure.question for measure in summary.measures] == [Question.PAIN, Question.SLEEP]
    assert (pain(summary).n, pain(summary).of, pain(summary).worst) == (0, 7, None)
    assert (summary.side_effects, summary.effects_answered, summary.doses.of) == ((), 0, 0)


def test_days_before_the_diary_began_are_not_unanswered() -> None:
    """Enrolled on Thursday: four of the week's seven days, and none of the days before was left out."""
    plan = Plan(Rhythm.DAILY, anchor=date(2026, 11, 26), weekday=0, started_on=None)
    measure = pain(of_week(diary(SUNDAY, [4, 4, 5, 5]), plan))
    assert (measure.n, measure.of, measure.mean, measure.seldom_answered) == (4, 7, Decimal("4.5"), False)


def test_the_week_before_stands_beside_a_mean_in_numbers_only() -> None:
    """Only if both weeks have one: 42 ÷ 7 = 6.0 before, with no word about the change."""
    checkins = diary(SUNDAY, [6, 6, 6, 6, 6, 6, 6, 5, 5, 5, 5, 5, 5, 5])
    summary = of_week(checkins)
    previous = pain(summary).previous
    assert previous is not None
    assert (previous.mean, previous.n, previous.of) == (Decimal("6.0"), 7, 7)
    assert summary.pain_change is None
    assert summary.caveats[-1] is Caveat.NO_CAUSE
    assert pain(of_week(checkins[5:])).previous is None


def test_doses_are_the_seven_ending_last_night() -> None:
    """Sunday's summary counts Sunday a week ago to Saturday; Sunday's own dose is still to come."""
    states = [DoseState.TAKEN] * 5 + [
        DoseState.NOT_TAKEN,
        DoseState.ASKED,
        DoseState.TAKEN,
        DoseState.PLANNED,
    ]
    doses = [
        DoseFact(SUNDAY - ONE_DAY * 8 + ONE_DAY * i, state, Decimal("4.5")) for i, state in enumerate(states)
    ]
    counts = summarise(doses, [], span=span_ending(SUNDAY, 7), plan=PLAN).doses
    assert (counts.taken, counts.not_taken, counts.not_answered, counts.of) == (5, 1, 1, 7)


def test_side_effects_are_reported_days_over_answered_days_beside_the_baseline() -> None:
    """Headache on 2 of 3 answered days, on 1 of 4 before the first dose; the worst one first."""
    headache, dreams = SideEffect.HEADACHE, SideEffect.VIVID_DREAMS
    start = date(2026, 11, 23)
    plan = Plan(Rhythm.DAILY, anchor=date(2026, 11, 1), weekday=0, started_on=start)
    baseline = [CheckinFact(start - ONE_DAY * i, side_effects={}) for i in range(3)]
    baseline += [CheckinFact(start - ONE_DAY * 3, side_effects={headache: Severity.MILD})]
    week = [
        CheckinFact(SUNDAY, side_effects={headache: Severity.MILD, dreams: Severity.SEVERE}),
        CheckinFact(SUNDAY - ONE_DAY, side_effects={headache: Severity.MODERATE}),
        CheckinFact(SUNDAY - ONE_DAY * 2, side_effects={}),
        CheckinFact(SUNDAY - ONE_DAY * 3),
    ]
    summary = summarise(
        [], week + baseline, span=Span(SUNDAY - ONE_DAY * 5, SUNDAY, start, SUNDAY), plan=plan
    )
    assert summary.effects_answered == 3
    assert summary.side_effects == (
        Reported(dreams, 1, 3, Severity.SEVERE, 0, 4),
        Reported(headache, 2, 3, Severity.MODERATE, 1, 4),
    )
    assert Caveat.NO_BASELINE not in summary.caveats


def test_without_a_diary_before_the_first_dose_there_is_no_baseline() -> None:
    """And it is said, but only once a treatment has begun."""
    effects = {SideEffect.NAUSEA: Severity.MILD}
    late_start = Plan(Rhythm.DAILY, anchor=SUNDAY, weekday=0, started_on=SUNDAY - ONE_DAY)
    summary = of_week([CheckinFact(SUNDAY, side_effects=effects)], late_start)
    assert (summary.side_effects[0].baseline_days, summary.side_effects[0].baseline_answered) == (None, None)
    assert Caveat.NO_BASELINE in summary.caveats
    not_started = Plan(Rhythm.DAILY, anchor=SUNDAY, weekday=0, started_on=None)
    assert Caveat.NO_BASELINE not in of_week([CheckinFact(SUNDAY)], not_started).caveats


def test_weekly_and_monthly_answers_flares_and_late_ones_are_listed() -> None:
    """Interference and PGIC are never averaged."""
    checkins = [
        CheckinFact(SUNDAY, interference=4, pgic=Pgic.MINIMALLY_IMPROVED, flare=False),
        CheckinFact(SUNDAY - ONE_DAY, flare=True, late=True),
        CheckinFact(SUNDAY - ONE_DAY * 7, interference=9, flare=True, late=True),
    ]
    summary = of_week(checkins)
    assert summary.interference == ((SUNDAY, 4),)
    assert summary.pgic == ((SUNDAY, Pgic.MINIMALLY_IMPROVED),)
    assert (summary.flares, summary.late) == ((SUNDAY - ONE_DAY,), 1)


def test_optional_questions_appear_when_answered_and_hours_have_no_worst_day() -> None:
    """More sleep isn't worse, so hours slept know neither a worst day nor 'seven or more'."""
    checkins = [
        CheckinFact(SUNDAY - ONE_DAY * i, {Question.HOURS_SLEPT: 7.5, Question.FATIGUE: 8}) for i in range(4)
    ]
    hours, fatigue = of_week(checkins).measures[2:]
    assert (hours.question, hours.mean, hours.worst, hours.high_days) == (
        Question.HOURS_SLEPT,
        Decimal("7.5"),
        None,
        None,
    )
    assert (fatigue.question, fatigue.mean, fatigue.high_days) == (Question.FATIGUE, Decimal("8.0"), 4)


def test_every_other_day_needs_five_answers_in_a_fortnight() -> None:
    """Seven dates were due; 5 of 7 make a mean, 4 don't."""
    plan = Plan(Rhythm.EVERY_OTHER_DAY, anchor=SUNDAY - ONE_DAY * 40, weekday=0, started_on=None)
    every_other = [CheckinFact(SUNDAY - ONE_DAY * 2 * i, {Question.PAIN: 4 + i % 2}) for i in range(5)]
    measure = pain(of_week(every_other, plan, days=14))
    assert (measure.n, measure.of, measure.mean) == (5, 7, Decimal("4.4"))
    assert pain(of_week(every_other[:4], plan, days=14)).mean is None


def test_an_optional_question_switched_on_yesterday_brings_no_caveat() -> None:
    """Its own numbers say how few they are; the diary as a whole was kept."""
    checkins = diary(SUNDAY - ONE_DAY, [5] * 6)
    both = {Question.PAIN: 5, Question.SLEEP: 5, Question.FATIGUE: 8}
    summary = of_week([*checkins, CheckinFact(SUNDAY, both)])
    assert summary.measures[-1].seldom_answered
    assert not {Caveat.FEW_DAYS, Caveat.UNANSWERED} & set(summary.caveats)


def test_a_weekly_diary_lists_its_values() -> None:
    """However many there are."""
    plan = Plan(Rhythm.WEEKLY, anchor=SUNDAY - ONE_DAY * 84, weekday=6, started_on=None)
    weekly = [CheckinFact(SUNDAY - ONE_DAY * 7 * i, {Question.PAIN: i}) for i in range(12)]
    measure = pain(of_week(weekly, plan, days=90))
    assert (measure.n, measure.of, measure.mean, len(measure.listed)) == (12, 13, None, 12)
    assert Caveat.FEW_DAYS not in of_week(weekly, plan, days=90).caveats


def test_words_compare_28_days_with_28_whatever_the_summarys_span() -> None:
    """A weekly summary may say a word about the month; the interval gets both months' values."""
    seen: list[tuple[int, int]] = []

    def interval_of(later: Values, earlier: Values) -> tuple[float, float]:
        seen.append((len(later), len(earlier)))
        return (-9.0, -0.1)

    checkins = diary(SUNDAY, [7] * 28 + [4] * 28)
    summary = summarise([], checkins, span=span_ending(SUNDAY, 7), plan=PLAN, interval_of=interval_of)
    assert seen == [(28, 28)]
    assert summary.pain_change is Change.CLEARLY_LOWER
    too_few = checkins[:15] + checkins[28:]
    again = summarise([], too_few, span=span_ending(SUNDAY, 7), plan=PLAN, interval_of=interval_of)
    assert again.pain_change is None


def test_stored_answers_become_facts_with_nothing_added() -> None:
    """Zero stays zero, silence stays silence."""
    answers = Answers(pain=0, hours_slept=7.5, side_effects={}, interference=3, flare=True)
    assert checkin_fact(SUNDAY, answers, late=True) == CheckinFact(
        SUNDAY, {Question.PAIN: 0, Question.HOURS_SLEPT: 7.5}, {}, 3, None, flare=True, late=True
    )


fact = st.builds(
    CheckinFact,
    st.integers(0, 40).map(lambda back: SUNDAY - ONE_DAY * back),
    st.dictionaries(st.sampled_from([Question.PAIN, Question.SLEEP]), st.integers(0, 10)),
    st.none() | st.dictionaries(st.sampled_from(SideEffect), st.sampled_from(Severity)),
    flare=st.booleans(),
    late=st.booleans(),
)
diaries = st.lists(fact, unique_by=lambda checkin: checkin.local_date)


@given(diaries, st.integers(0, 1000))
def test_a_summary_does_not_depend_on_the_order_of_rows(checkins: list[CheckinFact], seed: int) -> None:
    """Any query may hand them over."""
    shuffled = random.Random(seed).sample(checkins, len(checkins))
    assert of_week(shuffled) == of_week(checkins)


@given(diaries)
def test_nothing_is_imputed(checkins: list[CheckinFact]) -> None:
    """What isn't answered counts nowhere: the sum behind a mean is the sum of the answers given."""
    summary = of_week(checkins)
    inside = [f for f in checkins if SUNDAY - ONE_DAY * 6 <= f.local_date <= SUNDAY]
    for measure in summary.measures:
        given_values = [f.values[measure.question] for f in inside if measure.question in f.values]
        assert measure.n == len(given_values) <= measure.of == 7
        assert sorted(value for _, value in measure.listed) == sorted(
            given_values if measure.mean is None else []
        )
        if measure.mean is not None:
            assert abs(measure.mean - Decimal(sum(given_values)) / len(given_values)) <= Decimal("0.05")
    assert summary.effects_answered == sum(f.side_effects is not None for f in inside)


@given(diaries)
def test_what_lies_outside_changes_no_number_of_the_span(checkins: list[CheckinFact]) -> None:
    """Older days feed only the span before and the baseline."""
    inside = [f for f in checkins if f.local_date > SUNDAY - ONE_DAY * 7]
    with_all, alone = of_week(checkins), of_week(inside)
    assert [(m.n, m.of, m.mean, m.worst, m.listed) for m in with_all.measures] == [
        (m.n, m.of, m.mean, m.worst, m.listed) for m in alone.measures
    ]
    assert (with_all.flares, with_all.late) == (alone.flares, alone.late)
