"""Which dates are dose dates, and what the plan gives on them."""

from __future__ import annotations

from datetime import date, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.regimen import (
    DoseStep,
    Pause,
    Regimen,
    dose_dates,
    is_dose_date,
    is_morning_dose,
    needs_day_offset,
    next_dose_date,
    pause_on,
    planned_dose_mg,
    step_before,
    step_on,
)

MONDAY = date(2026, 11, 23)
LOW = DoseStep(MONDAY, Decimal("1.5"))
MIDDLE = DoseStep(date(2026, 12, 7), Decimal(3))
FULL = DoseStep(date(2026, 12, 21), Decimal("4.5"), None)
TITRATION = (FULL, LOW, MIDDLE)


def plan(**changes: object) -> Regimen:
    """Return 1.5 mg at 22:00 from Monday 2026-11-23 on, changed as said."""
    return Regimen(**({"local_time": time(22), "anchor": MONDAY, "steps": (LOW,)} | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("day", "mg"),
    [
        ("2026-11-22", None),
        ("2026-11-23", "1.5"),
        ("2026-12-06", "1.5"),
        ("2026-12-07", "3"),
        ("2026-12-20", "3"),
        ("2026-12-21", "4.5"),
        ("2030-01-01", "4.5"),
    ],
)
def test_the_planned_dose_is_that_of_the_last_step_that_began(day: str, mg: str | None) -> None:
    """In whatever order the steps were typed; nothing before the first."""
    assert planned_dose_mg(TITRATION, date.fromisoformat(day)) == (Decimal(mg) if mg else None)


def test_a_step_knows_what_it_replaces() -> None:
    """On the day of a step the patient is told the dose before."""
    assert step_before(TITRATION, MIDDLE) == LOW
    assert step_before(TITRATION, LOW) is None
    assert step_on(TITRATION, MIDDLE.starts_on) == MIDDLE


def test_every_day_is_a_dose_date_from_the_first_step_on() -> None:
    """The usual rhythm."""
    assert not is_dose_date(plan(), date(2026, 11, 22))
    assert list(dose_dates(plan(), date(2026, 11, 20), date(2026, 11, 25))) == [
        date(2026, 11, 23),
        date(2026, 11, 24),
        date(2026, 11, 25),
    ]


def test_every_other_day_is_counted_from_the_anchor() -> None:
    """Across a month's end, too."""
    alternate = plan(rhythm="every_other_day")

    found = list(dose_dates(alternate, date(2026, 11, 27), date(2026, 12, 4)))

    assert found == [date(2026, 11, 27), date(2026, 11, 29), date(2026, 12, 1), date(2026, 12, 3)]


def test_chosen_weekdays_are_the_only_dose_dates() -> None:
    """Monday and Thursday."""
    chosen = plan(rhythm="weekdays", weekdays=frozenset({0, 3}))

    assert next_dose_date(chosen, date(2026, 11, 24)) == date(2026, 11, 26)
    assert next_dose_date(chosen, date(2026, 11, 27)) == date(2026, 11, 30)


def test_no_weekday_means_no_dose_date() -> None:
    """The search ends all the same."""
    assert next_dose_date(plan(rhythm="weekdays", weekdays=frozenset()), MONDAY) is None


def test_without_steps_there_is_no_dose_date() -> None:
    """A plan that is empty yet gives nothing."""
    assert next_dose_date(plan(steps=()), MONDAY) is None


def test_a_pause_takes_out_both_of_its_ends() -> None:
    """From the 25th to the 27th: the next dose date is the 28th."""
    paused = plan(pauses=(Pause(date(2026, 11, 25), date(2026, 11, 27), "surgery"),))

    assert is_dose_date(paused, date(2026, 11, 24))
    assert not is_dose_date(paused, date(2026, 11, 25))
    assert not is_dose_date(paused, date(2026, 11, 27))
    assert next_dose_date(paused, date(2026, 11, 25)) == date(2026, 11, 28)


def test_a_pause_without_an_end_outlasts_the_others() -> None:
    """An opioid pause never ends by itself, even where a shorter one overlaps it."""
    short = Pause(date(2026, 11, 25), date(2026, 11, 27), "other")
    endless = Pause(date(2026, 11, 26), None, "opioid")
    paused = plan(pauses=(short, endless))

    assert pause_on(paused.pauses, date(2026, 11, 26)) == endless
    assert next_dose_date(paused, date(2026, 11, 25)) is None


def test_a_pause_of_years_is_passed_over() -> None:
    """The search isn't cut short by a long pause."""
    paused = plan(pauses=(Pause(MONDAY, date(2031, 11, 22), "other"),))

    assert next_dose_date(paused, MONDAY) == date(2031, 11, 23)


@pytest.mark.parametrize(
    ("clock", "asked"), [("00:00", True), ("05:59", True), ("06:00", False), ("23:59", False)]
)
def test_only_hours_before_six_may_belong_to_the_evening_before(clock: str, asked: bool) -> None:  # noqa: FBT001 - a table
    """00:00 to 05:59 are asked about once."""
    assert needs_day_offset(time.fromisoformat(clock)) is asked


@pytest.mark.parametrize(
    ("clock", "day_offset", "morning"),
    [("07:30", 0, True), ("05:00", 0, True), ("00:30", 1, False), ("12:00", 0, False), ("22:00", 0, False)],
)
def test_a_late_bedtime_is_no_morning_dose(clock: str, day_offset: int, morning: bool) -> None:  # noqa: FBT001 - a table
    """A dose at 05:00 is a morning dose only if it doesn't belong to the evening before."""
    assert is_morning_dose(plan(local_time=time.fromisoformat(clock), day_offset=day_offset)) is morning


days = st.dates(date(2026, 1, 1), date(2028, 12, 31))
pauses = st.builds(
    lambda first, length: Pause(
        first, first + timedelta(days=length) if length is not None else None, "other"
    ),
    days,
    st.none() | st.integers(0, 60),
)
regimens = st.builds(
    Regimen,
    local_time=st.just(time(22)),
    rhythm=st.sampled_from(["daily", "every_other_day", "weekdays"]),
    weekdays=st.frozensets(st.integers(0, 6)),
    anchor=days,
    steps=st.lists(days, max_size=3, unique=True).map(
        lambda starts: tuple(DoseStep(s, Decimal(1)) for s in starts)
    ),
    pauses=st.lists(pauses, max_size=4).map(tuple),
)


@given(regimens, days)
def test_the_next_dose_date_is_the_first_one_that_a_walk_finds(regimen: Regimen, start: date) -> None:
    """The search that jumps over pauses agrees with looking at each day of five years."""
    walked = (start + timedelta(days=ahead) for ahead in range(5 * 366))

    assert next_dose_date(regimen, start) == next((day for day in walked if is_dose_date(regimen, day)), None)
