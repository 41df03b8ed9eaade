"""The line through a chart's dots, against means made by hand."""

from __future__ import annotations

from datetime import date, timedelta

from bot.domain.checkin_calendar import Rhythm
from bot.domain.running_mean import running_means, window_days

FIRST = date(2026, 11, 1)


def days(*numbers: int) -> list[date]:
    return [FIRST + timedelta(days=number) for number in numbers]


def values(*answers: float | None, step: int = 1) -> tuple[tuple[date, float], ...]:
    dated = ((FIRST + timedelta(days=step * number), answer) for number, answer in enumerate(answers))
    return tuple((day, answer) for day, answer in dated if answer is not None)


def test_a_mean_needs_four_of_the_last_seven_days() -> None:
    """The fourth day has the first one: (2 + 4 + 6 + 8) / 4; the eighth leaves the first day out."""
    (run,) = running_means(values(2, 4, 6, 8, 5, 5, 5, 9), FIRST, days(7)[0], Rhythm.DAILY)
    assert run[0] == (days(3)[0], 5.0)
    assert run[-1] == (days(7)[0], (4 + 6 + 8 + 5 + 5 + 5 + 9) / 7)


def test_a_missing_day_ends_the_line_and_is_never_bridged() -> None:
    """Both ends stand on days that were answered."""
    before, after = running_means(values(5, 5, 5, 5, 5, None, 5, 5), FIRST, days(7)[0], Rhythm.DAILY)
    assert [day for day, _mean in before] == days(3, 4)
    assert [day for day, _mean in after] == days(6, 7)


def test_too_few_answers_have_no_line() -> None:
    """Three of seven are three dots."""
    assert running_means(values(5, None, 5, None, None, None, 5), FIRST, days(6)[0], Rhythm.DAILY) == ()


def test_days_before_the_picture_count_and_are_not_drawn() -> None:
    """The first day of a week has a mean if the week before was answered."""
    (run,) = running_means(values(*[4] * 7, 8), days(7)[0], days(7)[0], Rhythm.DAILY)
    assert run == ((days(7)[0], (6 * 4 + 8) / 7),)


def test_every_other_day_is_joined_over_the_day_that_is_never_asked() -> None:
    """Five of fourteen days; a check-in that is missing ends the line as well."""
    asked = values(1, 2, 3, 4, 5, 6, None, 8, step=2)
    first, second = running_means(asked, FIRST, days(14)[0], Rhythm.EVERY_OTHER_DAY)
    assert first == ((days(8)[0], 3.0), (days(10)[0], 3.5))
    assert [day for day, _mean in second] == days(14)


def test_weekly_values_have_no_mean() -> None:
    """They are listed (rule 2)."""
    assert window_days(Rhythm.WEEKLY) is None
    assert running_means(values(*[5] * 9, step=7), FIRST, days(70)[0], Rhythm.WEEKLY) == ()
