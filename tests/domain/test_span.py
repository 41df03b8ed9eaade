"""Which dates a summary looks at, and how many answers make an average."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.domain.checkin_calendar import Rhythm
from bot.domain.span import answers_for_a_mean, span_between, span_ending, usual_days

SUNDAY = date(2026, 11, 29)
ONE_DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("days", "rhythm", "needed"),
    [
        (7, Rhythm.DAILY, 4),
        (14, Rhythm.DAILY, 8),
        (28, Rhythm.DAILY, 16),
        (30, Rhythm.DAILY, 18),
        (90, Rhythm.DAILY, 52),
        (6, Rhythm.DAILY, None),
        (14, Rhythm.EVERY_OTHER_DAY, 5),
        (30, Rhythm.EVERY_OTHER_DAY, 11),
        (13, Rhythm.EVERY_OTHER_DAY, None),
        (90, Rhythm.WEEKLY, None),
    ],
)
def test_longer_spans_need_answers_in_proportion(days: int, rhythm: Rhythm, needed: int | None) -> None:
    """4/7 or 5/14 of the days, rounded up."""
    assert answers_for_a_mean(days, rhythm) == needed


def test_spans_have_the_dates_that_rule_one_gives_them() -> None:
    """Check-ins end on the day, doses the night before; two dates of the past mean just those dates."""
    week = span_ending(SUNDAY, 7)
    assert (week.first, week.first_dose, week.last_dose) == (
        date(2026, 11, 23),
        date(2026, 11, 22),
        date(2026, 11, 28),
    )
    assert week.previous() == span_ending(SUNDAY - ONE_DAY * 7, 7)
    october = span_between(date(2026, 10, 1), date(2026, 10, 31), SUNDAY)
    assert (october.days, october.first_dose, october.last_dose) == (31, october.first, october.last)
    assert span_between(SUNDAY, SUNDAY, SUNDAY).last_dose == SUNDAY - ONE_DAY
    assert (usual_days(Rhythm.DAILY), usual_days(Rhythm.EVERY_OTHER_DAY)) == (7, 14)


@pytest.mark.parametrize(
    ("first", "last"), [(SUNDAY, SUNDAY - ONE_DAY), (SUNDAY, SUNDAY + ONE_DAY), (SUNDAY + ONE_DAY, SUNDAY)]
)
def test_a_span_backwards_or_into_the_future_is_refused(first: date, last: date) -> None:
    """There is nothing to sum up."""
    with pytest.raises(ValueError, match="span"):
        span_between(first, last, SUNDAY)
