"""Which dates a summary looks at: check-ins, and the doses that belong to them."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

from bot.domain.checkin_calendar import Rhythm
from bot.domain.regimen import ONE_DAY

if TYPE_CHECKING:
    from datetime import date

WEEK_DAYS = 7
FORTNIGHT_DAYS = 14


@dataclass(frozen=True, slots=True)
class Span:
    """Local dates of check-ins and dose dates of doses, first and last included.

    Attributes:
        first: First date of check-ins.
        last: Last date of check-ins.
        first_dose: First dose date.
        last_dose: Last dose date; before `first_dose` if the span has no doses yet.
    """

    first: date
    last: date
    first_dose: date
    last_dose: date

    @property
    def days(self) -> int:
        """Return how many dates of check-ins there are."""
        return (self.last - self.first).days + 1

    def previous(self) -> Span:
        """Return the span of the same length right before this one."""
        shift = ONE_DAY * self.days
        return Span(self.first - shift, self.last - shift, self.first_dose - shift, self.last_dose - shift)


def span_ending(last: date, days: int) -> Span:
    """Return the *days* check-ins ending on *last*, and the same number of doses ending the night before."""
    first = last - ONE_DAY * (days - 1)
    return Span(first, last, first - ONE_DAY, last - ONE_DAY)


def span_between(first: date, last: date, today: date) -> Span:
    """Return the span of two dates that the patient gave; both kinds have these dates, doses end last night.

    Raises:
        ValueError: *first* lies after *last*, or *last* in the future.
    """
    if not first <= last <= today:
        raise ValueError("a span runs from an earlier to a later date, and not into the future")
    return Span(first, last, first, min(last, today - ONE_DAY))


def usual_days(rhythm: Rhythm) -> int:
    """Return the days of a summary when none are asked for: 7, and 14 with a check-in every other day."""
    return FORTNIGHT_DAYS if rhythm is Rhythm.EVERY_OTHER_DAY else WEEK_DAYS


def answers_for_a_mean(days: int, rhythm: Rhythm) -> int | None:
    """Return how many answers a span of *days* needs for an average.

    Returns:
        At least 4 in 7 days (daily) or 5 in 14 (every other day), in proportion for longer spans, rounded up:
        18 of 30, 52 of 90. None for weekly check-ins and for shorter spans: list the values.
    """
    if rhythm is Rhythm.DAILY and days >= WEEK_DAYS:
        return ceil(4 * days / WEEK_DAYS)
    if rhythm is Rhythm.EVERY_OTHER_DAY and days >= FORTNIGHT_DAYS:
        return ceil(5 * days / FORTNIGHT_DAYS)
    return None
