"""Stages of a treatment: which dates belong to the baseline, to a dose step, to a month."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.checkin import Question
from bot.domain.pain_change import Change
from bot.domain.regimen import DoseStep
from bot.domain.side_effect import Severity, SideEffect
from bot.domain.stage import Stage, StageKind, compare, months, stages
from bot.domain.summary_facts import CheckinFact

DIARY_FROM = date(2026, 1, 1)
STARTED = date(2026, 2, 1)
TODAY = date(2026, 5, 31)
ONE_DAY = timedelta(days=1)
STEPS = (
    DoseStep(date(2026, 4, 1), Decimal(3)),
    DoseStep(STARTED, Decimal("1.5")),
    DoseStep(date(2026, 7, 1), Decimal("4.5")),
)
Pauses = tuple[tuple[date, date | None], ...]


def of(
    steps: tuple[DoseStep, ...] = STEPS, pauses: Pauses = (), started: date | None = STARTED
) -> list[Stage]:
    """Return the stages of a diary from 1 January, seen on 31 May."""
    return list(stages(steps, pauses, started_on=started, diary_from=DIARY_FROM, today=TODAY))


def dates(stage: Stage) -> tuple[str, str]:
    """Return its first and last date, short."""
    return f"{stage.first:%d %b}", f"{stage.last:%d %b}"


def test_the_baseline_ends_on_the_morning_of_the_first_dose_and_a_week_settles_after_each_change() -> None:
    """The check-in of 1 February tells of 31 January; 2 to 8 February are left out."""
    found = of()
    assert [stage.kind for stage in found] == [StageKind.BASELINE, StageKind.STEP, StageKind.STEP]
    assert [dates(stage) for stage in found] == [
        ("01 Jan", "01 Feb"),
        ("09 Feb", "01 Apr"),
        ("09 Apr", "31 May"),
    ]


def test_who_started_before_the_diary_has_no_baseline() -> None:
    """Nothing is known about the time before."""
    assert [stage.kind for stage in of(started=date(2025, 6, 1))] == [StageKind.STEP, StageKind.STEP]


def test_steps_with_one_amount_are_one_stage() -> None:
    """Staying on 3 mg for another week is no change."""
    again = (*STEPS, DoseStep(date(2026, 4, 15), Decimal(3)))
    assert [dates(stage) for stage in of(again)] == [dates(stage) for stage in of()]


def test_a_pause_cuts_a_stage_and_the_week_after_it_settles() -> None:
    """The later piece counts where it has 21 days, else the earlier one."""
    early = ((date(2026, 4, 10), date(2026, 4, 20)),)
    assert dates(of(pauses=early)[-1]) == ("29 Apr", "31 May")
    late = ((date(2026, 5, 10), date(2026, 5, 15)),)
    assert dates(of(pauses=late)[-1]) == ("09 Apr", "10 May")
    still = ((date(2026, 5, 20), None),)
    assert dates(of(pauses=still)[-1]) == ("09 Apr", "20 May")


def test_a_step_that_has_just_begun_has_no_dates_yet() -> None:
    """It is offered, and said to be too short."""
    steps = (*STEPS, DoseStep(TODAY - ONE_DAY * 3, Decimal(4)))
    last = of(steps)[-1]
    assert last.last < last.first
    comparison = compare(of(steps)[0], last, diary({}))
    assert not comparison.is_long_enough
    assert comparison.interval is None


def test_months_are_28_days_each_and_side_by_side() -> None:
    """Ending today; no date in both."""
    earlier, later = months(TODAY)
    assert (dates(earlier), dates(later)) == (("06 Apr", "03 May"), ("04 May", "31 May"))


def diary(pain: dict[date, int]) -> list[CheckinFact]:
    """Return check-ins with this pain, oldest first."""
    return [CheckinFact(day, {Question.PAIN: value}, {}) for day, value in sorted(pain.items())]


def around(mean: float, first: date, days: int, seed: int) -> dict[date, int]:
    """Return pain that scatters a little around *mean*."""
    rng = Random(seed)
    return {first + ONE_DAY * n: round(rng.gauss(mean, 0.9)) for n in range(days)}


def test_only_months_have_words_and_only_where_the_interval_excludes_0() -> None:
    """Rule 4: words for 28 days against 28; dose steps are numbers alone."""
    facts = diary(around(7, date(2026, 4, 6), 28, 1) | around(4, date(2026, 5, 4), 28, 2))
    comparison = compare(*months(TODAY), facts)
    assert comparison.interval is not None
    assert comparison.interval[1] < 0
    assert comparison.change is Change.CLEARLY_LOWER
    same = compare(*months(TODAY), diary(around(6, date(2026, 4, 6), 56, 3)))
    assert same.change is Change.SAME_OR_UNCLEAR
    baseline, step, _now = of()
    steps = compare(baseline, step, diary(around(7, DIARY_FROM, 31, 1) | around(4, date(2026, 2, 9), 50, 2)))
    assert steps.interval is not None
    assert steps.change is None


def test_side_effects_and_pain_are_of_the_same_days() -> None:
    """The last 28 of each; what lies before them isn't counted."""
    facts = [
        CheckinFact(DIARY_FROM + ONE_DAY * n, {Question.PAIN: 5}, {SideEffect.HEADACHE: Severity.MILD})
        for n in range(32)
    ]
    side = compare(of()[0], of()[1], facts).earlier
    assert (side.pain.first, len(side.pain.values), side.effects_answered) == (date(2026, 1, 5), 28, 28)
    assert [(effect.effect, effect.days) for effect in side.effects] == [(SideEffect.HEADACHE, 28)]


day_number = st.integers(0, 160).map(lambda n: DIARY_FROM + ONE_DAY * n)
some_steps = st.lists(
    st.builds(DoseStep, day_number, st.sampled_from([Decimal(1), Decimal(3), Decimal("4.5")])),
    unique_by=lambda step: step.starts_on,
    max_size=5,
)
some_pauses = st.lists(
    st.tuples(day_number, st.integers(0, 40)).map(lambda p: (p[0], p[0] + ONE_DAY * p[1])), max_size=3
)


@given(some_steps, some_pauses)
def test_no_date_belongs_to_two_stages_or_to_a_week_after_a_change(
    steps: list[DoseStep], pauses: list[tuple[date, date]]
) -> None:
    """Whatever the plan was; nothing lies in the future or before the diary."""
    started = min((step.starts_on for step in steps), default=None)
    found = stages(steps, tuple(pauses), started_on=started, diary_from=DIARY_FROM, today=TODAY)
    seen: set[date] = set()
    for stage in found:
        inside = {stage.first + ONE_DAY * n for n in range((stage.last - stage.first).days + 1)}
        assert not inside & seen
        assert all(DIARY_FROM <= day <= TODAY for day in inside)
        seen |= inside
        if stage.step is not None and inside:
            assert min(inside) > stage.step.starts_on + ONE_DAY * 7
            for first, last in pauses:
                assert not any(first < day <= last for day in inside)


@pytest.mark.parametrize("steps", [(), STEPS[2:]])
def test_a_plan_that_has_not_begun_has_no_step(steps: tuple[DoseStep, ...]) -> None:
    """Before the first dose everything is baseline."""
    started = min((step.starts_on for step in steps), default=None)
    kinds = [stage.kind for stage in of(steps, started=started)]
    assert kinds == ([StageKind.BASELINE] if steps else [])
