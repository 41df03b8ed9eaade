"""Student's t distribution: the one quantile an interval needs, with no statistics library."""

from __future__ import annotations

from math import exp, lgamma, log, pi, sqrt, tan
from statistics import NormalDist

_CAUCHY = 1.0
_EXACT_TO = 1e-12
_MOST_TERMS = 300
_TINY = 1e-300


def t_quantile(probability: float, degrees: float) -> float:
    """Return the value that a t-distributed variable stays under with *probability*.

    Found by bisection on the distribution function, from the normal quantile outwards.

    Args:
        probability: Between 0.5 and 1, ends excluded.
        degrees: Degrees of freedom, at least 1; need not be whole.

    Raises:
        ValueError: An argument is outside its range.
    """
    if not 0.5 < probability < 1 or degrees < _CAUCHY:  # noqa: PLR2004 - the median
        raise ValueError("a quantile above the median and at least one degree of freedom")
    low, high = NormalDist().inv_cdf(probability), tan(pi * (probability - 0.5))
    while high - low > _EXACT_TO * max(1.0, high):
        middle = (low + high) / 2
        if t_cumulative(middle, degrees) < probability:
            low = middle
        else:
            high = middle
        if middle in {low, high} and high - low <= _EXACT_TO * max(1.0, high):
            break
    return (low + high) / 2


def t_cumulative(value: float, degrees: float) -> float:
    """Return the probability that a t-distributed variable stays under *value* (at least 0)."""
    if value <= 0:
        return 0.5
    share = degrees / (degrees + value * value)
    return 1 - 0.5 * _incomplete_beta(share, degrees / 2, 0.5)


def _incomplete_beta(x: float, a: float, b: float) -> float:
    """Return the regularised incomplete beta function (Abramowitz & Stegun 26.5.8)."""
    if x <= 0 or x >= 1:
        return 0.0 if x <= 0 else 1.0
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log(1 - x))
    if x < (a + 1) / (a + b + 2):
        return front * _fraction(x, a, b) / a
    return 1 - front * _fraction(1 - x, b, a) / b


def _fraction(x: float, a: float, b: float) -> float:
    """Return the continued fraction of the incomplete beta function, by Lentz's method."""
    c, d = 1.0, 1 / _not_zero(1 - (a + b) * x / (a + 1))
    result = d
    for m in range(1, _MOST_TERMS):
        for numerator in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 / _not_zero(1 + numerator * d)
            c = _not_zero(1 + numerator / c)
            result *= c * d
        if abs(c * d - 1) < _EXACT_TO / 100:
            break
    return result


def _not_zero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY


def half_width(confidence: float, degrees: float, variance: float) -> float:
    """Return the half width of a two-sided t interval; *variance* is that of the estimate itself."""
    return t_quantile((1 + confidence) / 2, max(degrees, _CAUCHY)) * sqrt(variance)
