"""One stretch of days against another, with an approximate interval for the difference of means (rule 6).

Diary values of neighbouring days resemble each other, so fewer days than were answered count as independent.
The interval is Welch's t interval with that corrected: both stretches share one lag-1 autocorrelation, with
its small-sample bias removed (Marriott & Pope 1954) and floored at 0.3. Method and numbers were chosen by
simulation; `make simulate` repeats it, and docs/interval-simulation.md shows the table and where it fails.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from bot.domain.regimen import ONE_DAY
from bot.domain.student_t import half_width

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from bot.domain.pain_change import Values

COMPARED_DAYS = 28
"""The last days of a stretch that are compared."""
FEWEST_DAYS = 21
FEWEST_ANSWERS = 15
LEFT_OUT_DAYS = 7
"""First days after a change of dose, which say little about either."""

LOWEST_AUTOCORRELATION = 0.3
HIGHEST_AUTOCORRELATION = 0.9
CONFIDENCE = 0.965
"""Nominal; chosen so that the simulated coverage stays above 94 % and false "lower" below 3 %."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days that are compared.

    Attributes:
        first: First local date.
        last: Last local date.
        values: The (date, value) answered inside, in order.
    """

    first: date
    last: date
    values: Values

    @property
    def days(self) -> int:
        """Return how many dates it has, answered or not."""
        return (self.last - self.first).days + 1

    @property
    def mean(self) -> float:
        """Return the unrounded mean of the answers.

        Raises:
            ZeroDivisionError: There are none.
        """
        return sum(value for _, value in self.values) / len(self.values)

    @property
    def is_long_enough(self) -> bool:
        """Tell whether there are days and answers enough to compare."""
        return self.days >= FEWEST_DAYS and len(self.values) >= FEWEST_ANSWERS


def last_days(values: Values, first: date, last: date) -> Stretch:
    """Return the last `COMPARED_DAYS` between two local dates, both included, with what was answered."""
    begin = max(first, last - ONE_DAY * (COMPARED_DAYS - 1))
    return Stretch(begin, last, tuple(pair for pair in values if begin <= pair[0] <= last))


def interval_of(later: Values, earlier: Values) -> tuple[float, float] | None:
    """Return the approximate 95 % interval for mean of *later* minus mean of *earlier*, in points.

    Args:
        later: (date, value), at most one a date, in order of dates.
        earlier: The same; no date in both.

    Returns:
        (lower end, upper end); None with fewer than `FEWEST_ANSWERS` answers in either.
    """
    if min(len(later), len(earlier)) < FEWEST_ANSWERS:
        return None
    both = (_Deviations.of(later), _Deviations.of(earlier))
    autocorrelation = _autocorrelation(both)
    variances, degrees = zip(*(part.of_mean(autocorrelation) for part in both), strict=True)
    variance = sum(variances)
    if not variance:
        # Every answer the same in both: nothing to estimate a spread from.
        return None
    # Welch-Satterthwaite, on effective numbers of days.
    freedom = variance**2 / sum(v**2 / max(d, 1.0) for v, d in zip(variances, degrees, strict=True))
    difference = both[0].mean - both[1].mean
    half = half_width(CONFIDENCE, freedom, variance)
    return difference - half, difference + half


@dataclass(frozen=True, slots=True)
class _Deviations:
    days: tuple[int, ...]
    values: tuple[float, ...]
    mean: float

    @classmethod
    def of(cls, values: Values) -> _Deviations:
        mean = sum(value for _, value in values) / len(values)
        return cls(
            tuple(day.toordinal() for day, _ in values), tuple(value - mean for _, value in values), mean
        )

    @property
    def squares(self) -> float:
        return sum(value * value for value in self.values)

    def neighbours(self) -> Sequence[float]:
        """Return the products of the values of days that follow each other."""
        pairs = pairwise(zip(self.days, self.values, strict=True))
        return [one * other for (day, one), (next_day, other) in pairs if next_day == day + 1]

    def of_mean(self, autocorrelation: float) -> tuple[float, float]:
        """Return the variance of the mean and its degrees of freedom, days that are missing left out.

        With correlation r^|i-j| between days i and j, n values are worth n² / Σ r^|i-j| independent ones.
        """
        n = len(self.days)
        by_lag = [autocorrelation**lag for lag in range(self.days[-1] - self.days[0] + 1)]
        worth = n * n / sum(by_lag[abs(i - j)] for i in self.days for j in self.days)
        # The values lie closer to their own mean than to the true one.
        spread = self.squares / (n * (1 - 1 / worth))
        return spread / worth, worth - 1


def _autocorrelation(both: Sequence[_Deviations]) -> float:
    """Return the lag-1 autocorrelation of both stretches together, its bias removed, within bounds."""
    products = [product for part in both for product in part.neighbours()]
    n = sum(len(part.values) for part in both)
    spread = sum(part.squares for part in both) / n
    if not products or not spread:
        return LOWEST_AUTOCORRELATION
    found = sum(products) / len(products) / spread
    # E[found] is about r - (1 + 4r) / m for m values around their own mean: solved for r.
    m = n / len(both)
    corrected = (found * m + 1) / (m - 4)
    return min(HIGHEST_AUTOCORRELATION, max(LOWEST_AUTOCORRELATION, corrected))
