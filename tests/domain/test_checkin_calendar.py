"""When check-ins and their rarer questions are due."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.checkin_calendar import (
    Rhythm,
    Timing,
    checkin_expires_at,
    interference_due,
    is_checkin_date,
    pgic_due,
    timing,
)

MONDAY = date(2026, 11, 23)
SUNDAY = 6
AT_EIGHT = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
ONE_DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("days_later", "expected"),
    [(-1, Timing.FUTURE), (0, Timing.ON_TIME), (1, Timing.LATE), (2, Timing.BACKFILLED)],
)
def test_an_answer_is_named_by_the_day_on_which_it_is_given(days_later: int, expected: Timing) -> None:
    """The same date is normal, the next is late, older ones are backfilled, tomorrow is refused."""
    assert timing(MONDAY, MONDAY + days_later * ONE_DAY) is expected


def test_every_other_day_counts_from_its_anchor_across_months() -> None:
    """31 days later is odd, 30 even."""
    assert [
        is_checkin_date(Rhythm.EVERY_OTHER_DAY, MONDAY, MONDAY + n * ONE_DAY, 0) for n in (0, 1, 30, 31)
    ] == [
        True,
        False,
        True,
        False,
    ]


@given(st.sampled_from(Rhythm), st.integers(0, 6), st.integers(0, 6), st.integers(0, 60))
def test_interference_is_asked_once_in_every_week_with_a_check_in(
    rhythm: Rhythm, weekday: int, summary_weekday: int, offset: int
) -> None:
    """In each seven days that end on the summary's day, exactly one check-in has the weekly question."""
    end = MONDAY + timedelta(days=offset)
    end += timedelta(days=(summary_weekday - end.weekday()) % 7)
    week = [end - n * ONE_DAY for n in range(7)]
    asked = [day for day in week if interference_due(rhythm, MONDAY, day, weekday, summary_weekday)]
    in_rhythm = [day for day in week if is_checkin_date(rhythm, MONDAY, day, weekday)]
    assert asked == [max(in_rhythm)]


def test_interference_of_a_daily_diary_is_asked_on_the_summarys_day() -> None:
    """Sunday's check-in, for Sunday's summary."""
    days = [MONDAY + n * ONE_DAY for n in range(14)]
    due = [day.weekday() for day in days if interference_due(Rhythm.DAILY, MONDAY, day, 0, SUNDAY)]
    assert due == [SUNDAY, SUNDAY]


def test_the_monthly_question_starts_28_days_after_the_first_dose() -> None:
    """Not before, not without a treatment, and not again within 28 days."""
    start = date(2026, 10, 1)
    assert not pgic_due(start + 27 * ONE_DAY, start, None)
    assert pgic_due(start + 28 * ONE_DAY, start, None)
    assert not pgic_due(start + 55 * ONE_DAY, start, start + 28 * ONE_DAY)
    assert pgic_due(start + 56 * ONE_DAY, start, start + 28 * ONE_DAY)
    assert not pgic_due(start + 56 * ONE_DAY, None, None)


@pytest.mark.parametrize(
    ("next_dose_in_hours", "expected_hours"),
    [(14, 10), (24, 16), (40, 16), (None, 16), (1, 16), (4.5, 0.5)],
)
def test_a_check_in_waits_until_four_hours_before_the_next_dose(
    next_dose_in_hours: float | None, expected_hours: float
) -> None:
    """At 22:00 the dose counts: at 18:00 the morning's question is over. It never waits for days."""
    dose_at = None if next_dose_in_hours is None else AT_EIGHT + timedelta(hours=next_dose_in_hours)
    assert checkin_expires_at(AT_EIGHT, dose_at) == AT_EIGHT + timedelta(hours=expected_hours)
