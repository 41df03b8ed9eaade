"""The line through a chart's dots: a mean over the last days, drawn only where the diary was kept."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from bot.domain.checkin_calendar import Rhythm
from bot.domain.span import FORTNIGHT_DAYS, WEEK_DAYS, answers_for_a_mean

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from bot.domain.pain_change import Values

Run = tuple[tuple["date", float], ...]


def window_days(rhythm: Rhythm) -> int | None:
    """Return over how many days the mean goes: 7, every other day 14; None for weekly check-ins (rule 2)."""
    return {Rhythm.DAILY: WEEK_DAYS, Rhythm.EVERY_OTHER_DAY: FORTNIGHT_DAYS}.get(rhythm)


def running_means(values: Values, first: date, last: date, rhythm: Rhythm) -> tuple[Run, ...]:
    """Return the means of the days up to each answered day, in runs without a gap.

    A day has a mean if it was answered itself and enough of its window was (4 of 7, 5 of 14). A check-in
    that is missing ends the run: a line over it would look like a measurement.

    Args:
        values: (date, value), oldest first, with the window before *first*.
        first: The first date that gets a mean.
        last: The last one.
        rhythm: How far apart check-ins are.

    Returns:
        No runs where there are no means; a run may be a single day.
    """
    days = window_days(rhythm)
    needed = None if days is None else answers_for_a_mean(days, rhythm)
    if days is None or needed is None:
        return ()
    apart = timedelta(days=1 if rhythm is Rhythm.DAILY else 2)
    runs: list[list[tuple[date, float]]] = []
    for position, (day, _value) in enumerate(values):
        if not first <= day <= last:
            continue
        mean = _mean(values[: position + 1], day - timedelta(days=days), needed)
        if mean is None:
            continue
        if runs and day - runs[-1][-1][0] <= apart and day - values[position - 1][0] <= apart:
            runs[-1].append((day, mean))
        else:
            runs.append([(day, mean)])
    return tuple(tuple(run) for run in runs)


def _mean(values: Sequence[tuple[date, float]], after: date, needed: int) -> float | None:
    recent = []
    for day, value in reversed(values):
        if day <= after:
            break
        recent.append(Fraction(value))
    return float(sum(recent, Fraction(0)) / len(recent)) if len(recent) >= needed else None
